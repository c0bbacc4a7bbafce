/** Cells to blocks of a row file: numbers where all are, texts by their place in a list. */
import { InputError } from "../../base/errors.ts";
import { toNumber } from "../table.ts";
import { type BlockValues, blockRows, type StoredKind } from "./rowFile.ts";

type Columns = readonly (readonly (string | null)[])[];

/** Columns, by their place, that are known to hold text, and to hold too many texts to list. */
export interface Taken {
  readonly text: ReadonlySet<number>;
  readonly varied: ReadonlySet<number>;
}

/** Different texts of a column that are listed. */
const mostTexts = 200_000;
/** Rows whose bookkeeping alone would take a gigabyte. */
const mostRows = 100_000_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** A copy: a part of a text keeps all of it in memory. */
const copied = (cell: string): string => decoder.decode(encoder.encode(cell));

/** Takes cells piece by piece; the first piece says which columns are numbers. */
export function rowSink(from: {
  readonly name: string;
  readonly columns: Columns;
  readonly decimalComma: boolean;
  readonly taken: Taken;
  readonly write: (values: BlockValues) => void;
}) {
  const { name, columns: first, decimalComma, taken, write } = from;
  const isNumber = (cell: string | null) =>
    cell === null || !Number.isNaN(toNumber(cell, decimalComma));
  const kinds = first.map((cells, i): StoredKind => {
    if (taken.varied.has(i)) return "varied";
    return !taken.text.has(i) && cells.every(isNumber) ? "number" : "text";
  });
  const lists = kinds.map((kind) => (kind === "text" ? new Map<string, number>() : null));
  const misread = { text: new Set(taken.text), varied: new Set(taken.varied) };
  let wrong = false;
  const lines = new Int32Array(blockRows);
  const buffers = kinds.map((kind) => {
    if (kind === "varied") return null;
    return kind === "number" ? new Float64Array(blockRows) : new Int32Array(blockRows);
  });
  let [filled, rows] = [0, 0];

  function fill(i: number, cells: Columns[number], from: number, count: number): void {
    const buffer = buffers[i];
    const list = lists[i];
    if (!buffer) return;
    for (let k = 0; k < count; k++) {
      const cell = cells[from + k]!;
      buffer[filled + k] = list ? placeIn(list, cell) : numberOf(i, cell);
    }
    if (list && list.size > mostTexts) {
      misread.varied.add(i);
      [buffers[i], lists[i], wrong] = [null, null, true];
    }
  }

  function numberOf(i: number, cell: string | null): number {
    if (cell === null) return Number.NaN;
    const value = (decimalComma ? null : plainNumber(cell)) ?? toNumber(cell, decimalComma);
    if (Number.isNaN(value)) {
      misread.text.add(i);
      wrong = true;
    }
    return value;
  }

  function flush(): void {
    if (!wrong)
      write([lines, ...buffers].map((values) => (values ? values.subarray(0, filled) : null)));
    filled = 0;
  }

  return {
    add(columns: Columns, at: readonly number[]): void {
      for (let from = 0; from < at.length; ) {
        const count = Math.min(blockRows - filled, at.length - from);
        for (let k = 0; k < count; k++) lines[filled + k] = at[from + k]!;
        columns.forEach((cells, i) => fill(i, cells, from, count));
        filled += count;
        from += count;
        rows += count;
        if (filled === blockRows) flush();
      }
      if (rows > mostRows)
        throw new InputError(`${name} has more than ${mostRows} rows. Split it.`);
    },
    /** How to take the columns instead, where one turned out otherwise. */
    otherwise: (): Taken | null => (wrong ? misread : null),
    finish() {
      if (filled > 0) flush();
      return { rows, kinds, texts: lists.map((list) => list && [...list.keys()]) };
    },
  };
}

const powersOfTen = Array.from({ length: 16 }, (_, power) => Number(`1e${power}`));

/**
 * The number of a sign, up to 15 digits and a point: digits / 10ᵏ, both of them exact in float64,
 * so the quotient is the nearest float64 (Clinger 1990). `null` for anything else.
 */
function plainNumber(cell: string): number | null {
  const negative = cell.charCodeAt(0) === 45;
  let [digits, point] = [0, -1];
  const begin = negative ? 1 : 0;
  if (cell.length - begin > 16 || cell.length === begin) return null;
  for (let i = begin; i < cell.length; i++) {
    const code = cell.charCodeAt(i);
    if (code >= 48 && code <= 57) digits = 10 * digits + code - 48;
    else if (code === 46 && point < 0) point = i;
    else return null;
  }
  const count = cell.length - begin - (point < 0 ? 0 : 1);
  if (count === 0 || count > 15) return null;
  const value = point < 0 ? digits : digits / powersOfTen[cell.length - 1 - point]!;
  return negative ? -value : value;
}

function placeIn(list: Map<string, number>, cell: string | null): number {
  if (cell === null) return -1;
  const known = list.get(cell);
  if (known !== undefined) return known;
  list.set(copied(cell), list.size);
  return list.size - 1;
}
