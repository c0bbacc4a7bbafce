/** Cases of sums and maxima over axes. */
import type { Shape } from "../../src/base/shape.ts";
import * as g from "../../src/graph/build.ts";
import type { Node } from "../../src/graph/node.ts";
import { type Case, type Cases, special, spell, spread } from "./frame.ts";

const reductionCases: readonly [Shape, readonly number[]][] = [
  [[5], [0]],
  [[1], [0]],
  [[3, 5], [0]],
  [[3, 5], [1]],
  [
    [3, 5],
    [0, 1],
  ],
  [[17, 3], [0]],
  [[8, 16], [0]],
  [[8, 16], [1]],
  [[2, 3, 4], [1]],
  [
    [2, 3, 4],
    [0, 2],
  ],
  [
    [2, 3, 4, 5],
    [0, 2, 3],
  ],
  [
    [1, 1],
    [0, 1],
  ],
  [[0, 3], [1]],
  [[9, 1], [1]],
  [[2, 301], [1]],
  [[301, 5], [0]],
  [[2, 3, 11], [2]],
  [[67, 33], [0]],
];
/** No two equal or nearly so, for ops that choose. */
const distinct = (i: number) => ((i * 571) % 2237) / 1000;
const reductions = (reduce: (a: Node, axes: readonly number[]) => Node, value = spread): Case[] => [
  ...reductionCases.map(([shape, axes]) => ({
    name: `${spell(shape)} over ${axes}`,
    arguments: [{ shape, value }],
    build: (a: Node) => reduce(a, axes),
  })),
  {
    name: "of work inside the loop",
    arguments: [{ shape: [6, 1] }, { shape: [1, 13] }],
    build: (a, b) => reduce(g.mul(g.expand(a, [6, 13]), g.exp(g.expand(b!, [6, 13]))), [0]),
  },
  {
    name: "of a transposed array",
    arguments: [{ shape: [6, 13] }],
    build: (a) => reduce(g.transpose(a), [1]),
  },
  {
    name: "special values",
    arguments: [{ shape: [13, 2], value: special }],
    build: (a) => reduce(a, [1]),
    noGradient: "not finite",
  },
];
export const reductionsCases = {
  sum: reductions(g.sum),
  max: reductions(g.max, distinct).filter(({ name }) => !name.startsWith("[0")),
} satisfies Cases;
