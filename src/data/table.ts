/** A table as it was written: text cells by column, each row with the line it begins on. */
import { InputError } from "../base/errors.ts";
import { joined } from "../base/joined.ts";
import { type Finding, listed, quoted } from "./findings.ts";
import type { DataDictionary } from "./redcap/types.ts";

/** One column: trimmed text, `null` where the cell is missing. */
export interface Column {
  readonly name: string;
  readonly cells: readonly (string | null)[];
  /** The cells as numbers, where the column stays on disk. */
  readonly numbers?: () => Numbers;
  /** The cells as places in a list of texts, where a column of text stays on disk. */
  readonly places?: () => Places;
  /** Texts of so many values that a table on disk keeps none: `cells` is an InputError. */
  readonly varied?: true;
}

/** A column of text as few texts and many places. */
export interface Places {
  readonly texts: readonly string[];
  /** For each row the place of its text, −1 where the cell is missing. */
  readonly of: Int32Array;
}

/** Where the cells are of a table that is larger than memory. */
export interface StoredRows {
  /** Says which rows these are: equal tables have the same. */
  readonly identity: string;
  /** For files of what is made of the table. */
  readonly folder: string;
  readonly blockRows: number;
  /** The rows from `number · blockRows` on as a table of their own. */
  readonly block: (number: number) => Table;
}

export interface Format {
  readonly delimiter: string;
  readonly decimalComma: boolean;
  readonly encoding: string;
}

