/** A graph as lines that people and other programs read. */
import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import { formulas } from "./formulas.ts";
import { isOp, type Node, toposort } from "./node.ts";
import type { Op } from "./ops.ts";

export type Names = ReadonlyMap<Node, string>;

/** A single number that is known; it is called what it is. */
export const isNumber = (node: Node): boolean =>
  isOp(node, "constant") || (isOp(node, "literal") && node.shape.length === 0);

/** How a node is computed, in terms of the names of its inputs. */
export const formulaOf = (node: Node, names: Names): string => {
  const formula = formulas[node.op] as (src: readonly string[], arg: Node["arg"]) => string;
  return formula(
    (node.src as readonly Node[]).map((source) => names.get(source)!),
    node.arg,
  );
};

/** Given names first; inputs by theirs; `v1`, `v2`, … for what is computed. */
export function nameAll(order: readonly Node[], given: Names = new Map()): Names {
  const names = new Map(given);
  let next = 1;
  for (const node of order) {
    if (names.has(node)) continue;
    if (isOp(node, "input")) names.set(node, node.arg.name);
    else names.set(node, isNumber(node) ? formulaOf(node, names) : `v${next++}`);
  }
  return names;
}

/** One node of a graph, as a model file keeps it. */
export interface NodeLine {
  readonly name: string;
  readonly op: Op;
  /** Names of the nodes it reads, or the number itself where it is one. */
  readonly src: readonly string[];
  readonly formula: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Inputs and all that is computed from them, operands first. */
export function nodeLines(root: Node): NodeLine[] {
  const order = toposort([root]);
  const names = nameAll(order);
  return order
    .filter((node) => !isNumber(node))
    .map((node) => ({
      name: names.get(node)!,
      op: node.op,
      src: (node.src as readonly Node[]).map((source) => names.get(source)!),
      formula: isOp(node, "input") ? "" : formulaOf(node, names),
      shape: node.shape,
      dtype: node.dtype,
    }));
}
