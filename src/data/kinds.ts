/**
 * What a column holds, by fixed rules. How cells are written (as numbers, dates, sequences, names of
 * rows) is read from the whole file; which values there are, from the given rows alone, so that a
 * recipe fitted on training rows knows nothing of the others.
 */
import { counted, quoted } from "./findings.ts";
import { identifierName } from "./names.ts";
import { toldKind } from "./redcap/places.ts";
import { findSequence } from "./sequence.ts";
import { tooVaried } from "./stored/storedTable.ts";
import {
  allRows,
  byCodeUnit,
  type Column,
  levelsOf,
  numbersOf,
  requireNumbers,
  type Table,
} from "./table.ts";

export type Kind =
  | "number"
  | "category"
  | "binary"
  | "sequence"
  | "identifier"
  | "date"
  | "text"
  | "constant"
  | "empty";

/** A column's kind, why it was taken for that, and what the reader of a table wants to see. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: Kind;
  readonly reason: string;
  readonly missing: number;
  readonly distinct: number;
  /** The values of a binary or category column, sorted; none otherwise. */
  readonly levels: readonly string[];
  /** Smallest, middle and largest value of a column of numbers. */
  readonly range: { readonly low: number; readonly median: number; readonly high: number } | null;
}

export interface KindOptions {
  /** The rows to judge by; all rows unless told. */
  readonly rows?: Int32Array;
  /** Columns told to be numbers, whatever they look like. */
  readonly numbers?: readonly string[];
}

/** Whole numbers of so few values, ten rows or more each on average, are a category: a stage, a grade. */
const fewLevels = 5;
const rowsPerWholeLevel = 10;
/** Text of at most so many values, two rows or more each on average, is a category; of few, if any repeats. */
const mostLevels = 50;
/** A column of which at least so much is numbers was meant to be one: `<0.5` in a laboratory value. */
const nearlyNumbers = 0.8;

/** Every column of a table, in file order: `describeColumns(table).filter((c) => c.kind === "number")`. */
export const describeColumns = (table: Table, options: KindOptions = {}): ColumnFacts[] =>
  table.columns.map((column) => describeColumn(table, column, options));

/** One column's facts; an InputError where a column told to be a number holds text. */
export function describeColumn(
  table: Table,
  column: Column,
  { rows = allRows(table.rows), numbers = [] }: KindOptions = {},
): ColumnFacts {
  if (column.varied) return describeVaried(column, rows);
  const told = numbers.includes(column.name);
  if (told) requireNumbers(table, column, "is told to be a number");
  const written = numbersOf(table, column);
  const said = told ? null : toldKind(table.dictionary, column.name);
  const facts =
    written.strange === 0
      ? describeNumbers(column, written.values, rows, told || said?.kind === "number")
      : describeText(table, column, rows);
  if (!said || said.kind === "number" || facts.kind === "empty") return facts;
  return { ...facts, ...said, levels: [], range: null };
}

/** Of a table on disk: names of rows, free text, dates. */
const describeVaried = ({ name }: Column, rows: Int32Array): ColumnFacts => ({
  ...{ name, kind: "text", reason: tooVaried, missing: 0 },
  ...{ distinct: rows.length, levels: [], range: null },
});

type Judgement = Pick<ColumnFacts, "kind" | "reason">;

function describeNumbers(
  column: Column,
  values: Float64Array,
  rows: Int32Array,
  told: boolean,
): ColumnFacts {
  const sorted = sortedNumbers(values, rows);
  const distinct = countDistinct(sorted);
  const judged = judgeNumbers(column.name, values, sorted, distinct, told);
  const levels =
    judged.kind === "binary" || judged.kind === "category"
      ? Array.from(new Set(sorted), (value) => String(value + 0))
      : [];
  return {
    name: column.name,
    ...judged,
    missing: rows.length - sorted.length,
    distinct,
    levels,
    range: sorted.length > 0 ? rangeOf(sorted) : null,
  };
}

const rangeOf = (sorted: Float64Array) => {
  const last = sorted.length - 1;
  const median = (sorted[last >> 1]! + sorted[(last + 1) >> 1]!) / 2;
  return { low: sorted[0]!, median, high: sorted[last]! };
};

function judgeNumbers(
  name: string,
  all: Float64Array,
  sorted: Float64Array,
  distinct: number,
  told: boolean,
): Judgement {
  if (distinct === 0) return { kind: "empty", reason: "no value" };
  if (distinct === 1) return { kind: "constant", reason: `always ${sorted[0]}` };
  if (told) return { kind: "number", reason: "told" };
  const identifier = identifierAmongNumbers(name, all);
  if (identifier) return { kind: "identifier", reason: identifier };
  if (distinct === 2) return { kind: "binary", reason: "two values" };
  const whole = sorted.every(Number.isInteger);
  if (whole && distinct <= fewLevels && sorted.length >= rowsPerWholeLevel * distinct)
    return { kind: "category", reason: `whole numbers of ${distinct} values` };
  return { kind: "number", reason: `${distinct} values` };
}