export interface Table {
  /** What messages call it: the file's name. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** For each row the line of the file it begins on, from 1. */
  readonly lines: Int32Array;
  readonly format: Format;
  /** Codes told to stand for a missing value. */
  readonly missing: readonly string[];
  readonly findings: readonly Finding[];
  /** What the cells were read with, of a REDCap export. */
  readonly dictionary?: DataDictionary;
  /** Left out where the cells are in memory. */
  readonly stored?: StoredRows;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const decimalWithComma = /^[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The number that a cell writes in decimal digits, NaN if it writes none: hexadecimal, infinities,
 * units, thousands separators and numbers beyond float64 are none.
 *
 *     toNumber("1,5", true); // 1.5
 */
export function toNumber(cell: string, decimalComma: boolean): number {
  if (!(decimalComma ? decimalWithComma : decimal).test(cell)) return Number.NaN;
  const value = Number(decimalComma ? cell.replace(",", ".") : cell);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** A column read as numbers. */
export interface Numbers {
  /** One a row, NaN where the cell is missing or not a number. */
  readonly values: Float64Array;
  /** How many cells are neither missing nor a number, and the first such row (−1: none). */
  readonly strange: number;
  readonly firstStrange: number;
}

const parsed = new WeakMap<Column, Numbers>();

/** The column's cells as float64, parsed once. */
export function numbersOf(table: Table, column: Column): Numbers {
  if (column.numbers) return column.numbers();
  const known = parsed.get(column);
  if (known) return known;
  const numbers = parseNumbers(table, column.cells);
  parsed.set(column, numbers);
  return numbers;
}

/** Cells as float64, parsed each time. */
function parseNumbers(table: Pick<Table, "rows" | "format">, cells: Column["cells"]): Numbers {
  const values = new Float64Array(table.rows).fill(Number.NaN);
  let strange = 0;
  let firstStrange = -1;
  for (let row = 0; row < table.rows; row++) {
    const cell = cells[row]!;
    if (cell === null) continue;
    const value = toNumber(cell, table.format.decimalComma);
    values[row] = value;
    if (!Number.isNaN(value)) continue;
    strange++;
    if (firstStrange < 0) firstStrange = row;
  }
  return { values, strange, firstStrange };
}

/** The numbers of a column that must hold nothing else; an InputError names the first other cell. */
export function requireNumbers(table: Table, column: Column, purpose: string): Float64Array {
  const { values, firstStrange } = numbersOf(table, column);
  if (firstStrange < 0) return values;
  const cell = column.cells[firstStrange]!;
  throw new InputError(
    `${table.name}, line ${table.lines[firstStrange]}: ${quoted(cell)} in column ` +
      `${quoted(column.name)}, which ${purpose}, is not a number. Mend the cell, or name it with ` +
      `--missing if it stands for a missing value.`,
  );
}

/**
 * The value of a row as a category, `null` where missing; in a numeric column `1.0`, `01` and `1`
 * are the same.
 */
export function levelsOf(
  table: Table,
  column: Column,
  numeric: boolean,
): (row: number) => string | null {
  const textAt = textsOf(column);
  if (!numeric) return textAt;
  const { values } = numbersOf(table, column);
  return (row) => (Number.isNaN(values[row]!) ? textAt(row) : String(values[row]! + 0)); // no −0
}

function textsOf(column: Column): (row: number) => string | null {
  if (column.places) {
    const { texts, of } = column.places();
    return (row) => texts[of[row]!] ?? null;
  }
  const { cells } = column;
  return (row) => cells[row]!;
}

/** Whether a row's cell is missing; of a column of which no cell is kept, none is known to be. */
export function missingIn(column: Column): (row: number) => boolean {
  if (column.varied) return () => false;
  if (column.places) {
    const { of } = column.places();
    return (row) => of[row]! < 0;
  }
  if (column.numbers) {
    const { values } = column.numbers();
    return (row) => Number.isNaN(values[row]!);
  }
  const { cells } = column;
  return (row) => cells[row] === null;
}

/** The column of that name; an InputError offers the nearest names. */
export function requireColumn(table: Table, name: string): Column {
  const column = table.columns.find((each) => each.name === name);
  if (column) return column;
  const names = table.columns.map((each) => each.name);
  const near = nearest(name, names);
  const remedy =
    near.length > 0
      ? `Did you mean ${near.map(quoted).join(" or ")}?`
      : `Columns found: ${listed(names)}.`;
  throw new InputError(`${table.name} has no column ${quoted(name)}. ${remedy}`);
}

/** A table of some rows, in the order told. */
export const takeRows = (table: Table, rows: readonly number[]): Table => ({
  ...table,
  rows: rows.length,
  columns: table.columns.map(({ name, cells }) => ({
    name,
    cells: rows.map((row) => cells[row]!),
  })),
  lines: Int32Array.from(rows, (row) => table.lines[row]!),
});

const folded = (name: string) => name.toLowerCase().replace(/[\s_.-]+/g, "");

/** Up to three names within a third of the letters of `name`, nearest first. */
export function nearest(name: string, among: readonly string[]): string[] {
  const most = Math.max(1, Math.floor(name.length / 3));
  return among
    .map((candidate) => ({ candidate, distance: editDistance(folded(name), folded(candidate)) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .filter(({ distance }, _, [first]) => distance === first!.distance)
    .map(({ candidate }) => candidate);
}

/** Levenshtein 1966: insertions, deletions and substitutions that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  if (Math.max(a.length, b.length) > 200) return a === b ? 0 : 200;
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const line = [i + 1];
    for (let j = 0; j < b.length; j++)
      line.push(Math.min(above[j]! + Number(a[i] !== b[j]), above[j + 1]! + 1, line[j]! + 1));
    above = line;
  }
  return above[b.length]!;
}

/** Text in the order of its code units, the same in every locale. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The rows for which something holds; a filter of typed arrays takes three times the memory. */
export function rowsWhere(
  rows: Int32Array,
  holds: (row: number, entry: number) => boolean,
): Int32Array {
  const kept = new Int32Array(rows.length);
  let count = 0;
  rows.forEach((row, entry) => {
    if (holds(row, entry)) kept[count++] = row;
  });
  return kept.slice(0, count);
}

/** The values of some rows; `from` would list them as objects first, which long columns have no memory for. */
export function valuesAt(values: Float64Array, rows: Int32Array): Float64Array {
  const found = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) found[i] = values[rows[i]!]!;
  return found;
}

/** The rows of several parts together, ascending. */
export const joinedRows = (parts: readonly Int32Array[]): Int32Array =>
  joined(Int32Array, parts).sort();

/** The rows 0 … count − 1. */
export const allRows = (count: number): Int32Array => new Int32Array(count).map((_, row) => row);
