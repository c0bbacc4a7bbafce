/** Rows that know each other across the split: duplicates, near-duplicates, patients on two sides. */
import { applyRecipe, describeColumns, readGroups, requireColumn } from "../../data/index.ts";
import { countLevels } from "../../data/kinds.ts";
import type { Prepared } from "../types.ts";
import { type Check, mostRows, type Suspicion } from "./types.ts";
import { counted, percentOf, quoted } from "./words.ts";

const ownTable = ({ table, test }: Prepared) => test.table === table;

/** A text that equal feature rows share; with `digits`, numbers that differ but little share it too. */
function keysOf({ recipe }: Prepared, table: Prepared["table"], rows: Int32Array, digits?: number) {
  const { values, width } = applyRecipe(recipe, table, rows);
  return Array.from(rows, (_, i) => {
    const own = values.subarray(i * width, (i + 1) * width);
    return digits === undefined ? own.join() : Array.from(own, (x) => x.toFixed(digits)).join();
  });
}

/** Test rows whose features stand among the rows that train or validate. */
function sharedRows(prepared: Prepared, digits?: number): number[] {
  const { table, split, test } = prepared;
  const learned = Int32Array.from([...split.training, ...split.validation]);
  const known = new Set(keysOf(prepared, table, learned, digits));
  const keys = keysOf(prepared, test.table, split.test, digits);
  return Array.from(split.test).filter((_, i) => known.has(keys[i]!));
}

/**
 * How many rows of a class a row of it may be expected to equal, if its columns were independent:
 * rows · Π (share of pairs that are equal), the largest over the classes. A fifth or more: the columns are coarse.
 */
function expectedEqual({ table, target, split, recipe }: Prepared): number {
  const classes = target.task === "regression" ? [null] : target.labels.map((_, k) => k);
  return Math.max(
    ...classes.map((k) => {
      const rows = split.training.filter((row) => k === null || target.values[row] === k);
      return recipe.inputs.reduce((expected, { name, kind }) => {
        if (kind === "sequence") return 0; // so many letters are not equal by chance
        const { cells } = requireColumn(table, name);
        const counts = countLevels((row) => cells[row] ?? "", rows);
        const pairs = [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
        return (expected * pairs) / (rows.length * Math.max(rows.length - 1, 1));
      }, rows.length);
    }),
  );
}

const coarse = 0.2;

/** Test rows that were learned from, exactly (L1.4). */
export const duplicates: Check = (prepared) => {
  const shared = sharedRows(prepared);
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
  const exact = new Set(sharedRows(prepared));
  const near = sharedRows(prepared, 2).filter((row) => !exact.has(row));
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
  const { table, split, options, groups } = prepared;
  if (groups || !ownTable(prepared)) return [];
  const named = describeColumns(table).filter(
    ({ name, kind, distinct, missing }) =>
      kind === "identifier" && missing === 0 && distinct < table.rows && name !== options.target,
  );
  return named.flatMap(({ name, distinct }): Suspicion[] => {
    const { of } = readGroups(table, name);
    const learned = new Set([...split.training, ...split.validation].map((row) => of[row]!));
    const rows = Array.from(split.test).filter((row) => learned.has(of[row]!));
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
