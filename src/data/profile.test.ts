import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeColumns } from "./kinds.ts";
import { profile } from "./profile.ts";
import { parseTable } from "./readers/parse.ts";
import { allRows, requireColumn, type Table } from "./table.ts";
import { tableOne } from "./tableOne.ts";
import { chooseTarget } from "./target.ts";

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const golden = JSON.parse(readFileSync(at("test/goldens/profile/profile.json"), "utf8"));
const sample = (name: string) => parseTable({ name, bytes: readFileSync(at(`data/${name}`)) });
const cells = await sample("cells_segmentation.csv");
const facts = describeColumns(cells);

const rowsWhere = (table: Table, column: string, value: string) => {
  const { cells: all } = requireColumn(table, column);
  return allRows(table.rows).filter((row) => all[row] === value);
};

test("summaries and correlations equal those of pandas", async () => {
  const { columns, correlations } = profile(cells);
  const known = new Map(columns.map((column) => [column.name, column]));
  for (const [name, right] of Object.entries<number[]>(golden.describe)) {
    const { numbers } = known.get(name)!;
    const got = [
      numbers!.mean,
      numbers!.deviation,
      numbers!.low,
      ...numbers!.quartiles,
      numbers!.high,
    ];
    for (const [i, value] of got.entries()) expect(value / right[i + 1]!).toBeCloseTo(1, 10);
    expect(numbers!.histogram.reduce((sum, count) => sum + count, 0)).toBe(cells.rows);
  }
  expect(correlations).toHaveLength(20);
  expect(Math.abs(correlations[0]!.r)).toBeGreaterThan(0.99);
  const names = Object.keys(golden.correlations);
  const some = profile({
    ...cells,
    columns: cells.columns.filter(({ name }) =>
      names.some((pair) => pair.split("|").includes(name)),
    ),
  });
  for (const { first, second, r } of some.correlations) {
    const right = golden.correlations[`${first}|${second}`];
    if (right !== undefined) expect(r).toBeCloseTo(right, 10);
  }
});

test("what is missing is counted, by label and together", async () => {
  const table = await sample("biopsy_repeated_ids.csv");
  const target = chooseTarget(table, { column: "class" });
  const { columns, patterns } = profile(table, { target });
  for (const { name, missing, missingByLabel } of columns) {
    expect(missing).toBe(golden.missing[name] ?? golden.missing[`${name}`]);
    expect(missingByLabel).toHaveLength(2);
  }
  const gap = columns.find(({ missing }) => missing > 0)!;
  const [benign, malignant] = target.labels.map(
    (_, k) => target.values.filter((value) => value === k).length,
  );
  const [first, second] = gap.missingByLabel as [number, number];
  expect(first * benign! + second * malignant!).toBeCloseTo(gap.missing, 9);
  expect(patterns).toEqual([
    { columns: [], rows: 683 },
    { columns: [gap.name], rows: 16 },
  ]);
});

test("standardized mean differences equal tableone's", async () => {
  const parts = ["PS", "WS"].map((name) => ({ name, rows: rowsWhere(cells, "class", name) }));
  const { rows, sizes } = tableOne(cells, facts, parts);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(cells.rows);
  for (const [name, right] of Object.entries<number>(golden.smd))
    expect(rows.find(({ column }) => column === name)!.difference).toBeCloseTo(right, 9);
  const lines = golden.levels.rows.map((row: string[]) => row.join(","));
  const bytes = new TextEncoder().encode(["stage,y", ...lines].join("\n"));
  const made = await parseTable({ name: "made.csv", bytes });
  const groups = ["yes", "no"].map((name) => ({ name, rows: rowsWhere(made, "y", name) }));
  const [stage] = tableOne(made, describeColumns(made), groups).rows;
  expect(stage!.levels).toEqual(["I", "II", "III"]);
  expect(stage!.difference).toBeCloseTo(golden.levels.smd, 9);
});

test("units are read from names, equal groups differ by nothing", async () => {
  const bytes = new TextEncoder().encode(
    [
      "weight (kg),sex",
      ...Array.from({ length: 30 }, (_, i) => `${50.5 + i},${i % 2 ? "f" : "m"}`),
    ].join("\n"),
  );
  const table = await parseTable({ name: "t.csv", bytes });
  expect(profile(table).columns.map(({ unit }) => unit)).toEqual(["kg", null]);
  const all = { name: "all", rows: allRows(30) };
  const { rows } = tableOne(table, describeColumns(table), [all, all]);
  expect(rows.map(({ difference }) => difference)).toEqual([0, 0]);
  // f and m alone: the column tells the groups apart for certain, whichever third group is like one
  const [f, m] = ["f", "m"].map((name) => ({ name, rows: rowsWhere(table, "sex", name) }));
  const apart = tableOne(table, describeColumns(table), [f!, m!, { ...f!, name: "again" }]);
  expect(apart.rows[1]!.difference).toBeNull();
  expect(apart.rows[0]!.difference).toBeGreaterThan(0);
});