/** Why these numbers name the row or the patient; `null` where they do not. */
function identifierAmongNumbers(name: string, all: Float64Array): string | null {
  if (all.some((value) => !Number.isInteger(value) && !Number.isNaN(value))) return null;
  const sorted = sortedNumbers(all, allRows(all.length));
  const distinct = countDistinct(sorted);
  const unique = distinct === sorted.length;
  const named = namedIdentifier(name, distinct, unique);
  if (named) return named;
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  if (unique && distinct >= 20 && high - low + 1 === distinct)
    return `counts the rows from ${low} to ${high}`;
  return null;
}

function namedIdentifier(name: string, distinct: number, unique: boolean): string | null {
  const says = identifierName(name);
  if (unique && distinct >= 3 && says !== "none") return "identifies a row";
  return says === "strong" && distinct >= 10 ? `${distinct} values that repeat` : null;
}

function describeText(table: Table, column: Column, rows: Int32Array): ColumnFacts {
  const counts = countLevels(levelsOf(table, column, false), rows);
  let present = 0;
  for (const count of counts.values()) present += count;
  const judged = judgeText(table, column, counts, present);
  const known = judged.kind === "binary" || judged.kind === "category";
  return {
    name: column.name,
    ...judged,
    missing: rows.length - present,
    distinct: counts.size,
    levels: known ? [...counts.keys()].sort(byCodeUnit) : [],
    range: null,
  };
}

function judgeText(
  table: Table,
  column: Column,
  counts: ReadonlyMap<string, number>,
  present: number,
): Judgement {
  const distinct = counts.size;
  if (distinct === 0) return { kind: "empty", reason: "no value" };
  const [first] = counts.keys();
  if (distinct === 1) return { kind: "constant", reason: `always ${quoted(first!)}` };
  const everywhere = countLevels(levelsOf(table, column, false), allRows(table.rows));
  let cells = 0;
  for (const count of everywhere.values()) cells += count;
  const unique = everywhere.size === cells;
  const named = namedIdentifier(column.name, everywhere.size, unique);
  if (named) return { kind: "identifier", reason: named };
  const levels = [...everywhere.keys()];
  if (levels.every(isDate)) return { kind: "date", reason: "dates or times" };
  const sequence = findSequence(levels);
  if (sequence) return { kind: "sequence", reason: sequence };
  const { strange, firstStrange } = numbersOf(table, column);
  if (strange <= (1 - nearlyNumbers) * cells && distinct > 10)
    return { kind: "text", reason: strangeCells(table, column, strange, firstStrange) };
  if (distinct === 2) return { kind: "binary", reason: "two values" };
  const repeat = present >= 2 * distinct || (distinct <= fewLevels && present > distinct);
  if (distinct <= mostLevels && repeat) return { kind: "category", reason: `${distinct} values` };
  if (unique && levels.every((level) => level.length <= 40 && !/\s/.test(level)))
    return { kind: "identifier", reason: "another code in every row" };
  return { kind: "text", reason: `free text, ${distinct} values` };
}

const strangeCells = (table: Table, column: Column, strange: number, first: number) =>
  `numbers but for ${counted(strange, "cell")}, the first ${quoted(column.cells[first]!)} ` +
  `on line ${table.lines[first]}: mend, or name with --missing`;

/** How often each value occurs among the rows, in order of first occurrence. */
export function countLevels(
  levelAt: (row: number) => string | null,
  rows: Int32Array,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const level = levelAt(row);
    if (level !== null) counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  return counts;
}

/** The numbers of the rows without the missing, ascending. */
export function sortedNumbers(values: Float64Array, rows: Int32Array): Float64Array {
  const present = new Float64Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!;
    if (!Number.isNaN(value)) present[count++] = value;
  }
  return present.subarray(0, count).sort();
}

/** Each value of sorted numbers and how often it occurs. */
export function* runsOf(sorted: Float64Array): Generator<{ value: number; count: number }> {
  for (let from = 0; from < sorted.length; ) {
    const value = sorted[from]!;
    let to = from + 1;
    while (to < sorted.length && sorted[to] === value) to++;
    yield { value, count: to - from };
    from = to;
  }
}

export function countDistinct(sorted: Float64Array): number {
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

const clock = String.raw`\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?`;
const dates = [
  String.raw`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ]${clock}( ?Z|[+-]\d{2}:?\d{2})?)?`,
  String.raw`\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})( ${clock})?`,
  String.raw`\d{1,2}[- ]?[A-Za-z]{3}[- ]?(\d{4}|\d{2})`,
  clock,
].map((pattern) => new RegExp(`^${pattern}$`));

const isDate = (cell: string) => dates.some((pattern) => pattern.test(cell));
