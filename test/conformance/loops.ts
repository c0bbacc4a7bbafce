/** Cases of loops over steps, and of what is taken from them. */
import { sizeOf } from "../../src/base/shape.ts";
import * as g from "../../src/graph/build.ts";
import type { Node } from "../../src/graph/node.ts";
import { placeholder, scanOf, slicePlaceholder } from "../../src/graph/scan.ts";
import type { Case, Cases } from "./frame.ts";

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

export const loopsCases = {
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
} satisfies Cases;
