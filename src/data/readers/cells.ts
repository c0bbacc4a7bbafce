/** What the readers of typed formats share: caps, values as text, columns to a table, faults in one line. */
import { InputError } from "../../base/errors.ts";
import { blankCodes } from "../missing.ts";
import type { Table } from "../table.ts";
import { bodyBuilder } from "./body.ts";

/** A file's last name and its content. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface CellOptions {
  readonly missing?: readonly string[];
}

const mostColumns = 100_000;
const mostCells = 50_000_000;
/** What a compressed file may hold once it is unpacked. */
export const mostUnpacked = 4_294_967_296;

/** Refuses, before anything is allocated, what would not fit into memory. */
export function checkSize(name: string, columns: number, lines: number): void {
  if (columns <= mostColumns && columns * lines <= mostCells) return;
  throw new InputError(
    `${name} has ${columns} columns and ${lines} lines; up to ${mostColumns} columns and ` +
      `${mostCells} cells are read. Keep the columns and rows you need.`,
  );
}

/** A cell as text: shortest decimals, `true` and `false`, dates as ISO text; "" is a missing one. */
export function cellText(value: unknown): string | undefined {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  return value instanceof Date ? dateText(value.getTime()) : undefined;
}

const day = 86_400_000;

/** `2020-02-28`, or `2020-02-28 22:30:15` where the time of day is not midnight. */
export function dateText(milliseconds: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return "";
  const text = date
    .toISOString()
    .replace("T", " ")
    .replace(/(?:\.000)?Z$/, "");
  return milliseconds % day === 0 ? text.slice(0, -9) : text;
}

/** The shortest decimals that a float32 is read back from: 0.1 rather than 0.10000000149011612. */
export function float32Text(value: number): string {
  if (Number.isNaN(value)) return "";
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** A table of text cells; `lines` are row numbers where the format has no lines. */
export function tableOf(
  name: string,
  content: {
    readonly names: readonly string[];
    readonly columns: readonly (readonly string[])[];
    readonly lines?: readonly number[];
  },
  { missing = [] }: CellOptions,
): Table {
  const { names, columns, lines } = content;
  const rows = columns[0]?.length ?? 0;
  const body = bodyBuilder(name, false);
  body.take(names, 1);
  for (let row = 0; row < rows; row++) {
    const record = columns.map((cells) => cells[row]!);
    body.take(record, lines?.[row] ?? row + 1);
  }
  const found = body.finish();
  const blank = blankCodes(missing, false);
  return {
    name,
    rows: found.lines.length,
    columns: found.names.map((column, i) => ({ name: column, cells: blank(found.columns[i]!) })),
    lines: Int32Array.from(found.lines),
    format: { delimiter: ",", decimalComma: false, encoding: "utf-8" },
    missing,
    findings: found.findings,
  };
}

/** Runs a reader; whatever it trips over becomes one line that names the file. */
export async function guarded<T>(name: string, what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const [reason] = String(error instanceof Error ? error.message : error).split("\n", 1);
    throw new InputError(
      `${name} cannot be read as ${what}: ${reason!.slice(0, 120)}. ` +
        `Is the file whole? Save it again, or as CSV.`,
    );
  }
}
