/** Every op on every backend: values against the oracles, gradients against differences. */
import { describe, expect, test } from "vitest";
import { referenceSession } from "../../src/backends/reference/session.ts";
import { sizeOf } from "../../src/base/shape.ts";
import { grad } from "../../src/grad/grad.ts";
import { input, literal, mul, reshape, sum } from "../../src/graph/build.ts";
import { type Node, trace } from "../../src/graph/node.ts";
import { evaluate } from "../../src/graph/reference.ts";
import { float32 } from "../../src/graph/reference32.ts";
import { bothWidths, expectGradient, expectSameBits, runOn } from "../support/run.ts";
import { cases } from "./cases.ts";
import type { Case } from "./frame.ts";

const wasm = bothWidths();
const reference = referenceSession();

function prepare(c: Case) {
  const nodes = c.arguments.map(
    ({ shape, dtype }, i) => input(`x${i}`, shape, dtype) as Node<"input">,
  );
  const inputs = Object.fromEntries(
    c.arguments.map(({ shape, value }, i) => [
      `x${i}`,
      Float64Array.from({ length: sizeOf(shape) }, (_, j) =>
        Math.fround((value ?? ((at) => 2 * Math.sin(1.7 * at + 0.3 + i)))(j)),
      ),
    ]),
  );
  const y = c.build(...nodes);
  return { nodes, inputs, y };
}

/** Σ y · w with fixed weights, so that every element of y matters differently. */
function scalar(y: Node): Node {
  const size = sizeOf(y.shape);
  const data = Float32Array.from({ length: size }, (_, i) => 0.5 + (i % 7) / 8);
  const weighted = mul(y, literal({ shape: y.shape, dtype: "f32", data }));
  return sum(reshape(weighted, [size]), [0]);
}

describe.each(Object.keys(cases) as (keyof typeof cases)[])("%s", (op) => {
  test.each(cases[op].map((c) => [c.name, c] as const))("%s", (_, c) => {
    trace(() => {
      const { nodes, inputs, y } = prepare(c);
      expectSameBits(wasm, [y], inputs);
      expect(runOn(reference, [y], inputs)[0]).toEqual(
        Array.from(evaluate([y], inputs, float32)[0]!),
      );
      const exact = evaluate([y], inputs)[0]!;
      const single = evaluate([y], inputs, float32)[0]!;
      const scale = exact.reduce(
        (top, x) => Math.max(top, Number.isFinite(x) ? Math.abs(x) : 0),
        1e-30,
      );
      if (c.name !== "special values, all pairs")
        exact.forEach((x, i) => {
          if (Number.isFinite(x) && Math.abs(x) < 3e38)
            expect(Math.abs(single[i]! - x)).toBeLessThanOrEqual(1e-5 * scale);
        });
      const wrt = nodes.filter((n) => n.dtype === "f32");
      if (y.dtype !== "f32" || wrt.length === 0) return;
      const loss = scalar(y);
      const gradients = grad(loss, wrt);
      expectSameBits(wasm, [loss, ...gradients], inputs);
      if (!c.noGradient) {
        expectGradient({ loss, wrt, gradients, inputs });
        // gradients are graphs: their gradients too
        if (wrt.length === 1) {
          const second = scalar(gradients[0]!);
          expectGradient({
            loss: second,
            wrt,
            gradients: grad(second, wrt),
            inputs,
            tolerance: 1e-5,
          });
        }
      }
    });
  });
});
