/** Tables by path; the only file of this folder that touches the disk. */
import { openFile, readFile } from "#platform";
import { isDelimited, parseTable, type ReadOptions } from "./readers/parse.ts";
import { parseDictionary } from "./redcap/dictionary.ts";
import type { DataDictionary } from "./redcap/types.ts";
import { withDictionary } from "./redcap/withDictionary.ts";
import { readStored, type StoredOptions } from "./stored/readStored.ts";
import type { Table } from "./table.ts";

/** Delimited text of so many bytes and more is read from disk. */
const largest = 268_435_456;

export interface FileOptions extends ReadOptions, StoredOptions {
  /** Keeps delimited text on disk however small it is, or in memory where it fits. */
  readonly stream?: boolean;
  /** Of a REDCap export the file of its data dictionary. */
  readonly dictionary?: string;
}

const lastPart = (path: string) => path.split(/[/\\]/).at(-1)!;

/** Reads a REDCap data dictionary: `await readDictionary("DataDictionary.csv")`. */
export const readDictionary = async (path: string): Promise<DataDictionary> =>
  parseDictionary({ name: lastPart(path), bytes: await readFile(path) });

/**
 * Reads a table from a file of any format that `parseTable` knows; messages call it by the last part
 * of its path. Delimited text of 256 MiB and more stays on disk, in blocks of rows.
 *
 *     const table = await read("data/wdbc.csv");
 */
export async function read(path: string, options: FileOptions = {}): Promise<Table> {
  const { dictionary, ...told } = options;
  if (dictionary === undefined) return readTable(path, told);
  const known = await readDictionary(dictionary);
  return withDictionary(await readTable(path, told), known);
}

async function readTable(path: string, options: Omit<FileOptions, "dictionary">): Promise<Table> {
  const { stream, rows, onConvert, ...told } = options;
  const file = openFile(path);
  const start = new Uint8Array(16);
  file.read(start, 0);
  const name = lastPart(path);
  if ((stream ?? file.size >= largest) && isDelimited(name, start)) {
    const kept = rows === undefined ? {} : { rows };
    return readStored(path, { ...told, ...kept, ...(onConvert ? { onConvert } : {}) });
  }
  return parseTable({ name, bytes: await readFile(path) }, told);
}
