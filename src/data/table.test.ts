import fc from "fast-check";
import { expect, test } from "vitest";
import { InputError } from "../base/errors.ts";
import { parseTable } from "./readers/parse.ts";
import { editDistance, nearest, requireColumn, requireNumbers, toNumber } from "./table.ts";

const tableOf = (text: string) =>
  parseTable({ name: "t.csv", bytes: new TextEncoder().encode(text) });

test("numbers pass a decimal grammar", () => {
  const good = ["1", "-1.5", "+.5", "5.", "1e3", "1E-3", "007"];
  expect(good.map((cell) => toNumber(cell, false))).toEqual([1, -1.5, 0.5, 5, 1000, 0.001, 7]);
  for (const bad of [
    "",
    "0x1A",
    "Infinity",
    "1e999",
    "1,5",
    "1 000",
    "1_0",
    "12 mg",
    "<0.5",
    "--1",
    ".",
  ])
    expect(toNumber(bad, false), bad).toBeNaN();
  expect(["1,5", "2", ",5"].map((cell) => toNumber(cell, true))).toEqual([1.5, 2, 0.5]);
  for (const bad of ["1.5", "1.234,5", "1,2,3", ","]) expect(toNumber(bad, true), bad).toBeNaN();
});

test("every finite float64 is read back (property)", () =>
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(toNumber(String(x), false)).toBe(x === 0 && !Object.is(x, 0) ? 0 : x);
    }),
  ));

test("edit distance", () => {
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("", "abc")).toBe(3);
  expect(nearest("diagnosis", ["ID", "Diagnosis", "diagnoses"])).toEqual(["Diagnosis"]);
});

test("a column that is not there", async () => {
  const table = await tableOf(`ID,Diagnosis,Radius_mean,Radius_worst\n1,M,3,4\n`);
  const message = (name: string) => {
    try {
      return requireColumn(table, name).name;
    } catch (fault) {
      return fault instanceof InputError ? fault.message : `${fault}`;
    }
  };
  expect(["Diagnosis", "diagnosis", "radius mean", "died"].map(message)).toMatchInlineSnapshot(`
    [
      "Diagnosis",
      "t.csv has no column “diagnosis”. Did you mean “Diagnosis”?",
      "t.csv has no column “radius mean”. Did you mean “Radius_mean”?",
      "t.csv has no column “died”. Columns found: ID, Diagnosis, Radius_mean, Radius_worst.",
    ]
  `);
});

test("a column that must hold numbers names line and cell", async () => {
  const table = await tableOf('a,crp\n"x\ny",1.5\nz,<0.5\n');
  expect(() =>
    requireNumbers(table, table.columns[1]!, "is told to be a number"),
  ).toThrowErrorMatchingInlineSnapshot(
    `[InputError: t.csv, line 4: “<0.5” in column “crp”, which is told to be a number, is not a number. Mend the cell, or name it with --missing if it stands for a missing value.]`,
  );
});
