import fc from "fast-check";
import papaparse from "papaparse";
import { expect, test } from "vitest";
import { encodeCsv } from "./csv.ts";

test("numbers, truth, nothing and text", () => {
  expect(encodeCsv(["id", "p", "ok", "why"], [["a", -0.25, true, null]])).toBe(
    "id,p,ok,why\na,-0.25,true,\n",
  );
});

test.each([
  ["=1+1", "'=1+1"],
  ["+cmd", "'+cmd"],
  ["-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["-9", "-9"],
  ["-1e5", "-1e5"],
  ["-9-9", "'-9-9"],
  ["-", "'-"],
  ["a,b", '"a,b"'],
  ['say "x"', '"say ""x"""'],
  [" a", '" a"'],
])("%j is written %j", (cell, written) => {
  expect(encodeCsv([cell], [])).toBe(`${written}\n`);
});

test("another reader gets back what was written", () => {
  const cell = fc.string({ unit: "grapheme" }).filter((text) => !/^[=+\-@\t\r]/.test(text));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const text = encodeCsv(["a", "b"], rows);
      expect(papaparse.parse(text.slice(0, -1), { newline: "\n", delimiter: "," }).data).toEqual([
        ["a", "b"],
        ...rows,
      ]);
    }),
  );
});
