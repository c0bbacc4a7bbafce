import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bothWidths, expectSameBits } from "../../test/support/run.ts";
import { wasmSession } from "../backends/wasm/session.ts";
import { grad } from "../grad/grad.ts";
import * as g from "../graph/build.ts";
import { type Node, toposort, trace } from "../graph/node.ts";
import { evaluate } from "../graph/reference.ts";
import { float32 } from "../graph/reference32.ts";
import { describeKernels } from "./describe.ts";
import { mapOf } from "./epilogues.ts";
import { readsOf, writesOf } from "./kernel.ts";
import { layOut } from "./memory.ts";
import { orderKernels } from "./order.ts";
import { simplify } from "./simplify.ts";

const plan = (roots: readonly Node[], shared: readonly (readonly string[])[] = []) =>
  orderKernels(simplify(roots).map((node, i) => ({ node, sharedWith: shared[i] ?? [] })));
const x = g.input("x", [4, 6]);
const w = g.input("w", [3, 6]);
const b = g.input("b", [3]);
const relu = (a: Node) =>
  g.where(g.lessEqual(a, g.constant(0, a.shape)), g.constant(0, a.shape), a);
const layer = () =>
  relu(g.add(g.matmul(x, g.transpose(w)), g.expand(g.reshape(b, [1, 3]), [4, 3])));
const mean = (a: Node) => g.mul(g.sum(g.reshape(a, [12]), [0]), g.constant(1 / 12, [1]));

describe("kernels", () => {
  test("a layer is one product, read transposed, and one map", () => {
    expect(describeKernels(plan([layer()]))).toMatchInlineSnapshot(
      `"product out0[4,3] = x[4,6] w[3,6], then out0[4,3] = out0[4,3] b[3] add lessEqual where"`,
    );
  });

  test("a step updates parameters where they lie, after the last read", () => {
    const loss = mean(layer());
    const [dw, db] = grad(loss, [w, b]) as [Node, Node];
    const next = (p: Node, d: Node) => g.sub(p, g.mul(g.constant(0.1, p.shape), d));
    const kernels = plan([loss, next(w, dw), next(b, db)], [[], ["w"], ["b"]]);
    expect(describeKernels(kernels)).toMatchInlineSnapshot(`
      "product t2[4,3] = x[4,6] w[3,6], then t5[4,3] t7[4,3] = t2[4,3] b[3] add lessEqual where where
      sum t4[1] = t5[4,3]
      map out0[1] = t4[1] mul
      product t8[3,6] = t7[4,3] x[4,6], then out1[3,6] = w[3,6] t8[3,6] mul sub
      sum t10[1,3] = t7[4,3]
      map out2[3] = b[3] t10[1,3] mul sub"
    `);
    expect(kernels.flatMap(writesOf).filter(({ place }) => place.kind === "output")).toHaveLength(
      3,
    );
  });

  test("the gradient of slices is written part by part", () => {
    const half = (from: number) =>
      g.slice(x, [
        [0, 4],
        [from, from + 3],
      ]);
    const loss = mean(g.mul(g.tanh(half(0)), g.sigmoid(half(3))));
    expect(describeKernels(plan(grad(loss, [x])))).toMatchInlineSnapshot(
      `"map out0[4,6] out0[4,6] = x[4,6] sigmoid mul x[4,6] tanh mul sub mul add mul sub mul mul add"`,
    );
  });

  test("work that several kernels need is stored once", () => {
    const e = g.exp(x);
    const kernels = plan([g.div(e, g.expand(g.sum(e, [1]), [4, 6]))]);
    const exps = kernels.filter((kernel) => describeKernels([kernel]).includes("exp"));
    expect(exps).toHaveLength(1);
  });

  test("two results that read each other's memory are exchanged", () => {
    const session = wasmSession();
    const [a, c] = [g.input("a", [5]), g.input("c", [5])];
    const slots = {
      a: session.allocate([5], "f32", [1, 2, 3, 4, 5]),
      c: session.allocate([5], "f32", [6, 7, 8, 9, 10]),
    };
    const outputs = [
      { node: c, to: slots.a },
      { node: a, to: slots.c },
    ];
    session.compile({ inputs: slots, outputs }).run();
    expect([...session.read(slots.a), ...session.read(slots.c)]).toEqual([
      6, 7, 8, 9, 10, 1, 2, 3, 4, 5,
    ]);
  });

  test("a result that cannot replace its own operand goes by way of scratch memory", () => {
    const session = wasmSession();
    const a = g.input("a", [3, 3]);
    const data = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const slot = session.allocate([3, 3], "f32", data);
    const node = g.add(g.matmul(a, a), g.transpose(a));
    session.compile({ inputs: { a: slot }, outputs: [{ node, to: slot }] }).run();
    expect([...session.read(slot)]).toEqual([...evaluate([node], { a: data }, float32)[0]!]);
  });
});

