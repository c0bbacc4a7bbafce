import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { bothWidths, expectSameBits } from "../../test/support/run.ts";
import { wasmSession } from "../backends/wasm/session.ts";
import * as g from "../graph/build.ts";
import { type Node, trace } from "../graph/node.ts";
import { describeKernels } from "./describe.ts";
import { orderKernels } from "./order.ts";
import { simplify } from "./simplify.ts";

const threads = wasmSession({ threads: 3, eager: true });
const sessions = [...bothWidths(), threads];
afterAll(() => threads.close());
const relu = (a: Node) =>
  g.where(g.lessEqual(a, g.constant(0, a.shape)), g.constant(0, a.shape), a);
const values = (shape: readonly number[], phase: number) =>
  Float32Array.from({ length: shape.reduce((n, l) => n * l, 1) }, (_, i) =>
    Math.fround(Math.cos(phase + 1.7 * i)),
  );
const plan = (roots: readonly Node[], shared: readonly (readonly string[])[] = []) =>
  describeKernels(
    orderKernels(simplify(roots).map((node, i) => ({ node, sharedWith: shared[i] ?? [] }))),
  );

/** What may follow a result y of so many planes, rows and columns, beside which stand r, c and e. */
const followers: readonly ((y: Node, r: Node, c: Node, e: Node) => Node[])[] = [
  (y, r) => [relu(g.add(y, r))],
  (y, r, c, e) => [g.where(g.lessEqual(e, c), g.neg(y), g.mul(y, r))],
  (y, r, _, e) => [g.add(y, e), g.mul(g.exp(y), r), g.neg(y)],
  (y, r, _, e) => [y, relu(g.add(y, r)), g.sum(g.sub(y, e), [y.shape.length - 1])],
];

/** Compares all that may follow a result with the reference. */
function expectFollowed(make: (a: Node, b: Node) => Node, a: number[], b: number[]): void {
  trace(() => {
    const y = make(g.input("a", a), g.input("b", b));
    const along = (axis: number) => y.shape.map((length, i) => (i === axis ? length : 1));
    const last = y.shape.length - 1;
    const axes = last === 3 ? [1, 2] : [last, last - 1];
    const [row, column] = axes.map(along) as [number[], number[]];
    const beside = { r: values(row, 3), c: values(column, 4), e: values(y.shape, 5) };
    const inputs = { a: values(a, 1), b: values(b, 2), ...beside };
    const [r, c] = [g.input("r", row), g.input("c", column)].map((x) => g.expand(x, y.shape));
    for (const follow of followers)
      expectSameBits(sessions, follow(y, r!, c!, g.input("e", y.shape)), inputs);
  });
}

test.each([
  ["small", 1, 7, 9, 5],
  ["one column", 1, 37, 3, 1],
  ["one row", 1, 1, 3, 70],
  ["packed, panels of columns", 1, 20, 36, 530],
  ["packed, panels of rows", 1, 140, 130, 17],
  ["packed, blocks of a long sum", 1, 21, 600, 33],
  ["a batch shared out", 9, 6, 4, 11],
  ["products shared out", 3, 18, 500, 22],
] as const)("whatever follows a product keeps its bits: %s", (_, batch, m, k, n) => {
  const shape = (rows: number, columns: number) =>
    batch > 1 ? [batch, rows, columns] : [rows, columns];
  expectFollowed(g.matmul, shape(m, k), shape(k, n));
});

const axis = { stride: 1, low: 1, high: 1, inputDilation: 1, kernelDilation: 1 };
test.each([
  ["many channels", { batch: 3, groups: 1, outputs: 9, channels: 5, length: 13, stride: 1 }],
  ["few channels", { batch: 2, groups: 1, outputs: 3, channels: 2, length: 12, stride: 2 }],
  ["each channel alone", { batch: 2, groups: 5, outputs: 1, channels: 1, length: 9, stride: 1 }],
  ["rows shared out", { batch: 1, groups: 1, outputs: 40, channels: 90, length: 4, stride: 1 }],
  ["groups of rows", { batch: 1, groups: 2, outputs: 20, channels: 3, length: 3, stride: 1 }],
  ["several panels", { batch: 3, groups: 1, outputs: 6, channels: 1, length: 29, stride: 1 }],
] as const)("whatever follows a convolution keeps its bits: %s", (_, each) => {
  const { batch, groups, outputs, channels, length, stride } = each;
  const axes = [
    { ...axis, stride },
    { ...axis, stride },
  ];
  expectFollowed(
    (a, b) => g.convolution(a, b, { axes, groups }),
    [batch, groups * channels, length, length],
    [groups * outputs, channels, 3, 3],
  );
});

test("any sizes (property)", () => {
  const length = fc.integer({ min: 1, max: 24 });
  fc.assert(
    fc.property(length, length, length, (m, k, n) => {
      expectFollowed(g.matmul, [m, k], [k, n]);
    }),
    { numRuns: 6 },
  );
});

test("a layer is one kernel, and so are a gradient and the update by it", () => {
  const [x, w, b] = [g.input("x", [4, 6]), g.input("w", [6, 3]), g.input("b", [1, 3])];
  const y = relu(g.add(g.matmul(x, w), g.expand(b, [4, 3])));
  const gradient = g.matmul(g.transpose(x), y);
  expect(plan([y, g.sub(w, gradient)], [[], ["w"]])).toMatchInlineSnapshot(`
    "product out0[4,3] = x[4,6] w[6,3], then out0[4,3] = out0[4,3] b[1,3] add lessEqual where
    product t5[6,3] = x[4,6] out0[4,3], then out1[6,3] = w[6,3] t5[6,3] sub"
  `);
});

test("a result that replaces an operand of the product is stored after it", () => {
  const [h, w, x] = [g.input("h", [4, 4]), g.input("w", [4, 4]), g.input("x", [4, 4])];
  const next = g.tanh(g.add(g.matmul(h, w), x));
  expect(plan([next], [["h"]])).toMatchInlineSnapshot(`
    "product t2[4,4] = h[4,4] w[4,4]
    map out0[4,4] = t2[4,4] x[4,4] add tanh"
  `);
  expect(plan([next], [["x"]])).toMatchInlineSnapshot(
    `"product t2[4,4] = h[4,4] w[4,4], then out0[4,4] = t2[4,4] x[4,4] add tanh"`,
  );
});
