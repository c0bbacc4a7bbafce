/** One table of cases for every op: each runs on every backend, forward and backward. */
import type { DType } from "../../src/base/dtype.ts";
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import * as g from "../../src/graph/build.ts";
import type { Node } from "../../src/graph/node.ts";
import type { Op } from "../../src/graph/ops.ts";
import { placeholder, scanOf, slicePlaceholder } from "../../src/graph/scan.ts";
import { convolutionCases, reverseCases, windowArgmaxCases } from "./windows.ts";

interface Argument {
  readonly shape: Shape;
  readonly dtype?: DType;
  /** Element i of the argument; the default spreads over about -2 … 2. */
  readonly value?: (i: number) => number;
}
export interface Case {
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly build: (...inputs: Node[]) => Node;
  /** Why the gradient is not compared with differences. */
  readonly noGradient?: string;
}

/** Odd lengths, lengths of 1, none at all, and one longer than the vector loops. */
const shapes: readonly Shape[] = [[], [1], [7], [3, 5], [1, 1, 9], [4, 1, 3], [0], [2, 0, 3], [37]];
const spread = (i: number) => 2 * Math.sin(1.7 * i + 0.3);
const positive = (i: number) => 0.2 + Math.abs(spread(i));
const awkward = [
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Infinity,
  -Infinity,
  1e-40,
  -1e-40,
  3e38,
  88.5,
  -103.9,
  1e-7,
];
const special = (i: number) => awkward[i % awkward.length]!;
const spell = (shape: Shape) => `[${shape}]`;

const unary = (build: (a: Node) => Node, value = spread, noGradient?: string): Case[] => [
  ...shapes.map((shape) => ({
    name: spell(shape),
    arguments: [{ shape, value }],
    build,
    ...(noGradient ? { noGradient } : {}),
  })),
  {
    name: "special values",
    arguments: [{ shape: [26], value: special }],
    build,
    noGradient: "not finite",
  },
];
const other = (value: (i: number) => number) => (i: number) => value(i * 3 + 5);
const binary = (build: (a: Node, b: Node) => Node, value = spread, noGradient?: string): Case[] => [
  ...shapes.map((shape) => ({
    name: spell(shape),
    arguments: [
      { shape, value },
      { shape, value: other(value) },
    ],
    build,
    ...(noGradient ? { noGradient } : {}),
  })),
  {
    name: "special values, all pairs",
    arguments: [
      { shape: [169], value: special },
      { shape: [169], value: (i: number) => special(Math.floor(i / 13)) },
    ],
    build,
    noGradient: "not finite",
  },
];
const flat = "a step function: its gradient is 0 where it exists";
const reductionCases: readonly [Shape, readonly number[]][] = [
  [[5], [0]],
  [[1], [0]],
  [[3, 5], [0]],
  [[3, 5], [1]],
  [
    [3, 5],
    [0, 1],
  ],
  [[17, 3], [0]],
  [[8, 16], [0]],
  [[8, 16], [1]],
  [[2, 3, 4], [1]],
  [
    [2, 3, 4],
    [0, 2],
  ],
  [
    [2, 3, 4, 5],
    [0, 2, 3],
  ],
  [
    [1, 1],
    [0, 1],
  ],
  [[0, 3], [1]],
  [[9, 1], [1]],
  [[2, 301], [1]],
  [[301, 5], [0]],
  [[2, 3, 11], [2]],
  [[67, 33], [0]],
];
/** No two equal or nearly so, for ops that choose. */
const distinct = (i: number) => ((i * 571) % 2237) / 1000;
const reductions = (reduce: (a: Node, axes: readonly number[]) => Node, value = spread): Case[] => [
  ...reductionCases.map(([shape, axes]) => ({
    name: `${spell(shape)} over ${axes}`,
    arguments: [{ shape, value }],
    build: (a: Node) => reduce(a, axes),
  })),
  {
    name: "of work inside the loop",
    arguments: [{ shape: [6, 1] }, { shape: [1, 13] }],
    build: (a, b) => reduce(g.mul(g.expand(a, [6, 13]), g.exp(g.expand(b!, [6, 13]))), [0]),
  },
  {
    name: "of a transposed array",
    arguments: [{ shape: [6, 13] }],
    build: (a) => reduce(g.transpose(a), [1]),
  },
  {
    name: "special values",
    arguments: [{ shape: [13, 2], value: special }],
    build: (a) => reduce(a, [1]),
    noGradient: "not finite",
  },
];
const products: readonly [Shape, Shape][] = [
  [
    [1, 1],
    [1, 1],
  ],
  [
    [3, 5],
    [5, 2],
  ],
  [
    [4, 8],
    [8, 8],
  ],
  [
    [13, 17],
    [17, 9],
  ],
  [
    [5, 300],
    [300, 3],
  ],
  [
    [1, 7],
    [7, 1],
  ],
  [
    [9, 1],
    [1, 9],
  ],
  [
    [2, 3, 4],
    [2, 4, 5],
  ],
  [
    [2, 2, 3, 4],
    [2, 2, 4, 1],
  ],
  [
    [3, 0],
    [0, 2],
  ],
  [
    [0, 3],
    [3, 2],
  ],
  [
    [33, 31],
    [31, 40],
  ],
  [
    [6, 513],
    [513, 8],
  ],
];

