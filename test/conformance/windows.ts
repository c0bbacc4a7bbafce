/** Cases of convolution, of windows and of arrays read backwards. */
import * as g from "../../src/graph/build.ts";
import type { ConvolutionAxis, WindowAxis } from "../../src/graph/windows.ts";
import type { Case } from "./frame.ts";

type Steps = Partial<ConvolutionAxis>;
const plain = { stride: 1, low: 0, high: 0, inputDilation: 1, kernelDilation: 1 };
const spell = (value: unknown) => JSON.stringify(value).replaceAll('"', "");

/** [x, kernel, what differs from the plain walk along each axis, groups]. */
type Convolution = [readonly number[], readonly number[], Steps | readonly Steps[], number?];
const around = (low: number, high = low): Steps => ({ low, high });

const convolutions: readonly Convolution[] = [
  // one axis
  [[1, 1, 1], [1, 1, 1], {}],
  [[2, 3, 7], [4, 3, 3], {}],
  [[2, 3, 7], [4, 3, 3], around(1)],
  [[1, 2, 11], [5, 2, 4], { stride: 3, ...around(2, 1) }],
  [[3, 2, 12], [2, 2, 3], { kernelDilation: 3, ...around(3) }],
  [[2, 2, 5], [3, 2, 4], { inputDilation: 2, ...around(2, 3) }],
  [[2, 2, 5], [3, 2, 3], { inputDilation: 3, stride: 2, kernelDilation: 2, ...around(4, 1) }],
  [[2, 1, 6], [1, 1, 2], { inputDilation: 2, stride: 2, kernelDilation: 2, low: 1 }],
  [[2, 2, 9], [3, 2, 3], around(-2, -1)],
  [[2, 2, 9], [3, 2, 3], around(-3, 4)],
  [[1, 1, 90], [2, 1, 41], around(20)],
  [[1, 1, 40], [2, 1, 37], { inputDilation: 2, ...around(37, 40) }],
  [[0, 2, 5], [3, 2, 2], {}],
  // two
  [[1, 1, 1, 1], [1, 1, 1, 1], {}],
  [[2, 3, 5, 7], [4, 3, 3, 3], around(1)],
  [[2, 3, 5, 7], [4, 3, 1, 1], {}],
  [
    [1, 2, 9, 11],
    [7, 2, 3, 2],
    [{ stride: 2, low: 1 }, { stride: 3 }],
  ],
  [[2, 4, 6, 5], [6, 2, 3, 3], around(1), 2],
  [[2, 5, 7, 6], [5, 1, 3, 3], { stride: 2, ...around(1) }, 5],
  [[1, 3, 7, 6], [6, 1, 2, 3], around(0, 1), 3],
  [[1, 2, 9, 8], [3, 2, 3, 3], { kernelDilation: 2, ...around(2) }],
  [[1, 9, 12, 10], [6, 9, 3, 3], around(1)],
  [[2, 31, 4, 4], [6, 31, 3, 3], around(1)],
  [[40, 2, 4, 4], [3, 2, 3, 3], around(1)],
  [[9, 3, 3, 3], [6, 3, 3, 3], {}],
  [
    [2, 2, 1, 5],
    [3, 2, 1, 3],
    [{}, around(1)],
  ],
  [[1, 1, 20, 21], [2, 1, 3, 3], { stride: 2, ...around(1) }],
  [[3, 6, 5, 9], [6, 1, 3, 3], around(1), 6],
  [[2, 3, 9, 20], [4, 3, 3, 3], around(1)],
  [[2, 3, 9, 20], [3, 3, 3, 3], { stride: 2, ...around(1) }],
  [[1, 2, 3, 3], [131, 2, 2, 2], {}],
  // three
  [[1, 2, 3, 4, 5], [3, 2, 2, 3, 2], around(1)],
  [[2, 2, 5, 4, 3], [4, 1, 3, 3, 3], { stride: 2, ...around(1) }, 2],
];

