/** Which reader a file needs, by its first bytes, then by its name. */
import { InputError } from "../../base/errors.ts";
import type { Table } from "../table.ts";
import type { SourceFile } from "./cells.ts";
import { parseDelimited, type TextOptions } from "./csv.ts";
import { parseJsonLines } from "./jsonLines.ts";
import { parseNpy, parseNpz } from "./numpy.ts";
import { parseParquet } from "./parquet.ts";
import { parseSas } from "./sas7bdat.ts";
import { parseSpss } from "./spss.ts";
import { parseStata } from "./stata.ts";
import { parseXlsx, type SheetOptions } from "./xlsx.ts";
import { parseXport } from "./xport.ts";

export interface ReadOptions extends TextOptions, SheetOptions {}

type Reader = (file: SourceFile, options: ReadOptions) => Table | Promise<Table>;

/** Binary formats by the text they begin with. */
const signatures: readonly (readonly [string, Reader])[] = [
  ["PK\x03\x04", (file, options) => (isNpz(file) ? parseNpz : parseXlsx)(file, options)],
  ["\x93NUMPY", parseNpy],
  ["$FL2", parseSpss],
  ["$FL3", parseSpss],
  ["PAR1", parseParquet],
  ["<stata_dta>", parseStata],
  ["\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60", parseSas],
  ["HEADER RECORD***", parseXport],
];

/** The first file in the archive is an array, or its name says so. */
const isNpz = ({ name, bytes }: SourceFile): boolean =>
  /\.npz$/i.test(name) ||
  /^.{30}[^\0]{1,64}?\.npy/s.test(String.fromCharCode(...bytes.subarray(0, 99)));

/** Names whose files begin so, or are broken. */
const promised: readonly (readonly [RegExp, string])[] = [
  [/\.xlsx$/i, "an Excel workbook (or it has a password)"],
  [/\.parquet$/i, "a Parquet file"],
  [/\.(?:npy|npz)$/i, "a NumPy file"],
  [/\.z?sav$/i, "an SPSS file"],
  [/\.sas7bdat$/i, "a SAS file"],
  [/\.xpt$/i, "a SAS transport file"],
  [/\.dta$/i, "a Stata file of format 117 or later (save older ones with Stata 13 or later)"],
];

/** Whether a file is delimited text, by its name and its first 16 bytes. */
export function isDelimited(name: string, bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes);
  const binary = signatures.some(([signature]) => start.startsWith(signature));
  return !binary && !promised.some(([p]) => p.test(name)) && !linesOfJson.test(name);
}

const linesOfJson = /\.(?:jsonl|ndjson)$/i;

/**
 * Reads a table: CSV, TSV or the like, JSON lines, Excel, Parquet, SPSS, Stata, SAS, NumPy. The format is found from
 * the content and the name; an InputError says what is wrong and where.
 *
 *     const table = await parseTable({ name: "wdbc.csv", bytes });
 */
export async function parseTable(file: SourceFile, options: ReadOptions = {}): Promise<Table> {
  const start = String.fromCharCode(...file.bytes.subarray(0, 16));
  if (options.sheet !== undefined && !start.startsWith("PK"))
    throw new InputError(
      `${file.name} is no Excel workbook, so it has no sheets. Leave the sheet out.`,
    );
  const known = signatures.find(([signature]) => start.startsWith(signature));
  if (known) return known[1](file, options);
  const broken = promised.find(([pattern]) => pattern.test(file.name));
  if (broken)
    throw new InputError(
      `${file.name} does not begin as ${broken[1]}. Is the file whole? Save it again, or as CSV.`,
    );
  if (linesOfJson.test(file.name)) return parseJsonLines(file, options);
  return parseDelimited(file, options);
}
