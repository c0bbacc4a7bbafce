import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectGradient } from "../../test/support/run.ts";
import { ShapeError } from "../base/errors.ts";
import * as g from "../graph/build.ts";
import { type Node, node, toposort, trace } from "../graph/node.ts";
import { evaluate } from "../graph/reference.ts";
import { grad } from "./grad.ts";

const x = g.input("x", [3, 4]) as Node<"input">;
const w = g.input("w", [4, 5]) as Node<"input">;
const ramp = (length: number, phase: number) =>
  Array.from({ length }, (_, i) => Math.cos(phase + i));
const inputs = { x: ramp(12, 1), w: ramp(20, 2) };
const logSumExp = (z: Node) => g.sum(g.log(g.sum(g.exp(z), [1])), [0]);

describe("grad", () => {
  test("equals differences, and so does the gradient of the gradient", () => {
    const loss = logSumExp(g.matmul(x, w));
    const wrt = [x, w];
    const gradients = grad(loss, wrt);
    expectGradient({ loss, wrt, gradients, inputs });
    const square = g.reshape(g.sum(g.mul(gradients[1]!, gradients[1]!), [0, 1]), []);
    expectGradient({ loss: square, wrt, gradients: grad(square, wrt), inputs, tolerance: 1e-5 });
  });

  test("of binary cross-entropy from logits is the sigmoid minus the label, exactly", () => {
    trace(() => {
      const [z, y] = [g.input("z", [6]), g.input("y", [6])];
      const loss = g.sum(g.sub(g.softplus(z), g.mul(y, z)), [0]);
      const [dz] = grad(loss, [z]);
      const [zs, ys] = [
        [-90, -1, 0, 0.3, 2, 90],
        [0, 1, 0, 1, 0, 1],
      ];
      const [got, wanted] = evaluate([dz!, g.sub(g.sigmoid(z), y)], { z: zs, y: ys });
      expect(got).toEqual(wanted);
    });
  });

  test("shares equal work inside a trace scope", () => {
    const exps = trace(() => {
      const gradients = grad(logSumExp(g.matmul(x, w)), [x, w]);
      return toposort(gradients).filter((n) => n.op === "exp");
    });
    expect(exps).toHaveLength(1);
  });

  test("is zero for what the loss does not read", () => {
    const [unread] = grad(g.sum(x, [0, 1]), [w]);
    expect(evaluate([unread!], inputs)[0]).toEqual(new Float64Array(20));
  });

  test("needs one number", () => {
    expect(() => grad(x, [x])).toThrow(ShapeError);
    expect(() => grad(x, [x])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: grad: the loss must be one number, got [3,4]. Take its mean() or sum().]`,
    );
  });

  test("of any elementwise graph equals differences (property)", () => {
    const shape = [2, 3];
    const [p, q] = [g.input("p", shape) as Node<"input">, g.input("q", shape) as Node<"input">];
    const { graph } = fc.letrec<{ graph: Node }>((tie) => ({
      graph: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom<Node>(p, q, g.constant(0.5, shape)),
        fc.tuple(tie("graph"), tie("graph")).map(([a, b]) => g.add(a, b)),
        fc
          .tuple(tie("graph"), tie("graph"))
          .map(([a, b]) => g.div(a, g.add(g.constant(2, shape), g.mul(b, b)))),
        tie("graph").map((a) => g.exp(g.neg(g.mul(a, a)))),
        tie("graph").map((a) => g.erf(g.tanh(a))),
        tie("graph").map((a) => g.softplus(g.sigmoid(a))),
      ),
    }));
    fc.assert(
      fc.property(graph, (y) => {
        const loss = g.sum(y, [0, 1]);
        const values = { p: ramp(6, 4), q: ramp(6, 5) };
        expectGradient({
          loss,
          wrt: [p, q],
          gradients: grad(loss, [p, q]),
          inputs: values,
          tolerance: 1e-5,
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe("nodes", () => {
  test("special constants stay apart, equal ones are one", () => {
    trace(() => {
      const values = [Number.NaN, Infinity, -Infinity, 0, -0];
      expect(new Set(values.map((v) => g.constant(v, []).id)).size).toBe(5);
      expect(g.constant(Number.NaN, [])).toBe(g.constant(Number.NaN, []));
    });
  });

  test("outside a scope nothing is kept: nodes are never shared", () => {
    expect(g.constant(1, [])).not.toBe(g.constant(1, []));
  });

  test("a graph of 100 000 nodes does not overflow the stack", () => {
    let deep: Node = x;
    for (let i = 0; i < 100_000; i++) deep = g.neg(deep);
    expect(toposort([deep])).toHaveLength(100_001);
  });

  test("errors name the op, the shapes and the remedy", () => {
    expect(() => g.add(x, w)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: add: shapes [3,4] and [4,5] differ. Broadcast one with expand().]`,
    );
    expect(() => g.matmul(x, x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: matmul: [3,4] x [3,4]: inner lengths 4 and 3 differ. Transpose one with transpose()?]`,
    );
    expect(() => g.expand(x, [3, 5])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: expand: [3,4] cannot grow to [3,5]. Only axes of length 1 grow; reshape() adds axes.]`,
    );
    expect(() => g.reshape(x, [5])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: reshape: [3,4] has 12 elements, [5] needs 5. The number of elements must stay.]`,
    );
    expect(() => g.gather(x, x)).toThrow(ShapeError);
  });

  test("an op takes exactly its inputs (types)", () => {
    // @ts-expect-error: add needs two
    expect(() => node("add", [x], null)).toThrow();
  });
});
