/** NumPy's .npy and .npz, after "NEP 1: a simple file format for NumPy arrays", versions 1 to 3. */
import { InputError } from "../../base/errors.ts";
import type { Table } from "../table.ts";
import { unpack } from "./archive.ts";
import { type CellOptions, checkSize, guarded, type SourceFile, tableOf } from "./cells.ts";
import { type Element, elementOf } from "./numpyElement.ts";

/** One array: [rows] or [rows, columns], or records with named fields. */
interface NamedArray {
  readonly rows: number;
  /** Names of fields; `null` where the array has none. */
  readonly fields: readonly string[] | null;
  readonly columns: readonly (readonly string[])[];
  readonly isText: boolean;
}

/** Reads one array: a column `x`, columns `x1`, `x2`, … or the fields of its records. */
export const parseNpy = (file: SourceFile, options: CellOptions): Promise<Table> =>
  guarded(file.name, "a NumPy array", async () => {
    const array = readArray(file.name, file.bytes, 1);
    return tableOf(file.name, { names: namesOf("x", array), columns: array.columns }, options);
  });

/** Names that libraries give to the names of X's columns. */
const namesOfColumns = /^(?:.*_)?(?:feature_names|features|columns|names)$/i;

/**
 * Reads an archive of arrays with the same number of rows: `y` is a column, `X` the columns X1, X2, …
 * or those that another array (`feature_names`, `columns`) names.
 */
export const parseNpz = (file: SourceFile, options: CellOptions): Promise<Table> =>
  guarded(file.name, "a NumPy archive", async () => {
    const { name } = file;
    const members = await unpack(file, (path) => path.endsWith(".npy"), 536_870_912);
    if (members.size === 0) throw new Error("it holds no array");
    const arrays = Array.from(members, ([path, bytes]) => {
      const own = path.slice(0, -4);
      return [own, readArray(`${name}: ${own}`, bytes, members.size)] as const;
    });
    const told = arrays.find(([own, { isText }]) => isText && namesOfColumns.test(own));
    const labels = told?.[1].columns[0] ?? [];
    const isTold = ([, { columns }]: (typeof arrays)[number]) =>
      columns.length > 1 && columns.length === labels.length;
    const used = arrays.some(isTold) ? arrays.filter((each) => each !== told) : arrays;
    const lengths = new Set(used.map(([, { rows }]) => rows));
    if (lengths.size > 1) throw otherLengths(name, used);
    const names = used.flatMap((each) => (isTold(each) ? labels : namesOf(each[0], each[1])));
    return tableOf(name, { names, columns: used.flatMap(([, { columns }]) => columns) }, options);
  });

const otherLengths = (name: string, arrays: readonly (readonly [string, NamedArray])[]) =>
  new InputError(
    `${name} holds arrays of several lengths (${arrays
      .slice(0, 6)
      .map(([own, { rows }]) => `${own} ${rows}`)
      .join(", ")}), so their rows do not belong together. Save those of one table in a file.`,
  );

const namesOf = (own: string, { fields, columns }: NamedArray): readonly string[] =>
  fields ?? (columns.length === 1 ? [own] : columns.map((_, i) => `${own}${i + 1}`));

const latin = new TextDecoder("windows-1252");

/** `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }` and where the values begin. */
function headerOf(bytes: Uint8Array): { readonly text: string; readonly begin: number } {
  const magic = latin.decode(bytes.subarray(1, 6));
  const major = bytes[6];
  if (bytes[0] !== 0x93 || magic !== "NUMPY") throw new Error("it does not begin as one");
  if (major === undefined || major < 1 || major > 3) throw new Error(`its version is ${major}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (begin + length > bytes.length || length > 1_000_000) throw new Error("its header is cut off");
  const text = new TextDecoder(major < 3 ? "windows-1252" : "utf-8").decode(
    bytes.subarray(begin, begin + length),
  );
  return { text, begin: begin + length };
}

const entryOf = (text: string, key: string, value: string): RegExpExecArray => {
  const place = text.indexOf(`'${key}':`); // the first alone: tried at each, a header could take hours
  const found = new RegExp(`^'${key}': *${value}`).exec(place < 0 ? "" : text.slice(place));
  if (!found) throw new Error(`its header has no ${key}`);
  return found;
};

/** The type of each field: `[('age', '<f8'), ('sex', '<U6')]`, or one type. */
function typesOf(text: string): readonly (readonly [name: string | null, type: string])[] {
  const [, single, list = ""] = entryOf(text, "descr", "(?:'([^']*)'|\\[(.*?)\\], *')");
  if (single !== undefined) return [[null, single]];
  const fields = Array.from(list.matchAll(/\('([^']*)', *'([^']*)'\)(?:, *|$)/g));
  if (fields.map(([whole]) => whole).join("") !== list)
    throw new Error("its records hold arrays, or have titles");
  return fields.map(([, name, type]) => [name!, type!]);
}

function readArray(name: string, bytes: Uint8Array, parts: number): NamedArray {
  const { text, begin } = headerOf(bytes);
  const shape = entryOf(text, "shape", "\\(([\\d, L]*)\\)")[1]!.match(/\d+/g)?.map(Number) ?? [];
  const fortran = entryOf(text, "fortran_order", "(True|False)")[1] === "True";
  const types = typesOf(text);
  const [rows = 1, width = 1] = shape;
  const records = types[0]![0] !== null;
  if (shape.length > (records ? 1 : 2))
    throw new InputError(
      `${name} has the shape [${shape}]; a table has rows and columns. ` +
        `Reshape it to [rows, columns] when you save it.`,
    );
  checkSize(name, records ? types.length : width * parts, rows);
  const view = new DataView(bytes.buffer, bytes.byteOffset + begin, bytes.byteLength - begin);
  const elements = types.map(([, type]) => elementOf(type));
  let stride = 0;
  const offsets = elements.map(({ size }) => {
    stride += size;
    return stride - size;
  });
  if (stride * rows * width > view.byteLength) throw new Error(`it ends at byte ${bytes.length}`);
  const column = ({ reader }: Element, at: (row: number) => number) => {
    const read = reader(view);
    return Array.from({ length: rows }, (_, row) => read(at(row)));
  };
  const [first] = elements;
  const place = (row: number, k: number) => (fortran ? k * rows + row : row * width + k);
  const columns = records
    ? elements.map((element, i) => column(element, (row) => row * stride + offsets[i]!))
    : Array.from({ length: width }, (_, k) => column(first!, (row) => stride * place(row, k)));
  const fields = records ? types.map(([field]) => field!) : null;
  return { rows, fields, columns, isText: first!.isText };
}
