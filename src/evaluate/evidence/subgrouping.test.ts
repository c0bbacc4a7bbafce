import { expect, test } from "vitest";
import { parseTable } from "../../data/index.ts";
import { subgroupingOf } from "./subgrouping.ts";

const text = `id,age,sex,stage,a=b
${Array.from({ length: 12 }, (_, i) => `r${i},${20 + 5 * i},${i % 2 ? "F" : "M"},${i % 3},${i}`).join("\n")}
x,,F,2,3`;
const bytes = new TextEncoder().encode(text);
const table = await parseTable({ name: "patients.csv", bytes });
const all = { table, rows: Int32Array.from({ length: 13 }, (_, row) => row) };
const counts = (named: string) => {
  const { labels, of } = subgroupingOf(named, all);
  return Object.fromEntries(
    labels.map((label, k) => [label, of.filter((place) => place === k).length]),
  );
};

test("words and codes are their own levels, quantities are cut at quartiles or where told", () => {
  expect(counts("sex")).toEqual({ F: 7, M: 6 });
  expect(counts("stage")).toEqual({ 0: 4, 1: 4, 2: 5 });
  expect(counts("age")).toEqual({
    "below 33.75": 3,
    "33.75 to below 47.5": 3,
    "47.5 to below 61.25": 3,
    "61.25 and above": 3,
    "(missing)": 1,
  });
  expect(counts("age=40,65")).toEqual({
    "below 40": 4,
    "40 to below 65": 5,
    "65 and above": 3,
    "(missing)": 1,
  });
  expect(Object.keys(counts("a=b"))).toHaveLength(4);
});

test("what cannot be cut says why", () => {
  expect(() => subgroupingOf("height", all)).toThrow("has no column");
  expect(() => subgroupingOf("sex=1,2", all)).toThrow("no number");
  expect(() => subgroupingOf("age=65,40", all)).toThrow("rising");
  expect(() => subgroupingOf("age=", all)).toThrow("rising");
});
