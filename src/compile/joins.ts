/** Sums of arrays padded to different places: nothing is added, the parts are stored side by side. */
import { sameShape } from "../base/shape.ts";
import { isOp, type Node } from "../graph/node.ts";

/** An array and where its first element lies in the result. */
export interface Part {
  readonly source: Node;
  readonly start: readonly number[];
}

const isApart = (a: Part, b: Part): boolean =>
  a.source.shape.some((length, axis) => Math.abs(a.start[axis]! - b.start[axis]!) >= length);

/** The padded arrays that a sum adds up, and the nodes in between; `null` if it adds anything else. */
function partsOf(
  sum: Node,
  isAlone: (node: Node) => boolean,
): { parts: Part[]; between: Node[] } | null {
  const parts: Part[] = [];
  const between: Node[] = [];
  const open = [...sum.src] as Node[];
  for (let y = open.pop(); y; y = open.pop()) {
    if (!isAlone(y)) return null;
    between.push(y);
    if (isOp(y, "pad")) parts.push({ source: y.src[0], start: y.arg.map(([before]) => before) });
    else if (isOp(y, "add")) open.push(...y.src);
    else return null;
  }
  return { parts, between };
}

/**
 * Sums whose terms are arrays of one shape, padded to places that do not overlap, as a gradient of
 * slices is and what concatenate() makes; and the nodes that are then not needed.
 */
export function joinsOf(
  order: readonly Node[],
  roots: readonly Node[],
): { joins: Map<Node, readonly Part[]>; inside: Set<Node> } {
  const readers = new Map<Node, number>(roots.map((root) => [root, 2]));
  for (const y of order)
    for (const s of y.src as readonly Node[]) readers.set(s, (readers.get(s) ?? 0) + 1);
  const joins = new Map<Node, readonly Part[]>();
  const inside = new Set<Node>();
  for (const y of order.toReversed()) {
    if (y.op !== "add" || inside.has(y)) continue;
    const found = partsOf(y, (node) => readers.get(node) === 1);
    if (!found) continue;
    const { parts, between } = found;
    const alike = parts.every(({ source }) => sameShape(source.shape, parts[0]!.source.shape));
    const apart = parts.every((part, i) => parts.slice(i + 1).every((each) => isApart(part, each)));
    if (!alike || !apart) continue;
    joins.set(y, parts);
    for (const each of between) inside.add(each);
  }
  return { joins, inside };
}
