/** The name of a set of rows: what they hold, whatever their order, their file and its columns' order. */
import { sha256 } from "#platform";
import type { Table } from "../../data/index.ts";
import { byCodeUnit, takeRows } from "../../data/table.ts";

/**
 * SHA-256 over the sorted SHA-256 of the rows, each with its columns in the order of their names: so
 * the same patients in a shuffled file are the same test rows.
 *
 *     await rowsHash(prepared.test.table, prepared.split.test);
 */
export async function rowsHash(table: Table, rows: Int32Array): Promise<string> {
  const text = new TextEncoder();
  // column by column, as a table on disk reads them; what it did not keep says nothing
  const columns = takeRows({ ...table, columns: keptColumns(table) }, [...rows]).columns;
  const names = JSON.stringify(columns.map(({ name }) => name));
  const hashes: string[] = [];
  for (const place of rows.keys())
    hashes.push(
      await sha256(text.encode(JSON.stringify(columns.map(({ cells }) => cells[place])))),
    );
  return sha256(text.encode([names, ...hashes.sort(byCodeUnit)].join("\n")));
}

const keptColumns = ({ columns }: Table) =>
  columns.filter(({ varied }) => !varied).toSorted((a, b) => byCodeUnit(a.name, b.name));
