/** One formula an op, for people. */
import { spellShape } from "../base/shape.ts";
import type { Op, Ops, Ranges } from "./ops.ts";

/** The formula of a node, given how its inputs are called and its argument. */
type Formula<K extends Op> = (src: Names<Ops[K]["src"]>, arg: Ops[K]["arg"]) => string;
type Names<S extends readonly unknown[]> = { readonly [I in keyof S]: string };

const axes = (list: readonly number[]) =>
  `${list.length === 1 ? "axis" : "axes"} ${list.join(", ")}`;
const pairs = (ranges: Ranges, between: string) =>
  ranges.map(([first, second]) => `${first}${between}${second}`).join(", ");
const number = (value: number) => (value < 0 || Object.is(value, -0) ? `(${value})` : `${value}`);

export const formulas: { readonly [K in Op]: Formula<K> } = {
  input: (_, { name }) => name,
  literal: (_, { shape, data }) =>
    shape.length === 0 ? number(data[0]!) : `data ${spellShape(shape)}`,
  constant: (_, { value }) => number(value),
  iota: (_, { axis }) => `0, 1, 2, … along axis ${axis}`,
  random: ([key]) => `uniform on [0, 1) by ${key}`,
  neg: ([a]) => `-${a}`,
  sqrt: ([a]) => `√${a}`,
  exp: ([a]) => `exp(${a})`,
  log: ([a]) => `log(${a})`,
  tanh: ([a]) => `tanh(${a})`,
  erf: ([a]) => `erf(${a})`,
  sigmoid: ([a]) => `σ(${a})`,
  softplus: ([a]) => `log(1 + exp(${a}))`,
  cast: ([a], dtype) => `${a} as ${dtype}`,
  detach: ([a]) => `${a}, taken as known`,
  add: ([a, b]) => `${a} + ${b}`,
  sub: ([a, b]) => `${a} - ${b}`,
  mul: ([a, b]) => `${a} · ${b}`,
  div: ([a, b]) => `${a} / ${b}`,
  maximum: ([a, b]) => `max(${a}, ${b})`,
  less: ([a, b]) => `${a} < ${b}`,
  lessEqual: ([a, b]) => `${a} ≤ ${b}`,
  equal: ([a, b]) => `${a} = ${b}`,
  where: ([condition, a, b]) => `${a} if ${condition}, else ${b}`,
  sum: ([a], over) => `Σ ${a} over ${axes(over)}`,
  max: ([a], over) => `max ${a} over ${axes(over)}`,
  reshape: ([a], shape) => `${a} as ${spellShape(shape)}`,
  permute: ([a], order) =>
    order.length === 2 ? `${a}ᵀ` : `${a} with axes in the order ${order.join(", ")}`,
  expand: ([a], shape) => `${a} repeated to ${spellShape(shape)}`,
  slice: ([a], ranges) => `${a}[${pairs(ranges, ":")}]`,
  pad: ([a], ranges) => `${a} with zeros around, ${pairs(ranges, "+")}`,
  reverse: ([a], over) => `${a} backwards along ${axes(over)}`,
  matmul: ([a, b]) => `${a} × ${b}`,
  convolution: ([x, kernel]) => `${x} ∗ ${kernel}`,
  windowArgmax: ([a], windows) =>
    `place of the largest of ${a} in windows of ${windows.map(({ length }) => length).join(" × ")}`,
  gather: ([a, at]) => `rows ${at} of ${a}`,
  scan: (_, { length, reverse }) => `${length} steps${reverse ? " backward" : ""}`,
  pick: ([a], arg) =>
    arg.kind === "last" ? `carry ${arg.carry} after ${a}` : `a value of each of ${a}`,
  scatter: ([a, at], length) => `rows of ${a} added at ${at} of ${length}`,
};
