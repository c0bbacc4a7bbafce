/** Cases of sources and of ops that work element by element. */
import * as g from "../../src/graph/build.ts";
import type { Node } from "../../src/graph/node.ts";
import { type Case, type Cases, positive, shapes, special, spell, spread } from "./frame.ts";

const unary = (build: (a: Node) => Node, value = spread, noGradient?: string): Case[] => [
  ...shapes.map((shape) => ({
    name: spell(shape),
    arguments: [{ shape, value }],
    build,
    ...(noGradient ? { noGradient } : {}),
  })),
  {
    name: "special values",
    arguments: [{ shape: [26], value: special }],
    build,
    noGradient: "not finite",
  },
];
const other = (value: (i: number) => number) => (i: number) => value(i * 3 + 5);
const binary = (build: (a: Node, b: Node) => Node, value = spread, noGradient?: string): Case[] => [
  ...shapes.map((shape) => ({
    name: spell(shape),
    arguments: [
      { shape, value },
      { shape, value: other(value) },
    ],
    build,
    ...(noGradient ? { noGradient } : {}),
  })),
  {
    name: "special values, all pairs",
    arguments: [
      { shape: [169], value: special },
      { shape: [169], value: (i: number) => special(Math.floor(i / 13)) },
    ],
    build,
    noGradient: "not finite",
  },
];
const flat = "a step function: its gradient is 0 where it exists";
export const elementwiseCases = {
  input: [{ name: "copied", arguments: [{ shape: [3, 5] }], build: (a) => a }],
  literal: [
    {
      name: "[2,3]",
      arguments: [{ shape: [2, 3] }],
      build: (a) =>
        g.mul(
          a,
          g.literal({
            shape: [2, 3],
            dtype: "f32",
            data: Float32Array.of(1, -0, 3, 4, Number.NaN, 6),
          }),
        ),
      noGradient: "holds NaN",
    },
  ],
  constant: [
    { name: "added", arguments: [{ shape: [5] }], build: (a) => g.add(a, g.constant(0.1, [5])) },
  ],
  iota: [0, 1, 2].map((axis) => ({
    name: `axis ${axis}`,
    arguments: [{ shape: [3, 5, 6] }],
    build: (a: Node) => g.mul(a, g.cast(g.iota([3, 5, 6], axis), "f32")),
  })),
  random: [[37], [2, 3]].map((shape) => ({
    name: spell(shape),
    arguments: [
      { shape: [2], dtype: "i32" as const, value: (i: number) => 7 + 100 * i },
      { shape },
    ],
    build: (key: Node, a?: Node) => g.mul(a!, g.random(key, shape, 2)),
  })),
  neg: unary(g.neg),
  sqrt: unary(g.sqrt, positive),
  exp: unary(g.exp),
  log: unary(g.log, positive),
  tanh: unary(g.tanh),
  erf: unary(g.erf),
  sigmoid: unary(g.sigmoid),
  softplus: unary(g.softplus),
  cast: [
    ...unary(
      (a) => g.cast(g.cast(a, "i32"), "f32"),
      (i) => 3.7 * spread(i),
      flat,
    ),
    ...unary(
      (a) => g.cast(g.cast(a, "bool"), "f32"),
      (i) => (i % 3) - 1,
      flat,
    ),
    {
      name: "i32 to bool to i32",
      arguments: [{ shape: [5], dtype: "i32", value: (i) => i - 2 }],
      build: (a) => g.cast(g.cast(a, "bool"), "i32"),
      noGradient: flat,
    },
    {
      name: "bool kept",
      arguments: [{ shape: [5], dtype: "bool", value: (i) => i % 2 }],
      build: (a) => a,
      noGradient: flat,
    },
  ],
  detach: [
    {
      name: "in a product",
      arguments: [{ shape: [5] }],
      build: (a) => g.mul(a, g.detach(a)),
      noGradient: "none flows, by intent",
    },
  ],
  add: binary(g.add),
  sub: binary(g.sub),
  mul: binary(g.mul),
  div: binary(g.div, positive),
  maximum: [
    ...binary(g.maximum),
    { name: "ties", arguments: [{ shape: [6] }], build: (a) => g.maximum(a, a) },
  ],
  less: binary((a, b) => g.cast(g.less(a, b), "f32"), spread, flat),
  lessEqual: binary(
    (a, b) => g.cast(g.lessEqual(a, b), "f32"),
    (i) => i % 4,
    flat,
  ),
  equal: [
    ...binary(
      (a, b) => g.cast(g.equal(a, b), "f32"),
      (i) => i % 4,
      flat,
    ),
    {
      name: "one-hot",
      arguments: [{ shape: [5, 1], dtype: "i32", value: (i) => i % 3 }],
      build: (a) => g.cast(g.equal(g.expand(a, [5, 3]), g.iota([5, 3], 1)), "f32"),
      noGradient: flat,
    },
    {
      name: "stored masks",
      arguments: [{ shape: [7] }],
      build: (a) => g.lessEqual(a, g.constant(0, [7])),
      noGradient: flat,
    },
  ],
  where: binary((a, b) => g.where(g.less(a, g.constant(0, a.shape)), g.mul(a, b), b)),
} satisfies Cases;
