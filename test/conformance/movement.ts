/** Cases of ops that move elements and compute nothing. */
import * as g from "../../src/graph/build.ts";
import type { Node } from "../../src/graph/node.ts";
import type { Cases } from "./frame.ts";

export const movementCases = {
  reshape: [
    { name: "[2,6] to [3,4]", arguments: [{ shape: [2, 6] }], build: (a) => g.reshape(a, [3, 4]) },
    {
      name: "of a transposed array",
      arguments: [{ shape: [4, 6] }],
      build: (a) => g.exp(g.reshape(g.transpose(a), [3, 8])),
    },
    {
      name: "of work",
      arguments: [{ shape: [4, 6] }],
      build: (a) => g.tanh(g.reshape(g.exp(g.transpose(a)), [24])),
    },
    {
      name: "with lengths of 1",
      arguments: [{ shape: [4, 1, 6] }],
      build: (a) => g.exp(g.reshape(g.transpose(a), [1, 4, 6, 1])),
    },
    { name: "to no axes", arguments: [{ shape: [1, 1] }], build: (a) => g.exp(g.reshape(a, [])) },
  ],
  permute: [
    { name: "[3,5]", arguments: [{ shape: [3, 5] }], build: (a) => g.permute(a, [1, 0]) },
    {
      name: "[2,3,4] cycled",
      arguments: [{ shape: [2, 3, 4] }],
      build: (a) => g.exp(g.permute(a, [2, 0, 1])),
    },
    {
      name: "twice",
      arguments: [{ shape: [2, 3, 4] }],
      build: (a) => g.permute(g.permute(a, [2, 0, 1]), [1, 0, 2]),
    },
    {
      name: "added to itself",
      arguments: [{ shape: [5, 5] }],
      build: (a) => g.add(a, g.transpose(a)),
    },
  ],
  expand: [
    { name: "[1,5] to [3,5]", arguments: [{ shape: [1, 5] }], build: (a) => g.expand(a, [3, 5]) },
    {
      name: "[3,1] to [3,5]",
      arguments: [{ shape: [3, 1] }],
      build: (a) => g.exp(g.expand(a, [3, 5])),
    },
    {
      name: "inside and outside",
      arguments: [{ shape: [1, 4, 1] }],
      build: (a) => g.expand(a, [2, 4, 3]),
    },
    { name: "to nothing", arguments: [{ shape: [1, 4] }], build: (a) => g.expand(a, [0, 4]) },
  ],
  slice: [
    { name: "[7] from 2 to 5", arguments: [{ shape: [7] }], build: (a) => g.slice(a, [[2, 5]]) },
    {
      name: "[4,6] inside",
      arguments: [{ shape: [4, 6] }],
      build: (a) =>
        g.exp(
          g.slice(a, [
            [1, 3],
            [2, 6],
          ]),
        ),
    },
    { name: "empty", arguments: [{ shape: [4] }], build: (a) => g.slice(a, [[2, 2]]) },
  ],
  pad: [
    { name: "[3] by 2 and 1", arguments: [{ shape: [3] }], build: (a) => g.pad(a, [[2, 1]]) },
    {
      name: "[2,3] of work",
      arguments: [{ shape: [2, 3] }],
      build: (a) =>
        g.exp(
          g.pad(g.tanh(a), [
            [0, 1],
            [3, 0],
          ]),
        ),
    },
    ...[0, 1].map((gap) => ({
      name: `joining three alike${gap ? ", one missing" : ""}, zeros of both signs`,
      arguments: [{ shape: [2, 3], value: (i: number) => [-0, 1, 0, -2, 3, -0][i]! }],
      build: (a: Node) =>
        g.mul(
          [0, 6, 3]
            .slice(gap)
            .map((start, i) =>
              g.pad(i === 1 ? g.neg(a) : a, [
                [0, 0],
                [start, 6 - start],
              ]),
            )
            .reduce(g.add),
          g.constant(2, [2, 9]),
        ),
    })),
    {
      name: "added where they overlap",
      arguments: [{ shape: [5] }, { shape: [5] }],
      build: (a, b) => g.add(g.pad(a, [[0, 4]]), g.pad(b!, [[4, 0]])),
    },
    {
      name: "joining two",
      arguments: [{ shape: [2, 3] }, { shape: [2, 4] }],
      build: (a, b) =>
        g.add(
          g.pad(a, [
            [0, 0],
            [0, 4],
          ]),
          g.pad(b!, [
            [0, 0],
            [3, 0],
          ]),
        ),
    },
  ],
} satisfies Cases;
