/** Cases of the matrix product. */
import type { Shape } from "../../src/base/shape.ts";
import * as g from "../../src/graph/build.ts";
import type { Node } from "../../src/graph/node.ts";
import { type Cases, spell } from "./frame.ts";

const products: readonly [Shape, Shape][] = [
  [
    [1, 1],
    [1, 1],
  ],
  [
    [3, 5],
    [5, 2],
  ],
  [
    [4, 8],
    [8, 8],
  ],
  [
    [13, 17],
    [17, 9],
  ],
  [
    [5, 300],
    [300, 3],
  ],
  [
    [1, 7],
    [7, 1],
  ],
  [
    [9, 1],
    [1, 9],
  ],
  [
    [2, 3, 4],
    [2, 4, 5],
  ],
  [
    [2, 2, 3, 4],
    [2, 2, 4, 1],
  ],
  [
    [3, 0],
    [0, 2],
  ],
  [
    [0, 3],
    [3, 2],
  ],
  [
    [33, 31],
    [31, 40],
  ],
  [
    [6, 513],
    [513, 8],
  ],
];

export const productsCases = {
  matmul: [
    ...products.map(([x, y]) => ({
      name: `${spell(x)} x ${spell(y)}`,
      arguments: [{ shape: x }, { shape: y }],
      build: (a: Node, b?: Node) => g.matmul(a, b!),
    })),
    {
      name: "both transposed",
      arguments: [{ shape: [7, 5] }, { shape: [6, 7] }],
      build: (a, b) => g.matmul(g.transpose(a), g.transpose(b!)),
    },
    {
      name: "by itself",
      arguments: [{ shape: [5, 5] }],
      build: (a) => g.matmul(a, g.transpose(a)),
    },
    {
      name: "one shared by a batch",
      arguments: [{ shape: [3, 4, 5] }, { shape: [1, 5, 2] }],
      build: (a, b) => g.matmul(a, g.expand(b!, [3, 5, 2])),
    },
    {
      name: "of work, then work",
      arguments: [{ shape: [3, 4] }, { shape: [4, 2] }],
      build: (a, b) => g.tanh(g.matmul(g.exp(a), g.neg(b!))),
    },
  ],
} satisfies Cases;
