/** Reverse mode as a graph transform: a graph in, a graph out, nothing is run. */
import { ShapeError } from "../base/errors.ts";
import { spellShape } from "../base/shape.ts";
import { add, constant } from "../graph/build.ts";
import { type Node, toposort } from "../graph/node.ts";
import type { Op } from "../graph/ops.ts";
import { type Rule, rules } from "./rules.ts";

/** Nodes through which the loss depends on one of `wrt`; gradients need not flow elsewhere. */
function pathsTo(wrt: readonly Node[], order: readonly Node[]): Set<Node> {
  const reached = new Set<Node>(wrt);
  for (const y of order) if (y.src.some((s) => reached.has(s as Node))) reached.add(y);
  return reached;
}

/**
 * Gradients of a scalar `loss` for each of `wrt`, as graphs that can be differentiated again.
 * Throws a `ShapeError` if the loss holds more than one number.
 */
export function grad(loss: Node, wrt: readonly Node[]): Node[] {
  if (loss.shape.some((length) => length !== 1))
    throw new ShapeError(
      `grad: the loss must be one number, got ${spellShape(loss.shape)}. Take its mean() or sum().`,
    );
  const order = toposort([loss]);
  const reached = pathsTo(wrt, order);
  const grads = new Map<Node, Node>([[loss, constant(1, loss.shape)]]);
  for (const y of order.reverse()) {
    const g = grads.get(y);
    if (!g || !reached.has(y)) continue;
    const flows: readonly (Node | null)[] = (rules[y.op] as Rule<Op>)(g, y.src, y);
    y.src.forEach((s, i) => {
      const flow = flows[i];
      if (!flow || !reached.has(s)) return;
      const sofar = grads.get(s);
      grads.set(s, sofar ? add(sofar, flow) : flow);
    });
  }
  return wrt.map((w) => grads.get(w) ?? constant(0, w.shape));
}
