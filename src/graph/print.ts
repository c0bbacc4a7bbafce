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
  /** Of a scan: the lines of one step; its inputs, one a source, are called by their place. */
  readonly step?: readonly NodeLine[];
}

/** Inputs and all that is computed from them, operands first. */
export const nodeLines = (root: Node): NodeLine[] => linesOf([root]).lines;

function linesOf(roots: readonly Node[]): { lines: NodeLine[]; names: Names } {
  const order = toposort(roots);
  const names = nameAll(order);
  const steps = new Map<Node, ReturnType<typeof linesOf>>();
  for (const y of order) if (isOp(y, "scan")) steps.set(y, linesOf(stepRoots(y, order)));
  const lines = order
    .filter((node) => !isNumber(node))
    .map((node) => ({
      name: names.get(node)!,
      op: node.op,
      src: (node.src as readonly Node[]).map((source) => names.get(source)!),
      formula: isOp(node, "input") ? "" : (pickOf(node, names, steps) ?? formulaOf(node, names)),
      shape: node.shape,
      dtype: node.dtype,
      ...(isOp(node, "scan") ? { step: steps.get(node)!.lines } : {}),
    }));
  return { lines, names };
}

/** What a step computes: its carries, and what is picked of it. */
const stepRoots = (scan: Node & Node<"scan">, order: readonly Node[]): Node[] => [
  ...scan.arg.next,
  ...order.flatMap((y) =>
    isOp(y, "pick") && y.src[0] === scan && y.arg.kind === "steps" ? [y.arg.value] : [],
  ),
];

/** What is picked of a scan, by its name within the step. */
function pickOf(
  y: Node,
  names: Names,
  steps: ReadonlyMap<Node, { readonly names: Names }>,
): string | null {
  if (!isOp(y, "pick")) return null;
  const [scan] = y.src as [Node & Node<"scan">];
  const inside = steps.get(scan)!.names;
  return y.arg.kind === "steps"
    ? `${inside.get(y.arg.value)} at each step of ${names.get(scan)}`
    : `${inside.get(scan.arg.next[y.arg.carry]!)} at the last step of ${names.get(scan)}`;
}
