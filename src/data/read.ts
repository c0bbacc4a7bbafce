/** Tables by path; the only file of this folder that touches the disk. */
import { readFile } from "#platform";
import { parseTable, type ReadOptions } from "./readers/parse.ts";
import type { Table } from "./table.ts";

/**
 * Reads a table from a file of any format that `parseTable` knows; messages call it by the last part
 * of its path.
 *
 *     const table = await read("data/wdbc.csv");
 */
export async function read(path: string, options: ReadOptions = {}): Promise<Table> {
  const bytes = await readFile(path);
  return parseTable({ name: path.split(/[/\\]/).at(-1)!, bytes }, options);
}
