/** Bad input stops with one line before anything is trained; oddities are told and work goes on. */
import { describe, expect, test } from "vitest";
import {
  data,
  InputError,
  predictTable,
  prepare,
  type StudyOptions,
  study,
} from "../../src/index.ts";
import { quick, sample, tableOf, visits } from "./support.ts";

const wdbc = await sample("wdbc.csv");

describe("one line that says what to do", () => {
  const refused: readonly (readonly [string, Partial<StudyOptions>, string])[] = [
    ["target", { target: "diagnosis" }, "no column “diagnosis”. Did you mean “Diagnosis”?"],
    ["group", { group: "Patient" }, "has no column “Patient”"],
    ["ignored column", { ignore: ["Radius"] }, "has no column “Radius”"],
    ["number column", { numbers: ["Radius"] }, "has no column “Radius”"],
    ["identifier", { identifiers: ["id"] }, "Did you mean “ID”?"],
    ["split column", { splitColumn: "Radius_mean" }, "must say train, validation or test"],
    ["label", { positive: "X" }, "is never “X”. Its values are “B” and “M”"],
    ["two roles", { group: "Diagnosis" }, "“Diagnosis” is the target and the group"],
    ["test fraction", { testFraction: 1 }, "It must lie between 0 and 1"],
    ["hidden", { hidden: [0] }, "hidden layers is 0. It must be whole numbers from 1 up"],
    ["learning rate", { learningRate: -1 }, "learning rate is -1. It must be a number above 0"],
    ["optimizer", { optimizer: "lion" as never }, "It must be one of sgd, momentum"],
    ["seed", { seed: 1.5 }, "seed is 1.5"],
    ["folds", { folds: 1 }, "Take 2 folds"],
    ["many folds", { folds: 400 }, "class “B” has 285 rows where 400 folds"],
    ["number target", { task: "regression" }, "is not a number"],
  ];
  test.each(refused)("%s", (_, options, message) => {
    const attempt = () => prepare(wdbc, { target: "Diagnosis", ...options });
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(message);
    expect(attempt).not.toThrow("\n");
  });

  test("a target with one class, small classes, too few groups", async () => {
    const same = await visits((line) => line.replace(/(yes|no)$/, "yes"));
    expect(() => prepare(same, { target: "y" })).toThrow("is “yes” in every row");
    const rare = await visits((line, row) =>
      row === 7 ? line.replace(/(yes|no)$/, "perhaps") : line,
    );
    expect(() => prepare(rare, { target: "y" })).toThrow("“perhaps” (1) has under 3 rows");
    const two = await visits((line, row) => line.replace(/^p\d+/, row < 30 ? "p1" : "p2"));
    expect(() => prepare(two, { target: "y", group: "p" })).toThrow("has 2 groups where 3 parts");
  });

  test("a class that only a told test part has", async () => {
    const lines = Array.from({ length: 30 }, (_, row) => {
      const label = ["a", "b", "c"][row % 3];
      return `${row * 0.5},${label},${label === "c" ? "test" : ["train", "test"][row % 2]}`;
    });
    const table = await tableOf("x,y,part", ...lines);
    expect(() => prepare(table, { target: "y", splitColumn: "part" })).toThrow(
      "No training row has “y” = “c”",
    );
  });

  test("test rows told twice", () =>
    expect(() =>
      prepare(wdbc, { target: "Diagnosis", testTable: wdbc, testFraction: 0.3 }),
    ).toThrow("a test fraction is told too"));

  test("a test table without a column that the model needs, or without a known label", async () => {
    const short = { ...wdbc, columns: wdbc.columns.filter(({ name }) => name !== "Area_mean") };
    expect(() => prepare(wdbc, { target: "Diagnosis", testTable: short })).toThrow(
      "lacks “Area_mean”",
    );
    const other = await tableOf(
      wdbc.columns.map(({ name }) => name).join(),
      wdbc.columns.map(({ name, cells }) => (name === "Diagnosis" ? "X" : cells[0])).join(),
    );
    expect(() => prepare(wdbc, { target: "Diagnosis", testTable: other })).toThrow(
      "no row of “Diagnosis” has a value that was learned",
    );
  });
});

