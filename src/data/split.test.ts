import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../base/errors.ts";
import { readGroups } from "./groups.ts";
import { requireGroupsApart, splitByColumn } from "./official.ts";
import { parseTable } from "./readers/parse.ts";
import { kFold, type Split, splitRows } from "./split.ts";
import { allRows } from "./table.ts";
import { chooseTarget, countLabels, type Target } from "./target.ts";

/** A target of classes 0 … k − 1, or of numbers. */
function targetOf(values: readonly number[], task: Target["task"] = "classes"): Target {
  const labels = task === "regression" ? [] : [...new Set(values)].sort().map((v) => `c${v}`);
  const meanings = labels.map((label) => [label]);
  const rows = allRows(values.length);
  const base = { task, column: "y", labels, meanings, numeric: false, findings: [] };
  return { ...base, values: Float64Array.from(values), rows };
}
const groupsOf = (of: readonly number[]) => ({
  column: "id",
  names: Array.from({ length: Math.max(...of) + 1 }, (_, i) => `p${i}`),
  of: Int32Array.from(of),
});
const parts = ({ training, validation, test: held }: Split) => [training, validation, held];
const sorted = (...sides: Int32Array[]) => sides.flatMap((side) => [...side]).sort((a, b) => a - b);
const seeds = fc.integer({ min: 0, max: 1000 });
/** At least six rows of each of 2 to 4 classes, in any order. */
const classes = fc
  .array(fc.integer({ min: 6, max: 40 }), { minLength: 2, maxLength: 4 })
  .chain((sizes) =>
    fc.shuffledSubarray(
      sizes.flatMap((size, label) => Array(size).fill(label) as number[]),
      {
        minLength: sizes.reduce((sum, size) => sum + size, 0),
      },
    ),
  );

describe("at random", () => {
  test("every row once, each class in its share within one row (property)", () =>
    fc.assert(
      fc.property(classes, seeds, (values, seed) => {
        const target = targetOf(values);
        const split = splitRows({ target, seed, test: 0.25, validation: 0.2 });
        expect(sorted(...parts(split))).toEqual([...target.rows]);
        for (const side of parts(split)) expect([...side]).toEqual(sorted(side));
        const sizes = countLabels(target, target.rows);
        const [, validation, held] = parts(split).map((side) => countLabels(target, side));
        sizes.forEach((size, label) => {
          expect(Math.abs(held![label]! - 0.25 * size)).toBeLessThan(1);
          expect(Math.abs(validation![label]! - 0.75 * 0.2 * size)).toBeLessThan(1);
        });
      }),
    ));

  test("a class of three rows is in every part", () => {
    const target = targetOf([...Array(100).fill(0), 1, 1, 1]);
    for (let seed = 0; seed < 20; seed++)
      for (const side of parts(splitRows({ target, seed })))
        expect(countLabels(target, side)[1]).toBe(1);
  });

  test("follows the seed and the index", () => {
    const target = targetOf(Array.from({ length: 60 }, (_, i) => i % 2));
    const split = (seed: number, index = 0) => splitRows({ target, seed, index });
    expect(split(3)).toEqual(split(3));
    expect(split(3)).not.toEqual(split(4));
    expect(split(3)).not.toEqual(split(3, 1));
    expect([...split(0).test].join(" ")).toMatchInlineSnapshot(
      `"0 4 6 15 17 21 24 26 34 41 51 55"`,
    );
  });

  test("numbers: every tenth of the range in its share", () => {
    const target = targetOf(
      Array.from({ length: 200 }, (_, i) => (i * 37) % 200),
      "regression",
    );
    const { test: held } = splitRows({ target, seed: 1 });
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const row of held) tenths[Math.floor(target.values[row]! / 20)]!++;
    expect(tenths).toEqual(Array(10).fill(4));
  });

  test("every row is tested by some seed about as often", () => {
    const target = targetOf(Array.from({ length: 50 }, (_, i) => Number(i % 5 === 0)));
    const times = new Int32Array(50);
    for (let seed = 0; seed < 400; seed++)
      for (const row of splitRows({ target, seed }).test) times[row]!++;
    // binomial(400, 0.2): mean 80, deviation 8
    expect(Math.min(...times)).toBeGreaterThan(80 - 4.5 * 8);
    expect(Math.max(...times)).toBeLessThan(80 + 4.5 * 8);
  });
});

/** Rows of classes 0 and 1 in at least ten groups of 1 to 9 rows. */
const grouped = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 2 })), {
    minLength: 10,
    maxLength: 60,
  })
  .map((patients) =>
    patients.flatMap(([visits, kind], id) =>
      Array.from({ length: visits }, (_, visit) => ({ id, y: kind === 2 ? visit % 2 : kind })),
    ),
  )
  .filter((rows) =>
    [0, 1].every((y) => new Set(rows.filter((row) => row.y === y).map(({ id }) => id)).size >= 5),
  );

