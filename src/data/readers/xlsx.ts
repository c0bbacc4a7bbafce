/** Excel workbooks (.xlsx), by read-excel-file: one sheet, dates as ISO text. */
import { InputError } from "../../base/errors.ts";
import { listed, quoted } from "../findings.ts";
import type { Table } from "../table.ts";
import { unpack } from "./archive.ts";
import {
  type CellOptions,
  cellText,
  checkSize,
  guarded,
  type SourceFile,
  tableOf,
} from "./cells.ts";

export interface SheetOptions extends CellOptions {
  /** A sheet by name, or by number from 1; the first unless told. */
  readonly sheet?: string | number;
}

/** Reads a sheet whose first row that is not blank holds the names of the columns. */
export const parseXlsx = (file: SourceFile, options: SheetOptions): Promise<Table> =>
  guarded(file.name, "an Excel workbook", async () => {
    const { name } = file;
    const { readSheet, SheetNotFoundError } = await import("read-excel-file/universal");
    const archive = await repacked(file);
    const { sheet = 1 } = options;
    const rows = await readSheet(archive, sheet).catch((error: unknown) => {
      if (!(error instanceof SheetNotFoundError)) throw error;
      const place = /^[1-9]\d{0,3}$/.test(String(sheet)) ? Number(sheet) : Number.NaN;
      if (typeof sheet === "string" && place <= (sheetsOf(error).length ?? 0))
        return readSheet(archive, place);
      throw noSheet(name, error, sheet);
    });
    const written = rows
      .map((cells, i) => ({ line: i + 1, cells }))
      .filter(({ cells }) => cells.some((cell) => cell !== null));
    const [header, ...body] = written;
    if (!header)
      throw new InputError(
        `${name}: the sheet is empty. Put the table on the first sheet, or name its sheet.`,
      );
    const width = header.cells.findLastIndex((cell) => cell !== null) + 1;
    checkSize(
      name,
      Math.max(width, ...body.slice(0, 1).map(({ cells }) => cells.length)),
      rows.length,
    );
    const outside = body.find(({ cells }) => cells.slice(width).some((cell) => cell !== null));
    if (outside)
      throw new InputError(
        `${name}, line ${outside.line}: a cell stands right of the last named column. ` +
          `Name its column, or delete it.`,
      );
    const names = header.cells.slice(0, width).map((cell) => shown(cell));
    const columns = names.map((_, i) => body.map(({ cells }) => shown(cells[i])));
    return tableOf(name, { names, columns, lines: body.map(({ line }) => line) }, options);
  });

/** Dates to the hundredth of a second: the reader cuts a day's fraction where Excel rounds it. */
function shown(cell: unknown): string {
  const value = cell instanceof Date ? new Date(Math.round(cell.getTime() / 10) * 10) : cell;
  return cellText(value) ?? "";
}

/** The names that the reader's fault tells, which its types leave out. */
const sheetsOf = (error: Error & { readonly sheets?: readonly string[] }) => error.sheets ?? [];

const noSheet = (name: string, error: Error, sheet: unknown) =>
  new InputError(
    `${name} has no sheet ${quoted(String(sheet))}. Sheets found: ${listed(sheetsOf(error))}.`,
  );

const mostRows = 1_048_576;
/** Cells for each one that is written. */
const mostEmpty = 1000;

/** Places of rows and cells: the reader fills every gap before them, however far they say they are. */
function checkPlaces(name: string, sheet: Uint8Array): void {
  const places = /<(?:\w+:)?(?:row|c)\s(?:[^<]*?\s)?r\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
  let [columns, rows, found] = [0, 0, 0];
  for (const [, double, single] of new TextDecoder().decode(sheet).matchAll(places)) {
    const [, letters, row] = /^([A-Z]{0,3})([1-9]\d{0,6})$/.exec(double ?? single ?? "") ?? [];
    if (row === undefined || Number(row) > mostRows) throw new Error("a cell has no place");
    let column = 0;
    for (const letter of letters!) column = 26 * column + letter.charCodeAt(0) - 64;
    columns = Math.max(columns, column);
    rows = Math.max(rows, Number(row));
    found++;
  }
  checkSize(name, columns, rows);
  if (columns * rows > mostEmpty * (found + mostEmpty))
    throw new InputError(
      `${name}: the sheet has ${columns} columns and ${rows} rows, nearly all of them empty. ` +
        `Delete the cells far below and right of the table.`,
    );
}

/**
 * The workbook's text parts in an archive without compression: their sizes are checked before they
 * are unpacked, and the reader has nothing left that it would hand to a thread of its own.
 */
async function repacked(file: SourceFile): Promise<ArrayBuffer> {
  const { zipSync } = await import("fflate");
  const parts = await unpack(
    file,
    (path) => /^(?:xl\/|_rels\/|\[Content)/.test(path) && /\.(?:xml|rels)$/.test(path),
    67_108_864,
  );
  if (!parts.has("xl/workbook.xml"))
    throw new InputError(
      `${file.name} is a ZIP archive with neither an Excel workbook nor NumPy arrays in it. ` +
        `Unpack it first.`,
    );
  for (const [path, bytes] of parts)
    if (path.startsWith("xl/worksheets/")) checkPlaces(file.name, bytes);
  return zipSync(Object.fromEntries(parts), { level: 0 }).slice().buffer;
}
