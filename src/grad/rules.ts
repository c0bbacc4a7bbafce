/** The gradient of every op, one line each: what flows to each input, given what flows to the result. */
import {
  cast,
  constant,
  div,
  equal,
  exp,
  expand,
  gather,
  less,
  matmul,
  mul,
  neg,
  pad,
  permute,
  reshape,
  reverse,
  scatter,
  sigmoid,
  slice,
  sub,
  sum,
  transpose,
  where,
} from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import type { Op, Ops } from "../graph/ops.ts";
import { inputGradient, kernelGradient } from "./convolution.ts";

/** Given dL/dy, y's inputs and y: what flows to each input; `null` if nothing does. */
export type Rule<K extends Op> = (g: Node, src: Node<K>["src"], y: Node<K>) => Flows<Ops[K]["src"]>;
type Flows<S extends readonly Node[]> = { [I in keyof S]: Node | null };

const like = (value: number, a: Node) => constant(value, a.shape);
const scale = (value: number, a: Node) => mul(like(value, a), a);
const square = (a: Node) => mul(a, a);
const grown = (from: Node, to: Node) =>
  from.shape.flatMap((length, axis) => (length === 1 && to.shape[axis] !== 1 ? [axis] : []));
const invert = (order: readonly number[]) => order.map((_, axis) => order.indexOf(axis));
/** 1 where a wins, 1/2 at a tie, else 0, as PyTorch's maximum. */
const share = (a: Node, b: Node) =>
  where(less(b, a), like(1, a), where(equal(a, b), like(0.5, a), like(0, a)));
/** 1 at the largest elements, divided by how many there are. */
const winners = (a: Node, y: Node, axes: readonly number[]) => {
  const hits = cast(equal(a, expand(y, a.shape)), "f32");
  return div(hits, expand(sum(hits, axes), a.shape));
};
const twoOverRootPi = 1.1283791670955126;

/** The two ops of recurrence have theirs in `scan.ts`: results of a scan flow back together. */
export const rules: { readonly [K in Exclude<Op, "scan" | "pick">]: Rule<K> } = {
  input: () => [],
  literal: () => [],
  constant: () => [],
  iota: () => [],
  random: () => [null],
  neg: (g) => [neg(g)],
  sqrt: (g, _, y) => [div(g, scale(2, y))],
  exp: (g, _, y) => [mul(g, y)],
  log: (g, [a]) => [div(g, a)],
  tanh: (g, _, y) => [mul(g, sub(like(1, y), square(y)))],
  erf: (g, [a]) => [mul(g, scale(twoOverRootPi, exp(neg(square(a)))))],
  sigmoid: (g, _, y) => [mul(g, mul(y, sub(like(1, y), y)))],
  softplus: (g, [a]) => [mul(g, sigmoid(a))],
  cast: (g, [a]) => [a.dtype === "f32" ? g : null],
  detach: () => [null],
  add: (g) => [g, g],
  sub: (g) => [g, neg(g)],
  mul: (g, [a, b]) => [mul(g, b), mul(g, a)],
  div: (g, [, b], y) => [div(g, b), neg(div(mul(g, y), b))],
  maximum: (g, [a, b]) => [mul(g, share(a, b)), mul(g, share(b, a))],
  less: () => [null, null],
  lessEqual: () => [null, null],
  equal: () => [null, null],
  where: (g, [c]) => [null, where(c, g, like(0, g)), where(c, like(0, g), g)],
  sum: (g, [a]) => [expand(g, a.shape)],
  max: (g, [a], y) => [mul(expand(g, a.shape), winners(a, y, y.arg))],
  reshape: (g, [a]) => [reshape(g, a.shape)],
  permute: (g, _, y) => [permute(g, invert(y.arg))],
  expand: (g, [a], y) => [sum(g, grown(a, y))],
  slice: (g, [a], y) => [
    pad(
      g,
      y.arg.map(([start, end], axis) => [start, a.shape[axis]! - end]),
    ),
  ],
  pad: (g, [a], y) => [
    slice(
      g,
      y.arg.map(([before], axis) => [before, before + a.shape[axis]!]),
    ),
  ],
  reverse: (g, _, y) => [reverse(g, y.arg)],
  matmul: (g, [a, b]) => [matmul(g, transpose(b)), matmul(transpose(a), g)],
  convolution: (g, [x, kernel], y) => [
    inputGradient(g, x, kernel, y),
    kernelGradient(g, x, kernel, y),
  ],
  windowArgmax: () => [null],
  gather: (g, [a, at]) => [scatter(g, at, a.shape[0]!), null],
  scatter: (g, [, at]) => [gather(g, at), null],
};
