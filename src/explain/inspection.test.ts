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

/** A site of three places and a grade, of which the network takes the last site and the grade alone. */
const coded: FittedModel = {
  ...model,
  recipe: {
    ...{ format: 1, missing: [], leftOut: [] },
    inputs: [
      { kind: "category", name: "site", levels: ["N", "O", "S"], numeric: false, indicator: false },
      {
        ...{ kind: "ordinal", name: "grade", levels: ["low", "middle", "high"], numeric: false },
        ...{ median: 1, mean: 1, deviation: 0.5, indicator: false },
      },
    ],
  },
  target: { column: "ill", task: "binary", labels: ["no", "yes"], scale: null } as never,
  network: mlp({ inputs: 4, hidden: [], outputs: 1 }),
  weights: {
    "0.weight": { dtype: "f32", shape: [1, 4], data: Float32Array.of(0, 0, 3, 0.5) },
    "0.bias": { dtype: "f32", shape: [1], data: Float32Array.of(-1) },
  },
};
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

test("levels are set one by one, orders by their place", () => {
  const f = outputFunction(coded);
  const given = Float32Array.of(1, 0, 0, 2, 0, 0, 1, -2);
  const site = dependence(f, coded.recipe, { column: "site", rows: given });
  expect(site.points.map(({ value }) => value)).toEqual(["N", "O", "S"]);
  for (const [k, logit] of [0, 0, 3].entries())
    for (const [row, grade] of [2, -2].entries())
      expect(site.points[k]!.rows[row]).toBeCloseTo(sigmoid(logit + 0.5 * grade - 1), 6);
  const grade = dependence(f, coded.recipe, { column: "grade", rows: given });
  for (const [k, standardized] of [-2, 0, 2].entries())
    for (const [row, south] of [0, 3].entries())
      expect(grade.points[k]!.rows[row]).toBeCloseTo(sigmoid(south + 0.5 * standardized - 1), 6);
  f.free();
});

test("all features of a column are shuffled together; patients are resampled, not rows", () => {
  const count = 120;
  const site = (row: number) => (row * 7) % 3;
  const data = Float32Array.from({ length: 4 * count }, (_, i) =>
    i % 4 === 3 ? 0 : Number(site(Math.floor(i / 4)) === i % 4),
  );
  const truth = Float64Array.from({ length: count }, (_, row) => Number(site(row) === 2));
  const part = {
    ...{ rows: count, inputs: { table: { shape: [4], data } }, truth, target: coded.target },
    ...{ groups: Int32Array.from(truth, (_, row) => row >> 2), findings: [] },
    targets: Float32Array.from(truth),
  } as Part;
  const { columns } = permutationImportance(coded, part, { repeats: 20, resamples: 100 });
  const [ofSite, ofGrade] = columns.map(({ drop }) => drop);
  // from 1 to that of a site by chance: a third of the rows keep theirs
  expect(Math.abs(ofSite!.value! - 0.5)).toBeLessThan(0.04);
  expect(ofSite!.method).toMatch("over 30 groups");
  expect(ofGrade).toMatchObject({ value: 0, low: null });
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
