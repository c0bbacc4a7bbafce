/** Rows that know each other across the split: duplicates, near-duplicates, patients on two sides. */
import { type Column, readGroups, requireColumn, type Table } from "../../data/index.ts";
import { countLevels, runsOf, sortedNumbers } from "../../data/kinds.ts";
import { levelsOf, numbersOf, rowsWhere } from "../../data/table.ts";
import type { Prepared } from "../types.ts";
import { sameRows } from "./sameFeatures.ts";
import { type Check, mostRows, type Suspicion } from "./types.ts";
import { counted, percentOf, quoted } from "./words.ts";

const ownTable = ({ table, test }: Prepared) => test.table === table;

/**
 * How many rows of a class a row of it may be expected to equal, if its columns were independent:
 * rows · Π (share of pairs that are equal), the largest over the classes. A fifth or more: the columns are coarse.
 */
function expectedEqual({ table, target, split, recipe }: Prepared): number {
  const classes = target.task === "regression" ? [null] : target.labels.map((_, k) => k);
  return Math.max(
    ...classes.map((k) => {
      const rows = rowsWhere(split.training, (row) => k === null || target.values[row] === k);
      return recipe.inputs.reduce((expected, { name, kind }) => {
        if (kind === "sequence") return 0; // so many letters are not equal by chance
        const pairs = equalPairs(table, requireColumn(table, name), rows);
        return (expected * pairs) / (rows.length * Math.max(rows.length - 1, 1));
      }, rows.length);
    }),
  );
}

/** Ordered pairs of rows with the same cell; gaps are equal. */
function equalPairs(table: Table, column: Column, rows: Int32Array): number {
  const pairs = (count: number) => count * (count - 1);
  if (numbersOf(table, column).strange > 0) {
    const levelAt = levelsOf(table, column, false);
    const counts = countLevels((row) => levelAt(row) ?? "", rows);
    return [...counts.values()].reduce((sum, count) => sum + pairs(count), 0);
  }
  const sorted = sortedNumbers(numbersOf(table, column).values, rows);
  let sum = pairs(rows.length - sorted.length);
  for (const { count } of runsOf(sorted)) sum += pairs(count);
  return sum;
}

const coarse = 0.2;

/** Test rows that were learned from, exactly (L1.4). */
export const duplicates: Check = (prepared) => {
  const shared = [...sameRows(prepared).equal];
  if (shared.length === 0) return [];
  const held = prepared.split.test.length;
  const share = percentOf(shared.length, held);
  const few = shared.length < Math.max(2, held / 100);
  if (expectedEqual(prepared) >= coarse)
    return [
      {
        ...{ check: "duplicate rows", type: "L1.4", severity: "note", columns: [] },
        rows: shared.slice(0, mostRows),
        detail: `${counted(shared.length, "test row")} (${share}) ${shared.length === 1 ? "equals" : "equal"} a training row: the columns are so coarse that different patients may, but look whether some are copies`,
        remedy: ownTable(prepared) ? { kind: "drop rows", rows: shared } : null,
      },
    ];
  return [
    {
      ...{ check: "duplicate rows", type: "L1.4", columns: [], rows: shared.slice(0, mostRows) },
      severity: few ? "warning" : "severe",
      detail: `${counted(shared.length, "test row")} (${share}) ${shared.length === 1 ? "has" : "have"} the same features as a training row: drop the duplicates, or group by what makes them equal`,
      remedy: ownTable(prepared) ? { kind: "drop rows", rows: shared } : null,
    },
  ];
};

const fewestNumbers = 4;

/** Test rows that differ from a learned one by less than 1 % of a deviation in every feature. */
export const nearDuplicates: Check = (prepared) => {
  const near = [...sameRows(prepared).near];
  // of few numbers some lie near each other by chance; one-hot features are equal or far apart
  const numbers = prepared.recipe.inputs.filter(({ kind }) => kind === "number").length;
  if (near.length === 0 || numbers < fewestNumbers) return [];
  return [
    {
      ...{ check: "near-duplicate rows", type: "L1.4", columns: [], rows: near.slice(0, mostRows) },
      severity: near.length < prepared.split.test.length / 100 ? "note" : "warning",
      detail: `${counted(near.length, "test row")} ${near.length === 1 ? "is" : "are"} all but equal to a training row: copies with rounding, or visits of one patient?`,
      remedy: ownTable(prepared) ? { kind: "drop rows", rows: near } : null,
    },
  ];
};

/** An identifier that repeats, on both sides of the split (L3.2). */
export const dividedGroups: Check = (prepared) => {
  const { table, split, target, groups, columns } = prepared;
  if (groups || !ownTable(prepared)) return [];
  const named = columns.filter(
    ({ name, kind, distinct, missing }) =>
      kind === "identifier" &&
      missing === 0 &&
      distinct < target.rows.length &&
      name !== target.column,
  );
  return named.flatMap(({ name, distinct }): Suspicion[] => {
    const { of, names } = readGroups(table, name);
    const learned = new Uint8Array(names.length);
    for (const part of [split.training, split.validation])
      for (const row of part) learned[of[row]!] = 1;
    const rows = [...rowsWhere(split.test, (row) => learned[of[row]!] === 1)];
    if (rows.length === 0) return [];
    const share = percentOf(rows.length, split.test.length);
    return [
      {
        ...{
          check: "group on two sides",
          type: "L3.2",
          columns: [name],
          rows: rows.slice(0, mostRows),
        },
        severity: rows.length < split.test.length / 20 ? "warning" : "severe",
        detail: `${counted(rows.length, "test row")} (${share}) share ${quoted(name)} with a training row (${distinct} values in ${counted(table.rows, "row")}): keep them together with --group ${name}`,
        remedy: { kind: "group", column: name },
      },
    ];
  });
};
