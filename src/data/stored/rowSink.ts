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

interface SinkOptions {
  readonly name: string;
  /** The first piece, which says which columns are numbers. */
  readonly columns: Columns;
  readonly decimalComma: boolean;
  readonly taken: Taken;
  readonly write: (values: BlockValues) => void;
}

/** Takes cells piece by piece and writes them block by block, as long as every guess holds. */
export class RowSink {
  readonly #options: SinkOptions;
  readonly #kinds: readonly StoredKind[];
  readonly #lists: (Map<string, number> | null)[];
  readonly #buffers: (Float64Array | Int32Array | null)[];
  readonly #misread: { readonly text: Set<number>; readonly varied: Set<number> };
  readonly #lines = new Int32Array(blockRows);
  #wrong = false;
  #filled = 0;
  #rows = 0;

  constructor(options: SinkOptions) {
    const { columns, decimalComma, taken } = options;
    const isNumber = (cell: string | null) =>
      cell === null || !Number.isNaN(toNumber(cell, decimalComma));
    this.#options = options;
    this.#kinds = columns.map((cells, i): StoredKind => {
      if (taken.varied.has(i)) return "varied";
      return !taken.text.has(i) && cells.every(isNumber) ? "number" : "text";
    });
    this.#lists = this.#kinds.map((kind) => (kind === "text" ? new Map<string, number>() : null));
    this.#buffers = this.#kinds.map((kind) => {
      if (kind === "varied") return null;
      return kind === "number" ? new Float64Array(blockRows) : new Int32Array(blockRows);
    });
    this.#misread = { text: new Set(taken.text), varied: new Set(taken.varied) };
  }

  add(columns: Columns, lines: readonly number[]): void {
    for (let from = 0; from < lines.length; ) {
      const count = Math.min(blockRows - this.#filled, lines.length - from);
      for (let k = 0; k < count; k++) this.#lines[this.#filled + k] = lines[from + k]!;
      for (const [i, cells] of columns.entries()) this.#fill(i, cells, from, count);
      this.#filled += count;
      from += count;
      if (this.#filled === blockRows) this.#flush();
    }
    this.#rows += lines.length;
    if (this.#rows > mostRows)
      throw new InputError(`${this.#options.name} has more than ${mostRows} rows. Split it.`);
  }

  /** How to take the columns instead, where one turned out otherwise. */
  otherwise(): Taken | null {
    return this.#wrong ? this.#misread : null;
  }

  finish() {
    if (this.#filled > 0) this.#flush();
    const texts = this.#lists.map((list) => list && [...list.keys()]);
    return { rows: this.#rows, kinds: this.#kinds, texts };
  }

  #fill(i: number, cells: Columns[number], from: number, count: number): void {
    const [buffer, list] = [this.#buffers[i], this.#lists[i]];
    if (!buffer) return;
    for (let k = 0; k < count; k++) {
      const cell = cells[from + k]!;
      buffer[this.#filled + k] = list ? placeIn(list, cell) : this.#numberOf(i, cell);
    }
    if (!list || list.size <= mostTexts) return;
    this.#misread.varied.add(i);
    [this.#buffers[i], this.#lists[i], this.#wrong] = [null, null, true];
  }

  #numberOf(i: number, cell: string | null): number {
    const { decimalComma } = this.#options;
    if (cell === null) return Number.NaN;
    const value = (decimalComma ? null : plainNumber(cell)) ?? toNumber(cell, decimalComma);
    if (!Number.isNaN(value)) return value;
    this.#misread.text.add(i);
    this.#wrong = true;
    return value;
  }

  #flush(): void {
    const filled = this.#filled;
    if (!this.#wrong)
      this.#options.write(
        [this.#lines, ...this.#buffers].map((values) =>
          values ? values.subarray(0, filled) : null,
        ),
      );
    this.#filled = 0;
  }
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
