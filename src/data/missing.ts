/** Codes that a person says stand for a missing value, such as -9. */
import { storedWithMissing } from "./stored/storedTable.ts";
import { type Table, toNumber } from "./table.ts";

type Cells = readonly (string | null)[];

/** Which cells, and which numbers, are told codes; a number is compared as a number. */
function codesOf(told: readonly string[], decimalComma: boolean) {
  const texts = new Set(told.map((code) => code.trim()));
  const numbers = new Set(told.map((code) => toNumber(code.trim(), decimalComma)));
  numbers.delete(Number.NaN);
  return {
    isNumber: (value: number) => numbers.has(value),
    isText: (cell: string) =>
      texts.has(cell) || (numbers.size > 0 && numbers.has(toNumber(cell, decimalComma))),
  };
}

/** What blanks the told codes in a column's cells. */
export function blankCodes(told: readonly string[], decimalComma: boolean) {
  if (told.length === 0) return (cells: Cells) => cells;
  const { isText } = codesOf(told, decimalComma);
  return (cells: Cells): Cells =>
    cells.map((cell) => (cell === null || isText(cell) ? null : cell));
}

/** The table as if it had been read with these codes: what -9 meant in training, it means later. */
export function withMissing(table: Table, codes: readonly string[]): Table {
  const more = codes.filter((code) => !table.missing.includes(code));
  if (more.length === 0) return table;
  const { decimalComma } = table.format;
  const missing = [...table.missing, ...more];
  if (table.stored) return storedWithMissing(table, codesOf(more, decimalComma), missing);
  const blank = blankCodes(more, decimalComma);
  return {
    ...table,
    missing,
    columns: table.columns.map(({ name, cells }) => ({ name, cells: blank(cells) })),
  };
}
