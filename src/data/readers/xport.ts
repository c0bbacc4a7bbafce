/**
 * SAS transport files (.xpt), versions 5 and 8, after SAS Institute's TS-140 and "Record Layout of a
 * SAS Version 8 or 9 Data Set in SAS Transport Format".
 */
import { InputError } from "../../base/errors.ts";
import { listed } from "../findings.ts";
import type { Table } from "../table.ts";
import { type CellOptions, checkSize, guarded, type SourceFile, tableOf } from "./cells.ts";
import { sasWriter } from "./sasValues.ts";

/** The file is records of so many bytes, most of them text. */
const record = 80;

/** Reads the data set of a file: columns by their names, every missing value alike, dates as ISO text. */
export const parseXport = (file: SourceFile, options: CellOptions): Promise<Table> =>
  guarded(file.name, "SAS transport", async () => {
    const { name, bytes } = file;
    const [member, ...others] = membersOf(bytes);
    if (!member) throw new Error("it holds no data set");
    if (others.length > 0)
      throw new InputError(
        `${name} holds ${others.length + 1} data sets (${listed([member, ...others].map(({ title }) => title))}). ` +
          `Write the one you need into a file of its own.`,
      );
    const columns = columnsOf(bytes, member);
    const width = Math.max(...columns.map(({ offset, length }) => offset + length));
    const total = columns.reduce((sum, { length }) => sum + length, 0);
    if (width < 1 || total > width) throw new Error("its columns overlap");
    const rows = countRows(bytes.subarray(member.begin, member.end), width);
    checkSize(name, columns.length, rows);
    const view = new DataView(bytes.buffer, bytes.byteOffset + member.begin, rows * width);
    const cells = columns.map((column) => {
      const read = cellReader(view, column);
      return Array.from({ length: rows }, (_, row) => read(row * width + column.offset));
    });
    return tableOf(name, { names: columns.map((each) => each.name), columns: cells }, options);
  });

const latin = new TextDecoder("windows-1252");
const strict = new TextDecoder("utf-8", { fatal: true });

/** Texts do not say how they are written: UTF-8 where they are valid, else Windows-1252. */
function textOf(bytes: Uint8Array): string {
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    text = latin.decode(bytes);
  }
  return text.replace(/[\0 ]+$/, "");
}

/** `HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!` and six numbers of five digits. */
function headerAt(bytes: Uint8Array, at: number): { name: string; numbers: number[] } | null {
  const text = latin.decode(bytes.subarray(at, at + record));
  const found = /^HEADER RECORD\*{7}(.{8})HEADER RECORD!{7}(.{30})/.exec(text);
  if (!found) return null;
  const numbers = found[2]!.match(/.{5}/g)!.map(Number);
  return { name: found[1]!.trim(), numbers };
}

interface Member {
  readonly title: string;
  /** Where its columns are told, how many bytes each takes, and how many there are. */
  readonly told: number;
  readonly telling: number;
  readonly count: number;
  /** Its rows. */
  readonly begin: number;
  readonly end: number;
}

/** Each data set: headers stand at whole records. */
function membersOf(bytes: Uint8Array): Member[] {
  const members: Member[] = [];
  let open: Omit<Member, "end"> | null = null;
  let telling = 140;
  let [title, told, count] = ["", 0, 0];
  const close = (end: number) => {
    if (open) members.push({ ...open, end });
    open = null;
  };
  for (let at = 0; at + record <= bytes.length; at += record) {
    if (bytes[at] !== 0x48 || bytes[at + 1] !== 0x45) continue; // “HE”
    const { name = "", numbers = [] } = headerAt(bytes, at) ?? {};
    if (/^(?:MEMBER|MEMBV8|LIBRARY|LIBV8)$/.test(name)) {
      close(at);
      if (name.startsWith("MEMB")) telling = numbers[5] || 140;
    } else if (/^DSC/.test(name)) title = textOf(bytes.subarray(at + record + 8, at + record + 40));
    else if (/^NAM/.test(name)) [told, count] = [at + record, numbers[1] ?? 0];
    else if (/^OBS/.test(name) && !open)
      open = {
        title: title.slice(0, name === "OBS" ? 8 : 32).trim(),
        ...{ told, telling, count },
        begin: at + record,
      };
  }
  close(bytes.length);
  return members;
}

interface Column {
  readonly name: string;
  readonly isText: boolean;
  readonly offset: number;
  readonly length: number;
  readonly format: string;
}

/** The NAMESTR of each column; names of more than 8 letters stand behind it since version 8. */
function columnsOf(bytes: Uint8Array, { told, telling, count, begin }: Member): Column[] {
  if (count < 1 || telling < 88 || told + count * telling > begin)
    throw new Error(`it says that it has ${count} columns`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => {
    const at = told + i * telling;
    const text = (from: number, length: number) =>
      textOf(bytes.subarray(at + from, at + from + length));
    const long = telling >= 120 ? text(88, 32) : "";
    const isText = view.getInt16(at) === 2;
    const length = view.getUint16(at + 4);
    const name = long || text(8, 8);
    if (!isText && (length < 2 || length > 8))
      throw new Error(`column ${name} has numbers of ${length} bytes`);
    return { name, isText, length, format: text(56, 8), offset: view.getUint32(at + 84) };
  });
}

/** Blanks fill the last record; rows of blanks alone before it are rows. */
function countRows(rows: Uint8Array, width: number): number {
  let count = Math.floor(rows.length / width);
  const filled = rows.findLastIndex((byte) => byte !== 0x20) + 1;
  while (count > 0 && (count - 1) * width >= filled && rows.length - (count - 1) * width < record)
    count--;
  if (count * width < filled) throw new Error(`it ends within row ${count + 1}`);
  return count;
}

function cellReader(view: DataView, { isText, length, format }: Column): (at: number) => string {
  if (isText) return (at) => textOf(new Uint8Array(view.buffer, view.byteOffset + at, length));
  const write = sasWriter(format);
  const number = new DataView(new ArrayBuffer(8));
  return (at) => {
    for (let i = 0; i < length; i++) number.setUint8(i, view.getUint8(at + i));
    return write(fromIbm(number));
  };
}

const missing = "._ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const twoTo32 = 4_294_967_296;

/**
 * A number of IBM mainframes: sign, exponent of 16 plus 64, 56 bits of fraction. NaN for the missing
 * values `.`, `._` and `.A` to `.Z`, which are their letter and zeros.
 */
function fromIbm(bytes: DataView): number {
  const first = bytes.getUint8(0);
  const high = bytes.getUint32(0) & 0xffffff;
  const low = bytes.getUint32(4);
  if (high === 0 && low === 0) return missing.includes(String.fromCharCode(first)) ? Number.NaN : 0;
  let value = (high * twoTo32 + low) / 72_057_594_037_927_936; // 2⁵⁶
  for (let exponent = (first & 127) - 64; exponent !== 0; exponent -= Math.sign(exponent))
    value *= exponent > 0 ? 16 : 0.0625;
  return first & 128 ? -value : value;
}
