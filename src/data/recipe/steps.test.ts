import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTable } from "../readers/parse.ts";
import { allRows, type Table } from "../table.ts";
import { chooseTarget } from "../target.ts";
import { applyRecipe } from "./apply.ts";
import { applyComponents, type ComponentsStep, fitComponents } from "./components.ts";
import { encodedFeatures, recipeFeatures } from "./features.ts";
import { fitRecipe } from "./fit.ts";
import { parseRecipe } from "./parse.ts";
import { impute, type StepPlan, steps } from "./plan.ts";
import type { KeepStep } from "./steps.ts";
import type { KmersInput } from "./types.ts";

interface Tests {
  readonly statistics: readonly number[];
  readonly p: readonly number[];
}
type Columns = Readonly<Record<string, readonly number[]>>;
interface Golden {
  readonly train: number;
  readonly plain: string;
  readonly log: Columns;
  readonly winsorize: Columns;
  readonly variance: { readonly variances: number[]; readonly "above 1": number[] };
  readonly two: Tests;
  readonly three: Tests;
  readonly number: Tests;
  readonly welch: Tests;
  readonly gaps: string;
  readonly sequences: string;
  readonly pca: {
    readonly variances: readonly number[];
    readonly deviation: number;
    readonly scores: readonly (readonly number[])[];
    readonly components: readonly (readonly number[])[];
  };
  readonly wide: Pick<Golden["pca"], "scores" | "components">;
  readonly knn: Columns;
  readonly iterative: Columns;
  readonly kmers: Columns;
  readonly ordinal: readonly number[];
}
const golden: Golden = JSON.parse(readFileSync("test/goldens/recipe/steps.json", "utf8"));

const tableOf = (text: string) =>
  parseTable({ name: "t.csv", bytes: new TextEncoder().encode(text) });
const targets = ["two", "three", "number"] as const;
const exclude = new Map(targets.map((name) => [name as string, "a target"]));
const training = allRows(golden.train);

const fitted = async (
  plan: readonly StepPlan[],
  column: (typeof targets)[number] = "two",
  given?: Table,
) => {
  const table = given ?? (await tableOf(golden.plain));
  const task = column === "number" ? "regression" : column === "two" ? "binary" : "classes";
  const target = chooseTarget(table, { column, task });
  const recipe = fitRecipe(table, { rows: training, exclude, plan: { steps: plan }, target });
  return { table, recipe };
};

function expectColumns({ values, width, names }: ReturnType<typeof applyRecipe>, wanted: Columns) {
  expect(names).toEqual(Object.keys(wanted));
  names.forEach((name, k) => {
    wanted[name]!.forEach((expected, row) => {
      const found = values[row * width + k]!;
      const bound = 1e-6 * Math.max(1, Math.abs(expected));
      expect(Math.abs(found - expected), `${name}, row ${row}`).toBeLessThan(bound);
    });
  });
}

describe("as NumPy, SciPy and scikit-learn do it (golden)", () => {
  test.each([
    ["log", steps.log(), golden.log],
    ["winsorize", steps.winsorize({ share: 0.05 }), golden.winsorize],
  ] as const)("%s", async (_, step, wanted) => {
    const { table, recipe } = await fitted([step]);
    expectColumns(applyRecipe(recipe, table), wanted);
  });

  test("variance, over n and as measured", async () => {
    const { recipe } = await fitted([steps.variance(1)]);
    const wanted = golden.variance["above 1"].map((k) => `x${k}`);
    expect(recipeFeatures(recipe)).toEqual(wanted);
    const { recipe: most } = await fitted([steps.variable(3)]);
    const ranked = golden.variance.variances
      .map((variance, k) => [variance, `x${k}`] as const)
      .sort(([a], [b]) => b - a);
    expect(recipeFeatures(most)).toEqual(
      ranked
        .slice(0, 3)
        .map(([, name]) => name)
        .sort(),
    );
  });

  test.each([
    ["two", steps.select(3)],
    ["three", steps.select(3)],
    ["number", steps.select(3)],
    ["welch", steps.welch(3)],
  ] as const)("selection: %s", async (name, step) => {
    const { recipe } = await fitted([step], name === "welch" ? "two" : name);
    const { statistics, p } = golden[name];
    const wanted = [...statistics.keys()]
      .sort((a, b) => statistics[b]! - statistics[a]!)
      .slice(0, 3)
      .sort();
    expect(recipeFeatures(recipe)).toEqual(wanted.map((k) => `x${k}`));
    const found = recipe.steps![0] as KeepStep;
    wanted.forEach((k, i) => {
      expect(Math.abs(found.p![i]! / p[k]! - 1)).toBeLessThan(1e-9);
    });
  });
});