export const convolutionCases: readonly Case[] = [
  ...convolutions.map(([x, kernel, steps, groups = 1]): Case => {
    const each = x.slice(2).map((_, i) => (Array.isArray(steps) ? steps[i] : steps) as Steps);
    return {
      name: `[${x}] by [${kernel}] ${spell(steps)}${groups === 1 ? "" : ` in ${groups} groups`}`,
      arguments: [{ shape: x }, { shape: kernel, value: (i) => Math.sin(0.9 * i + 1) }],
      build: (a, b) =>
        g.convolution(a, b!, { axes: each.map((axis) => ({ ...plain, ...axis })), groups }),
    };
  }),
  ...[1, 2].map(
    (groups): Case => ({
      name: `by part of itself, in ${groups} groups`,
      arguments: [{ shape: [4, 4, 5, 6] }],
      build: (a) => {
        const ranges = [
          [0, 4],
          [0, 4 / groups],
          [1, 4],
          [0, 3],
        ] as const;
        const axis = { ...plain, stride: 2, ...around(1) };
        return g.convolution(a, g.slice(a, ranges), { axes: [axis, axis], groups });
      },
    }),
  ),
  {
    name: "of work, read transposed, then work",
    arguments: [{ shape: [3, 6, 5, 2] }, { shape: [3, 3, 2, 4] }],
    build: (a, b) =>
      g.tanh(
        g.convolution(g.permute(g.exp(a), [0, 3, 2, 1]), g.permute(g.neg(b!), [3, 2, 1, 0]), {
          axes: [{ ...plain, ...around(1) }, plain],
          groups: 1,
        }),
      ),
  },
  {
    name: "of infinite weights and padding",
    arguments: [{ shape: [1, 1, 4] }, { shape: [1, 1, 2], value: () => Infinity }],
    build: (a, b) =>
      g.convolution(a, b!, { axes: [{ ...plain, inputDilation: 2, ...around(2) }], groups: 1 }),
    noGradient: "not finite",
  },
];

const windows: readonly [readonly number[], readonly WindowAxis[]][] = [
  [[1], [{ length: 1, stride: 1, low: 0, high: 0 }]],
  [[17], [{ length: 3, stride: 1, low: 1, high: 1 }]],
  [[3, 12], [{ length: 2, stride: 2, low: 0, high: 0 }]],
  [
    [2, 3, 9, 11],
    [
      { length: 3, stride: 2, low: 1, high: 1 },
      { length: 3, stride: 2, low: 1, high: 1 },
    ],
  ],
  [
    [2, 4, 10],
    [
      { length: 2, stride: 3, low: 0, high: 1 },
      { length: 4, stride: 1, low: 3, high: 0 },
    ],
  ],
  [
    [2, 4, 5, 6],
    [
      { length: 2, stride: 2, low: 1, high: 0 },
      { length: 1, stride: 2, low: 0, high: 0 },
      { length: 3, stride: 1, low: 1, high: 1 },
    ],
  ],
  [[0, 4], [{ length: 2, stride: 2, low: 0, high: 0 }]],
];
const values = {
  spread: (i: number) => 2 * Math.sin(1.7 * i + 0.3),
  ties: (i: number) => (i * 7) % 3,
  "special values": (i: number) =>
    [-Infinity, 1, Number.NaN, -Infinity, -0, 0, -Infinity, Infinity, -Infinity][(i * 5) % 9]!,
};
export const windowArgmaxCases: readonly Case[] = Object.entries(values).flatMap(([name, value]) =>
  windows.map(([shape, axes]) => ({
    name: `[${shape}] by ${spell(axes.map(({ length, stride, low, high }) => [length, stride, low, high]))}, ${name}`,
    arguments: [{ shape, value }],
    build: (a) => g.windowArgmax(a, axes),
  })),
);

export const reverseCases: readonly Case[] = [
  [[7], [0]],
  [[3, 9], [1]],
  [[3, 9], [0]],
  [
    [2, 3, 5],
    [0, 2],
  ],
  [
    [1, 4, 1],
    [0, 1, 2],
  ],
  [
    [0, 3],
    [0, 1],
  ],
].flatMap(([shape, axes]): Case[] => [
  {
    name: `[${shape}] along ${axes}`,
    arguments: [{ shape: shape! }],
    build: (a) => g.exp(g.reverse(a, axes!)),
  },
  {
    name: `[${shape}] along ${axes}, summed and multiplied`,
    arguments: [{ shape: shape! }],
    build: (a) =>
      g.add(g.expand(g.sum(g.reverse(a, axes!), [0]), a.shape), g.mul(a, g.reverse(a, axes!))),
  },
]);
