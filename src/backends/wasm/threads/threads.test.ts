/** Several threads give the bits of one. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { cases } from "../../../../test/conformance/cases.ts";
import { expectSameBits, runOn } from "../../../../test/support/run.ts";
import { InputError } from "../../../base/errors.ts";
import { sizeOf } from "../../../base/shape.ts";
import { grad } from "../../../grad/grad.ts";
import * as g from "../../../graph/build.ts";
import { type Node, toposort, trace } from "../../../graph/node.ts";
import { gru, lstm, mlp, recurrent } from "../../../nn/index.ts";
import {
  placeholders,
  square,
  sum,
  Tensor,
  tensorsOf,
  valueAndGrad,
} from "../../../tensor/index.ts";
import { fit, tableSamples } from "../../../train/index.ts";
import { type WasmSession, wasmSession } from "../session.ts";

const ramp = (length: number, phase: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(phase + 1.3 * i));
const one = wasmSession();
const several = ([{ threads: 2 }, { threads: 3, vectorBits: 256 }, { threads: 8 }] as const).map(
  (options) => wasmSession({ ...options, eager: true }),
);
afterAll(() => {
  for (const session of several) session.close();
});

/** Compared as bits: -0 is not 0, and NaN is NaN. */
function expectBitsOfOne(session: WasmSession, roots: readonly Node[]): void {
  const inputs = Object.fromEntries(
    toposort(roots).flatMap((n) =>
      n.op === "input"
        ? [[(n as Node<"input">).arg.name, ramp(sizeOf(n.shape), n.shape.length)]]
        : [],
    ),
  );
  const [found, expected] = [runOn(session, roots, inputs), runOn(one, roots, inputs)];
  // the place of the first difference: to print the arrays takes minutes
  const differs = (i: number) => found[i]!.findIndex((x, j) => !Object.is(x, expected[i]![j]));
  expect(roots.map((_, i) => differs(i))).toEqual(roots.map(() => -1));
}

