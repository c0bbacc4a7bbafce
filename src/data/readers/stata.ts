/**
 * Stata .dta, formats 117 to 119 (Stata 13 and later), after "dta — Description of .dta file
 * format" in Stata's own help.
 */
import { InputError } from "../../base/errors.ts";
import type { Table } from "../table.ts";
import {
  type CellOptions,
  checkSize,
  dateText,
  float32Text,
  guarded,
  type SourceFile,
  tableOf,
} from "./cells.ts";

/** What differs between the formats: bytes of counts, names, formats and of a long string's place. */
const layouts = {
  117: { rows: 4, columns: 2, label: 1, name: 33, format: 49, variable: 4, object: 4, order: 2 },
  118: { rows: 8, columns: 2, label: 2, name: 129, format: 57, variable: 2, object: 6, order: 2 },
  119: { rows: 8, columns: 4, label: 2, name: 129, format: 57, variable: 3, object: 5, order: 4 },
} as const;
type Layout = (typeof layouts)[keyof typeof layouts];

interface Dta {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly little: boolean;
  readonly release: number;
  readonly layout: Layout;
  readonly rows: number;
  readonly columns: number;
  /** Where each part begins: the file's own map. */
  readonly parts: readonly number[];
}

/** The places in the map. */
const place = { types: 2, names: 3, formats: 5, labelNames: 6, data: 9, long: 10, labels: 11 };

/** Reads a table: value labels stand for their codes, `.` to `.z` are missing, dates are ISO text. */
export const parseStata = (file: SourceFile, options: CellOptions): Promise<Table> =>
  guarded(file.name, "Stata", async () => {
    const dta = readHeader(file);
    checkSize(file.name, dta.columns, dta.rows);
    const { layout, columns: count } = dta;
    const types = Array.from({ length: count }, (_, i) =>
      uint(dta, part(dta, place.types, "variable_types") + 2 * i, 2),
    );
    const names = texts(dta, part(dta, place.names, "varnames"), layout.name);
    const formats = texts(dta, part(dta, place.formats, "formats"), layout.format);
    const labelNames = texts(dta, part(dta, place.labelNames, "value_label_names"), layout.name);
    const labels = readLabels(dta);
    const long = types.includes(longText) ? readLongTexts(dta) : new Map<string, string>();
    const width = types.reduce((sum, type) => sum + widthOf(type), 0);
    const start = part(dta, place.data, "data");
    need(dta, start, width * dta.rows);
    let offset = start;
    const columns = types.map((type, i) => {
      const read = cellReader(dta, type, { format: formats[i]!, long });
      const named = labels.get(labelNames[i]!);
      const cells = Array.from({ length: dta.rows }, (_, row) => {
        const cell = read(offset + row * width);
        return named?.get(cell) ?? cell;
      });
      offset += widthOf(type);
      return cells;
    });
    return tableOf(file.name, { names, columns }, options);
  });

const decoder = new TextDecoder();
const latin = new TextDecoder("windows-1252");

/** A text of so many bytes, up to its first zero; UTF-8 since format 118. */
function text({ bytes, release }: Dta, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return (release < 118 ? latin : decoder).decode(end < 0 ? field : field.subarray(0, end));
}

const texts = (dta: Dta, at: number, width: number): string[] => {
  need(dta, at, width * dta.columns);
  return Array.from({ length: dta.columns }, (_, i) => text(dta, at + i * width, width));
};

function uint({ view, little }: Pick<Dta, "view" | "little">, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++)
    value = value * 256 + view.getUint8(little ? at + width - 1 - i : at + i);
  return value;
}

function need({ bytes }: { readonly bytes: Uint8Array }, at: number, length: number): void {
  if (!(at + length <= bytes.length)) throw new Error(`it ends at byte ${bytes.length}`);
}

/** Where `<tag>` ends, which must stand at `at`. */
function tagEnd(bytes: Uint8Array, at: number, tag: string): number {
  const found = latin.decode(bytes.subarray(at, at + tag.length + 2));
  if (found !== `<${tag}>`) throw new Error(`byte ${at} does not begin <${tag}>`);
  return at + tag.length + 2;
}

const part = ({ bytes, parts }: Dta, index: number, tag: string): number =>
  tagEnd(bytes, parts[index]!, tag);

