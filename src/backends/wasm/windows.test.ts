/** Pooling by the largest, its values and what they give back, to the bit of the reference. */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { bothWidths, expectSameBits } from "../../../test/support/run.ts";
import { sizeOf } from "../../base/shape.ts";
import { orderKernels } from "../../compile/order.ts";
import { simplify } from "../../compile/simplify.ts";
import { grad } from "../../grad/grad.ts";
import * as g from "../../graph/build.ts";
import { type Node, trace } from "../../graph/node.ts";
import type { WindowAxis } from "../../graph/windows.ts";
import { wasmSession } from "./session.ts";

const threaded = wasmSession({ threads: 3, eager: true });
const sessions = [...bothWidths(), threaded];
afterAll(() => threaded.close());

const flat = (a: Node) => g.reshape(a, [sizeOf(a.shape)]);
const pooled = (x: Node, axes: readonly WindowAxis[]): Node => {
  const places = g.windowArgmax(x, axes);
  return g.reshape(g.gather(g.reshape(x, [sizeOf(x.shape), 1]), flat(places)), places.shape);
};

const axis = fc
  .record({
    size: fc.integer({ min: 1, max: 23 }),
    length: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 0, max: 5 }), // 0: the length
    low: fc.constantFrom(0, 0, 0, 1),
    high: fc.constantFrom(0, 0, 0, 1),
  })
  .map((each) => ({ ...each, stride: each.stride || each.length }))
  .filter(({ size, length, low, high }) => low + size + high >= length && length > low + high);

const wild = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -0];
const cases = fc.record({
  images: fc.integer({ min: 1, max: 3 }),
  axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
  odd: fc.boolean(),
  reshaped: fc.boolean(),
});

test("places, values and gradients, for any windows", () => {
  fc.assert(
    fc.property(cases, ({ images, axes, odd, reshaped }) => {
      const shape = [images, ...axes.map(({ size }) => size)];
      const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
        odd && i % 3 === 0 ? wild[i % 4]! : Math.fround(Math.sin(1.3 * i)),
      );
      trace(() => {
        const given = g.input("x", reshaped ? [sizeOf(shape)] : shape);
        const x = reshaped ? g.reshape(given, shape) : given;
        const y = pooled(
          x,
          axes.map(({ size: _, ...each }) => each),
        );
        const loss = g.sum(flat(g.mul(y, y)), [0]);
        expectSameBits(sessions, [y, ...grad(loss, [given])], { x: values });
      });
    }),
    { numRuns: 80, seed: 7 },
  );
});

test("the search gives the values; gradients of windows side by side are written once", () => {
  const kinds = (stride: number) =>
    trace(() => {
      const x = g.input("x", [2, 3, 8, 8]);
      const each = { length: 2, stride, low: 0, high: 0 };
      const loss = g.sum(flat(pooled(x, [each, each])), [0]);
      const nodes = simplify([loss, ...grad(loss, [x])]);
      return orderKernels(nodes.map((node) => ({ node, sharedWith: [] }))).map(({ kind }) => kind);
    });
  expect(kinds(2).filter((kind) => /window|gather|scatter/.test(kind))).toEqual([
    "windowArgmax",
    "windowFill",
  ]);
  expect(kinds(1)).toContain("scatter");
});
