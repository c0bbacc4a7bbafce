import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import type { FittedModel } from "../evaluate/types.ts";
import { mlp } from "../nn/index.ts";
import { byColumn, gradientInput, integratedGradients, saliency } from "./gradients.ts";
import { type OutputFunction, outputFunction } from "./outputs.ts";
import { randomizationTest } from "./sanity.ts";
import { exactShapley, kernelShapley } from "./shapley.ts";

const path = new URL("../../test/goldens/explain/explain.json", import.meta.url);
const golden = JSON.parse(readFileSync(path, "utf8"));
const [features, hidden, classes] = golden.sizes as [number, number, number];
const labels = ["a", "b", "c"];

/** The network of the golden, as if it had been trained. */
const model: FittedModel = {
  recipe: { format: 1, missing: [], inputs: [], leftOut: [] },
  target: { column: "kind", task: "classes", labels, scale: null } as never,
  network: mlp({ inputs: features, hidden: [hidden], outputs: classes, activation: "tanh" }),
  weights: Object.fromEntries(
    Object.entries(golden.weights as Record<string, { shape: number[]; data: number[] }>).map(
      ([name, { shape, data }]) => [name, { dtype: "f32", shape, data: Float32Array.from(data) }],
    ),
  ),
  threshold: null,
  frozen: null,
};
const rows = Float32Array.from(golden.rows);
const background = Float32Array.from(golden.background);
const columnOf = Array.from({ length: features }, (_, k) => k);
const label = labels[golden.target]!;
const probability = outputFunction(model, { label });
const output = outputFunction(model, { label, scale: "output" });
afterAll(() => {
  probability.free();
  output.free();
});

function expectAll(got: ArrayLike<number>, right: readonly number[], tolerance: number) {
  expect(got).toHaveLength(right.length);
  for (const [i, value] of Array.from(got).entries())
    expect(Math.abs(value - right[i]!), `${i}: ${value} against ${right[i]}`).toBeLessThan(
      tolerance,
    );
}

test("attributions equal captum's on a shared network", () => {
  for (const [f, right] of [
    [output, golden.output],
    [probability, golden.prediction],
  ] as const) {
    const baseline = new Float32Array(features).fill(golden.baseline);
    const integrated = integratedGradients(f, rows, { baseline, steps: 50 });
    expectAll(saliency(f, rows).values, right.saliency, 2e-5);
    expectAll(gradientInput(f, rows).values, right.gradientInput, 2e-5);
    expectAll(integrated.values, right.integrated, 2e-5);
    expectAll(integrated.outputs, right.outputs, 1e-5);
    expectAll(
      integrated.gaps,
      right.gaps.map((gap: number) => -gap),
      2e-5,
    );
  }
  expect(probability.name).toBe("probability of b");
});

test("finer steps close the gap", () => {
  const gap = (steps: number) =>
    Math.max(...integratedGradients(probability, rows, { steps }).gaps.map(Math.abs));
  expect(gap(200)).toBeLessThan(gap(4));
  expect(gap(200)).toBeLessThan(1e-4);
});

test("exact Shapley values equal those of shap over all subsets, and add up", () => {
  const { values, base, outputs } = exactShapley(probability, rows, { background, columnOf });
  expectAll(values, golden.shapley.values, 1e-5);
  expect(base).toBeCloseTo(golden.shapley.base, 6);
  for (const [row, value] of outputs.entries()) {
    const sum = values.subarray(row * features, (row + 1) * features).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(value - base, 6);
  }
});

test("kernel Shapley over all subsets is exact, and sampled comes near as samples grow", () => {
  const exact = exactShapley(probability, rows, { background, columnOf }).values;
  const all = kernelShapley(probability, rows, { background, columnOf, subsets: 126 });
  expectAll(all.values, [...exact], 1e-6);
  const error = (subsets: number) => {
    const { values } = kernelShapley(probability, rows, { background, columnOf, subsets });
    return Math.max(...values.map((value, i) => Math.abs(value - exact[i]!)));
  };
  expect(error(120)).toBeLessThan(0.05);
  expect(error(100)).toBeLessThan(error(20));
});

