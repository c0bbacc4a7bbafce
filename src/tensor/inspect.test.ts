import { expect, test } from "vitest";
import { formulas } from "../graph/formulas.ts";
import {
  add,
  div,
  exp,
  type GraphLine,
  greater,
  inspectGraph,
  log,
  mul,
  neg,
  spellGraph,
  sum,
  tensor,
  where,
  zeros,
} from "./index.ts";

/** The worked circuit of Stanford's CS231n, "Backpropagation, Intuitions". */
const [w0, x0, w1, x1, b] = [tensor(2), tensor(-1), tensor(-3), tensor(-2), tensor(-3)];
const named = { w0, x0, w1, x1, b };
const neuron = () => div(1, add(exp(neg(add(add(mul(w0, x0), mul(w1, x1)), b))), 1));

test("the lecture's graph, every value and every gradient", async () => {
  const lines = await inspectGraph(neuron(), named);
  expect(spellGraph(lines)).toBe(
    [
      "name  formula  value  gradient",
      "w0              2.00     -0.20",
      "x0             -1.00      0.39",
      "v1    w0 · x0  -2.00      0.20",
      "w1             -3.00     -0.39",
      "x1             -2.00     -0.59",
      "v2    w1 · x1   6.00      0.20",
      "v3    v1 + v2   4.00      0.20",
      "b              -3.00      0.20",
      "v4    v3 + b    1.00      0.20",
      "v5    -v4      -1.00     -0.20",
      "v6    exp(v5)   0.37     -0.53",
      "v7    v6 + 1    1.37     -0.53",
      "v8    1 / v7    0.73      1.00",
    ].join("\n"),
  );
});

test("its loss: the gradient of the bias is ŷ − y", async () => {
  const outputs = neuron();
  const lines = await inspectGraph(neg(log(outputs)), { ...named, ŷ: outputs });
  const at = (name: string) => lines.find((line) => line.name === name) as GraphLine;
  expect(at("ŷ").formula).toBe("1 / v7");
  expect(at("b").gradient).toBeCloseTo((at("ŷ").value as number) - 1, 6);
  expect(at("w1").gradient).toBeCloseTo(-2 * ((at("ŷ").value as number) - 1), 6);
});

test("arrays have gradients of their shape, comparisons none", async () => {
  const x = tensor([[1, -2]]);
  const lines = await inspectGraph(sum(where(greater(x, 0), mul(x, 3), 0)), { x });
  expect(lines.map(({ name, formula }) => `${name}: ${formula}`)).toEqual([
    "x: ",
    "v1: 0 < x",
    "v2: x · 3",
    "v3: v2 if v1, else 0",
    "v4: Σ v3 over axes 0, 1",
    "v5: v4 as []",
  ]);
  expect(lines[0]).toMatchObject({ value: [[1, -2]], gradient: [[3, 0]] });
  expect(lines[1]).toMatchObject({ value: [[1, 0]], gradient: null });
  expect(spellGraph(lines, { digits: 0 })).toContain("[[3, -6]]  [[1, 0]]");
});

test("only one number is explained", async () => {
  await expect(inspectGraph(zeros([2]))).rejects.toThrow("inspectGraph: the result is [2]");
});

test("formulas read well", () => {
  expect([
    formulas.constant([], { value: -2, shape: [], dtype: "f32" }),
    formulas.permute(["W"], [1, 0]),
    formulas.slice(
      ["x"],
      [
        [0, 2],
        [1, 4],
      ],
    ),
    formulas.matmul(["x", "W"], null),
    formulas.softplus(["z"], null),
  ]).toEqual(["(-2)", "Wᵀ", "x[0:2, 1:4]", "x × W", "log(1 + exp(z))"]);
});
