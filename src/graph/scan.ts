/** Scans from steps that are traced like any graph: what a step reads from outside becomes a source. */
import type { Shape } from "../base/shape.ts";
import { input, rebuilt } from "./build.ts";
import { type Node, node, toposort } from "./node.ts";
import type { Op, ScanArg } from "./ops.ts";

/** The graphs of `roots` with some nodes replaced by others of the same shape. */
export function substitute(roots: readonly Node[], others: ReadonlyMap<Node, Node>): Node[] {
  const made = new Map<Node, Node>();
  const replacement = (node: Node): Node => {
    const src = node.src as readonly Node[];
    const sources = src.map((source) => made.get(source)!);
    return sources.every((source, i) => source === src[i]) ? node : rebuilt(node, sources);
  };
  for (const each of toposort(roots, others)) made.set(each, others.get(each) ?? replacement(each));
  return roots.map((root) => made.get(root)!);
}

/** Nodes of a sorted graph that can be computed from nothing but others than `leaves`. */
export function dependents(order: readonly Node[], leaves: Iterable<Node>): Set<Node> {
  const found = new Set<Node>(leaves);
  for (const y of order) if ((y.src as readonly Node[]).some((s) => found.has(s))) found.add(y);
  return found;
}

/** Carries that decide the `last` ones or `values`, directly or by way of others, ascending. */
export function liveCarries(
  { parameters, next }: ScanArg,
  last: readonly number[],
  values: readonly Node[],
): number[] {
  const live = new Set(last);
  for (let before = -1; before < live.size; ) {
    before = live.size;
    const read = new Set(toposort([...values, ...[...live].map((i) => next[i]!)]));
    next.forEach((_, i) => {
      if (read.has(parameters[i]!)) live.add(i);
    });
  }
  return [...live].sort((a, b) => a - b);
}

let placeholders = 0;
/** An input that stands for something while a step is traced; no two are alike. */
export const placeholder = ({ shape, dtype }: Pick<Node, "shape" | "dtype">): Node =>
  input(`placeholder ${placeholders++}`, shape, dtype);
/** A placeholder for one slice of a stacked array. */
export const slicePlaceholder = ({ shape, dtype }: Pick<Node, "shape" | "dtype">): Node =>
  placeholder({ shape: shape.slice(1), dtype });

export interface Steps {
  readonly length: number;
  readonly reverse: boolean;
  /** What is carried: its first value, what stands for it in the step, and what the step makes of it. */
  readonly carries: readonly {
    readonly initial: Node;
    readonly inner: Node;
    readonly next: Node;
  }[];
  /** Arrays [steps, ...] and what stands for one slice. */
  readonly slices: readonly { readonly stacked: Node; readonly inner: Node }[];
  /** Other values of the step that will be picked. */
  readonly values: readonly Node[];
}

/** Made anew where they are used, as that costs nothing. */
const free: ReadonlySet<Op> = new Set<Op>([
  "constant",
  "iota",
  "expand",
  "reshape",
  "slice",
  "permute",
  "reverse",
]);

/**
 * What the graphs of `roots` read from outside, each the largest part that is the same at every
 * step, so that it is computed once; repeated, reshaped and sliced inside, where that is free.
 */
function sharedBy(roots: readonly Node[], inner: readonly Node[]): Node[] {
  const varies = dependents(toposort(roots), inner);
  const shared = new Set<Node>();
  const seen = new Set<Node>();
  const visit = (y: Node): void => {
    if (seen.has(y)) return;
    seen.add(y);
    if (varies.has(y) || free.has(y.op)) (y.src as readonly Node[]).forEach(visit);
    else shared.add(y);
  };
  roots.forEach(visit);
  return [...shared];
}

/** Equal steps are to be equal nodes, so the inputs of a body are called by their place. */
const parameter = (role: "carry" | "slice" | "shared", i: number, { shape, dtype }: Like): Node =>
  input(`${role} ${i}`, shape, dtype);
type Like = { readonly shape: Shape; readonly dtype: Node["dtype"] };

/** The scan of these steps, and what its body makes of each of `values`. */
export function scanOf({ length, reverse, carries, slices, values }: Steps): {
  scan: Node;
  values: Node[];
} {
  const roots = [...carries.map(({ next }) => next), ...values];
  const inner = [...carries, ...slices].map((each) => each.inner);
  const shared = sharedBy(roots, inner);
  const parameters = [
    ...carries.map(({ initial }, i) => parameter("carry", i, initial)),
    ...slices.map((each, i) => parameter("slice", i, each.inner)),
    ...shared.map((each, i) => parameter("shared", i, each)),
  ];
  const outside = [...inner, ...shared];
  const body = substitute(roots, new Map(outside.map((each, i) => [each, parameters[i]!])));
  const src = [
    ...carries.map(({ initial }) => initial),
    ...slices.map(({ stacked }) => stacked),
    ...shared,
  ];
  const next = body.splice(0, carries.length);
  const arg = { length, reverse, slices: slices.length, parameters, next };
  return { scan: node("scan", src, arg) as Node, values: body };
}
