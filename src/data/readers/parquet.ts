/** Parquet, by hyparquet: flat columns of every codec, dates as ISO text. */
import type { Compressors, FileMetaData } from "hyparquet";
import { InputError } from "../../base/errors.ts";
import { quoted } from "../findings.ts";
import type { Table } from "../table.ts";
import {
  type CellOptions,
  cellText,
  checkSize,
  dateText,
  float32Text,
  guarded,
  mostUnpacked,
  type SourceFile,
  tableOf,
} from "./cells.ts";
import { checkPages } from "./parquetPages.ts";

/** Reads all rows of a Parquet file; lists and structures are refused by the name of their column. */
export const parseParquet = (file: SourceFile, options: CellOptions): Promise<Table> =>
  guarded(file.name, "Parquet", async () => {
    const { name } = file;
    const [{ parquetMetadata, parquetReadObjects }, { parquetHeader }, codecs] = await Promise.all([
      import("hyparquet"),
      import("hyparquet/src/column.js"),
      import("hyparquet-compressors"),
    ]);
    const { compressors, decompressZstd } = codecs;
    const buffer = file.bytes.slice().buffer;
    const metadata = parquetMetadata(buffer);
    const names = flatNames(name, metadata);
    const rows = Number(metadata.num_rows);
    checkSize(name, names.length, rows);
    if (rows > 1_000_000 + 1000 * file.bytes.length) throw new Error(`it cannot hold ${rows} rows`);
    const unpacked = checkGroups(name, metadata);
    checkPages(file.bytes, metadata, parquetHeader);
    const single = new Set(
      metadata.schema.filter(({ type }) => type === "FLOAT").map((each) => each.name),
    );
    const unpack = capped({ ...compressors, ZSTD: intoItsPage(decompressZstd) }, unpacked);
    const columns = names.map((): string[] => []);
    // One part of one column at a time: the reader would leave the faults of other parts unheard.
    for (const [from, to] of rangesOf(metadata))
      for (const [i, column] of names.entries()) {
        const write = single.has(column) ? float32Cell : cellText;
        const found = await parquetReadObjects({
          ...{ file: buffer, metadata, compressors: unpack, parsers, geoparquet: false },
          ...{ columns: [column], rowStart: from, rowEnd: to },
        });
        if (found.length !== to - from) throw new Error(`rows of column ${column} are missing`);
        for (const row of found) columns[i]!.push(write(row[column]) ?? refuse(name, column));
      }
    return tableOf(name, { names, columns }, options);
  });

const float32Cell = (value: unknown) =>
  typeof value === "number" ? float32Text(value) : cellText(value);

/** Timestamps as the text that a CSV would hold; finer than milliseconds is cut. */
const parsers = {
  timestampFromMilliseconds: (value: bigint) => dateText(Number(value)),
  timestampFromMicroseconds: (value: bigint) => dateText(Number(value / 1000n)),
  timestampFromNanoseconds: (value: bigint) => dateText(Number(value / 1_000_000n)),
  dateFromDays: (days: number) => dateText(days * 86_400_000),
};

function flatNames(name: string, { schema }: FileMetaData): string[] {
  const [root, ...fields] = schema;
  const nested = fields.find(
    (field) => (field.num_children ?? 0) > 0 || field.repetition_type === "REPEATED",
  );
  if (nested) refuse(name, nested.name);
  if (!root || fields.length === 0) throw new Error("it has no columns");
  return fields.map((field) => field.name);
}

function refuse(name: string, column: string): never {
  throw new InputError(
    `${name}: column ${quoted(column)} holds lists, structures or bytes. ` +
      `Flatten it or leave it out when you write the file.`,
  );
}

/** The rows of each row group, from and up to. */
function rangesOf({ row_groups }: FileMetaData): (readonly [number, number])[] {
  let end = 0;
  return row_groups.map(({ num_rows }) => {
    const from = end;
    end += Number(num_rows);
    return [from, end];
  });
}

/** Returns how many bytes the file says that it unpacks to. */
function checkGroups(name: string, { row_groups, num_rows }: FileMetaData): number {
  let rows = 0n;
  let bytes = 0;
  for (const group of row_groups) {
    if (group.num_rows < 0n) throw new Error(`a row group has ${group.num_rows} rows`);
    rows += group.num_rows;
    for (const { meta_data } of group.columns) bytes += Number(meta_data?.total_uncompressed_size);
  }
  if (rows !== num_rows) throw new Error(`its row groups have ${rows} rows, not ${num_rows}`);
  if (bytes <= mostUnpacked) return bytes;
  throw new InputError(`${name} unpacks to more than 4 GiB. Keep the columns and rows you need.`);
}

/** A Zstandard frame may claim any size: it is unpacked into what its page says. */
const intoItsPage =
  (unpack: (input: Uint8Array, output: Uint8Array) => Uint8Array) =>
  (input: Uint8Array, length: number) =>
    unpack(input, new Uint8Array(length));

/** Each codec, refusing pages that claim more than the file says it unpacks to. */
function capped(compressors: Compressors, unpacked: number): Compressors {
  let left = unpacked;
  const entries = Object.entries(compressors).map(([codec, unpack]) => {
    const guard = (input: Uint8Array, length: number) => {
      left -= length;
      if (!(length >= 0 && left >= 0)) throw new Error("a page is larger than the file says");
      return unpack!(input, length);
    };
    return [codec, guard];
  });
  return Object.fromEntries(entries);
}
