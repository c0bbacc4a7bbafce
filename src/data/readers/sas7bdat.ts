/**
 * SAS7BDAT, after Shotwell and Cummins, "SAS7BDAT Database Binary Format" (2013), and the notes of
 * ReadStat's and pandas' authors: 32 and 64 bit, both byte orders, both compressions.
 */
import { InputError } from "../../base/errors.ts";
import type { Table } from "../table.ts";
import { type CellOptions, checkSize, guarded, type SourceFile, tableOf } from "./cells.ts";
import { type Unpack, unpackRoss, unpackRunLengths } from "./sasPacked.ts";
import {
  type Description,
  describe,
  type Page,
  pagesOf,
  type SasFile,
  sasFile,
} from "./sasPages.ts";
import { sasWriter } from "./sasValues.ts";

/** Reads a table: columns by their names, every missing value alike, dates by format as ISO text. */
export const parseSas = (file: SourceFile, options: CellOptions): Promise<Table> =>
  guarded(file.name, "SAS", async () => {
    const sas = sasFile(file.bytes);
    const pages = [...pagesOf(sas)];
    const told = describe(sas, pages);
    checkSize(file.name, told.columns.length, told.rows);
    const readers = told.columns.map((column) => cellReader(sas, column));
    const columns = told.columns.map((): string[] => []);
    for (const row of rowsOf(file.name, sas, pages, told))
      for (let i = 0; i < readers.length; i++) columns[i]!.push(readers[i]!(row));
    const found = columns[0]?.length ?? 0;
    if (found < told.rows) throw new Error(`it ends after ${found} of ${told.rows} rows`);
    return tableOf(file.name, { names: told.columns.map(({ name }) => name), columns }, options);
  });

const unpackers: Readonly<Record<string, Unpack>> = {
  SASYZCRL: unpackRunLengths,
  SASYZCR2: unpackRoss,
};

/** A page of rows some of which were deleted but are still there. */
const withDeleted = 0x80;

/** Each row's bytes, in a view that is the same one each time where rows are compressed. */
function* rowsOf(
  name: string,
  { bytes }: SasFile,
  pages: readonly Page[],
  { rows, rowLength, compression, mixedRows }: Description,
): Generator<DataView> {
  let left = rows;
  const unpack = unpackers[compression];
  const row = new Uint8Array(unpack ? rowLength : 0);
  for (const page of pages) {
    if ((page.type & withDeleted) !== 0)
      throw new InputError(
        `${name} still holds rows that were deleted. Write it anew in SAS: data new; set old; run;`,
      );
    for (const { offset, length } of page.packed) {
      if (left-- <= 0) return;
      const packed = bytes.subarray(page.begin + offset, page.begin + offset + length);
      if (length === rowLength) row.set(packed);
      else if (unpack) unpack(packed, row);
      else throw new Error("it holds compressed rows of an unknown kind");
      yield new DataView(row.buffer);
    }
    const count = page.kind === "mix" ? Math.min(page.rows, mixedRows) : page.rows;
    if (page.rowsAt + Math.min(count, left) * rowLength > page.length)
      throw new Error("a page claims more rows than it holds");
    for (let i = 0; i < count && left > 0; i++, left--)
      yield new DataView(
        bytes.buffer,
        bytes.byteOffset + page.begin + page.rowsAt + i * rowLength,
        rowLength,
      );
  }
}

type Column = Description["columns"][number];

function cellReader({ little, decode }: SasFile, column: Column): (row: DataView) => string {
  const { offset, width, isText, format } = column;
  if (isText) return (row) => decode(new Uint8Array(row.buffer, row.byteOffset + offset, width));
  const write = sasWriter(format);
  const number = new DataView(new ArrayBuffer(8)); // a short number lacks its last digits
  const from = little ? 8 - width : 0;
  return (row) => {
    for (let i = 0; i < width; i++) number.setUint8(from + i, row.getUint8(offset + i));
    return write(number.getFloat64(0, little));
  };
}
