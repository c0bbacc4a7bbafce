import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { bothWidths, expectSameBits } from "../../test/support/run.ts";
import { wasmSession } from "../backends/wasm/session.ts";
import { grad } from "../grad/grad.ts";
import * as g from "../graph/build.ts";
import { type Node, toposort } from "../graph/node.ts";
import { describeKernels } from "./describe.ts";
import { bytesOf, operationsOf } from "./operations.ts";
import { orderKernels } from "./order.ts";
import { simplify } from "./simplify.ts";

const plan = (...roots: Node[]) =>
  orderKernels(simplify(roots).map((node) => ({ node, sharedWith: [] })));
const along = (a: Node, like: Node) => g.expand(a, like.shape);
const softmax = (a: Node): Node => {
  const e = g.exp(g.sub(a, along(g.max(a, [a.shape.length - 1]), a)));
  return g.div(e, along(g.sum(e, [a.shape.length - 1]), a));
};
const constant = (value: number, like: Node) => g.constant(value, like.shape);
const mean = (a: Node) => {
  const total = g.sum(a, [a.shape.length - 1]);
  return along(g.div(total, constant(a.shape.at(-1)!, total)), a);
};
const normalized = (a: Node): Node => {
  const centered = g.sub(a, mean(a));
  const variance = mean(g.mul(centered, centered));
  return g.div(centered, g.sqrt(g.add(variance, constant(1e-5, a))));
};
const x = g.input("x", [64, 40]);
const total = (a: Node) => g.sum(g.reshape(a, [a.shape.reduce((p, l) => p * l, 1)]), [0]);

describe("rows that several kernels walk", () => {
  test("a softmax is one kernel, and only blocks of rows lie in memory", () => {
    const kernels = plan(softmax(x));
    expect(describeKernels(kernels)).toMatchInlineSnapshot(`
      "rowwise 16
        max row1[4,1] = x[64,40]
        map row2[4,40] = x[64,40] row1[4,1] sub exp
        sum row3[4,1] = row2[4,40]
        map out0[64,40] = row2[4,40] row3[4,1] div"
    `);
    expect(kernels.map(bytesOf)).toEqual([2 * 4 * 64 * 40]);
    expect(kernels.map(operationsOf)).toEqual([64 * 40 * (1 + 2 + 1 + 1)]);
  });

  test("a normalization is one kernel, and its gradient another", () => {
    expect(describeKernels(plan(normalized(x)))).toMatchInlineSnapshot(`
      "rowwise 16
        sum row1[4,1] = x[64,40]
        sum row2[4,1] = x[64,40] row1[4,1] div sub mul
        map out0[64,40] = x[64,40] row1[4,1] div sub row2[4,1] div add sqrt div"
    `);
    const loss = total(g.mul(normalized(x), x));
    expect(describeKernels(plan(loss, ...grad(loss, [x])))).toMatchInlineSnapshot(`
      "rowwise 16
        sum row1[4,1] = x[64,40]
        sum row2[4,1] = x[64,40] row1[4,1] div sub mul
        map row3[4,40] t5[64,40] = x[64,40] row1[4,1] div sub row2[4,1] div add sqrt div mul
        sum row6[4,1] = x[64,40] row3[4,40] mul row2[4,1] div add sqrt div neg mul div
        map row7[4,40] = x[64,40] row2[4,1] div add sqrt div row6[4,1] div row1[4,1] div sub mul add add
        sum row8[4,1] = row7[4,40] neg
        map out1[64,40] = row3[4,40] row7[4,40] add row8[4,1] div add
      sum out0[1] = t5[64,40]"
    `);
  });

  test("what is read across rows stays outside", () => {
    const e = softmax(x);
    const shifted = g.reverse(e, [0]);
    const both = g.add(shifted, along(g.max(shifted, [1]), x));
    const kernels = plan(both);
    expect(kernels.map(({ kind }) => kind)).toEqual(["rowwise", "rowwise"]);
  });

  test.each<[string, number[], (a: Node) => Node]>([
    ["short rows", [64, 31], softmax],
    ["few rows", [15, 64], softmax],
    ["rows that lie apart", [64, 40], (a) => g.div(a, along(g.sum(a, [0]), a))],
  ])("%s are left as they are", (_, shape, f) => {
    expect(plan(f(g.input("a", shape))).map(({ kind }) => kind)).not.toContain("rowwise");
  });

  test("a result that may lie in an input's memory is computed from what was there", () => {
    const session = wasmSession();
    const data = Float32Array.from({ length: 64 * 40 }, (_, i) => Math.sin(i));
    const slot = session.allocate([64, 40], "f32", data);
    const to = session.allocate([64, 40], "f32");
    session.compile({ inputs: { x: slot }, outputs: [{ node: softmax(x), to }] }).run();
    const wanted = session.read(to);
    const outputs = [{ node: softmax(x), to: slot }];
    session.compile({ inputs: { x: slot }, outputs }).run();
    expect(session.read(slot)).toEqual(wanted);
  });
});

