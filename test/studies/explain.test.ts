/** Explanations of trained networks: one whose answer is known, and what they take. */
import { describe, expect, test } from "vitest";
import { partOf } from "../../src/data/index.ts";
import { data, explain, prepare, study } from "../../src/index.ts";
import { sample } from "./support.ts";

const {
  byColumn,
  dependence,
  exactShapley,
  featureColumns,
  gradientInput,
  integratedGradients,
  kernelShapley,
  nearestRows,
  outputFunction,
  permutationImportance,
  randomizationTest,
  saliency,
} = explain;

describe("splice sites: GT follows an exon's end, AG precedes its start", async () => {
  const table = await sample("splice_sequences.csv");
  const { model, prepared } = await study(
    prepare(table, { target: "class", splitColumn: "statlog_split", hidden: [16] }),
  );
  const { values, width } = data.applyRecipe(model.recipe, table, prepared.split.test);
  const truth = Array.from(prepared.split.test, (row) => prepared.target.values[row]!);
  const positionOf = Array.from({ length: 60 }, (_, k) => [k, k, k, k]).flat();

  /** Positions, from 1, in the order of what they tell of a class in its own test rows. */
  function positions(label: string, attribution: typeof saliency): number[] {
    const f = outputFunction(model, { label, scale: "output" });
    const rows = truth.flatMap((y, i) => (prepared.target.labels[y] === label ? [i] : []));
    const own = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries())
      own.set(values.subarray(row * width, (row + 1) * width), i * width);
    const places = byColumn(attribution(f, own), positionOf);
    f.free();
    const sums = new Float64Array(60);
    places.forEach((value, i) => {
      sums[i % 60]! += value;
    });
    return Array.from(sums.keys(), (place) => place + 1).sort(
      (x, y) => sums[y - 1]! - sums[x - 1]!,
    );
  }
  const firstTwo = (label: string, attribution: typeof saliency) =>
    new Set(positions(label, attribution).slice(0, 2));

  test("attributions that add up peak at GT, positions 31 and 32, and at AG, 29 and 30", () => {
    for (const attribution of [gradientInput, integratedGradients]) {
      expect(firstTwo("ei", attribution)).toEqual(new Set([31, 32]));
      expect(firstTwo("ie", attribution)).toEqual(new Set([29, 30]));
    }
  });

  test("saliency, which asks about letters that are not there too, peaks there as well", () => {
    expect(firstTwo("ei", saliency)).toEqual(new Set([31, 32]));
    expect(positions("ie", saliency)[0]).toBe(29);
  });

  test("the explanation depends on what was learned", () => {
    const some = values.subarray(0, 200 * width);
    const check = randomizationTest(model, (f) => saliency(f, some), { label: "ei" });
    expect(check.depends).toBe(true);
    // letters that are not there have no part in integrated gradients: they do not count as alike
    const few = values.subarray(0, 40 * width);
    const whole = randomizationTest(model, (f) => integratedGradients(f, few), { label: "ei" });
    expect(Math.abs(whole.correlation)).toBeLessThan(0.3);
  });
});

describe("wdbc.csv", async () => {
  const table = await sample("wdbc.csv");
  const { model, prepared } = await study(prepare(table, { target: "Diagnosis" }));
  const { split, target } = prepared;
  const { values, width } = data.applyRecipe(model.recipe, table);
  const f = outputFunction(model, { label: "M" });
  const { columnOf, names } = featureColumns(model.recipe);

  test("500 rows of 30 features are explained by exact gradients in under a second", () => {
    const rows = values.subarray(0, 500 * width);
    saliency(f, rows.subarray(0, width));
    const start = performance.now();
    saliency(f, rows);
    gradientInput(f, rows);
    integratedGradients(f, rows, { steps: 50 });
    const seconds = (performance.now() - start) / 1e3;
    expect(seconds).toBeLessThan(1);
  });

  test("Kernel SHAP of 30 columns adds up and names the column that a shuffle shows", () => {
    const own = values.subarray(0, 3 * width);
    const background = values.subarray(20 * width, 40 * width);
    const found = kernelShapley(f, own, { background, columnOf, subsets: 600 });
    for (let row = 0; row < 3; row++) {
      const all = found.values.subarray(row * found.columns, (row + 1) * found.columns);
      const sum = all.reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(found.outputs[row]! - found.base, 6);
    }
    expect(() => exactShapley(f, own, { background, columnOf })).toThrow("at most 12");
  });

  test("importance has an interval for each column, and the target itself would lose most", () => {
    const source = { table, target, recipe: model.recipe, scale: null };
    const part = partOf(source, split.test);
    const { statistic, columns } = permutationImportance(model, part, {
      repeats: 3,
      resamples: 100,
    });
    expect(statistic).toBe("auroc");
    expect(columns.map(({ column }) => column)).toEqual(names);
    for (const { drop } of columns) expect(drop.high!).toBeGreaterThanOrEqual(drop.value!);
    expect(Math.max(...columns.map(({ drop }) => drop.value!))).toBeGreaterThan(0);
    const again = permutationImportance(model, part, { repeats: 3, resamples: 100 });
    expect(again.columns).toEqual(columns);
  });

  test("partial dependence is the mean of the rows' own curves, and the nearest row is itself", () => {
    const rows = values.subarray(0, 50 * width);
    const { points, output } = dependence(f, model.recipe, { column: names[0]!, rows, points: 5 });
    expect(output).toBe("probability of M");
    expect(points).toHaveLength(5);
    for (const { mean, rows: each } of points)
      expect(mean).toBeCloseTo(each.reduce((a, b) => a + b, 0) / 50, 6);
    expect(nearestRows(rows, values, { width, count: 3 })[7]![0]).toEqual({ row: 7, distance: 0 });
    expect(() => dependence(f, model.recipe, { column: "age", rows })).toThrow("no column “age”");
  });
});
