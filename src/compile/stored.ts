/** Which values of a graph lie in memory, and which are computed where they are used. */
import type { Node } from "../graph/node.ts";
import type { Op } from "../graph/ops.ts";

/** How an op becomes loops: within a body, by moving indices, from memory, or as a kernel of its own. */
export const roles: Readonly<
  Record<Op, "elementwise" | "movement" | "memory" | "kernel" | "inline">
> = {
  input: "memory",
  literal: "memory",
  constant: "inline",
  iota: "inline",
  random: "kernel",
  neg: "elementwise",
  sqrt: "elementwise",
  exp: "elementwise",
  log: "elementwise",
  tanh: "elementwise",
  erf: "elementwise",
  sigmoid: "elementwise",
  softplus: "elementwise",
  cast: "elementwise",
  detach: "movement",
  add: "elementwise",
  sub: "elementwise",
  mul: "elementwise",
  div: "elementwise",
  maximum: "elementwise",
  less: "elementwise",
  lessEqual: "elementwise",
  equal: "elementwise",
  where: "elementwise",
  sum: "kernel",
  max: "kernel",
  reshape: "movement",
  permute: "movement",
  expand: "movement",
  slice: "movement",
  pad: "kernel",
  reverse: "movement",
  matmul: "kernel",
  convolution: "kernel",
  windowArgmax: "kernel",
  gather: "kernel",
  scatter: "kernel",
  scan: "kernel",
  pick: "kernel",
};

const slowOps: ReadonlySet<Op> = new Set<Op>(["exp", "log", "tanh", "erf", "sigmoid", "softplus"]);
/** Up to this much work is cheaper to do again than to store and load. */
const cheap = 2;
const slow = 10;

/** Whether `y` repeats `s` along its last axis: computed before the innermost loop, it costs nothing. */
const isOutside = (s: Node, y: Node): boolean =>
  y.op === "expand" && s.shape.at(-1) === 1 && y.shape.at(-1) !== 1;

/** The node that a chain of movement ops moves. */
const moved = (n: Node): Node => (roles[n.op] === "movement" ? moved(n.src[0] as Node) : n);

/** Ops whose kernels read their operands as they lie. */
const readsMemory: ReadonlySet<Op> = new Set<Op>([
  ...(["matmul", "convolution", "windowArgmax", "gather", "scatter", "random", "scan"] as const),
]);

/** What kernels read from memory, not by way of a loop body. */
const operandsOf = (y: Node): readonly Node[] =>
  readsMemory.has(y.op) ? (y.src as readonly Node[]).map(moved) : [];

/** Who reads each node; what a movement op moves is read by the readers of the result. */
function usersOf(order: readonly Node[]): Map<Node, Set<Node>> {
  const users = new Map<Node, Set<Node>>(order.map((y) => [y, new Set()]));
  for (const y of order.toReversed()) {
    const readers = roles[y.op] === "movement" ? users.get(y)! : [y];
    for (const s of y.src as readonly Node[])
      for (const reader of readers) users.get(s)!.add(reader);
  }
  return users;
}

/** Nodes kept in memory: sources, results, what kernels read and write, and work that several share. */
export function storedNodes(
  order: readonly Node[],
  given: {
    readonly roots: readonly Node[];
    /** Sums stored part by part, and the nodes within that are not needed. */
    readonly joins: { has(node: Node): boolean; keys(): Iterable<Node> };
    readonly inside: ReadonlySet<Node>;
  },
): Set<Node> {
  const { roots, joins, inside } = given;
  const stored = new Set<Node>([...roots, ...joins.keys()]);
  for (const y of order) {
    if (inside.has(y)) continue;
    if (roles[y.op] === "memory" || roles[y.op] === "kernel") stored.add(y);
    for (const operand of operandsOf(y)) stored.add(operand);
  }
  const users = usersOf(order);
  const cost = new Map<Node, number>();
  for (const y of order) {
    const own = roles[y.op] === "elementwise" ? (slowOps.has(y.op) ? slow : 1) : 0;
    const below = (s: Node) => (stored.has(s) || isOutside(s, y) ? 0 : cost.get(s)!);
    cost.set(y, own + (y.src as readonly Node[]).reduce((total, s) => total + below(s), 0));
    if (inside.has(y) || joins.has(y)) continue;
    if (own > 0 && users.get(y)!.size > 1 && cost.get(y)! > cheap) stored.add(y);
  }
  return stored;
}