/** Graphs of a few ops over [3, 4] arrays, with everything that kernels can meet in between. */
const { graph: graphs } = fc.letrec<{ graph: Node }>((tie) => {
  const one = (f: (a: Node) => Node) => tie("graph").map(f);
  const two = (f: (a: Node, c: Node) => Node) =>
    fc.tuple(tie("graph"), tie("graph")).map(([a, c]) => f(a, c));
  const shape = [3, 4];
  return {
    graph: fc.oneof(
      { depthSize: "medium", withCrossShrink: true },
      fc.constantFrom(g.input("p", shape), g.input("q", shape), g.constant(0.5, shape)),
      two(g.add),
      two(g.mul),
      two((a, c) => g.where(g.less(a, c), a, c)),
      two((a, c) => g.matmul(g.matmul(a, g.transpose(c)), c)),
      two((a, c) => g.maximum(a, c)),
      one((a) => g.tanh(a)),
      one((a) => g.sigmoid(g.neg(a))),
      one((a) => g.expand(g.sum(a, [0]), shape)),
      one((a) => g.expand(g.max(a, [1]), shape)),
      one((a) => g.reshape(g.transpose(a), shape)),
      one((a) =>
        g.pad(
          g.slice(a, [
            [1, 3],
            [0, 3],
          ]),
          [
            [0, 1],
            [1, 0],
          ],
        ),
      ),
    ),
  };
});
const ramp = (phase: number) => Float32Array.from({ length: 12 }, (_, i) => Math.cos(phase + i));

test("any graph gives the bits of the reference, and its gradient too (property)", () => {
  const sessions = bothWidths();
  const inputs = { p: ramp(1), q: ramp(2) };
  fc.assert(
    fc.property(graphs, (graph) => {
      const loss = g.sum(g.reshape(graph, [12]), [0]);
      const leaves = toposort([loss]).filter((n) => n.op === "input");
      const roots = [graph, loss, ...grad(loss, leaves)];
      expectSameBits(sessions, roots, inputs);
    }),
    { numRuns: 150 },
  );
});

test("buffers alive at once never overlap, and the arena is no larger than it must be (property)", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const kernels = trace(() => plan([graph]));
      const arena = layOut(kernels, (kernel) => (kernel.kind === "product" ? 1000 : 0));
      const spans = [...arena.offsets].map(([buffer, offset]) => {
        const uses = kernels.flatMap((k, i) =>
          [...readsOf(k), ...writesOf(k)].includes(buffer) ? [i] : [],
        );
        return { buffer, offset, end: offset + 256, first: uses[0]!, last: uses.at(-1)! };
      });
      // a map may store where it reads for the last time
      const replaces = (c: (typeof spans)[number], a: (typeof spans)[number]) =>
        a.last === c.first &&
        a.offset === c.offset &&
        mapOf(kernels[c.first]!)?.stores.some(({ buffer }) => buffer === c.buffer);
      for (const [i, a] of spans.entries()) {
        expect(a.end).toBeLessThanOrEqual(arena.bytes);
        for (const c of spans.slice(i + 1)) {
          const alive = a.first <= c.last && c.first <= a.last;
          if (alive && !replaces(a, c) && !replaces(c, a))
            expect(a.end <= c.offset || c.end <= a.offset).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});
