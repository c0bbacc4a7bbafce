/** `golgi data --prove-…`: what a leak is worth, shown by training with it and without. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { stream } from "../../src/base/random.ts";
import { golgi } from "./capture.ts";
import { table, temporaryFolder } from "./files.ts";

const folder = temporaryFolder();
const tissue = fileURLToPath(new URL("../../data/tissue_gene_expression.csv", import.meta.url));
const json = async (...args: string[]) => {
  const { code, out, err } = await golgi(["data", ...args, "--json"]);
  expect(code, err).toBe(0);
  return JSON.parse(out);
};
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** A diabetes that is defined by a sugar, and glucose, which measures it. */
const diabetes = (name: string, rows: number) => {
  const draws = stream({ seed: 1, purpose: "proof" });
  /** About normal: the sum of 12 in [0, 1). */
  const normal = () => Array.from({ length: 12 }, draws.nextFloat).reduce((a, b) => a + b) - 6;
  return folder.write(
    name,
    table("age,bmi,glucose,diabetes", rows, () => {
      const [age, bmi] = [normal(), normal()];
      const sugar = 0.5 * age + 0.5 * bmi + normal();
      const measured = sugar + 0.3 * normal();
      return [
        (50 + 12 * age).toFixed(1),
        (28 + 5 * bmi).toFixed(1),
        (110 + 40 * measured).toFixed(0),
        sugar > 0.9 ? "yes" : "no",
      ];
    }),
  );
};

test("a proxy of the target: glucose beside a diabetes that is defined by it", async () => {
  const proof = ["--target", "diabetes", "--prove-without", "glucose"];
  const { without } = await json(diabetes("diabetes.csv", 300), ...proof);
  expect(without.as.value).toBeGreaterThan(0.95);
  expect(without.without.value).toBeLessThan(without.as.value - 0.1);
  expect(without.without.value).toBeGreaterThan(0.6);
  const { out } = await golgi(["data", diabetes("few.csv", 80), ...proof]);
  expect(out).toMatch(/Proof {3}with glucose: AUROC 0\.9\d+/);
});

describe("selection before the split", () => {
  test("makes shuffled labels look known; inside the folds it does not", async () => {
    const { selection } = await json(
      ...[tissue, "--target", "tissue", "--labels", "colon,placenta", "--prove-selection"],
    );
    expect(selection).toMatchObject({ statistic: "auroc", rows: 40, features: 500, selected: 20 });
    expect(selection.before).toHaveLength(10);
    expect(mean(selection.before)).toBeGreaterThan(0.75);
    expect(Math.abs(mean(selection.inside) - 0.5)).toBeLessThan(0.12);
  });

  test("needs a target, labels that are there, and columns to select from", async () => {
    const small = folder.write(
      "small.csv",
      table("y,a,b", 40, (i) => [i % 2, i % 7, i / 3]),
    );
    const said = async (...flags: string[]) => (await golgi(["data", ...flags])).err.trim();
    expect([
      await said(small, "--prove-selection"),
      await said(small, "--target", "y", "--labels", "2"),
      await said(small, "--target", "y", "--prove-selection"),
    ]).toMatchInlineSnapshot(`
      [
        "golgi: --prove-selection is about predicting something. Name the column to predict with --target COLUMN.",
        "golgi: --labels 2: no row of small.csv has one in y. Check how they are written.",
        "golgi: small.csv has 2 features: nothing to select 20 from. Prove it on a table of many columns.",
      ]
    `);
  });
});
