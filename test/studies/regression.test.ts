/** Numbers predicted, against scikit-learn on the same rows. */
import { describe, expect, test } from "vitest";
import { evaluateTable, predictTable, prepare, study } from "../../src/index.ts";
import { golden, sample } from "./support.ts";

const rowsOf = (split: Record<"training" | "validation" | "test", Int32Array>) =>
  `${JSON.stringify(Object.fromEntries(Object.entries(split).map(([part, rows]) => [part, [...rows]])))}\n`;

test("the goldens were made on the splits that a study makes", async () => {
  for (const [name, file, target] of [
    ["diabetes", "diabetes_progression.csv", "target"],
    ["wdbc", "wdbc.csv", "Diagnosis"],
  ] as const) {
    const { split } = prepare(await sample(file), { target });
    await expect(rowsOf(split)).toMatchFileSnapshot(`../goldens/studies/split-${name}.json`);
  }
});

describe("diabetes_progression.csv", async () => {
  const table = await sample("diabetes_progression.csv");
  const done = await study(prepare(table, { target: "target" }));
  const expected = () => golden("expected.json").diabetes;

  test("R² is that of scikit-learn's ridge or network", () => {
    const { ridge, mlp } = expected();
    const { r2, rmse, mae } = done.test.statistics;
    const nearest = Math.min(...[ridge.r2, mlp.r2].map((r) => Math.abs(r2!.value! - r)));
    expect(nearest).toBeLessThan(0.03);
    expect(r2!.low!).toBeLessThan(r2!.value!);
    expect(rmse!.value!).toBeGreaterThan(mae!.value!);
    expect(rmse!.method).toContain("bootstrap");
  });

  test("the linear baseline is ridge regression, nearly", () => {
    const { r2 } = done.baseline.test.statistics;
    expect(Math.abs(r2!.value! - expected().ridge.r2)).toBeLessThan(0.03);
    expect(done.baseline.name).toBe("linear");
    expect(done.constant.statistics.r2!.value!).toBeLessThanOrEqual(0);
    expect(done.comparison).toMatchObject({ statistic: "rmse", against: "linear" });
  });

  test("predictions are in the target's own units", () => {
    const { values } = done.predictions;
    const mean = values.reduce((sum, y) => sum + y, 0) / values.length;
    expect(mean).toBeGreaterThan(120);
    expect(mean).toBeLessThan(185);
    const { scale } = done.model.target;
    expect(scale!.mean).toBeGreaterThan(140);
    const again = predictTable(done.model, table).values;
    expect(Array.from(done.prepared.split.test, (row) => again[row])).toEqual([...values]);
    expect(evaluateTable(done.model, table).evaluation.rows).toBe(442);
  });
});
