/** The graph: one kind of node, one constructor; inside a trace scope equal nodes are shared. */
import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import { infer } from "./infer.ts";
import type { Literal, Op, Ops } from "./ops.ts";

export interface Node<K extends Op = Op> {
  readonly op: K;
  readonly src: Readonly<Ops[K]["src"]>;
  readonly arg: Ops[K]["arg"];
  readonly shape: Shape;
  readonly dtype: DType;
  readonly id: number;
}

let nextId = 0;
let scope: Map<string, Node> | null = null;

/** Runs `build` in a scope of its own: equal nodes are one node, and the scope ends with it. */
export function trace<T>(build: () => T): T {
  const outer = scope;
  scope = new Map();
  try {
    return build();
  } finally {
    scope = outer;
  }
}

const isNode = (arg: unknown): arg is Node => "src" in (arg as object) && "id" in (arg as object);

/** One spelling an argument; NaN, the infinities and -0 stay apart, which JSON would merge. */
function spell(arg: unknown): string {
  if (typeof arg === "number") return Object.is(arg, -0) ? "-0" : `${arg}`;
  if (typeof arg === "string") return JSON.stringify(arg);
  if (typeof arg === "boolean") return `${arg}`;
  if (arg === null) return "";
  if (isNode(arg)) return `#${arg.id}`;
  if (Array.isArray(arg)) return `[${arg.map(spell).join()}]`;
  const entries = Object.entries(arg as object).filter(([, value]) => !ArrayBuffer.isView(value));
  return `{${entries.map(([name, value]) => `${name}:${spell(value)}`).join()}}`;
}

function spellNode(op: Op, src: readonly Node[], arg: unknown): string {
  let key = `${op}(`;
  for (const s of src) key += `${s.id},`;
  return arg === null ? key : `${key})${spell(arg)}`;
}

/** The only way to make a node: checks the shapes, infers the result, shares equal nodes. */
export function node<K extends Op>(
  op: K,
  src: Readonly<Ops[K]["src"]>,
  arg: Ops[K]["arg"],
): Node<K> {
  const key = scope && spellNode(op, src, arg);
  const found = key && scope?.get(key);
  if (found) return found as unknown as Node<K>;
  const made: Node<K> = { op, src, arg, ...infer(op, src, arg), id: nextId++ };
  if (key) scope?.set(key, made as unknown as Node);
  return made;
}

export const isOp = <K extends Op>(n: Node, op: K): n is Node & Node<K> => n.op === op;

let nextLiteral = 0;
export const literalOf = (arg: Omit<Literal, "id">): Literal => ({ id: nextLiteral++, ...arg });

/**
 * Inputs before users, each node once; a loop, so that deep graphs cannot overflow the stack.
 * What the `ends` are computed from is left out.
 */
export function toposort(
  roots: readonly Node[],
  ends: { has(node: Node): boolean } = new Set(),
): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack = roots.map((node) => ({ node, ready: false })).reverse();
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (top.ready) order.push(top.node);
    else if (!seen.has(top.node)) {
      seen.add(top.node);
      stack.push({ node: top.node, ready: true });
      if (ends.has(top.node)) continue;
      for (const s of [...top.node.src].reverse() as Node[])
        if (!seen.has(s)) stack.push({ node: s, ready: false });
    }
  }
  return order;
}