describe("principal components as scikit-learn's (golden)", () => {
  const close = (found: number, wanted: number, bound = 1e-9) =>
    expect(Math.abs(found - wanted)).toBeLessThan(bound);

  test.each([
    ["more rows than features", golden.train, golden.pca],
    ["fewer rows than features", 6, golden.wide],
  ] as const)("%s", async (_, rows, wanted) => {
    const table = await tableOf(golden.plain);
    const scaling = fitRecipe(table, { rows: training, exclude });
    const { values: scaled, width } = applyRecipe(scaling, table);
    const values = Float64Array.from(scaled.subarray(0, rows * width));
    const step = fitComponents(wanted.components.length, { values, rows, width });
    wanted.components.forEach((direction, c) => {
      direction.forEach((entry, k) => {
        close(step.directions[c]![k]!, entry, 1e-6);
      });
    });
    const scores = applyComponents({ values, rows, width }, step);
    for (let row = 0; row < rows; row++)
      wanted.scores[row]!.forEach((score, c) => {
        close(scores.values[row * scores.width + c]! * step.scale, score, 1e-5);
      });
  });

  test("in a recipe: shares, names, deviation 1 of the first", async () => {
    const { table, recipe } = await fitted([steps.pca(3)]);
    const [step] = recipe.steps as [ComponentsStep];
    golden.pca.variances.forEach((share, k) => {
      close(step.shares[k]!, share, 1e-12);
    });
    close(step.scale, golden.pca.deviation, 1e-12);
    const { names, values } = applyRecipe(recipe, table);
    expect(names).toEqual(["component 1", "component 2", "component 3"]);
    golden.pca.scores.forEach((row, i) => {
      row.forEach((score, c) => {
        close(values[3 * i + c]! * step.scale, score, 1e-5);
      });
    });
  });

  test("of features that repeat each other no more than there are", async () => {
    const table = await tableOf("a,b,c\n1,2,5\n2,4,3\n3,6,9\n4,8,1\n");
    const recipe = fitRecipe(table, { rows: allRows(4), plan: { steps: [steps.pca(3)] } });
    expect(recipeFeatures(recipe)).toHaveLength(2);
  });
});

describe("gaps filled as scikit-learn fills them (golden)", () => {
  test.each([
    ["knn", impute.knn(5)],
    ["iterative", impute.iterative(10)],
  ] as const)("%s", async (name, how) => {
    const table = await tableOf(golden.gaps);
    const plan = { impute: how, indicators: false };
    const recipe = fitRecipe(table, { rows: training, plan });
    const features = applyRecipe(recipe, table);
    expectColumns(features, golden[name]);
    const json = JSON.parse(JSON.stringify(recipe));
    expect(applyRecipe(parseRecipe(json, "model.json"), table).values).toEqual(features.values);
    expect(() =>
      parseRecipe({ ...json, impute: { ...json.impute, donors: [[1]], start: [1] } }, "model.json"),
    ).toThrow(/broken/);
    // a row alone is filled as it is among others
    const seven = applyRecipe(recipe, table, Int32Array.of(7)).values;
    expect(seven).toEqual(features.values.subarray(56, 64));
  });

  test("with indicators beside them, and before steps", async () => {
    const table = await tableOf(golden.gaps);
    const plan = { impute: impute.knn(), steps: [steps.pca(2)] };
    const recipe = fitRecipe(table, { rows: training, plan });
    expect(encodedFeatures(recipe).filter((name) => name.endsWith("missing"))).toHaveLength(7);
    expect(applyRecipe(recipe, table).values.every(Number.isFinite)).toBe(true);
  });

  test("where nothing of a row is known", async () => {
    const table = await tableOf("a,b,c\n1,2,x\n2,5,y\n4,4,x\n8,1,y\nNA,NA,x\n");
    const plan = { impute: impute.knn(2) };
    const recipe = fitRecipe(table, {
      rows: allRows(4),
      plan,
      exclude: new Map([["c", "ignored"]]),
    });
    const { values, findings } = applyRecipe(recipe, table, Int32Array.of(4));
    expect([...values]).toEqual([0, 0]);
    expect(findings).toHaveLength(2);
  });
});

