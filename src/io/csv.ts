/** Writing CSV that spreadsheets open without surprises. */

export type Cell = string | number | boolean | null;

/** A spreadsheet would run such a text as a formula (OWASP, "CSV Injection"). */
const formula = /^[=+\-@\t\r]/;
/** A number spelled out, "-9" say, is none. */
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * A table as CSV: commas, quotes where needed, one line feed a row; `null` is an empty cell.
 * A text that a spreadsheet would run as a formula gets an apostrophe in front.
 * @example encodeCsv(["id", "p"], [["a", 0.25]]); // "id,p\na,0.25\n"
 */
export const encodeCsv = (header: readonly string[], rows: Iterable<readonly Cell[]>): string =>
  [...csvPieces(header, rows)].join("");

const rowsAtOnce = 1000;

/** The same in pieces of some rows, for tables of which no text would hold all. */
export function* csvPieces(
  header: readonly string[],
  rows: Iterable<readonly Cell[]>,
): Generator<string> {
  let lines = [lineOf(header)];
  for (const row of rows) {
    if (lines.length === rowsAtOnce) {
      yield lines.join("");
      lines = [];
    }
    lines.push(lineOf(row));
  }
  yield lines.join("");
}

const lineOf = (row: readonly Cell[]): string => `${row.map(encodeCell).join(",")}\n`;

function encodeCell(cell: Cell): string {
  if (typeof cell !== "string") return cell === null ? "" : String(cell);
  const safe = formula.test(cell) && !number.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
