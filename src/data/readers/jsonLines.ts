/** JSON lines: one flat object a line. */
import { InputError } from "../../base/errors.ts";
import { quoted } from "../findings.ts";
import type { Table } from "../table.ts";
import { type CellOptions, cellText, checkSize, type SourceFile, tableOf } from "./cells.ts";
import { decodeText } from "./text.ts";

/** Reads `{"age": 51, "sex": "f"}` line by line; the columns are all keys, in order of appearance. */
export function parseJsonLines({ name, bytes }: SourceFile, options: CellOptions): Table {
  const { text } = decodeText(name, bytes);
  const places = new Map<string, number>();
  const rows: (readonly [line: number, entries: readonly [string, string][]])[] = [];
  text.split(/\r\n?|\n/).forEach((written, i) => {
    if (written.trim() === "") return;
    const entries = entriesOf(name, i + 1, written);
    for (const [key] of entries) if (!places.has(key)) places.set(key, places.size);
    rows.push([i + 1, entries]);
  });
  if (places.size === 0)
    throw new InputError(`${name} holds no values. Write one object a line, such as {"age": 51}.`);
  checkSize(name, places.size, rows.length);
  const columns = [...places].map(() => new Array<string>(rows.length).fill(""));
  rows.forEach(([, entries], row) => {
    for (const [key, cell] of entries) columns[places.get(key)!]![row] = cell;
  });
  return tableOf(
    name,
    { names: [...places.keys()], columns, lines: rows.map(([l]) => l) },
    options,
  );
}

function entriesOf(name: string, line: number, written: string): [string, string][] {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    throw new InputError(`${name}, line ${line} is no JSON. Write one object a line.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputError(`${name}, line ${line} is no object. Write one object a line.`);
  return Object.entries(value).map(([key, each]) => {
    const cell = cellText(each);
    if (cell === undefined)
      throw new InputError(
        `${name}, line ${line}: ${quoted(key)} holds ${Array.isArray(each) ? "a list" : "an object"}. ` +
          `Flatten it: a cell is a number, a text, true, false or null.`,
      );
    if (losesDigits(each))
      throw new InputError(
        `${name}, line ${line}: ${quoted(key)} is a whole number of more than 15 digits, which JSON ` +
          `readers round. Write it in quotes.`,
      );
    return [key, cell];
  });
}

const losesDigits = (value: unknown) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value as number) < 1e21;