/** A scan over arrays of one carry and any slices; all its carries and outputs in one row. */
function scanned(options: {
  readonly carries: readonly Node[];
  readonly slices: readonly Node[];
  readonly reverse?: boolean;
  readonly length?: number;
  readonly step: (
    carries: readonly Node[],
    slices: readonly Node[],
  ) => { readonly next: readonly Node[]; readonly outputs?: readonly Node[] };
}): Node {
  const { carries, slices, reverse = false, length = slices[0]!.shape[0]!, step } = options;
  const inner = { carries: carries.map(placeholder), slices: slices.map(slicePlaceholder) };
  const { next, outputs = [] } = step(inner.carries, inner.slices);
  const { scan, values } = scanOf({
    length,
    reverse,
    carries: carries.map((initial, i) => ({
      initial,
      inner: inner.carries[i]!,
      next: next[i]!,
    })),
    slices: slices.map((stacked, i) => ({ stacked, inner: inner.slices[i]! })),
    values: outputs,
  });
  const results = [
    ...next.map((_, i) => g.pickLast(scan, i)),
    ...values.map((value) => g.pickSteps(scan, value)),
  ].map((result) => g.reshape(g.cast(result, "f32"), [sizeOf(result.shape)]));
  const total = results.reduce((length, { shape }) => length + shape[0]!, 0);
  let before = 0;
  return results
    .map((result) => {
      const start = before;
      before += result.shape[0]!;
      return g.pad(result, [[start, total - before]]);
    })
    .reduce(g.add);
}
const recurrent = (length: number, reverse = false): Case => ({
  name: `tanh cell, ${length} steps${reverse ? " backward" : ""}`,
  arguments: [{ shape: [length, 3, 5] }, { shape: [3, 4] }, { shape: [5, 4] }, { shape: [4, 4] }],
  build: (x, h, w, u) =>
    scanned({
      carries: [h!],
      slices: [x],
      reverse,
      step: ([carry], [slice]) => {
        const next = g.tanh(g.add(g.matmul(slice!, w!), g.matmul(carry!, u!)));
        return { next: [next], outputs: [next] };
      },
    }),
});

