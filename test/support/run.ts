/** Runs graphs on a backend and compares results. */
import { expect } from "vitest";
import type { Session } from "../../src/backends/backend.ts";
import { type WasmSession, wasmSession } from "../../src/backends/wasm/session.ts";
import { type Node, toposort } from "../../src/graph/node.ts";
import { evaluate } from "../../src/graph/reference.ts";
import { float32 } from "../../src/graph/reference32.ts";

export type Inputs = Readonly<Record<string, ArrayLike<number>>>;

/** Values of `roots` on a session, as plain arrays. */
export function runOn(session: Session, roots: readonly Node[], inputs: Inputs): number[][] {
  const nodes = toposort(roots).flatMap((n) => (n.op === "input" ? [n as Node<"input">] : []));
  const slots = Object.fromEntries(
    nodes.map((n) => [n.arg.name, session.allocate(n.shape, n.dtype, inputs[n.arg.name]!)]),
  );
  const outputs = roots.map((node) => ({ node, to: session.allocate(node.shape, node.dtype) }));
  const program = session.compile({ inputs: slots, outputs });
  program.run();
  const results = outputs.map(({ to }) => Array.from(session.read(to)));
  program.free();
  for (const slot of [...Object.values(slots), ...outputs.map(({ to }) => to)]) session.free(slot);
  return results;
}

/** One session for each layout of vectors, whatever the engine makes of them. */
export const bothWidths = (): readonly WasmSession[] =>
  ([128, 256] as const).map((vectorBits) => wasmSession({ vectorBits }));

/** The same bits as the float32 reference; NaN equals NaN, -0 is not 0. */
export function expectSameBits(
  sessions: readonly WasmSession[],
  roots: readonly Node[],
  inputs: Inputs,
): void {
  const wanted = evaluate(roots, inputs, float32).map((value) => Array.from(value));
  for (const session of sessions)
    for (const [i, values] of runOn(session, roots, inputs).entries()) {
      const wrong = values.findIndex((x, j) => !Object.is(x, wanted[i]![j]!));
      const place = `${session.vectorBits} bits, ${roots[i]!.op} [${roots[i]!.shape}] element ${wrong}`;
      if (wrong >= 0) expect.fail(`${place}: ${values[wrong]} is not ${wanted[i]![wrong]}`);
      expect(values).toHaveLength(wanted[i]!.length);
    }
}

/** Compares a gradient with central differences along one direction, in float64. */
export function expectGradient(options: {
  loss: Node;
  wrt: readonly Node<"input">[];
  gradients: readonly Node[];
  inputs: Inputs;
  step?: number;
  tolerance?: number;
}): void {
  const { loss, wrt, gradients, inputs, step = 1e-5, tolerance = 1e-6 } = options;
  const directions = wrt.map((w, k) =>
    Array.from(inputs[w.arg.name]!, (_, i) => Math.sin(1 + 7.3 * i + 2.1 * k)),
  );
  const at = (h: number) => {
    const moved = wrt.map((w, k) => [
      w.arg.name,
      Array.from(inputs[w.arg.name]!, (x, i) => x + h * directions[k]![i]!),
    ]);
    return evaluate([loss], { ...inputs, ...Object.fromEntries(moved) })[0]![0]!;
  };
  const numeric = (at(step) - at(-step)) / (2 * step);
  const analytic = evaluate(gradients, inputs).reduce(
    (total, g, k) => g.reduce((sum, x, i) => sum + x * directions[k]![i]!, total),
    0,
  );
  expect(Math.abs(numeric - analytic)).toBeLessThan(tolerance * Math.max(1, Math.abs(numeric)));
}