describe("told, and on it goes", () => {
  const messages = ({ findings }: ReturnType<typeof prepare>) =>
    findings.map(({ level, message }) => `${level}: ${message}`);

  test("missing targets, constant and empty columns, identifiers", async () => {
    const lines = Array.from({ length: 60 }, (_, row) => {
      const y = row < 4 ? "" : row % 2 === 0 ? "yes" : "no";
      return `${1000 + 7 * row},${(row * 37) % 60}.5,,3,${y}`;
    });
    const table = await tableOf("id,a,empty,same,y", ...lines);
    const prepared = prepare(table, { target: "y" });
    expect(messages(prepared)).toEqual(
      expect.arrayContaining([
        "warning: y is missing in 4 rows: left out",
        "warning: id is left out: identifier, identifies a row",
        expect.stringMatching(/^warning: empty is left out: empty/),
        expect.stringMatching(/^warning: same is left out: constant/),
      ]),
    );
    expect(prepared.identifiers).toEqual(["id"]);
    expect(prepared.recipe.inputs.map(({ name }) => name)).toEqual(["a"]);
    const { training, validation, test: held } = prepared.split;
    expect(training.length + validation.length + held.length).toBe(56);
  });

  test("a test table's unseen categories, far values and shared patients", async () => {
    const make = (kinds: string[], far: number) =>
      tableOf(
        "p,kind,a,y",
        ...Array.from({ length: 40 }, (_, row) => {
          const a = row === 5 ? far : ((row * 17) % 40) / 4;
          return `p${row},${kinds[row % kinds.length]},${a},${row % 2 === 0 ? "yes" : "no"}`;
        }),
      );
    const [table, testTable] = [await make(["u", "v", "w"], 1.5), await make(["u", "v", "x"], 99)];
    const said = messages(prepare(table, { target: "y", testTable, group: "p" })).join("\n");
    expect(said).toMatch(/kind is “x” 13 times, never in training/);
    expect(said).toMatch(/a lies outside the training range/);
    expect(said).toMatch(/40 groups of “p” are in table.csv and in the training table/);
  });

  test("a part of one class: no threshold to choose, no AUROC, each with its reason", async () => {
    const lines = Array.from({ length: 40 }, (_, row) => {
      const part = ["train", "train", "validation", "test"][Math.floor(row / 10)];
      const y = row < 20 ? row % 2 : 1;
      return `${((row * 37) % 40) / 4},${y},${part}`;
    });
    const prepared = prepare(await tableOf("a,y,part", ...lines), {
      ...quick,
      target: "y",
      splitColumn: "part",
    });
    expect(messages(prepared)).toEqual(
      expect.arrayContaining([
        "warning: all validation rows have the same label: the threshold is 0.5",
        "warning: all test rows have the same label: AUROC and others do not exist",
      ]),
    );
    const done = await study(prepared);
    expect(done.model.threshold).toBe(0.5);
    const { auroc, specificity, calibrationSlope } = done.test.statistics;
    expect(auroc).toMatchObject({ value: null, low: null, high: null });
    expect(auroc!.reason).toMatch(/same label/);
    expect(specificity!.reason).toMatch(/every row has the event/);
    expect(calibrationSlope!.value).toBeNull();
    expect(done.comparison).toMatchObject({ difference: null, p: null });
  });

  test("separated classes: AUROC 1 has a bound, the calibration slope a reason", async () => {
    const lines = Array.from(
      { length: 80 },
      (_, row) => `${row < 40 ? row : row + 400},${row < 40 ? "no" : "yes"}`,
    );
    const done = await study(prepare(await tableOf("a,y", ...lines), { target: "y", epochs: 60 }));
    const { auroc, calibrationSlope } = done.test.statistics;
    expect(auroc).toMatchObject({ value: 1, high: 1 });
    expect(auroc!.low).toBeGreaterThan(0.5);
    expect(calibrationSlope!.value).toBeNull();
    expect(calibrationSlope!.reason).toMatch(/separates the classes/);
    expect(done.comparison.reason).toBeDefined();
  });
});