/** Every op has its cases; leaving one out is a type error. */
export const cases: { readonly [K in Op]: readonly Case[] } = {
  input: [{ name: "copied", arguments: [{ shape: [3, 5] }], build: (a) => a }],
  literal: [
    {
      name: "[2,3]",
      arguments: [{ shape: [2, 3] }],
      build: (a) =>
        g.mul(
          a,
          g.literal({
            shape: [2, 3],
            dtype: "f32",
            data: Float32Array.of(1, -0, 3, 4, Number.NaN, 6),
          }),
        ),
      noGradient: "holds NaN",
    },
  ],
  constant: [
    { name: "added", arguments: [{ shape: [5] }], build: (a) => g.add(a, g.constant(0.1, [5])) },
  ],
  iota: [0, 1, 2].map((axis) => ({
    name: `axis ${axis}`,
    arguments: [{ shape: [3, 5, 6] }],
    build: (a: Node) => g.mul(a, g.cast(g.iota([3, 5, 6], axis), "f32")),
  })),
  random: [[37], [2, 3]].map((shape) => ({
    name: spell(shape),
    arguments: [
      { shape: [2], dtype: "i32" as const, value: (i: number) => 7 + 100 * i },
      { shape },
    ],
    build: (key: Node, a?: Node) => g.mul(a!, g.random(key, shape, 2)),
  })),
  neg: unary(g.neg),
  sqrt: unary(g.sqrt, positive),
  exp: unary(g.exp),
  log: unary(g.log, positive),
  tanh: unary(g.tanh),
  erf: unary(g.erf),
  sigmoid: unary(g.sigmoid),
  softplus: unary(g.softplus),
  cast: [
    ...unary(
      (a) => g.cast(g.cast(a, "i32"), "f32"),
      (i) => 3.7 * spread(i),
      flat,
    ),
    ...unary(
      (a) => g.cast(g.cast(a, "bool"), "f32"),
      (i) => (i % 3) - 1,
      flat,
    ),
    {
      name: "i32 to bool to i32",
      arguments: [{ shape: [5], dtype: "i32", value: (i) => i - 2 }],
      build: (a) => g.cast(g.cast(a, "bool"), "i32"),
      noGradient: flat,
    },
    {
      name: "bool kept",
      arguments: [{ shape: [5], dtype: "bool", value: (i) => i % 2 }],
      build: (a) => a,
      noGradient: flat,
    },
  ],
  detach: [
    {
      name: "in a product",
      arguments: [{ shape: [5] }],
      build: (a) => g.mul(a, g.detach(a)),
      noGradient: "none flows, by intent",
    },
  ],
  add: binary(g.add),
  sub: binary(g.sub),
  mul: binary(g.mul),
  div: binary(g.div, positive),
  maximum: [
    ...binary(g.maximum),
    { name: "ties", arguments: [{ shape: [6] }], build: (a) => g.maximum(a, a) },
  ],
  less: binary((a, b) => g.cast(g.less(a, b), "f32"), spread, flat),
  lessEqual: binary(
    (a, b) => g.cast(g.lessEqual(a, b), "f32"),
    (i) => i % 4,
    flat,
  ),
  equal: [
    ...binary(
      (a, b) => g.cast(g.equal(a, b), "f32"),
      (i) => i % 4,
      flat,
    ),
    {
      name: "one-hot",
      arguments: [{ shape: [5, 1], dtype: "i32", value: (i) => i % 3 }],
      build: (a) => g.cast(g.equal(g.expand(a, [5, 3]), g.iota([5, 3], 1)), "f32"),
      noGradient: flat,
    },
    {
      name: "stored masks",
      arguments: [{ shape: [7] }],
      build: (a) => g.lessEqual(a, g.constant(0, [7])),
      noGradient: flat,
    },
  ],
  where: binary((a, b) => g.where(g.less(a, g.constant(0, a.shape)), g.mul(a, b), b)),
  sum: reductions(g.sum),
  max: reductions(g.max, distinct).filter(({ name }) => !name.startsWith("[0")),
  reshape: [
    { name: "[2,6] to [3,4]", arguments: [{ shape: [2, 6] }], build: (a) => g.reshape(a, [3, 4]) },
    {
      name: "of a transposed array",
      arguments: [{ shape: [4, 6] }],
      build: (a) => g.exp(g.reshape(g.transpose(a), [3, 8])),
    },
    {
      name: "of work",
      arguments: [{ shape: [4, 6] }],
      build: (a) => g.tanh(g.reshape(g.exp(g.transpose(a)), [24])),
    },
    {
      name: "with lengths of 1",
      arguments: [{ shape: [4, 1, 6] }],
      build: (a) => g.exp(g.reshape(g.transpose(a), [1, 4, 6, 1])),
    },
    { name: "to no axes", arguments: [{ shape: [1, 1] }], build: (a) => g.exp(g.reshape(a, [])) },
  ],
  permute: [
    { name: "[3,5]", arguments: [{ shape: [3, 5] }], build: (a) => g.permute(a, [1, 0]) },
    {
      name: "[2,3,4] cycled",
      arguments: [{ shape: [2, 3, 4] }],
      build: (a) => g.exp(g.permute(a, [2, 0, 1])),
    },
    {
      name: "twice",
      arguments: [{ shape: [2, 3, 4] }],
      build: (a) => g.permute(g.permute(a, [2, 0, 1]), [1, 0, 2]),
    },
    {
      name: "added to itself",
      arguments: [{ shape: [5, 5] }],
      build: (a) => g.add(a, g.transpose(a)),
    },
  ],
  expand: [
    { name: "[1,5] to [3,5]", arguments: [{ shape: [1, 5] }], build: (a) => g.expand(a, [3, 5]) },
    {
      name: "[3,1] to [3,5]",
      arguments: [{ shape: [3, 1] }],
      build: (a) => g.exp(g.expand(a, [3, 5])),
    },
    {
      name: "inside and outside",
      arguments: [{ shape: [1, 4, 1] }],
      build: (a) => g.expand(a, [2, 4, 3]),
    },
    { name: "to nothing", arguments: [{ shape: [1, 4] }], build: (a) => g.expand(a, [0, 4]) },
  ],
  slice: [
    { name: "[7] from 2 to 5", arguments: [{ shape: [7] }], build: (a) => g.slice(a, [[2, 5]]) },
    {
      name: "[4,6] inside",
      arguments: [{ shape: [4, 6] }],
      build: (a) =>
        g.exp(
          g.slice(a, [
            [1, 3],
            [2, 6],
          ]),
        ),
    },
    { name: "empty", arguments: [{ shape: [4] }], build: (a) => g.slice(a, [[2, 2]]) },
  ],
  pad: [
    { name: "[3] by 2 and 1", arguments: [{ shape: [3] }], build: (a) => g.pad(a, [[2, 1]]) },
    {
      name: "[2,3] of work",
      arguments: [{ shape: [2, 3] }],
      build: (a) =>
        g.exp(
          g.pad(g.tanh(a), [
            [0, 1],
            [3, 0],
          ]),
        ),
    },
    ...[0, 1].map((gap) => ({
      name: `joining three alike${gap ? ", one missing" : ""}, zeros of both signs`,
      arguments: [{ shape: [2, 3], value: (i: number) => [-0, 1, 0, -2, 3, -0][i]! }],
      build: (a: Node) =>
        g.mul(
          [0, 6, 3]
            .slice(gap)
            .map((start, i) =>
              g.pad(i === 1 ? g.neg(a) : a, [
                [0, 0],
                [start, 6 - start],
              ]),
            )
            .reduce(g.add),
          g.constant(2, [2, 9]),
        ),
    })),
    {
      name: "added where they overlap",
      arguments: [{ shape: [5] }, { shape: [5] }],
      build: (a, b) => g.add(g.pad(a, [[0, 4]]), g.pad(b!, [[4, 0]])),
    },
    {
      name: "joining two",
      arguments: [{ shape: [2, 3] }, { shape: [2, 4] }],
      build: (a, b) =>
        g.add(
          g.pad(a, [
            [0, 0],
            [0, 4],
          ]),
          g.pad(b!, [
            [0, 0],
            [3, 0],
          ]),
        ),
    },
  ],
  matmul: [
    ...products.map(([x, y]) => ({
      name: `${spell(x)} x ${spell(y)}`,
      arguments: [{ shape: x }, { shape: y }],
      build: (a: Node, b?: Node) => g.matmul(a, b!),
    })),
    {
      name: "both transposed",
      arguments: [{ shape: [7, 5] }, { shape: [6, 7] }],
      build: (a, b) => g.matmul(g.transpose(a), g.transpose(b!)),
    },
    {
      name: "by itself",
      arguments: [{ shape: [5, 5] }],
      build: (a) => g.matmul(a, g.transpose(a)),
    },
    {
      name: "one shared by a batch",
      arguments: [{ shape: [3, 4, 5] }, { shape: [1, 5, 2] }],
      build: (a, b) => g.matmul(a, g.expand(b!, [3, 5, 2])),
    },
    {
      name: "of work, then work",
      arguments: [{ shape: [3, 4] }, { shape: [4, 2] }],
      build: (a, b) => g.tanh(g.matmul(g.exp(a), g.neg(b!))),
    },
  ],
  reverse: reverseCases,
  convolution: convolutionCases,
  windowArgmax: windowArgmaxCases,
  gather: [
    {
      name: "of arrays under other shapes",
      arguments: [
        { shape: [3, 5] },
        { shape: [3, 2], dtype: "i32", value: (i) => [4, 0, 14, 6, 5, 0][i]! },
      ],
      build: (a, b) => g.gather(g.reshape(a, [15, 1]), g.reshape(b!, [6])),
    },
    {
      name: "rows, some outside",
      arguments: [
        { shape: [5, 7] },
        { shape: [6], dtype: "i32", value: (i) => [4, 0, 0, -1, 5, 2][i]! },
      ],
      build: (a, b) => g.gather(a, b!),
    },
    {
      name: "of work",
      arguments: [{ shape: [5, 3] }, { shape: [2], dtype: "i32", value: (i) => 3 - i }],
      build: (a, b) => g.exp(g.gather(g.transpose(g.transpose(g.tanh(a))), b!)),
    },
  ],
  scatter: [
    {
      name: "of arrays under other shapes",
      arguments: [
        { shape: [2, 3] },
        { shape: [3, 2], dtype: "i32", value: (i) => [4, 0, 0, 6, 5, 0][i]! },
      ],
      build: (a, b) => g.scatter(g.reshape(a, [6, 1]), g.reshape(b!, [6]), 7),
    },
    {
      name: "rows that meet, some outside",
      arguments: [
        { shape: [6, 7] },
        { shape: [6], dtype: "i32", value: (i) => [4, 0, 0, -1, 5, 0][i]! },
      ],
      build: (a, b) => g.scatter(a, b!, 5),
    },
  ],
  scan: [
    recurrent(0),
    recurrent(1),
    recurrent(7),
    recurrent(7, true),
    {
      name: "of itself alone, squared",
      arguments: [{ shape: [6], value: (i) => 0.3 + i / 10 }],
      build: (h) =>
        scanned({
          carries: [h],
          slices: [],
          length: 5,
          step: ([carry]) => ({ next: [g.mul(carry!, carry!)] }),
        }),
    },
    {
      name: "carries exchanged",
      arguments: [{ shape: [3, 5] }, { shape: [5] }],
      build: (x, h) =>
        scanned({
          carries: [h!, g.exp(h!)],
          slices: [x],
          step: ([a, b], [slice]) => ({ next: [b!, g.mul(a!, slice!)], outputs: [a!, slice!] }),
        }),
    },
    {
      name: "a product that is its own operand",
      arguments: [{ shape: [3, 3] }, { shape: [4, 3, 3] }],
      build: (h, x) =>
        scanned({
          carries: [h],
          slices: [x!],
          step: ([carry], [slice]) => ({
            next: [g.matmul(carry!, slice!)],
            outputs: [g.sum(carry!, [0])],
          }),
        }),
    },
    {
      name: "all the kinds of kernel on slices",
      arguments: [
        { shape: [3, 6, 5] },
        { shape: [3, 4], dtype: "i32", value: (i) => [4, 0, 0, -1, 5, 2, 3][i % 7]! },
        { shape: [4, 5] },
        { shape: [2], dtype: "i32", value: (i) => i + 3 },
      ],
      build: (x, at, h, key) =>
        scanned({
          carries: [h!, key!],
          slices: [x, at!],
          step: ([carry, seed], [slice, rows]) => {
            const noise = g.random(seed!, [4, 5], 1);
            const taken = g.mul(g.gather(slice!, rows!), noise);
            const added = g.scatter(g.tanh(g.add(taken, carry!)), rows!, 4);
            const largest = g.expand(g.max(added, [1]), [4, 5]);
            const later = g.cast(g.add(g.cast(seed!, "f32"), g.constant(1, [2])), "i32");
            return {
              next: [g.add(carry!, g.mul(largest, g.constant(0.25, [4, 5]))), later],
              outputs: [
                added,
                g.pad(taken, [
                  [0, 1],
                  [2, 0],
                ]),
              ],
            };
          },
        }),
    },
    {
      name: "convolution and reversal at each step",
      arguments: [{ shape: [3, 2, 2, 7] }, { shape: [2, 3, 7] }, { shape: [3, 2, 3] }],
      build: (x, h, w) =>
        scanned({
          carries: [h!],
          slices: [x],
          step: ([carry], [slice]) => {
            const axis = { stride: 1, low: 1, high: 1, inputDilation: 1, kernelDilation: 1 };
            const seen = g.convolution(slice!, w!, { axes: [axis], groups: 1 });
            const next = g.tanh(g.add(seen, g.reverse(carry!, [2])));
            return { next: [next], outputs: [seen] };
          },
        }),
    },
    {
      name: "in a scan",
      arguments: [{ shape: [3, 2, 4] }, { shape: [4] }, { shape: [4] }],
      build: (x, h, w) =>
        scanned({
          carries: [h!],
          slices: [x],
          step: ([carry], [slice]) => {
            const inner = scanned({
              carries: [carry!],
              slices: [slice!],
              reverse: true,
              step: ([a], [b]) => {
                const next = g.tanh(g.add(g.mul(a!, w!), g.mul(b!, carry!)));
                return { next: [next], outputs: [next] };
              },
            });
            return { next: [g.slice(inner, [[0, 4]])], outputs: [inner] };
          },
        }),
    },
  ],
  pick: [
    {
      name: "only what is asked for",
      arguments: [{ shape: [3, 5] }, { shape: [5] }],
      build: (x, h) => {
        const [carry, other, slice] = [placeholder(h!), placeholder(h!), slicePlaceholder(x)];
        const { scan, values } = scanOf({
          length: 3,
          reverse: false,
          carries: [
            { initial: h!, inner: carry, next: g.add(carry, slice) },
            { initial: h!, inner: other, next: g.exp(other) },
          ],
          slices: [{ stacked: x, inner: slice }],
          values: [g.tanh(carry)],
        });
        return g.pickSteps(scan, values[0]!);
      },
    },
  ],
};
