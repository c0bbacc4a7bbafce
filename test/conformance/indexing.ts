/** Cases of rows taken and added by number. */
import * as g from "../../src/graph/build.ts";
import type { Cases } from "./frame.ts";

export const indexingCases = {
  gather: [
    {
      name: "of arrays under other shapes",
      arguments: [
        { shape: [3, 5] },
        { shape: [3, 2], dtype: "i32", value: (i) => [4, 0, 14, 6, 5, 0][i]! },
      ],
      build: (a, b) => g.gather(g.reshape(a, [15, 1]), g.reshape(b!, [6])),
    },
    {
      name: "rows, some outside",
      arguments: [
        { shape: [5, 7] },
        { shape: [6], dtype: "i32", value: (i) => [4, 0, 0, -1, 5, 2][i]! },
      ],
      build: (a, b) => g.gather(a, b!),
    },
    {
      name: "of work",
      arguments: [{ shape: [5, 3] }, { shape: [2], dtype: "i32", value: (i) => 3 - i }],
      build: (a, b) => g.exp(g.gather(g.transpose(g.transpose(g.tanh(a))), b!)),
    },
  ],
  scatter: [
    {
      name: "of arrays under other shapes",
      arguments: [
        { shape: [2, 3] },
        { shape: [3, 2], dtype: "i32", value: (i) => [4, 0, 0, 6, 5, 0][i]! },
      ],
      build: (a, b) => g.scatter(g.reshape(a, [6, 1]), g.reshape(b!, [6]), 7),
    },
    {
      name: "rows that meet, some outside",
      arguments: [
        { shape: [6, 7] },
        { shape: [6], dtype: "i32", value: (i) => [4, 0, 0, -1, 5, 0][i]! },
      ],
      build: (a, b) => g.scatter(a, b!, 5),
    },
  ],
} satisfies Cases;
