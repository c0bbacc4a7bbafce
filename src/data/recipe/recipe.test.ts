import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../base/errors.ts";
import { parseTable } from "../readers/parse.ts";
import { allRows } from "../table.ts";
import { applyRecipe } from "./apply.ts";
import { recipeFeatures } from "./features.ts";
import { fitRecipe } from "./fit.ts";
import { parseRecipe } from "./parse.ts";
import type { NumberInput } from "./types.ts";

const tableOf = (text: string, name = "t.csv") =>
  parseTable({ name, bytes: new TextEncoder().encode(text) });
const fitText = async (text: string) => {
  const table = await tableOf(text);
  return fitRecipe(table, { rows: allRows(table.rows) });
};
const applyText = async (recipe: Awaited<ReturnType<typeof fitText>>, text: string) =>
  applyRecipe(recipe, await tableOf(text, "new.csv"));
/** The matrix as rows. */
const rowsOf = ({ values, width, rows }: { values: Float32Array; width: number; rows: number }) =>
  Array.from({ length: rows }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);

describe("as scikit-learn does it (golden)", () => {
  interface Golden {
    readonly train: number;
    readonly csv: string;
    readonly fitted: Readonly<Record<string, readonly [number, number, number]>>;
    readonly features: Readonly<Record<string, readonly number[]>>;
  }
  const golden: Golden = JSON.parse(readFileSync("test/goldens/recipe/recipe.json", "utf8"));

  test("impute, indicate, standardize, one-hot", async () => {
    const table = await tableOf(golden.csv);
    const recipe = fitRecipe(table, { rows: allRows(golden.train) });
    for (const [name, [median, mean, deviation]] of Object.entries(golden.fitted)) {
      const input = recipe.inputs.find((each) => each.name === name) as NumberInput;
      expect(input.median).toBe(median);
      expect(Math.abs(input.mean / mean - 1)).toBeLessThan(1e-13);
      expect(Math.abs(input.deviation / deviation - 1)).toBeLessThan(1e-12);
    }
    const { values, width, names } = applyRecipe(recipe, table);
    expect([...names].sort()).toEqual(Object.keys(golden.features).sort());
    names.forEach((name, k) => {
      golden.features[name]!.forEach((expected, row) => {
        const found = values[row * width + k]!;
        expect(Math.abs(found - expected), `${name}, row ${row}`).toBeLessThan(1e-6);
      });
    });
  });
});

test("the recipe of the training rows knows nothing of other rows (property)", async () => {
  const header = "age,crp,sex,site,stage,dna";
  const row = fc
    .tuple(
      fc.oneof(fc.integer({ min: 1, max: 99 }).map(String), fc.constant("")),
      fc.oneof(fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map(String), fc.constant("NA")),
      fc.constantFrom("f", "m", "x", ""),
      fc.constantFrom("Bern", "Basel", "Chur", ""),
      fc.integer({ min: 1, max: 4 }).map(String),
      fc.constantFrom("ACGTACGTAC", "ACGTACGTNN", "TTTTTTTTTT", "GGGGGGGGGC"),
    )
    .map((cells) => cells.join(","));
  const training = Array.from(
    { length: 40 },
    (_, i) =>
      `${i % 13},${i / 7},${"fm"[i % 2]},${["Bern", "Basel", "Chur"][i % 3]},${1 + (i % 4)},` +
      `${["ACGTACGTAC", "TTTTTTTTTT", "GGGGGGGGGC"][i % 3]}`,
  );
  const learn = async (others: readonly string[]) => {
    const table = await tableOf([header, ...training, ...others].join("\n"));
    return fitRecipe(table, { rows: allRows(training.length) });
  };
  const alone = await learn([]);
  expect(alone.inputs.map(({ kind }) => kind)).toEqual(
    ["number", "number", "binary", "category", "category", "sequence"], //
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 10 }), async (others) => {
      expect(await learn(others)).toEqual(alone);
    }),
    { numRuns: 50 },
  );
});

