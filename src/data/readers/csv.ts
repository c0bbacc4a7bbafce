/** Delimited text to a table: encoding, delimiter and decimal comma are found, every line is checked. */
import { InputError } from "../../base/errors.ts";
import type { Finding } from "../findings.ts";
import { blankCodes } from "../missing.ts";
import type { Table } from "../table.ts";
import { bodyBuilder } from "./body.ts";
import { checkSize } from "./cells.ts";
import { findDecimalComma, findDelimiter } from "./dialect.ts";
import { cutRecords } from "./records.ts";
import { decodeText } from "./text.ts";

export interface TextOptions {
  /** More codes that stand for a missing value, such as `-9`; a number is compared as a number. */
  readonly missing?: readonly string[];
  /** Leaves out lines whose number of cells is not the header's, instead of an error. */
  readonly skipRagged?: boolean;
  /** Found from the text unless told. */
  readonly delimiter?: string;
  readonly decimalComma?: boolean;
}

/**
 * Reads a table with a header line from CSV, TSV or the like. Delimiter, decimal comma and encoding
 * are found; an InputError names the line that is wrong.
 *
 *     const table = await parseDelimited({ name: "wdbc.csv", bytes });
 */
export async function parseDelimited(
  file: { readonly name: string; readonly bytes: Uint8Array },
  options: TextOptions = {},
): Promise<Table> {
  const { name } = file;
  const { encoding, ...decoded } = decodeText(name, file.bytes);
  const { text, firstLine, told } = withoutSeparatorLine(decoded.text.replace(/\r\n?/g, "\n"));
  if (text.trim() === "")
    throw new InputError(`${name} is empty. A table needs a header line and rows.`);
  const delimiter = options.delimiter ?? told ?? findDelimiter(name, text);
  checkTextSize(name, text, delimiter);
  const body = bodyBuilder(name, options.skipRagged ?? false);
  await cutRecords({ name, text, delimiter, firstLine }, body.take);
  const { names, columns, lines, findings } = body.finish();
  const found = findDecimalComma(columns, delimiter);
  const decimalComma = options.decimalComma ?? found.decimalComma;
  if (options.decimalComma === undefined && found.commas > 0 && found.points > 0)
    findings.push(mixedDecimals({ ...found, decimalComma }));
  if (encoding === "windows-1252") findings.push(otherEncoding);
  const { missing = [] } = options;
  const blank = blankCodes(missing, decimalComma);
  return {
    name,
    rows: lines.length,
    columns: names.map((column, i) => ({ name: column, cells: blank(columns[i]!) })),
    lines: Int32Array.from(lines),
    format: { delimiter, decimalComma, encoding },
    missing,
    findings,
  };
}

/** Excel's first line `sep=;`. */
export function withoutSeparatorLine(text: string): {
  text: string;
  firstLine: number;
  told?: string;
} {
  const found = /^"?sep=(.)"?\n/i.exec(text);
  if (!found) return { text, firstLine: 1 };
  return { text: text.slice(found[0].length), firstLine: 2, told: found[1]! };
}

/** Refuses, before a cell is cut, what would not fit into memory. */
function checkTextSize(name: string, text: string, delimiter: string): void {
  const header = text.trimStart().split("\n", 1)[0]!;
  let columns = 1;
  for (let at = header.indexOf(delimiter); at >= 0; at = header.indexOf(delimiter, at + 1))
    columns++;
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  checkSize(name, columns, lines + 1);
}

export const mixedDecimals = (found: {
  commas: number;
  points: number;
  decimalComma: boolean;
}): Finding => ({
  kind: "mixed decimals",
  level: "warning",
  commas: found.commas,
  points: found.points,
  message:
    `${found.commas} cells look like 1,5 and ${found.points} like 1.5; ` +
    `read with a decimal ${found.decimalComma ? "comma" : "point"}`,
});

export const otherEncoding: Finding = {
  kind: "encoding",
  level: "note",
  encoding: "windows-1252",
  message: "not valid UTF-8, read as Windows-1252; save as UTF-8 if letters look wrong",
};
