import { expect, test } from "vitest";
import { bothWidths, expectSameBits } from "../../test/support/run.ts";
import { grad } from "../grad/grad.ts";
import * as g from "../graph/build.ts";
import { isOp, type Node, toposort, trace } from "../graph/node.ts";
import { type Buffer, type Kernel, readsOf, writesOf } from "./kernel.ts";
import { aligned, layOut } from "./memory.ts";
import { orderKernels } from "./order.ts";
import { simplify } from "./simplify.ts";

const zeros = (a: Node) => g.constant(0, a.shape);
const relu = (a: Node) => g.where(g.lessEqual(a, zeros(a)), zeros(a), a);
const total = (a: Node) => g.sum(g.reshape(a, [a.shape.reduce((n, l) => n * l, 1)]), [0]);

/** A step of gradient descent on a net of equal layers, its parameters updated in place. */
function step(layers: number, width: number) {
  const weights = Array.from({ length: layers }, (_, i) => g.input(`w${i}`, [width, width]));
  const y = weights.reduce<Node>((a, w) => relu(g.matmul(a, w)), g.input("x", [width, width]));
  const gradients = grad(total(g.mul(y, y)), weights);
  const next = weights.map((w, i) => g.sub(w, g.mul(g.constant(0.1, w.shape), gradients[i]!)));
  const results = simplify(next).map((node, i) => ({ node, sharedWith: [`w${i}`] }));
  return orderKernels(results);
}

test("a step holds the results of its layers and little else", () => {
  const [layers, width] = [12, 64];
  const { bytes } = layOut(
    trace(() => step(layers, width)),
    () => 0,
  );
  // beside the layers' results: a product, its gradient and what that is made of
  expect(bytes / (4 * width * width)).toBeLessThanOrEqual(layers + 3);
});

/** The most bytes that outlive a kernel: no arena is smaller, whatever may lie where it is read last. */
function widestMoment(kernels: readonly Kernel[]): number {
  const known = kernels.map((kernel) =>
    [...readsOf(kernel), ...writesOf(kernel)].filter(({ place }) => place.kind === "scratch"),
  );
  const alive = known.map((_, i) => {
    const after = new Set(known.slice(i + 1).flat());
    return [...new Set(known.slice(0, i + 1).flat())].filter((buffer) => after.has(buffer));
  });
  const bytesOf = ({ shape }: Buffer) => aligned(4 * shape.reduce((n, length) => n * length, 1));
  return Math.max(...alive.map((set) => set.reduce((sum, buffer) => sum + bytesOf(buffer), 0)));
}

test("a residual network's arena is hardly larger than what is alive at its widest moment", () => {
  const widths = [64, 64, 32, 32, 48];
  const kernels = trace(() => {
    const block = (x: Node, width: number, i: number) => {
      const [a, b] = [g.input(`a${i}`, [x.shape[1]!, width]), g.input(`b${i}`, [width, width])];
      const mean = (y: Node) => g.expand(g.sum(y, [0]), y.shape);
      const y = relu(g.matmul(x, a));
      const skip = x.shape[1] === width ? x : g.matmul(x, g.input(`c${i}`, [x.shape[1]!, width]));
      return relu(g.add(g.matmul(g.sub(y, mean(y)), b), skip));
    };
    const loss = total(widths.reduce(block, g.input("x", [96, 24])));
    const weights = toposort([loss]).filter((y) => isOp(y, "input") && y.arg.name !== "x");
    const gradients = grad(loss, weights);
    const next = weights.map((w, i) => g.sub(w, gradients[i]!));
    const names = weights.map((w) => (w as Node<"input">).arg.name);
    return orderKernels(simplify(next).map((node, i) => ({ node, sharedWith: [names[i]!] })));
  });
  const { bytes } = layOut(kernels, () => 0);
  expect(bytes).toBeGreaterThanOrEqual(widestMoment(kernels));
  expect(bytes).toBeLessThanOrEqual(1.3 * widestMoment(kernels));
});

test("a rectifier's gradient reads its result, for every kind of number", () => {
  const x = g.input("x", [8]);
  const data = Float32Array.of(Number.NaN, 1 / 0, -1 / 0, 0, -0, 1, -1, 5e-41);
  const y = trace(() => relu(g.mul(x, g.constant(3, [8]))));
  const roots = trace(() => [y, ...grad(total(g.mul(y, g.mul(y, y))), [x])]);
  expectSameBits(bothWidths(), roots, { x: data });
});