describe("what becomes of", () => {
  test("numbers: missing, out of range, absurd", async () => {
    const recipe = await fitText("a,b\n1,1\n2,5\n3,2\n6,NA\n");
    expect(recipe.inputs).toMatchObject([
      { kind: "number", median: 2.5, mean: 3, low: 1, high: 6, indicator: false },
      { kind: "number", median: 2, mean: 2.5, low: 1, high: 5, indicator: true },
    ]);
    const features = await applyText(recipe, "b,a,c\n1,,z\n,1,z\n9,1e300,z\n");
    const deviation = Math.sqrt(14 / 4);
    expect(rowsOf(features).map(([a]) => a)).toEqual(
      [-0.5 / deviation, -2 / deviation, 1e6].map(Math.fround),
    );
    expect(rowsOf(features).map(([, , missing]) => missing)).toEqual([0, 1, 0]);
    expect(features.findings).toMatchObject([
      { kind: "imputed", column: "a", count: 1 },
      { kind: "out of range", column: "a", count: 1, rows: [2] },
      { kind: "imputed", column: "b", count: 1 },
      { kind: "out of range", column: "b", count: 1, rows: [2] },
    ]);
  });

  test("categories: unseen, missing with and without an indicator, written otherwise", async () => {
    const text = "site,sex,arm,x\nBern,f,1,1\nChur,m,2,2\nBern,m,1,3\nBasel,m,,4\nChur,f,1,5\n";
    const recipe = await fitText(text);
    expect(recipeFeatures(recipe)).toEqual(
      ["site=Basel", "site=Bern", "site=Chur", "sex=m", "arm=2", "arm missing", "x"], //
    );
    const features = await applyText(
      recipe,
      "site,sex,arm,x\nBern,f,2.0,1\nGenf,x,3,1\nGenf,,,1\n,m,1,1\n",
    );
    expect(rowsOf(features).map((row) => row.slice(0, 6))).toEqual([
      [0, 1, 0, 0, 1, 0],
      [0, 0, 0, 1, 0, 0],
      [0, 0, 0, 1, 0, 1],
      [0, 0, 0, 1, 0, 0],
    ]);
    expect(features.findings.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "site is missing in 1 row: taken as none of the categories",
        "site is “Genf” 2 times, never in training: taken as none of the categories",
        "sex is missing in 1 row: taken as “m”, the commoner value in training",
        "sex is “x” 1 time, never in training: taken as “m”, the commoner value in training",
        "arm is missing in 1 row: taken as “1”, the commoner value in training",
        "arm is “3” 1 time, never in training: taken as “1”, the commoner value in training",
      ]
    `);
  });

  test("sequences: letters by place, ambiguous nucleotides shared, gaps none", async () => {
    const recipe = await fitText("dna\nACGTACGTAC\nACGTTCGTAR\nTTTTTTTTTT\nAAAAAAAAAA\n");
    expect(recipe.inputs).toMatchObject([{ kind: "sequence", length: 10, alphabet: "ACGT" }]);
    const features = await applyText(recipe, "dna\nRNu-acgtXB\n,\n".replace(",", "NA"));
    expect(features.names.slice(0, 5)).toEqual(
      ["dna[1]=A", "dna[1]=C", "dna[1]=G", "dna[1]=T", "dna[2]=A"], //
    );
    const third = Math.fround(1 / 3);
    expect(rowsOf(features)[0]).toEqual([
      ...[0.5, 0, 0.5, 0, 0.25, 0.25, 0.25, 0.25, 0, 0, 0, 1, 0, 0, 0, 0],
      ...[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, third, third, third],
    ]);
    expect(features.findings).toMatchObject([{ kind: "unseen category", value: "X", count: 1 }]);
  });

  test("columns that are no features", async () => {
    const lines = Array.from(
      { length: 40 },
      (_, i) => `${i},p${i},${i / 3},5,,2020-01-${10 + (i % 9)}`,
    );
    const table = await tableOf(`y,id,x,unit,none,day\n${lines.join("\n")}\n`);
    const exclude = new Map([["y", "the target"]]);
    const recipe = fitRecipe(table, { rows: allRows(40), exclude });
    expect(recipe.leftOut.map(({ name, kind }) => `${name}: ${kind}`)).toEqual(
      ["y: excluded", "id: identifier", "unit: constant", "none: empty", "day: date"], //
    );
    expect(recipeFeatures(recipe)).toEqual(["x"]);
  });
});

test("what cannot be is one line with a remedy", async () => {
  const table = await tableOf(
    "id,y,x,dna\n1,a,1.5,ACGTACGTAC\n2,b,2.5,ACGTACGTAA\n3,b,3,ACGTACGTTT\n",
  );
  const rows = allRows(3);
  const recipe = fitRecipe(table, { rows, exclude: new Map([["y", "the target"]]) });
  const attempts: Record<string, () => unknown> = {
    "nothing left": () =>
      fitRecipe(table, {
        rows,
        exclude: new Map([
          ["x", "ignored"],
          ["dna", "ignored"],
          ["y", "the target"],
        ]),
      }),
    "no such column": () => fitRecipe(table, { rows, exclude: new Map([["X", "ignored"]]) }),
    "told to be a number": () => fitRecipe(table, { rows, numbers: ["y"] }),
  };
  const texts: Record<string, string> = {
    "a missing column": "id,dnas\n1,A\n",
    "text for a number": "x,dna\n1,ACGTACGTAA\nhigh,ACGTACGTAA\n",
    "another length": "x,dna\n1,ACGT\n",
  };
  for (const [what, text] of Object.entries(texts)) {
    const next = await tableOf(text, "new.csv");
    attempts[what] = () => applyRecipe(recipe, next);
  }
  const absurd = await tableOf("x\n1e308\n-1e308\n1\n");
  attempts["beyond float64"] = () => fitRecipe(absurd, { rows });
  const message = (attempt: () => unknown) => {
    try {
      attempt();
      return "no error";
    } catch (fault) {
      return fault instanceof InputError ? fault.message : `${fault}`;
    }
  };
  expect(
    Object.fromEntries(Object.entries(attempts).map(([what, attempt]) => [what, message(attempt)])),
  ).toMatchInlineSnapshot(`
    {
      "a missing column": "new.csv lacks “x” and “dna”, which the model needs. Columns found: id, dnas.",
      "another length": "new.csv, line 2: the sequence in column “dna” has 4 letters where the model needs 10. Cut or align it.",
      "beyond float64": "t.csv: column “x” runs from -1e+308 to 1e+308, which float64 cannot standardize. Rescale it, or leave it out with --ignore.",
      "no such column": "t.csv has no column “X”. Did you mean “x”?",
      "nothing left": "t.csv has no column to learn from: “id” (identifies a row), “y” (the target), “x” (ignored), “dna” (ignored). Add one, or ignore fewer.",
      "text for a number": "new.csv, line 3: “high” in column “x”, which the model reads as numbers, is not a number. Mend the cell, or name it with --missing if it stands for a missing value.",
      "told to be a number": "t.csv, line 2: “a” in column “y”, which is told to be a number, is not a number. Mend the cell, or name it with --missing if it stands for a missing value.",
    }
  `);
});

test("a recipe is JSON and comes back whole or not at all", async () => {
  const recipe = await fitText(
    "a,b,c,d\n1,f,Bern,ACGTACGTAC\n2,m,Chur,ACGTACGTAA\n4,m,Bern,ACGTACGTTT\n7,f,Basel,ACGTACGTGG\n",
  );
  expect(recipe.inputs.map(({ kind }) => kind)).toEqual([
    "number",
    "binary",
    "category",
    "sequence",
  ]);
  const json = JSON.stringify(recipe);
  expect(parseRecipe(JSON.parse(json), "model.json")).toEqual(recipe);
  expect(() => parseRecipe({ ...recipe, format: 4 }, "model.json")).toThrow(
    "model.json: the recipe has format 4, this release reads up to 3. Update golgi.",
  );
  const broken = /model\.json: the recipe is broken/;
  for (const value of [null, 3, [], {}, { ...recipe, inputs: [] }, { ...recipe, leftOut: null }])
    expect(() => parseRecipe(value, "model.json")).toThrow(broken);
  for (const [i, input] of recipe.inputs.entries())
    for (const key of Object.keys(input)) {
      const inputs = recipe.inputs.with(i, { ...input, [key]: null } as never);
      expect(() => parseRecipe({ ...recipe, inputs }, "model.json"), key).toThrow(broken);
    }
});
