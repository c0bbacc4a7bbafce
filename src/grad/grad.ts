/** Reverse mode as a graph transform: a graph in, a graph out, nothing is run. */
import { ShapeError } from "../base/errors.ts";
import { spellShape } from "../base/shape.ts";
import { add, constant } from "../graph/build.ts";
import { isOp, type Node, toposort } from "../graph/node.ts";
import type { Op } from "../graph/ops.ts";
import { dependents } from "../graph/scan.ts";
import { type Rule, rules } from "./rules.ts";
import { type Seed, scanFlows } from "./scan.ts";

type RuledOp = keyof typeof rules;

/**
 * Gradients of a scalar `loss` for each of `wrt`, as graphs that can be differentiated again.
 * Throws a `ShapeError` if the loss holds more than one number.
 */
export function grad(loss: Node, wrt: readonly Node[]): Node[] {
  if (loss.shape.some((length) => length !== 1))
    throw new ShapeError(
      `grad: the loss must be one number, got ${spellShape(loss.shape)}. Take its mean() or sum().`,
    );
  return pullback([[loss, constant(1, loss.shape)]], wrt).map(
    (flow, i) => flow ?? constant(0, wrt[i]!.shape),
  );
}

/** What flows from several results to each of `wrt`, given what flows to the results. */
function pullback(seeds: readonly Seed[], wrt: readonly Node[]): (Node | null)[] {
  const order = toposort(seeds.map(([value]) => value));
  const reached = dependents(order, wrt);
  const grads = new Map<Node, Node>();
  /** What flows to the picks of each scan. */
  const picked = new Map<Node, Map<Node, Node>>();
  const flow = (to: Node, g: Node) => {
    const sofar = grads.get(to);
    grads.set(to, sofar ? add(sofar, g) : g);
  };
  for (const [value, g] of seeds) flow(value, g);
  for (const y of order.reverse()) {
    const g = grads.get(y);
    if (!reached.has(y)) continue;
    if (isOp(y, "pick")) {
      if (g) picked.set(y.src[0], (picked.get(y.src[0]) ?? new Map()).set(y, g));
    } else if (g || picked.has(y)) {
      const flows: readonly (Node | null)[] = isOp(y, "scan")
        ? scanFlows(y, picked.get(y)!, reached, pullback)
        : (rules[y.op as RuledOp] as Rule<Op>)(g!, y.src, y);
      flows.forEach((each, i) => {
        if (each && reached.has(y.src[i]!)) flow(y.src[i]!, each);
      });
    }
  }
  return wrt.map((w) => grads.get(w) ?? null);
}