describe("sequences and orders as scikit-learn's (golden)", () => {
  const plan = { kmers: 3, ordinal: [{ column: "grade", levels: ["1", "2", "3", "5"] }] };

  test("counts of words, places of levels", async () => {
    const table = await tableOf(golden.sequences);
    const recipe = fitRecipe(table, { rows: training, plan });
    const wanted = Object.entries(golden.kmers).map(([word, x]) => [`dna:${word}`, x] as const);
    expectColumns(applyRecipe(recipe, table), {
      ...Object.fromEntries(wanted),
      grade: golden.ordinal,
    });
    const json = JSON.parse(JSON.stringify(recipe));
    expect(parseRecipe(json, "model.json")).toEqual(recipe);
    const other = await tableOf("dna,grade,z\nACGNACGuuu,7,1\nNA,NA,1\n");
    const { findings, values, names } = applyRecipe(recipe, other);
    expect(findings.map(({ kind }) => kind)).toEqual(
      ["imputed", "imputed", "unseen category"], //
    );
    const [grade, dna] = [names.indexOf("grade"), recipe.inputs[0] as KmersInput];
    expect(values[grade]).toBe(values[names.length + grade]);
    const count = (word: string) => {
      const k = dna.kmers.indexOf(word);
      return Math.round(values[k]! * dna.deviations[k]! + dna.means[k]!);
    };
    expect(["ACG", "CGN", "CGT", "TTT"].map((word) => (word === "CGN" ? 0 : count(word)))).toEqual(
      [2, 0, 1, 1], //
    );
    expect(values[names.length]).toBe(0);
  });

  test("an order that lacks a level is refused", async () => {
    const table = await tableOf(golden.sequences);
    const ordinal = [{ column: "grade", levels: ["1", "2", "3"] }];
    expect(() => fitRecipe(table, { rows: training, plan: { ordinal } })).toThrow(
      "t.csv: “grade” is “5” too, which the told order lacks. Put it in its place.",
    );
    expect(() =>
      fitRecipe(table, { rows: training, plan: { ordinal: [{ column: "dna" }] } }),
    ).toThrow(
      "t.csv: only categories can be put in order, and “dna” is none. Leave it out of --ordinal.",
    );
  });
});

test("what a recipe learned, values and labels of other rows cannot change (property)", async () => {
  const plan = [steps.log(), steps.winsorize(), steps.variance(0.001), steps.select(3)];
  const { recipe: alone } = await fitted(plan);
  const lines = golden.plain.trimEnd().split("\n");
  const cell = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
  const row = fc
    .tuple(fc.array(cell, { minLength: 8, maxLength: 8 }), fc.constantFrom("c0", "c1"))
    .map(([numbers, label]) => [...numbers, label, "c1", "0.5"].join(","));
  const held = lines.length - 1 - golden.train;
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: held, maxLength: held }), async (others) => {
      const text = [...lines.slice(0, golden.train + 1), ...others].join("\n");
      const { recipe } = await fitted(plan, "two", await tableOf(text));
      expect(recipe).toEqual(alone);
    }),
    { numRuns: 30 },
  );
});

test("columns that no feature needs are left out, and a table may lack them", async () => {
  const { table, recipe } = await fitted([steps.select(3)]);
  expect(recipe.inputs).toHaveLength(3);
  expect(encodedFeatures(recipe)).toEqual(recipeFeatures(recipe));
  const left = recipe.leftOut.filter(({ kind }) => kind === "not selected");
  expect(left.map(({ reason }) => reason)).toEqual(Array(5).fill("not among the 3 best by F-test"));
  const names = recipeFeatures(recipe);
  const fewer = { ...table, columns: table.columns.filter(({ name }) => names.includes(name)) };
  expect(applyRecipe(recipe, fewer).values).toEqual(applyRecipe(recipe, table).values);
});