describe("by group", () => {
  test("no group on two sides, every class on each (property)", () =>
    fc.assert(
      fc.property(grouped, seeds, (rows, seed) => {
        const target = targetOf(rows.map(({ y }) => y));
        const groups = groupsOf(rows.map(({ id }) => id));
        const split = splitRows({ target, groups, seed });
        expect(sorted(...parts(split))).toEqual([...target.rows]);
        requireGroupsApart(split, groups);
        for (const side of parts(split))
          expect(Math.min(...countLabels(target, side))).toBeGreaterThan(0);
      }),
    ));

  test("folds: no group in two, every row held once, every class in each (property)", () =>
    fc.assert(
      fc.property(grouped, seeds, fc.integer({ min: 2, max: 5 }), (rows, seed, folds) => {
        const target = targetOf(rows.map(({ y }) => y));
        const groups = groupsOf(rows.map(({ id }) => id));
        const all = kFold({ target, groups, folds, seed });
        expect(sorted(...all.map(({ held }) => held))).toEqual([...target.rows]);
        for (const { training, held } of all) {
          expect(sorted(training, held)).toEqual([...target.rows]);
          const inside = new Set([...held].map((row) => groups.of[row]));
          expect([...training].some((row) => inside.has(groups.of[row]!))).toBe(false);
          expect(Math.min(...countLabels(target, held))).toBeGreaterThan(0);
        }
      }),
    ));

  test("groups of one row each split as well as rows do", () => {
    const target = targetOf(Array.from({ length: 500 }, (_, i) => Number(i % 5 === 0)));
    const { test: held } = splitRows({ target, groups: groupsOf([...target.rows]), seed: 0 });
    const [negatives, positives] = countLabels(target, held);
    expect(Math.abs(negatives! - 80)).toBeLessThanOrEqual(2);
    expect(Math.abs(positives! - 20)).toBeLessThanOrEqual(1);
  });

  test("one huge group stays in training", () => {
    const of = [...Array(50).fill(0), ...Array.from({ length: 50 }, (_, i) => 1 + i)];
    const target = targetOf(of.map((_, row) => row % 2));
    for (let seed = 0; seed < 10; seed++) {
      const { training, test: held } = splitRows({ target, groups: groupsOf(of), seed });
      expect([...training]).toContain(0);
      expect(held.length).toBe(20);
    }
  });
});

describe("folds", () => {
  test("sizes and classes differ by one row at most (property)", () =>
    fc.assert(
      fc.property(classes, seeds, fc.integer({ min: 2, max: 6 }), (values, seed, folds) => {
        const target = targetOf(values);
        const all = kFold({ target, folds, seed });
        expect(sorted(...all.map(({ held }) => held))).toEqual([...target.rows]);
        const spread = (counts: number[]) => Math.max(...counts) - Math.min(...counts);
        expect(spread(all.map(({ held }) => held.length))).toBeLessThanOrEqual(1);
        target.labels.forEach((_, label) => {
          const counts = all.map(({ held }) => countLabels(target, held)[label]!);
          expect(spread(counts)).toBeLessThanOrEqual(1);
        });
      }),
    ));

  test("repeats differ, and only the rows asked for are used", () => {
    const target = targetOf(Array.from({ length: 40 }, (_, i) => i % 2));
    const rows = target.rows.filter((row) => row >= 10);
    const all = kFold({ target, rows, folds: 3, repeats: 2, seed: 5 });
    expect(all.map(({ repeat, fold }) => [repeat, fold])).toEqual(
      [0, 1].flatMap((repeat) => [0, 1, 2].map((fold) => [repeat, fold])),
    );
    expect(sorted(...all.slice(3).map(({ held }) => held))).toEqual([...rows]);
    expect(all[0]!.held).not.toEqual(all[3]!.held);
  });
});

