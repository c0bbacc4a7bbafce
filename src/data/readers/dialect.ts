/** How a table is written: its delimiter and its decimal comma, from the text itself. */
import { InputError } from "../../base/errors.ts";
import { toNumber } from "../table.ts";

/** In order of preference where two fit equally: a comma may also be part of a number or a name. */
const delimiters = ["\t", ";", "|", ","];
const sampleLength = 4_000_000;
const sampleRecords = 50;
/** A quoted stretch that begins a cell, or goes on after a doubled quotation mark. */
const quotedCell = /(?<![^\n\t;|, "])"[^"]*"/g;

/**
 * The delimiter that divides the first 50 records most evenly; a comma where none does. `text` has
 * `\n` line ends.
 */
export function findDelimiter(name: string, text: string): string {
  const sample = text.slice(0, sampleLength).replace(quotedCell, "q");
  const records = sample.split("\n", sampleRecords + 1);
  if (records.length === 1 && text.length > sampleLength)
    throw new InputError(
      `${name}: line 1 is longer than 4 MB. Is this a table with column names in its first line?`,
    );
  if (records.length > 1) records.pop(); // it may be cut off
  const written = records.filter((record) => record.trim() !== "");
  const cuts = (record: string, delimiter: string) => record.split(delimiter).length - 1;
  let best = ",";
  let most = 0;
  for (const delimiter of delimiters) {
    const count = cuts(written[0] ?? "", delimiter);
    const even = written.filter((record) => cuts(record, delimiter) === count).length;
    if (count > 0 && even > most) [best, most] = [delimiter, even];
  }
  return best;
}

const comma = /^[+-]?\d*,\d+$/;
const thousands = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * Whether `1,5` is a number here. In a table cut at commas it is not; elsewhere it is where such
 * cells outnumber those with a decimal point, and, unless semicolons cut the table, one of them
 * cannot be thousands (`1,234`).
 */
export function findDecimalComma(
  columns: readonly (readonly (string | null)[])[],
  delimiter: string,
): { decimalComma: boolean; commas: number; points: number } {
  const found = countDecimals(columns, delimiter);
  return { ...found, decimalComma: found.sure && found.commas > found.points };
}

/** Cells with a decimal comma and with a point, and whether a comma can only be a decimal one. */
export function countDecimals(
  columns: readonly (readonly (string | null)[])[],
  delimiter: string,
): { commas: number; points: number; sure: boolean } {
  let [commas, points, sure] = [0, 0, delimiter === ";"];
  if (delimiter === ",") return { commas, points, sure: false };
  for (const cells of columns)
    for (const cell of cells) {
      if (cell === null) continue;
      if (cell.includes(",") && comma.test(cell)) {
        commas++;
        sure ||= !thousands.test(cell);
      } else if (cell.includes(".") && !Number.isNaN(toNumber(cell, false))) points++;
    }
  return { commas, points, sure };
}
