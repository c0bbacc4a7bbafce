/** Which subgroup each row belongs to: by the value of a column, numbers cut into ranges. */
import { InputError } from "../../base/errors.ts";
import { requireColumn, type Table } from "../../data/index.ts";
import { levelsOf, numbersOf } from "../../data/table.ts";
import { quantile } from "../../metrics/quantile.ts";

/** A column's levels, and the place of each row's level among them. */
export interface Subgrouping {
  readonly column: string;
  readonly labels: readonly string[];
  readonly of: Int32Array;
}

interface Rows {
  readonly table: Table;
  readonly rows: Int32Array;
}

/** More different values than these make a number a quantity, not a code. */
const mostCodes = 6;
const mostLevels = 20;
const missingLabel = "(missing)";

/**
 * Reads `COLUMN` or, with cut points of a number, `COLUMN=40,65`. A number with more than six
 * different values is cut at the quartiles of the rows `from`. Throws an `InputError` for a column
 * that is not there, has more than 20 values, or is no number but has cut points.
 *
 *     subgroupingOf("age=40,65", known, tested).labels; // ["below 40", "40 to below 65", "65 and above"]
 */
export function subgroupingOf(text: string, from: Rows, to: Rows = from): Subgrouping {
  const { column, cuts: told } = parsed(text, from.table);
  const own = numbersOf(from.table, requireColumn(from.table, column));
  const isNumber = own.strange === 0;
  if (told && !isNumber)
    throw new InputError(`“${column}” has cut points but is no number: leave “=…” out.`);
  const known = Float64Array.from(from.rows, (row) => own.values[row]!)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const cuts = told ?? (isNumber ? quartiles(known) : null);
  return cuts ? byRange(column, cuts, to) : byLevel(column, from, to);
}

function parsed(text: string, table: Table) {
  if (table.columns.some(({ name }) => name === text)) return { column: text, cuts: null };
  const at = text.lastIndexOf("=");
  if (at < 0) {
    requireColumn(table, text);
    return { column: text, cuts: null };
  }
  const column = text.slice(0, at);
  requireColumn(table, column);
  const cuts = text
    .slice(at + 1)
    .split(",")
    .map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const rising = cuts.every((cut, i) => Number.isFinite(cut) && (i === 0 || cut > cuts[i - 1]!));
  if (!rising || cuts.length >= mostLevels)
    throw new InputError(
      `The cut points “${text.slice(at + 1)}” of “${column}” must be rising numbers with commas between, such as 40,65.`,
    );
  return { column, cuts };
}

/** The three quartiles, equal ones once; `null` for a number of few values, which is a code. */
function quartiles(sorted: Float64Array): number[] | null {
  if (new Set(sorted).size <= mostCodes) return null;
  const cuts = [0.25, 0.5, 0.75].map((share) => Number(quantile(sorted, share).toPrecision(4)));
  return [...new Set(cuts)];
}

function byRange(column: string, cuts: readonly number[], { table, rows }: Rows): Subgrouping {
  const { values } = numbersOf(table, requireColumn(table, column));
  const labels = [
    `below ${cuts[0]}`,
    ...cuts.slice(1).map((cut, i) => `${cuts[i]} to below ${cut}`),
    `${cuts.at(-1)} and above`,
  ];
  const of = rows.map((row) => {
    const value = values[row]!;
    return Number.isNaN(value) ? labels.length : cuts.filter((cut) => value >= cut).length;
  });
  return withMissing(column, labels, of);
}

/** Levels in order: numbers by size, words by code unit. */
function byLevel(column: string, from: Rows, to: Rows): Subgrouping {
  const numeric = numbersOf(from.table, requireColumn(from.table, column)).strange === 0;
  const levelAt = levelsOf(to.table, requireColumn(to.table, column), numeric);
  const each = Array.from(to.rows, levelAt);
  const labels = [...new Set(each.filter((level) => level !== null))].sort((a, b) =>
    numeric ? Number(a) - Number(b) : a < b ? -1 : 1,
  );
  if (labels.length > mostLevels)
    throw new InputError(
      `“${column}” has ${labels.length} values, too many for subgroups: at most ${mostLevels}. Give another column.`,
    );
  const of = Int32Array.from(each, (level) =>
    level === null ? labels.length : labels.indexOf(level),
  );
  return withMissing(column, labels, of);
}

const withMissing = (column: string, labels: readonly string[], of: Int32Array): Subgrouping => ({
  column,
  labels: of.includes(labels.length) ? [...labels, missingLabel] : labels,
  of,
});
