import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { bothWidths, expectSameBits } from "../../../test/support/run.ts";
import { orderKernels } from "../../compile/order.ts";
import { simplify } from "../../compile/simplify.ts";
import { grad } from "../../grad/grad.ts";
import * as g from "../../graph/build.ts";
import { trace } from "../../graph/node.ts";
import { type ConvolutionAxis, extent } from "../../graph/windows.ts";
import { wasmSession } from "./session.ts";

const threaded = wasmSession({ threads: 3, eager: true });
const sessions = [...bothWidths(), threaded];
afterAll(() => threaded.close());
const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const values = (shape: readonly number[], seed: number) =>
  Float64Array.from({ length: size(shape) }, (_, i) => Math.fround(Math.sin(seed + 1.3 * i)));

interface Spatial extends ConvolutionAxis {
  readonly length: number;
  readonly window: number;
}
/** An axis on which a window fits at least once. */
const spatial: fc.Arbitrary<Spatial> = fc
  .record({
    length: fc.integer({ min: 1, max: 12 }),
    window: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    low: fc.integer({ min: -2, max: 5 }),
    high: fc.integer({ min: -2, max: 5 }),
    inputDilation: fc.integer({ min: 1, max: 3 }),
    kernelDilation: fc.integer({ min: 1, max: 3 }),
  })
  .filter(
    (axis) =>
      axis.low + extent(axis.length, axis.inputDilation) + axis.high >=
      extent(axis.window, axis.kernelDilation),
  );
const convolutions = fc.record({
  axes: fc.array(spatial, { minLength: 1, maxLength: 3 }),
  batch: fc.integer({ min: 1, max: 3 }),
  groups: fc.integer({ min: 1, max: 3 }),
  channels: fc.integer({ min: 1, max: 3 }),
  outputs: fc.integer({ min: 1, max: 7 }),
});

test("any convolution and its gradients equal the reference to the bit", () => {
  fc.assert(
    fc.property(convolutions, ({ axes, batch, groups, channels, outputs }) => {
      const x = [batch, groups * channels, ...axes.map(({ length }) => length)];
      const kernel = [groups * outputs, channels, ...axes.map(({ window }) => window)];
      fc.pre(size(x) * size(kernel) < 60_000);
      trace(() => {
        const [a, w] = [g.input("x", x), g.input("w", kernel)];
        const steps = axes.map(({ length: _, window: __, ...axis }) => axis);
        const y = g.convolution(a, w, { axes: steps, groups });
        const loss = g.sum(g.reshape(g.mul(y, y), [size(y.shape)]), [0]);
        const inputs = { x: values(x, 1), w: values(kernel, 2) };
        expectSameBits(sessions, [y, ...grad(loss, [a, w])], inputs);
      });
    }),
    { numRuns: 60, seed: 3 },
  );
});

const steps = fc.record({
  stride: fc.integer({ min: 1, max: 3 }),
  low: fc.integer({ min: -1, max: 6 }),
  high: fc.integer({ min: -1, max: 6 }),
  inputDilation: fc.constantFrom(1, 1, 2, 3),
  kernelDilation: fc.integer({ min: 1, max: 3 }),
});

test("windows multiplied where they lie: long rows, many groups, infinities", () => {
  const long = fc.record({
    length: fc.integer({ min: 30, max: 200 }),
    window: fc.integer({ min: 1, max: 9 }),
    axis: steps,
    groups: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom(1, 1, 2, 4),
    outputs: fc.constantFrom(1, 1, 2, 3, 9),
    wild: fc.boolean(),
  });
  fc.assert(
    fc.property(long, ({ length, window, axis, groups, channels, outputs, wild }) => {
      const [x, kernel] = [
        [2, groups * channels, length],
        [groups * outputs, channels, window],
      ];
      trace(() => {
        const [a, w] = [g.input("x", x), g.input("w", kernel)];
        const y = g.convolution(a, w, { axes: [axis], groups });
        const loss = g.sum(g.reshape(g.mul(y, y), [size(y.shape)]), [0]);
        const inputs = { x: values(x, 1), w: values(kernel, 2) };
        if (wild) inputs.w[0] = Number.POSITIVE_INFINITY;
        expectSameBits(sessions, [y, ...grad(loss, [a, w])], inputs);
      });
    }),
    { numRuns: 40, seed: 5 },
  );
});

test("strided gradients whose blocks are short: several in one panel, and several panels", () => {
  const shapes = [
    { x: [2, 7, 9, 9], kernel: [160, 7, 3, 3], stride: 2 },
    { x: [3, 9, 34], kernel: [300, 9, 5], stride: 3 },
  ];
  for (const { x, kernel, stride } of shapes)
    trace(() => {
      const axis = { stride, low: 1, high: 1, inputDilation: 1, kernelDilation: 1 };
      const [a, w] = [g.input("x", x), g.input("w", kernel)];
      const y = g.convolution(a, w, { axes: x.slice(2).map(() => axis), groups: 1 });
      const loss = g.sum(g.reshape(g.mul(y, y), [size(y.shape)]), [0]);
      const inputs = { x: values(x, 1), w: values(kernel, 2) };
      expectSameBits(sessions, grad(loss, [a]), inputs);
    });
});

test("no element of a strided gradient is multiplied in vain, and layers alike share tables", () => {
  const axis = { stride: 2, low: 1, high: 1, inputDilation: 1, kernelDilation: 1 };
  const kernels = trace(() => {
    const x = g.input("x", [2, 8, 8, 8]);
    const w = ["v", "w"].map((name) => g.input(name, [8, 8, 3, 3]));
    const layers = w.map((each) => g.convolution(x, each, { axes: [axis, axis], groups: 1 }));
    const loss = g.sum(g.reshape(g.add(layers[0]!, layers[1]!), [2 * 8 * 16]), [0]);
    const nodes = simplify([...layers, ...grad(loss, [x])]);
    return orderKernels(nodes.map((node) => ({ node, sharedWith: [] })));
  });
  const found = kernels.flatMap((kernel) => (kernel.kind === "convolution" ? [kernel] : []));
  const sums = found.map(({ phases }) =>
    phases.reduce((total, { positions, window }) => total + positions * window, 0),
  );
  // forward: 16 positions of 9; backward: 4 phases of 16 positions, with 1, 2, 2 and 4 of 9
  expect(new Set(sums)).toEqual(new Set([16 * 9]));
  const forward = found.filter(({ x }) => x.buffer.place.kind === "input");
  const literals = forward.map(({ tables }) => tables.place);
  expect(literals).toHaveLength(2);
  expect(literals[0]).toEqual(literals[1]);
});