describe.each(several.map((s) => [s.threads, s] as const))("%i threads", (threads, session) => {
  const ops = threads < 8 ? (Object.keys(cases) as (keyof typeof cases)[]) : []; // for time's sake
  test.each(ops)("%s: the reference's bits", (op) => {
    for (const c of cases[op])
      trace(() => {
        const nodes = c.arguments.map(({ shape, dtype }, i) => g.input(`x${i}`, shape, dtype));
        const inputs = Object.fromEntries(
          c.arguments.map(({ shape, value }, i) => [
            `x${i}`,
            Float64Array.from({ length: sizeOf(shape) }, (_, j) =>
              Math.fround((value ?? ((at) => 2 * Math.sin(1.7 * at + 0.3 + i)))(j)),
            ),
          ]),
        );
        expectSameBits([session], [c.build(...(nodes as never[]))], inputs);
      });
  });

  // every path: direct by rows and by lanes, packed by rows and by columns, in pieces, batches, long sums
  test.each([
    [[1, 300, 37]],
    [[37, 300, 1]],
    [[130, 70, 260]],
    [[33, 300, 515]],
    [[515, 300, 33]],
    [[1700, 20, 40]],
    [[30, 20, 1750]],
    [[7, 1000, 9]],
    [[101, 0, 51]],
    [[3, 65, 66, 67]],
    [[11, 17, 300, 19]],
  ])("products %j", (shape) => {
    const [n, k, m] = [shape.at(-1)!, shape.at(-2)!, shape.at(-3)!];
    const batch = shape.slice(0, -3);
    const [a, b] = [g.input("a", [...batch, m, k]), g.input("b", [...batch, k, n])];
    const [at, bt] = [g.input("at", [...batch, k, m]), g.input("bt", [...batch, n, k])];
    expectBitsOfOne(session, [
      g.matmul(a, b),
      g.matmul(transposed(at), b),
      g.matmul(a, transposed(bt)),
      g.matmul(transposed(at), transposed(bt)),
    ]);
  });

  // large enough for pieces; odd lengths leave the last ones short
  test.each([[[301, 203]], [[13, 5009]], [[30_011, 3]]])(
    "maps, sums and rows in pieces %j",
    (shape) => {
      const x = g.input("x", shape);
      const spread = (y: Node) => g.expand(y, shape);
      const shifted = g.exp(g.sub(x, spread(g.max(x, [1]))));
      expectBitsOfOne(session, [
        g.erf(g.mul(x, x)),
        g.sum(g.tanh(x), [0]),
        g.sum(g.tanh(x), [1]),
        g.div(shifted, spread(g.sum(shifted, [1]))),
      ]);
    },
  );

  test("rows taken from a table, and their gradient added to it", () => {
    const table = g.input("table", [50, 75]);
    const rows = g.input("rows", [40], "i32");
    const taken = g.gather(table, g.literal({ shape: [40], dtype: "i32", data: rowNumbers }));
    const [gradient] = grad(g.sum(g.reshape(g.mul(taken, taken), [3000]), [0]), [table]);
    trace(() => expectBitsOfOne(session, [taken, gradient!, rows]));
  });

  test.each([recurrent, lstm, gru])("loops and their gradients: %o", (layer) => {
    trace(() => {
      const model = layer(5, 20, { output: "all" });
      const params = placeholders(model.init(1), "p.");
      const x = new Tensor(g.input("x", [17, 6, 5]));
      const { value, gradients } = valueAndGrad(
        (p: typeof params): Tensor => sum(square(model.apply(p, x))),
      )(params);
      const roots = [value as Tensor, ...tensorsOf(gradients).map(([, each]) => each)];
      expectBitsOfOne(
        session,
        roots.map(({ node }) => node),
      );
    });
  });

  test("a loop in a loop, over rows that are taken and added to", () => {
    const scans = cases.scan.filter(({ name }) => /kernel on slices|in a scan/.test(name));
    expect(scans).toHaveLength(2);
    for (const c of scans)
      trace(() => {
        const nodes = c.arguments.map(({ shape, dtype }, i) => g.input(`x${i}`, shape, dtype));
        const y = c.build(...(nodes as never[]));
        const wrt = nodes.filter(({ dtype }) => dtype === "f32");
        expectBitsOfOne(session, [y, ...grad(g.reshape(g.sum(y, [0]), []), wrt)]);
      });
  });

  // columns of many places, rows of few places, few rows, groups, strides and margins, phases in pieces
  test.each([
    { x: [5, 3, 12, 13], kernel: [20, 3, 3, 3], stride: 1, groups: 1 },
    { x: [3, 6, 9], kernel: [4, 3, 4], stride: 2, groups: 2 },
    { x: [1, 40, 3, 3], kernel: [70, 40, 3, 3], stride: 1, groups: 1 },
    { x: [4, 8, 17, 17], kernel: [8, 1, 3, 3], stride: 3, groups: 8 },
    { x: [7, 3, 35, 37], kernel: [9, 3, 2, 2], stride: 2, groups: 1 },
  ])("convolution and its gradients %j", ({ x, kernel, stride, groups }) => {
    const axis = { stride, low: 1, high: 2, inputDilation: 1, kernelDilation: 1 };
    trace(() => {
      const [a, w] = [g.input("x", x), g.input("w", kernel)];
      const y = g.convolution(a, w, { axes: x.slice(2).map(() => axis), groups });
      const loss = g.sum(g.reshape(g.mul(y, y), [sizeOf(y.shape)]), [0]);
      expectBitsOfOne(session, [y, ...grad(loss, [a, w])]);
    });
  });

  test("any graph and its gradient (property)", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const loss = g.sum(g.reshape(graph, [37 * 53]), [0]);
        const leaves = toposort([loss]).filter((n) => n.op === "input");
        expectBitsOfOne(session, [graph, loss, ...grad(loss, leaves)]);
      }),
      { numRuns: 25 },
    );
  });

  // whole steps of several vectors, of one, and single elements
  test.each([5, 44, 100, 1007, 1050])("a chain of arithmetic over %i elements", (length) => {
    const x = Float64Array.from(ramp(length, 1));
    expectSameBits([session], [g.softplus(g.input("x", [length]))], { x });
  });

  test("all took part", () => {
    expectBitsOfOne(session, [g.tanh(g.input("x", [1000]))]);
    expect(session.activeThreads).toBe(threads);
  });
});