test("of 11 features kernel Shapley over all subsets is exact to 1e-6, and comes near when sampled", () => {
  const many = 11;
  const numbers = (count: number, of: (i: number) => number) =>
    Float32Array.from({ length: count }, (_, i) => of(i));
  const tensor = (shape: number[], of: (i: number) => number) => ({
    ...{ dtype: "f32" as const, shape },
    data: numbers(
      shape.reduce((a, b) => a * b),
      of,
    ),
  });
  const wide: FittedModel = {
    ...model,
    network: mlp({ inputs: many, hidden: [8], outputs: classes, activation: "tanh" }),
    weights: {
      "0.weight": tensor([8, many], (i) => 1.3 * Math.sin(7 * i)),
      "0.bias": tensor([8], (i) => Math.cos(i)),
      "2.weight": tensor([classes, 8], (i) => 2 * Math.cos(3 * i)),
      "2.bias": tensor([classes], () => 0),
    },
  };
  const f = outputFunction(wide, { label });
  const own = numbers(2 * many, (i) => 2 * Math.sin(i * i));
  const told = {
    background: numbers(6 * many, (i) => Math.cos(5 * i)),
    columnOf: Array.from({ length: many }, (_, k) => k),
  };
  const exact = exactShapley(f, own, told).values;
  const error = (subsets: number) => {
    const { values } = kernelShapley(f, own, { ...told, subsets });
    return Math.max(...values.map((value, i) => Math.abs(value - exact[i]!)));
  };
  expect(error(2 ** many - 2)).toBeLessThan(1e-6);
  const [few, some, most] = [error(60), error(400), error(1600)];
  expect(some).toBeLessThan(few);
  expect(most).toBeLessThan(some);
  expect(most).toBeLessThan(0.01);
  f.free();
});

test("features of one column come and go together", () => {
  const together = [0, 0, 1, 1, 1, 2, 2];
  const { values, columns } = exactShapley(probability, rows, { background, columnOf: together });
  expect(columns).toBe(3);
  expect(values).toHaveLength(15);
  const {
    values: all,
    outputs,
    base,
  } = kernelShapley(probability, rows, {
    ...{ background, columnOf: together, subsets: 6 },
  });
  expectAll(all, [...values], 1e-6);
  expect(all[0]! + all[1]! + all[2]!).toBeCloseTo(outputs[0]! - base, 6);
  const sums = byColumn(gradientInput(output, rows), together);
  expect(sums).toHaveLength(15);
  expect(sums[0]).toBeCloseTo(golden.output.gradientInput[0] + golden.output.gradientInput[1], 4);
});

/** Three columns that count only together, and one that counts alone; what is not known is 0. */
const game: OutputFunction = {
  ...{ width: 9, name: "game", free: () => {}, gradients: () => expect.unreachable() },
  values: (given) =>
    Float32Array.from({ length: given.length / 9 }, (_, row) => {
      const [a, b, c, d] = given.subarray(9 * row);
      return a! * b! * c! + 2 * d!;
    }),
};

test("sampled subsets favor no value: over seeds their mean is a third each of what three do together", () => {
  const told = {
    background: new Float32Array(9),
    columnOf: Array.from({ length: 9 }, (_, k) => k),
  };
  const own = new Float32Array(9).fill(1);
  const seeds = Array.from({ length: 60 }, (_, seed) => seed);
  const found = seeds.map(
    (seed) => kernelShapley(game, own, { ...told, subsets: 160, seed }).values,
  );
  for (const [k, right] of [1 / 3, 1 / 3, 1 / 3, 2, 0, 0, 0, 0, 0].entries()) {
    const mean = found.reduce((sum, values) => sum + values[k]!, 0) / seeds.length;
    expect(Math.abs(mean - right), `column ${k}: ${mean}`).toBeLessThan(0.01);
  }
});

test("the randomization test is Spearman's correlation of sizes, and fails what ignores the model", () => {
  const given = (values: number[]) => () => ({
    ...{ rows: 2, width: 4, values: Float64Array.from(values), outputs: new Float64Array(2) },
  });
  const said = [given([1, -2, 3, 3, 0.5, 0.1, -0.2, 4]), given([-4, 3, 2, 2, -0.1, 0.3, 0.2, 5])];
  // the mean of scipy.stats.spearmanr of the absolute rows: -1 and 0.2
  const { correlation, depends } = randomizationTest(model, () => said.shift()!(), { label });
  expect(correlation).toBeCloseTo((-1 + 0.2) / 2, 12);
  expect(depends).toBe(true);
  const inputs = () => given([...rows.subarray(0, 8)])();
  expect(randomizationTest(model, inputs, { label })).toEqual({ correlation: 1, depends: false });
  // of this network with the weights it has, and with those of a seed
  expect(randomizationTest(model, (f) => saliency(f, rows), { label }).depends).toBe(true);
});

test("bad input is told in one line", () => {
  expect(() => outputFunction(model, { label: "z" })).toThrow("“kind” has no label “z”");
  expect(() => integratedGradients(output, rows, { steps: 0 })).toThrow("0 steps");
  expect(() => exactShapley(output, rows, { background, columnOf: [0] })).toThrow("1 columns told");
  expect(() => exactShapley(output, rows, { background: new Float32Array(0), columnOf })).toThrow(
    "a background of 0 numbers",
  );
  expect(() => output.values(new Float32Array(3))).toThrow("no rows of 7 features");
});
