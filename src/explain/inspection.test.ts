/** Partial dependence and permutation importance beside scikit-learn's. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Part } from "../data/index.ts";
import type { FittedModel } from "../evaluate/types.ts";
import { mlp } from "../nn/index.ts";
import { dependence } from "./dependence.ts";
import { permutationImportance } from "./importance.ts";
import { outputFunction } from "./outputs.ts";

const read = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../test/goldens/explain/${name}.json`, import.meta.url), "utf8"),
  );
const [known, right] = [read("explain"), read("inspection")];
const [features, hidden, classes] = known.sizes as [number, number, number];
const labels = ["a", "b", "c"];
const names = Array.from({ length: features }, (_, k) => `x${k}`);

/** Features that are the numbers themselves. */
const plain = { median: 0, mean: 0, deviation: 1, low: -2, high: 2, indicator: false };
const model: FittedModel = {
  recipe: {
    ...{ format: 1, missing: [], leftOut: [] },
    inputs: names.map((name) => ({ kind: "number", name, ...plain })),
  },
  target: { column: "kind", task: "classes", labels, scale: null } as never,
  network: mlp({ inputs: features, hidden: [hidden], outputs: classes, activation: "tanh" }),
  weights: Object.fromEntries(
    Object.entries(known.weights as Record<string, { shape: number[]; data: number[] }>).map(
      ([name, { shape, data }]) => [name, { dtype: "f32", shape, data: Float32Array.from(data) }],
    ),
  ),
  ...{ threshold: null, frozen: null },
};
const rows = Float32Array.from(right.rows);

test("partial dependence and the rows' own curves equal scikit-learn's", () => {
  const f = outputFunction(model, { label: labels[known.target]! });
  for (const [k, column] of names.entries()) {
    const { points } = dependence(f, model.recipe, { column, rows, points: 5 });
    expect(points.map(({ value }) => value)).toEqual(right.grid);
    for (const [i, { mean, rows: each }] of points.entries()) {
      expect(mean).toBeCloseTo(right.dependence[k].mean[i], 6);
      for (const row of [0, 1, 2])
        expect(each[row]).toBeCloseTo(right.dependence[k].rows[row][i], 6);
    }
  }
  f.free();
});

test("permutation importance is scikit-learn's but for the shuffles drawn", () => {
  const truth = Float64Array.from(right.labels);
  const part = {
    ...{ rows: truth.length, inputs: { table: { shape: [features], data: rows } } },
    ...{ truth, target: model.target, groups: null, findings: [] },
    targets: Float32Array.from(truth),
  } as Part;
  const { columns } = permutationImportance(model, part, { repeats: 15, resamples: 100 });
  expect(columns.map(({ column }) => column)).toEqual(names);
  // a shuffle's standard deviation is near 0.02, the mean of 15 has a quarter of it
  for (const [k, { drop }] of columns.entries())
    expect(Math.abs(drop.value! - right.importance[k])).toBeLessThan(0.02);
  const most = right.importance.indexOf(Math.max(...right.importance));
  expect(columns[most]!.drop.low!).toBeGreaterThan(0);
});