const rowNumbers = Int32Array.from({ length: 40 }, (_, i) => (i * 7) % 53); // some are outside
function transposed(a: Node): Node {
  const axes = a.shape.map((_, axis) => axis);
  return g.permute(a, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

const shape = [37, 53];
const { graph: graphs } = fc.letrec<{ graph: Node }>((tie) => {
  const one = (f: (a: Node) => Node) => tie("graph").map(f);
  const two = (f: (a: Node, c: Node) => Node) =>
    fc.tuple(tie("graph"), tie("graph")).map(([a, c]) => f(a, c));
  return {
    graph: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(g.input("p", shape), g.input("q", shape), g.constant(0.5, shape)),
      two(g.add),
      two(g.mul),
      two((a, c) => g.where(g.less(a, c), a, c)),
      two((a, c) => g.matmul(g.matmul(a, g.transpose(c)), c)),
      one((a) => g.tanh(a)),
      one((a) => g.expand(g.sum(a, [0]), shape)),
      one((a) => g.expand(g.max(a, [1]), shape)),
      one((a) => g.reshape(g.transpose(a), shape)),
      one((a) =>
        g.pad(
          g.slice(a, [
            [1, 37],
            [0, 52],
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

test("training ends in the same weights for any number of threads", async () => {
  const samples = tableSamples({
    features: ramp(300 * 40, 3),
    columns: 40,
    targets: Float32Array.from({ length: 300 }, (_, i) => Number((i * 7) % 5 > 2)),
  });
  const hashes = await Promise.all(
    [one, ...several, wasmSession({ threads: 4 })].map(async (session) => {
      const { weights } = await fit(
        ({ features, outputs }) => mlp({ inputs: features, hidden: [96, 33], outputs }),
        samples,
        { loss: "binaryCrossEntropy", epochs: 4, batchSize: 128, seed: 5, session },
      );
      const digest = createHash("sha256");
      for (const path of Object.keys(weights).sort())
        digest.update(path).update(weights[path]!.data);
      return digest.digest("hex");
    }),
  );
  expect(new Set(hashes).size).toBe(1);
  expect(hashes[0]).toMatchInlineSnapshot(
    `"5d9f516610690988a2b21ee54fa2acb3e556afbcb2072b67d9ef99204f2d92eb"`,
  );
});

test("memory may grow between two runs, and a program may be freed", () => {
  const [session] = several as [WasmSession];
  const x = session.allocate([5000], "f32", ramp(5000, 1));
  const to = session.allocate([5000], "f32");
  const node = g.tanh(g.input("x", [5000]));
  const program = session.compile({ inputs: { x }, outputs: [{ node, to }] });
  program.run();
  const first = [...session.read(to)];
  const large = session.allocate([3_000_000], "f32");
  const pads = { inputs: { large }, outputs: [{ node: padded(), to: large }] };
  session.compile(pads).run();
  session.write(to, new Float32Array(5000));
  program.run();
  expect([...session.read(to)]).toEqual(first);
  expect(program.profile().map(({ microseconds }) => microseconds > 0)).toEqual([true]);
  program.free();
  expect(session.read(large).slice(-3)).toEqual(Float32Array.of(0, 0, 0));
});

/** Clears memory that the threads have not seen yet. */
const padded = () =>
  g.pad(g.slice(g.input("large", [3_000_000]), [[0, 1_500_000]]), [[0, 1_500_000]]);

test.each([0, 1.5, -1, 33, Number.NaN])("%d threads are refused", (threads) => {
  expect(() => wasmSession({ threads })).toThrow(InputError);
  expect(() => wasmSession({ threads })).toThrow(`threads is ${threads}: it must be`);
});