/** Graphs over rows, with what stays in them, what crosses them, and what they share. */
const shape = [5, 8, 37];
const { graph: graphs } = fc.letrec<{ graph: Node }>((tie) => {
  const one = (f: (a: Node) => Node) => tie("graph").map(f);
  const two = (f: (a: Node, c: Node) => Node) =>
    fc.tuple(tie("graph"), tie("graph")).map(([a, c]) => f(a, c));
  return {
    graph: fc.oneof(
      { depthSize: "medium", withCrossShrink: true },
      fc.constantFrom(
        g.input("p", shape),
        g.input("q", shape),
        g.expand(g.input("w", [1, 1, 37]), shape),
        g.expand(g.input("r", [5, 8, 1]), shape),
      ),
      two(g.sub),
      two(g.mul),
      two((a, c) => g.where(g.less(a, c), a, c)),
      one((a) => g.tanh(a)),
      one(softmax),
      one(normalized),
      one((a) => g.expand(g.sum(a, [2]), shape)),
      one((a) => g.expand(g.max(a, [2]), shape)),
      one((a) => g.expand(g.sum(a, [1, 2]), shape)),
      one((a) => g.expand(g.sum(a, [0]), shape)),
      one((a) => g.reverse(a, [1])),
      one((a) => g.reverse(a, [2])),
      one((a) => g.reshape(g.permute(a, [1, 0, 2]), shape)),
    ),
  };
});
const ramp = (length: number, phase: number) =>
  Float32Array.from({ length }, (_, i) => Math.cos(phase + 1.7 * i));
const inputs = { p: ramp(1480, 1), q: ramp(1480, 2), w: ramp(37, 3), r: ramp(40, 4) };
const shared = ([{ threads: 2 }, { threads: 3, vectorBits: 256 }] as const).map((options) =>
  wasmSession({ ...options, eager: true }),
);
afterAll(() => {
  for (const session of shared) session.close();
});

test("any graph over rows gives the bits of the reference, and its gradient too (property)", () => {
  const sessions = [...bothWidths(), ...shared];
  fc.assert(
    fc.property(graphs, (graph) => {
      const loss = total(graph);
      const leaves = toposort([loss]).filter((n) => n.op === "input");
      expectSameBits(sessions, [graph, ...grad(loss, leaves)], inputs);
    }),
    { numRuns: 12 },
  );
});

test("maxima and sums of rows of any length, alone and in pairs (property)", () => {
  const sessions = bothWidths();
  const special = fc.constantFrom(Number.NaN, -0, 0, Infinity, -Infinity, -3.5);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.tuple(fc.nat(), special), { maxLength: 4 }),
      (rows, length, strange) => {
        const a = g.input("a", [rows, length]);
        const data = ramp(rows * length, length);
        for (const [at, value] of strange) data[at % data.length] = value;
        expectSameBits(sessions, [g.max(a, [1]), g.sum(a, [1]), g.sum(g.mul(a, a), [1])], {
          a: data,
        });
      },
    ),
    { numRuns: 100 },
  );
});