test("balanced classes count the same: rare events get higher probabilities", async () => {
  const table = await visits((line, row) =>
    line.replace(/(yes|no)$/, row % 6 === 0 ? "yes" : "no"),
  );
  const mean = async (balanced: boolean) => {
    const options = { target: "y", positive: "yes", hidden: [], learningRate: 0.05, balanced };
    const { predictions } = await study(prepare(table, options), { resamples: 100 });
    const events = predictions.probabilities!.filter((_, i) => i % 2 === 1);
    return events.reduce((sum, p) => sum + p, 0) / events.length;
  };
  expect(await mean(false)).toBeLessThan(0.35);
  expect(await mean(true)).toBeGreaterThan(0.4);
});

test("a category that only held-out rows have is told", async () => {
  const kinds = (row: number) => (row === 59 ? "odd" : row % 2 === 0 ? "u" : "v");
  const table = await visits((line, row) => line.replace(/^p\d+/, kinds(row)));
  const seeds = [0, 1, 2, 3, 4, 5, 6, 7];
  const seen = seeds.map((seed) => {
    const { findings, split } = prepare(table, { target: "y", seed });
    const told = findings.some(({ kind }) => kind === "unseen category");
    expect(told).toBe(!split.training.includes(59));
    return told;
  });
  expect(new Set(seen).size).toBe(2);
});

test("a signal ends the training, and what was learned is evaluated", async () => {
  const stop = new AbortController();
  const done = await study(prepare(wdbc, { target: "Diagnosis", folds: 2 }), {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.event === "epoch" && event.epoch === 4) stop.abort();
    },
  });
  expect(done.history).toHaveLength(4);
  expect(done.events.find(({ event }) => event === "stop")).toMatchObject({
    reason: "interrupted",
  });
  expect(done.crossValidation).toBeNull();
  expect(done.test.statistics.auroc!.value).toBeGreaterThan(0.9);
});

describe("what is told once stays told", () => {
  test("a code for missing values means one in every later table", async () => {
    const lines = Array.from({ length: 60 }, (_, row) => {
      const a = row % 10 === 0 ? "-9" : `${((row * 37) % 60) / 10}`;
      return `${a},${row % 3 === 0 ? "yes" : "no"}`;
    });
    const bytes = new TextEncoder().encode(["a,y", ...lines].join("\n"));
    const told = await data.parseTable({ name: "told.csv", bytes }, { missing: ["-9"] });
    const { model } = await study(prepare(told, { target: "y", ...quick }));
    const [code, blank] = await Promise.all([
      tableOf("a,n", "-9,x", "1,x"),
      tableOf("a,n", "NA,x", "1,x"),
    ]);
    const found = predictTable(model, code!);
    expect(found.probabilities).toEqual(predictTable(model, blank!).probabilities);
    expect(found.findings.map(({ kind }) => kind)).not.toContain("out of range");
  });

  test("a column that names training and test rows is no feature", async () => {
    const lines = Array.from(
      { length: 60 },
      (_, row) =>
        `${((row * 37) % 60) / 8},${row % 4 === 0 ? "Test" : "train"},${row % 3 ? "no" : "yes"}`,
    );
    const table = await tableOf("a,part,y", ...lines);
    const { recipe, findings } = prepare(table, { target: "y" });
    expect(recipe.inputs.map(({ name }) => name)).toEqual(["a"]);
    expect(findings.map(({ message }) => message)).toContain(
      "part is left out: it says which rows are for training and which for testing; --split-column part to evaluate on that split",
    );
    expect(prepare(table, { target: "y", splitColumn: "part" }).split.test).toHaveLength(15);
  });
});