test("what cannot be split is one line with a remedy", () => {
  const message = (attempt: () => unknown) => {
    try {
      attempt();
      return "no error";
    } catch (fault) {
      return fault instanceof InputError ? fault.message : `${fault}`;
    }
  };
  const two = targetOf([0, 0, 0, 0, 1, 1, 1]);
  const split = (of: number[], options = {}) =>
    message(() => splitRows({ target: two, groups: groupsOf(of), seed: 0, ...options }));
  const fold = (options: Partial<Parameters<typeof kFold>[0]>) =>
    message(() => kFold({ target: two, folds: 3, seed: 0, ...options }));
  expect({
    "too few rows": message(() => splitRows({ target: targetOf([0, 1]), seed: 0 })),
    "too few groups": split([0, 0, 0, 0, 1, 1, 1]),
    "a class in one group": split([0, 1, 2, 3, 4, 4, 4]),
    "no share": split([0, 1, 2, 3, 4, 5, 6], { test: 1 }),
    "one fold": fold({ folds: 1 }),
    "too few rows of a class": fold({ folds: 4 }),
    "too few groups to fold": fold({ groups: groupsOf([0, 0, 1, 1, 0, 1, 1]) }),
    "too few groups of a class": fold({ groups: groupsOf([0, 1, 2, 3, 4, 4, 3]) }),
  }).toMatchInlineSnapshot(`
    {
      "a class in one group": "class “c1” occurs in one group of “id” only (“p4”), so it cannot be both learned and tested. Leave the class out, or group by another column.",
      "no share": "split: test 1 and validation 0.2 are no shares. Give each from 0 to below 1.",
      "one fold": "folds: 1 folds, 1 repeat. Take 2 folds and 1 repeat or more.",
      "too few groups": "the group column “id” has 2 groups where 3 parts need one each. Group by another column, or take fewer parts.",
      "too few groups of a class": "class “c1” occurs in 2 groups of “id” where 3 folds need one each. Take 2 folds or fewer.",
      "too few groups to fold": "the group column “id” has 2 groups where 3 parts need one each. Group by another column, or take fewer parts.",
      "too few rows": "2 rows with a target do not fill 3 parts. Gather more rows, or take fewer parts.",
      "too few rows of a class": "class “c1” has 3 rows where 4 folds need one each. Take 3 folds or fewer, or leave the class out.",
    }
  `);
  expect(split([0, 1, 2, 3, 4, 4, 4], { test: 0 })).toBe("no error");
});

const tableOf = (text: string) =>
  parseTable({ name: "t.csv", bytes: new TextEncoder().encode(text) });

describe("a split that the table brings", () => {
  test("is read whatever the case of its letters", async () => {
    const table = await tableOf("part\nTrain\nTEST\nvalidation\ntraining\nval\ntest\n");
    const split = splitByColumn(table, "part", allRows(6));
    expect(parts(split).map((side) => [...side])).toEqual([
      [0, 3],
      [2, 4],
      [1, 5],
    ]);
  });

  test("or refused with line and remedy", async () => {
    const odd = await tableOf("part,id\ntrain,1\nother,2\ntest,1\n,2\n");
    const by = (rows: number[]) => () => splitByColumn(odd, "part", Int32Array.from(rows));
    expect(by([0, 1, 2])).toThrowErrorMatchingInlineSnapshot(
      `[InputError: t.csv, line 3: the split column “part” is “other”. It must say train, validation or test.]`,
    );
    expect(by([0, 3])).toThrow("line 5: the split column “part” is empty.");
    expect(by([0])).toThrow("names no row for test");
    const crossed = () => requireGroupsApart(by([0, 2])(), readGroups(odd, "id"));
    expect(crossed).toThrowErrorMatchingInlineSnapshot(
      `[InputError: “1” of the group column “id” has rows in training and in test. Mend the split column, or group or split by another.]`,
    );
  });

  test("a row without a group is refused", async () => {
    const table = await tableOf("id,x\n1,2\n,3\n");
    expect(() => readGroups(table, "id")).toThrow("t.csv, line 3: the group column “id” is empty.");
  });

  test("cells: the authors' 1009 and 1010", async () => {
    const table = await parseTable({
      name: "cells",
      bytes: readFileSync("data/cells_segmentation.csv"),
    });
    const { training, test: held } = splitByColumn(table, "case", allRows(table.rows));
    expect([training.length, held.length]).toEqual([1009, 1010]);
  });
});

const visits = "../shared/data/pbcseq_longitudinal.csv";
test.skipIf(!existsSync(visits))(
  "312 patients in 1945 visits never share a side (needs ../shared)",
  async () => {
    const table = await parseTable({ name: "pbcseq", bytes: readFileSync(visits) });
    const target = chooseTarget(table, { column: "status", task: "binary", positive: "2" });
    const groups = readGroups(table, "id");
    expect(groups.names).toHaveLength(312);
    for (let seed = 0; seed < 20; seed++) {
      const split = splitRows({ target, groups, seed });
      requireGroupsApart(split, groups);
      const [dead, all] = [countLabels(target, split.test)[1]!, split.test.length];
      expect(Math.abs(all / 1945 - 0.2)).toBeLessThan(0.01);
      expect(Math.abs(dead / all - 725 / 1945)).toBeLessThan(0.01);
    }
  },
);
