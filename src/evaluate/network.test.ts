import { expect, test } from "vitest";
import * as g from "../graph/build.ts";
import { type NodeLine, nodeLines } from "../graph/print.ts";
import { placeholder, scanOf, slicePlaceholder } from "../graph/scan.ts";
import { convolution2d, linear, lstm, mlp, sequential } from "../nn/index.ts";
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

test("a recurrent network's graph holds the graph of its step", () => {
  const inputs = [g.input("x", [4, 2]), g.input("h", [2])] as const;
  const [slice, carry] = [slicePlaceholder(inputs[0]), placeholder(inputs[1])];
  const next = g.tanh(g.add(slice, carry));
  const { scan } = scanOf({
    length: 4,
    reverse: false,
    carries: [{ initial: inputs[1], inner: carry, next }],
    slices: [{ stacked: inputs[0], inner: slice }],
    values: [],
  });
  const lines = nodeLines(g.pickLast(scan, 0));
  const spell = ({ name, formula }: NodeLine) => `${name} = ${formula}`;
  expect(lines.map(spell)).toEqual([
    "h = ",
    "x = ",
    "v1 = 4 steps",
    "v2 = v2 at the last step of v1",
  ]);
  expect(lines[2]!.src).toEqual(["h", "x"]);
  expect(lines[2]!.step!.map(spell)).toEqual([
    "slice 0 = ",
    "carry 0 = ",
    "v1 = slice 0 + carry 0",
    "v2 = tanh(v1)",
  ]);
});

test("layers of sequences and images are drawn from the shape of a row", () => {
  const recurrent = networkGraph(sequential(lstm(3, 2), linear(2, 1)), [5, 3]);
  const loop = recurrent.find(({ op }) => op === "scan");
  expect(loop!.formula).toBe("5 steps");
  expect(loop!.step!.map(({ op }) => op)).toContain("matmul");
  expect(recurrent.at(-1)!.shape).toEqual([1, 1]);
  const image = networkGraph(convolution2d(1, 2, [3, 3]), [1, 4, 4]);
  expect(image.map(({ op }) => op)).toContain("convolution");
  expect(image.at(-1)!.shape).toEqual([1, 2, 2, 2]);
});
