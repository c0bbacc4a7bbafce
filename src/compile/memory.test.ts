import { expect, test } from "vitest";
import { bothWidths, expectSameBits } from "../../test/support/run.ts";
import { grad } from "../grad/grad.ts";
import * as g from "../graph/build.ts";
import { type Node, trace } from "../graph/node.ts";
import { layOut } from "./memory.ts";
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

test("a rectifier's gradient reads its result, for every kind of number", () => {
  const x = g.input("x", [8]);
  const data = Float32Array.of(Number.NaN, 1 / 0, -1 / 0, 0, -0, 1, -1, 5e-41);
  const y = trace(() => relu(g.mul(x, g.constant(3, [8]))));
  const roots = trace(() => [y, ...grad(total(g.mul(y, g.mul(y, y))), [x])]);
  expectSameBits(bothWidths(), roots, { x: data });
});