test("of filters one after the other only what all keep is needed", async () => {
  const { table, recipe } = await fitted([steps.variable(5), steps.select(2)]);
  const { recipe: all } = await fitted([steps.variable(5)]);
  const five = recipeFeatures(all);
  const names = recipeFeatures(recipe);
  expect(recipe.inputs.map(({ name }) => name)).toEqual(names);
  expect(five).toEqual(expect.arrayContaining(names));
  expect(recipe.steps).toMatchObject([
    { kept: 5, of: 8, p: null },
    { kept: 2, of: 5, places: [0, 1] },
  ]);
  const { values, width } = applyRecipe(all, table);
  const wanted = names.map((name) => five.indexOf(name));
  expect([...applyRecipe(recipe, table).values]).toEqual(
    Array.from({ length: table.rows }, (_, row) =>
      wanted.map((k) => values[row * width + k]!),
    ).flat(),
  );
});

test("a category keeps the levels that were chosen", async () => {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${i % 2 ? "yes" : "no"},${["a", "b", "c", "d"][i % 4]},${(i * 7) % 11}`,
  );
  const table = await tableOf(`y,site,x\n${rows.join("\n")}\n`);
  const target = chooseTarget(table, { column: "y" });
  const plan = { steps: [steps.select(2)] };
  const recipe = fitRecipe(table, {
    ...{ rows: allRows(40), plan, target },
    exclude: new Map([["y", "the target"]]),
  });
  expect(recipeFeatures(recipe)).toEqual(["site=a", "site=b"]);
  expect([...applyRecipe(recipe, table, Int32Array.of(0, 1, 2)).values]).toEqual([
    1, 0, 0, 1, 0, 0,
  ]);
});

test("a value below all that training saw has a logarithm too", async () => {
  const table = await tableOf("x\n1\n2\n4\n9\n-5\n");
  const rows = allRows(4);
  const recipe = fitRecipe(table, { rows, plan: { steps: [steps.log()] } });
  const { values } = applyRecipe(recipe, table);
  expect(values[4]).toBe(values[0]);
});

test("what cannot be is one line with a remedy", async () => {
  const messages = await Promise.all(
    (
      [
        [[steps.select(3), steps.log()]],
        [[steps.winsorize({ share: 0.7 })]],
        [[steps.variance(1e9)]],
        [[steps.select(0)]],
        [[steps.welch(2)], "three"],
        [[steps.log({ columns: ["x9"] })]],
        [[steps.log({ columns: ["two"] })]],
      ] as const
    ).map(([plan, target]) =>
      fitted(plan, target).then(
        () => "no error",
        (error: Error) => `${error.name}: ${error.message}`,
      ),
    ),
  );
  expect(messages).toMatchInlineSnapshot(`
    [
      "InputError: The step log is about one column and comes after select, which is about all features. Put log first.",
      "InputError: winsorize: the share is 0.7; give one between 0 and 0.5.",
      "InputError: No feature has a variance above 1000000000; the largest is 89.84651475088887. Ask for less.",
      "InputError: select: 0 features; ask for a whole number from 1 up.",
      "InputError: Welch’s t-test compares two classes, and the task is classes. Select by select, not by welch.",
      "InputError: t.csv has no column “x9”. Did you mean “x0” or “x1” or “x2”?",
      "InputError: t.csv: log is for numbers, and “two” is no feature of numbers. Leave it out of log, or tell it with --number.",
    ]
  `);
});

test("a recipe with steps is JSON and comes back whole or not at all", async () => {
  const { recipe } = await fitted([steps.log(), steps.winsorize(), steps.select(3)]);
  const json = JSON.parse(JSON.stringify(recipe));
  expect(json.format).toBe(2);
  expect(parseRecipe(json, "model.json")).toEqual(recipe);
  const [step] = recipe.steps!;
  const broken = [{ places: [0, 0, 1] }, { places: [0, 1, 99] }, { places: [] }, { p: [1] }];
  for (const wrong of [...broken, { kind: "other" }, { why: 3 }])
    expect(() => parseRecipe({ ...json, steps: [{ ...step, ...wrong }] }, "model.json")).toThrow(
      /model\.json: the recipe is broken/,
    );
  const input = { ...json.inputs[0], steps: [{ kind: "log", shift: "1", low: 0 }] };
  expect(() => parseRecipe({ ...json, inputs: [input] }, "model.json")).toThrow(/broken/);
});
