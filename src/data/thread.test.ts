/** The road of a table on the embedded breast-cancer data: cells, kinds, split, recipe, features. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeColumns } from "./kinds.ts";
import { parseTable } from "./readers/parse.ts";
import { applyRecipe } from "./recipe/apply.ts";
import { fitRecipe } from "./recipe/fit.ts";
import { splitRows } from "./split.ts";
import { chooseTarget, countLabels } from "./target.ts";

test("wdbc.csv becomes training, validation and test features", async () => {
  const table = await parseTable({ name: "wdbc.csv", bytes: readFileSync("data/wdbc.csv") });
  expect([table.rows, table.columns.length, table.lines[0], table.lines.at(-1)]).toEqual([
    569, 32, 2, 570,
  ]);
  const kinds = describeColumns(table).map(({ kind }) => kind);
  expect(kinds).toEqual(["identifier", "binary", ...Array(30).fill("number")]);
  const target = chooseTarget(table, { column: "Diagnosis", positive: "M" });
  expect(target).toMatchObject({ task: "binary", labels: ["B", "M"], findings: [] });
  const { training, validation, test: held } = splitRows({ target, seed: 0 });
  const sides = [training, validation, held];
  expect(sides.map((rows) => rows.length)).toEqual([364, 91, 114]);
  expect(sides.map((rows) => countLabels(target, rows))).toEqual([
    [228, 136],
    [57, 34],
    [72, 42],
  ]);
  const exclude = new Map([["Diagnosis", "the target"]]);
  const recipe = fitRecipe(table, { rows: training, exclude });
  expect(recipe.leftOut.map(({ name }) => name)).toEqual(["ID", "Diagnosis"]);
  const features = applyRecipe(recipe, table, training);
  expect([features.rows, features.width]).toEqual([364, 30]);
  for (let k = 0; k < 30; k++) {
    const column = Float64Array.from(training, (_, i) => features.values[i * 30 + k]!);
    const mean = column.reduce((sum, x) => sum + x, 0) / 364;
    const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 364;
    expect(Math.abs(mean)).toBeLessThan(1e-6);
    expect(Math.abs(variance - 1)).toBeLessThan(1e-6);
  }
});