function readHeader({ name, bytes }: SourceFile): Dta {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = tagEnd(bytes, tagEnd(bytes, 0, "stata_dta"), "header");
  const field = (tag: string, width: number): number => {
    const from = tagEnd(bytes, at, tag);
    at = tagEnd(bytes, from + width, `/${tag}`);
    return from;
  };
  const textAt = (from: number) => latin.decode(bytes.subarray(from, from + 3));
  const release = Number(textAt(field("release", 3)));
  const layout = layouts[release as keyof typeof layouts];
  if (!layout)
    throw new InputError(
      `${name} has Stata format ${release}; 117 to 119 are read. Save it with Stata's saveold.`,
    );
  const little = textAt(field("byteorder", 3)) === "LSF";
  const columns = uint({ view, little }, field("K", layout.columns), layout.columns);
  const rows = uint({ view, little }, field("N", layout.rows), layout.rows);
  for (const [tag, width] of [["label", layout.label] as const, ["timestamp", 1] as const])
    field(tag, width + uint({ view, little }, tagEnd(bytes, at, tag), width));
  const map = tagEnd(bytes, tagEnd(bytes, at, "/header"), "map");
  const parts = Array.from({ length: 14 }, (_, i) => uint({ view, little }, map + 8 * i, 8));
  return { bytes, view, little, release, layout, rows, columns, parts };
}

const longText = 32768;
const numberWidths: Readonly<Record<number, number>> = {
  65526: 8,
  65527: 4,
  65528: 4,
  65529: 2,
  65530: 1,
};

function widthOf(type: number): number {
  const width = type >= 1 && type <= 2045 ? type : type === longText ? 8 : numberWidths[type];
  if (width === undefined) throw new Error(`a column has the unknown type ${type}`);
  return width;
}

/** Above these, and from these floats on, a value is one of the 27 missing ones. */
const mostByte = 100;
const mostInt = 32_740;
const mostLong = 2_147_483_620;
const missingFloat = 1.7014118346046923e38; // 2¹²⁷
const missingDouble = 8.98846567431158e307; // 2¹⁰²³

function cellReader(
  dta: Dta,
  type: number,
  { format, long }: { readonly format: string; readonly long: ReadonlyMap<string, string> },
): (at: number) => string {
  const { view, little, layout } = dta;
  const { variable, object } = layout;
  if (type <= 2045) return (at) => text(dta, at, type);
  if (type === longText)
    return (at) => long.get(`${uint(dta, at, variable)} ${uint(dta, at + variable, object)}`) ?? "";
  const write = writerOf(format);
  const shown = (value: number, most: number) => (value > most ? "" : write(value));
  if (type === 65530) return (at) => shown(view.getInt8(at), mostByte);
  if (type === 65529) return (at) => shown(view.getInt16(at, little), mostInt);
  if (type === 65528) return (at) => shown(view.getInt32(at, little), mostLong);
  if (type === 65527)
    return (at) => {
      const value = view.getFloat32(at, little);
      if (value >= missingFloat) return "";
      return write === String ? float32Text(value) : write(value);
    };
  return (at) => {
    const value = view.getFloat64(at, little);
    return value >= missingDouble || Number.isNaN(value) ? "" : write(value);
  };
}

/** 1960-01-01, Stata's first day, in milliseconds of Unix time. */
const firstDay = -315_619_200_000;

/** Days (`%td`) and milliseconds (`%tc`) since 1960 as dates, everything else as a number. */
function writerOf(format: string): (value: number) => string {
  if (/^%-?(?:td|d)/.test(format)) return (value) => dateText(firstDay + value * 86_400_000);
  if (/^%-?tc/.test(format)) return (value) => dateText(firstDay + value);
  return String;
}

/** The long texts by their column and number. */
function readLongTexts(dta: Dta): Map<string, string> {
  const found = new Map<string, string>();
  const wide = dta.release === 117 ? 4 : 8;
  let at = part(dta, place.long, "strls");
  while (latin.decode(dta.bytes.subarray(at, at + 3)) === "GSO") {
    const key = `${uint(dta, at + 3, 4)} ${uint(dta, at + 7, wide)}`;
    const begin = at + 7 + wide + 5;
    const length = uint(dta, begin - 4, 4);
    need(dta, begin, length);
    found.set(key, text(dta, begin, length));
    at = begin + length;
  }
  tagEnd(dta.bytes, at, "/strls");
  return found;
}

/** For each name of a set of labels: codes, as they are written, to labels. */
function readLabels(dta: Dta): Map<string, Map<string, string>> {
  const { bytes, view, little, layout } = dta;
  const sets = new Map<string, Map<string, string>>();
  let at = part(dta, place.labels, "value_labels");
  while (latin.decode(bytes.subarray(at, at + 5)) === "<lbl>") {
    const length = uint(dta, at + 5, 4);
    const name = text(dta, at + 9, layout.name);
    const begin = at + 9 + layout.name + 3;
    need(dta, begin, length);
    const count = uint(dta, begin, 4);
    const from = begin + 8 + 8 * count;
    need(dta, from, 0);
    const labels = new Map<string, string>();
    for (let i = 0; i < count; i++) {
      const offset = from + uint(dta, begin + 8 + 4 * i, 4);
      const code = view.getInt32(begin + 8 + 4 * (count + i), little);
      labels.set(String(code), text(dta, offset, begin + length - offset));
    }
    sets.set(name, labels);
    at = tagEnd(bytes, begin + length, "/lbl");
  }
  tagEnd(bytes, at, "/value_labels");
  return sets;
}
