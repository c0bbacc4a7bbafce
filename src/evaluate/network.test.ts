import { expect, test } from "vitest";
import { mlp } from "../nn/index.ts";
import { networkGraph } from "./network.ts";

test("a network's graph names its inputs and spells each node's formula", () => {
  const lines = networkGraph(mlp({ inputs: 3, hidden: [2], outputs: 1, activation: "tanh" }));
  expect(lines.map(({ name, formula, shape }) => `${name} = ${formula} [${shape}]`)).toEqual([
    "table =  [1,3]",
    "0.weight =  [2,3]",
    "v1 = 0.weightᵀ [3,2]",
    "v2 = table × v1 [1,2]",
    "0.bias =  [2]",
    "v3 = 0.bias as [1,2] [1,2]",
    "v4 = v2 + v3 [1,2]",
    "v5 = tanh(v4) [1,2]",
    "2.weight =  [1,2]",
    "v6 = 2.weightᵀ [2,1]",
    "v7 = v5 × v6 [1,1]",
    "2.bias =  [1]",
    "v8 = 2.bias as [1,1] [1,1]",
    "v9 = v7 + v8 [1,1]",
  ]);
  expect(lines[2]).toMatchObject({ op: "permute", src: ["0.weight"], dtype: "f32" });
});
