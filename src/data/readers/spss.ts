/**
 * SPSS .sav and .zsav, after "System File Format" in the PSPP developers' guide: value labels stand
 * for their codes, user-missing values are missing, dates are ISO text.
 */
import type { Table } from "../table.ts";
import {
  type CellOptions,
  cellText,
  checkSize,
  dateText,
  guarded,
  type SourceFile,
  tableOf,
} from "./cells.ts";
import { readRows } from "./spssCases.ts";
import { type Dictionary, readDictionary, type Variable } from "./spssDictionary.ts";

/** Reads a table; a column is named as in SPSS, by its long name. */
export const parseSpss = (file: SourceFile, options: CellOptions): Promise<Table> =>
  guarded(file.name, "SPSS", async () => {
    const dictionary = readDictionary(file.bytes);
    const { variables, cases } = dictionary;
    checkSize(file.name, variables.length, Math.max(cases, 1));
    const columns = variables.map((): string[] => []);
    const cellAt = variables.map((variable) => cellReader(dictionary, variable));
    let row = 0;
    for (const view of await readRows(file, dictionary)) {
      checkSize(file.name, variables.length, ++row);
      for (let i = 0; i < cellAt.length; i++) columns[i]!.push(cellAt[i]!(view));
    }
    if (cases >= 0 && row < cases) throw new Error(`it ends after ${row} of ${cases} cases`);
    return tableOf(file.name, { names: variables.map(({ name }) => name), columns }, options);
  });

type CellReader = (row: DataView) => string;

const cellReader = (dictionary: Dictionary, variable: Variable): CellReader =>
  variable.width === 0 ? numberReader(dictionary, variable) : textReader(dictionary, variable);

/** 1582-10-14, the first day of SPSS, in seconds of Unix time. */
const firstDay = -12_219_379_200;
/** DATE, ADATE, JDATE, DATETIME, MOYR, QYR, WKYR, EDATE, SDATE, YMDHMS: seconds since 1582-10-14. */
const dateFormats: ReadonlySet<number> = new Set([20, 22, 23, 24, 28, 29, 30, 38, 39, 41]);

function numberReader({ little, nothing }: Dictionary, variable: Variable): CellReader {
  const { offset, missing, format, labels } = variable;
  const { values, range } = missing;
  const write = dateFormats.has(format)
    ? (value: number) => dateText(1000 * (firstDay + value))
    : (value: number) => cellText(value)!;
  return (row) => {
    const value = row.getFloat64(offset, little);
    if (value === nothing || Number.isNaN(value) || values.includes(value)) return "";
    if (range && value >= range[0] && value <= range[1]) return "";
    return labels.get(String(value)) ?? write(value);
  };
}

/** The pieces of a text, 255 bytes of each 256 but the last, without blanks at the end. */
function textReader({ decoder }: Dictionary, variable: Variable): CellReader {
  const { offset, width, pieces, missing, labels } = variable;
  const joined = new Uint8Array(width);
  return (row) => {
    const bytes = new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
    for (let piece = 0; piece < pieces; piece++) {
      const from = offset + 256 * piece;
      const place = 255 * piece;
      joined.set(bytes.subarray(from, from + Math.min(255, width - place)), place);
    }
    const text = decoder.decode(joined).trimEnd();
    return missing.texts.includes(text) ? "" : (labels.get(text) ?? text);
  };
}
