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
export function encodeCsv(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const lines = [header, ...rows].map((row) => row.map(encodeCell).join(","));
  return `${lines.join("\n")}\n`;
}

function encodeCell(cell: Cell): string {
  if (typeof cell !== "string") return cell === null ? "" : String(cell);
  const safe = formula.test(cell) && !number.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
