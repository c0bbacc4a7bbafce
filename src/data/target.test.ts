import { describe, expect, test } from "vitest";
import { InputError } from "../base/errors.ts";
import { parseTable } from "./readers/parse.ts";
import { chooseTarget, countLabels, readTarget, type TargetOptions } from "./target.ts";

/** A table with a feature and the column y, whose cells are repeated so often. */
const tableOf = (cells: Record<string, number>, name = "t.csv") => {
  const rows = Object.entries(cells).flatMap(([cell, times]) => Array(times).fill(`1,"${cell}"`));
  return parseTable({ name, bytes: new TextEncoder().encode(`x,y\n${rows.join("\n")}\n`) });
};
const choose = async (cells: Record<string, number>, options: Partial<TargetOptions> = {}) =>
  chooseTarget(await tableOf(cells), { column: "y", ...options });
const error = (cells: Record<string, number>, options?: Partial<TargetOptions>) =>
  choose(cells, options).then(
    () => "no error",
    (fault: unknown) => (fault instanceof InputError ? fault.message : `${fault}`),
  );

describe("what is found", () => {
  test.each<[string, Record<string, number>, string[]]>([
    ["0 and 1", { 1: 5, 0: 9 }, ["0", "1"]],
    ["1 and 2: the larger", { 1: 5, 2: 9 }, ["1", "2"]],
    ["words for an event", { yes: 9, no: 5 }, ["no", "yes"]],
    ["a word for none", { Control: 4, Impaired: 9 }, ["Control", "Impaired"]],
    ["the rarer", { PS: 9, WS: 5 }, ["PS", "WS"]],
    ["the rarer, first in order", { PS: 4, WS: 5 }, ["WS", "PS"]],
    ["as common: the second", { b: 5, a: 5 }, ["a", "b"]],
  ])("binary: %s", async (_, cells, labels) =>
    expect(await choose(cells)).toMatchObject({ task: "binary", labels }),
  );

  test("a choice of the positive label that could surprise is said", async () => {
    expect((await choose({ PS: 9, WS: 5 })).findings).toMatchObject([{ kind: "task found" }]);
    expect((await choose({ PS: 9, WS: 5 }, { positive: "PS" })).findings).toEqual([]);
    expect((await choose({ benign: 9, malignant: 5 })).findings).toEqual([]);
  });

  test("classes, sorted by code unit or as numbers", async () => {
    expect(await choose({ b: 3, Z: 3, a: 3 })).toMatchObject({
      task: "classes",
      labels: ["Z", "a", "b"],
    });
    const digits = await choose({ 10: 40, 2: 40, "2.0": 3, 9: 10 });
    expect(digits).toMatchObject({ task: "classes", labels: ["2", "9", "10"] });
    expect(countLabels(digits, digits.rows)).toEqual([43, 10, 40]);
  });

  test("regression, for many values or when told", async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i / 4, 2]));
    expect((await choose(many)).task).toBe("regression");
    const told = await choose({ 1: 9, 2: 9 }, { task: "regression" });
    expect([...told.values]).toEqual([...Array(9).fill(1), ...Array(9).fill(2)]);
  });

  test("one against the others, when told", async () => {
    const target = await choose({ 0: 5, 1: 3, 2: 7 }, { task: "binary", positive: "2" });
    expect(target).toMatchObject({ labels: ["not 2", "2"], meanings: [["0", "1"], ["2"]] });
    expect(countLabels(target, target.rows)).toEqual([8, 7]);
  });

  test("rows without a target are left out and counted", async () => {
    const target = await choose({ a: 4, NA: 2, b: 5 });
    expect(target.rows).toEqual(Int32Array.of(0, 1, 2, 3, 6, 7, 8, 9, 10));
    expect(target.values[4]).toBeNaN();
    expect(target.findings).toContainEqual(
      expect.objectContaining({ kind: "missing target", level: "warning", count: 2 }),
    );
  });
});

test("what cannot be a target is one line with a remedy", async () => {
  expect({
    "no column": await error({ a: 4, b: 4 }, { column: "Y" }),
    "no value": await error({ NA: 3 }),
    "one class": await error({ a: 4 }),
    "a small class": await error({ a: 4, b: 2, c: 1 }),
    "an unknown label": await error({ a: 4, b: 4 }, { positive: "c" }),
    "positive of three": await error({ a: 4, b: 4, c: 4 }, { positive: "c" }),
    "binary of three": await error({ a: 4, b: 4, c: 4 }, { task: "binary" }),
    "text as a number": await error({ 1: 4, b: 4 }, { task: "regression" }),
  }).toMatchInlineSnapshot(`
    {
      "a small class": "t.csv: the target “y” has 3 classes, of which “b” (2) and “c” (1) have under 3 rows. Merge or leave out small classes, or take --task regression if it is a number.",
      "an unknown label": "t.csv: the target “y” is never “c”. Its values are “a” and “b”.",
      "binary of three": "t.csv: the target “y” has 3 values, not two. Name the one that counts with --positive, or take --task classes.",
      "no column": "t.csv has no column “Y”. Did you mean “y”?",
      "no value": "t.csv: the target “y” is missing in every row. Choose a column with two values or more.",
      "one class": "t.csv: the target “y” is “a” in every row. Choose a column with two values or more.",
      "positive of three": "t.csv: the target “y” has 3 values. To set “c” against all others, add --task binary.",
      "text as a number": "t.csv, line 6: “b” in column “y”, which is the target of a regression, is not a number. Mend the cell, or name it with --missing if it stands for a missing value.",
    }
  `);
});

test("a second table is read by the first one's labels; foreign ones are named", async () => {
  const target = await choose({ EWS: 5, NB: 6, RMS: 3 });
  const second = readTarget(
    target,
    await tableOf({ NB: 2, Normal: 3, EWS: 1, NA: 1 }, "second.csv"),
  );
  expect(second.rows).toEqual(Int32Array.of(0, 1, 5));
  expect([...second.rows].map((row) => second.values[row])).toEqual([1, 1, 0]);
  expect(second.findings.map(({ message }) => message)).toEqual([
    "y is missing in 1 row: left out",
    "y is “Normal” in 3 rows, none of the classes learned: left out of the score",
  ]);
});
