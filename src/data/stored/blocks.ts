/** Rows of a table, where they are on disk block by block. */
import type { Table } from "../table.ts";

/**
 * Hands over the rows' parts of a table, in the order of the rows: each a block's own table with the
 * rows in it; a table in memory is one part. Ascending rows read every block once.
 */
export function eachPart(
  table: Table,
  rows: Int32Array,
  visit: (part: Table, rows: Int32Array) => void,
): void {
  if (!table.stored) {
    visit(table, rows);
    return;
  }
  const { blockRows, block } = table.stored;
  for (let from = 0; from < rows.length; ) {
    const number = Math.floor(rows[from]! / blockRows);
    let to = from;
    while (to < rows.length && Math.floor(rows[to]! / blockRows) === number) to++;
    visit(
      block(number),
      rows.subarray(from, to).map((row) => row - number * blockRows),
    );
    from = to;
  }
}
