/** Rows of one patient: on one side of every split, resampled together in every interval. */
import { describe, expect, test } from "vitest";
import { data, evaluateTable, type Prepared, prepare, study } from "../../src/index.ts";
import { besideTable, isBeside, quick, sample, tableOf, visits } from "./support.ts";

/** Groups that have rows in more than one part. */
function torn({ split, groups }: Prepared): number {
  const parts = [split.training, split.validation, split.test];
  const sides = parts.map((rows) => new Set(Array.from(rows, (row) => groups!.of[row])));
  return groups!.names.filter((_, group) => sides.filter((side) => side.has(group)).length > 1)
    .length;
}

describe("biopsy_repeated_ids.csv", async () => {
  const table = await sample("biopsy_repeated_ids.csv");

  test("repeated identifiers without a group are a warning", () => {
    const { findings, recipe } = prepare(table, { target: "class" });
    const repeated = findings.find(({ kind }) => kind === "repeated identifier");
    expect(repeated).toMatchObject({ column: "ID", distinct: 645, rows: 699, level: "warning" });
    expect(recipe.inputs.map(({ name }) => name)).not.toContain("ID");
    const told = prepare(table, { target: "class", group: "ID" });
    expect(told.findings.some(({ kind }) => kind === "repeated identifier")).toBe(false);
  });

  test("with a group no patient is on two sides, and intervals resample patients", async () => {
    const prepared = prepare(table, { target: "class", group: "ID", seed: 3 });
    expect(torn(prepared)).toBe(0);
    const done = await study(prepared, { resamples: 200 });
    expect(done.test.statistics.auroc!.value).toBeGreaterThan(0.97);
    for (const name of ["auroc", "brier", "sensitivity", "calibrationSlope"])
      expect(done.test.statistics[name]!.method, name).toMatch(/over \d+ groups/);
    expect(done.comparison.method).toMatch(/paired .*over \d+ groups/);
    const again = evaluateTable(done.model, table, { group: "ID", resamples: 100 });
    expect(again.evaluation.statistics.auroc!.method).toMatch(/over 645 groups/);
    const { auroc } = evaluateTable(done.model, table, { resamples: 100 }).evaluation.statistics;
    expect(auroc!.method).toContain("DeLong");
  });
});

describe.skipIf(!isBeside("pbcseq_longitudinal.csv"))(
  "pbcseq: 1945 visits of 312 patients (kept beside the project; the licence forbids more)",
  () => {
    test("no patient is on two sides, whatever the seed, nor in two folds", async () => {
      const table = await besideTable("pbcseq_longitudinal.csv");
      const options = { target: "hepato", group: "id", folds: 5, ignore: ["futime", "status"] };
      for (const seed of [0, 1, 2]) expect(torn(prepare(table, { ...options, seed }))).toBe(0);
      const prepared = prepare(table, options);
      const rows = Int32Array.from([...prepared.split.training, ...prepared.split.validation]);
      const groups = prepared.groups!;
      const folds = data.kFold({ target: prepared.target, rows, groups, folds: 5, seed: 0 });
      for (const { training, held } of folds) {
        const learned = new Set(Array.from(training, (row) => groups.of[row]));
        expect(held.some((row) => learned.has(groups.of[row]!))).toBe(false);
      }
    });
  },
);

describe("a small table of visits", () => {
  test("cross-validation folds the patients that are not tested", async () => {
    const prepared = prepare(await visits(), {
      ...quick,
      target: "y",
      group: "p",
      folds: 3,
      repeats: 2,
    });
    const { crossValidation } = await study(prepared, { resamples: 100 });
    const { folds, pooled, mean } = crossValidation!;
    const names = folds.map(({ repeat, fold }) => `${repeat}.${fold}`);
    expect(names.join(" ")).toBe("0.0 0.1 0.2 1.0 1.1 1.2");
    const learning = prepared.split.training.length + prepared.split.validation.length;
    for (const { rows } of folds)
      expect(rows.training + rows.validation + rows.held).toBe(learning);
    expect(pooled.rows).toBe(2 * learning);
    const units = new Set(
      [...prepared.split.training, ...prepared.split.validation].map(
        (row) => prepared.groups!.of[row],
      ),
    );
    expect(pooled.statistics.auroc!.method).toContain(`over ${units.size} groups`);
    const areas = folds.map(({ values }) => values.auroc!);
    expect(mean.auroc!.value).toBeCloseTo(areas.reduce((a, b) => a + b) / 6, 12);
    expect(mean.auroc!.folds).toBe(6);
  });

  test("a group on both sides of a told split is refused", async () => {
    const lines = Array.from({ length: 12 }, (_, row) => {
      const part = row % 3 === 0 ? "test" : "train";
      return `p${Math.floor(row / 3)},${row % 5},${row % 2},${part}`;
    });
    const table = await tableOf("p,a,y,part", ...lines);
    expect(() => prepare(table, { target: "y", group: "p", splitColumn: "part" })).toThrow(
      /“p0” of the group column “p” has rows in training and in test/,
    );
  });
});
