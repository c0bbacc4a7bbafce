/**
 * A table on disk: blocks of rows, in each block column after column, every stretch with a checksum.
 *
 *     "GOLGIROW" | u32 format | u32 0 | blocks | facts as JSON | u32 their length | u32 their checksum
 *
 * All numbers are little-endian. A block of r rows holds the lines (i32), then each column: f64 of
 * numbers (NaN: missing), i32 places in the column's list of texts (−1: missing), or nothing.
 */
import { createFile, openFile } from "#platform";
import { InputError } from "../../base/errors.ts";
import type { Finding } from "../findings.ts";
import type { Format } from "../table.ts";

/** `varied`: texts of too many values to list; they are not kept. */
export type StoredKind = "number" | "text" | "varied";

/** What a row file says of itself. */
export interface RowFacts {
  readonly name: string;
  /** SHA-256 of the file that it was made from. */
  readonly source: string;
  readonly rows: number;
  readonly names: readonly string[];
  readonly kinds: readonly StoredKind[];
  /** Of each column of text its values, in order of appearance. */
  readonly texts: readonly (readonly string[] | null)[];
  readonly format: Format;
  readonly missing: readonly string[];
  readonly findings: readonly Finding[];
  /** Of each block: of its lines, then of its columns. */
  readonly checksums: readonly (readonly number[])[];
}

export const blockRows = 4096;
export const rowFormat = 1;
const magic = "GOLGIROW";
const headLength = 16;
const widths: Readonly<Record<StoredKind, number>> = { number: 8, text: 4, varied: 0 };

const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** FNV-1a over words of 32 bits: each step is one-to-one, so no single changed word passes. */
function checksumOf(bytes: Uint8Array): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  let sum = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ words[i]!, 0x01000193);
  return sum >>> 0;
}

/** The values of one block: the lines, then each column, `null` where nothing is kept. */
export type BlockValues = readonly (Float64Array | Int32Array | null)[];

/** Writes a row file block by block; it is there once finished, and absent before. */
export function rowFileWriter(path: string) {
  const file = createFile(path);
  const head = new Uint8Array(headLength);
  head.set(new TextEncoder().encode(magic));
  new DataView(head.buffer).setUint32(8, rowFormat, true);
  file.write(head);
  const checksums: number[][] = [];
  return {
    write(values: BlockValues): void {
      checksums.push(
        values.map((column) => {
          if (!column) return 0;
          file.write(bytesOf(column));
          return checksumOf(bytesOf(column));
        }),
      );
    },
    finish(facts: Omit<RowFacts, "checksums">): void {
      const text = new TextEncoder().encode(JSON.stringify({ ...facts, checksums }));
      const padded = new Uint8Array(4 * Math.ceil(text.length / 4) + 8).fill(32);
      padded.set(text);
      const length = padded.length - 8;
      const view = new DataView(padded.buffer);
      view.setUint32(length, length, true);
      view.setUint32(length + 4, checksumOf(padded.subarray(0, length)), true);
      file.write(padded);
      file.commit();
    },
    abandon: file.abandon,
  };
}

const broken = (path: string, what: string) =>
  new InputError(`${path} is damaged: ${what}. Delete it; it is made anew from its table.`);

/** A row file whose columns and blocks can be read; an InputError finds every changed word. */
export class RowFile {
  readonly facts: RowFacts;
  readonly path: string;
  readonly #file: ReturnType<typeof openFile>;
  /** Stretches whose checksum was compared. */
  readonly #checked: Uint8Array;

  constructor(path: string) {
    this.path = path;
    this.#file = openFile(path);
    this.facts = this.#readFacts();
    this.#checked = new Uint8Array(this.blocks * (this.facts.names.length + 1));
  }

  get blocks(): number {
    return Math.ceil(this.facts.rows / blockRows);
  }

  /** Rows of a block: all are full but the last. */
  rowsOf(block: number): number {
    return Math.min(blockRows, this.facts.rows - block * blockRows);
  }

  lines(): Int32Array {
    const values = new Int32Array(this.facts.rows);
    this.#readAll(0, bytesOf(values), 4);
    return values;
  }

  /** A whole column. */
  column(index: number): Float64Array | Int32Array {
    const width = widths[this.facts.kinds[index]!];
    const { rows } = this.facts;
    const values = width === 8 ? new Float64Array(rows) : new Int32Array(rows);
    this.#readAll(index + 1, bytesOf(values), width);
    return values;
  }

  /** A column's part in one block. */
  stretch(index: number, block: number): Float64Array | Int32Array {
    const width = widths[this.facts.kinds[index]!];
    const rows = this.rowsOf(block);
    const values = width === 8 ? new Float64Array(rows) : new Int32Array(rows);
    this.#readStretch(index + 1, block, bytesOf(values));
    return values;
  }

  #readAll(part: number, bytes: Uint8Array, width: number): void {
    for (let block = 0; block < this.blocks; block++) {
      const from = block * blockRows * width;
      this.#readStretch(part, block, bytes.subarray(from, from + this.rowsOf(block) * width));
    }
  }

  /** Part 0 is the lines, part i + 1 the column i. */
  #readStretch(part: number, block: number, bytes: Uint8Array): void {
    const { kinds, checksums } = this.facts;
    const wide = (upTo: number) =>
      kinds.slice(0, upTo).reduce((sum, kind) => sum + widths[kind], 4);
    const begin = headLength + block * blockRows * wide(kinds.length);
    const before = part === 0 ? 0 : wide(part - 1);
    const count = this.#file.read(bytes, begin + before * this.rowsOf(block));
    if (count !== bytes.length) throw broken(this.path, "its end is missing");
    const place = block * (kinds.length + 1) + part;
    if (this.#checked[place]) return;
    if (checksumOf(bytes) !== checksums[block]?.[part])
      throw broken(this.path, `block ${block} has changed`);
    this.#checked[place] = 1;
  }

  #readFacts(): RowFacts {
    const { size } = this.#file;
    const head = new Uint8Array(headLength);
    this.#file.read(head, 0);
    const [found, format] = [new TextDecoder().decode(head.subarray(0, 8)), head[8]];
    if (found !== magic || format !== rowFormat) throw broken(this.path, "its beginning");
    const tail = new Uint8Array(8);
    if (size < headLength + 8 || this.#file.read(tail, size - 8) < 8)
      throw broken(this.path, "its end is missing");
    const length = new DataView(tail.buffer).getUint32(0, true);
    if (length % 4 !== 0 || length > size - headLength - 8) throw broken(this.path, "its end");
    const text = new Uint8Array(length);
    this.#file.read(text, size - 8 - length);
    if (checksumOf(text) !== new DataView(tail.buffer).getUint32(4, true))
      throw broken(this.path, "what it says of itself has changed");
    return JSON.parse(new TextDecoder().decode(text)) as RowFacts;
  }
}
