/** A table whose cells stay on disk: a column is read when it is asked for, a block when it is trained on. */
import { InputError } from "../../base/errors.ts";
import { quoted } from "../findings.ts";
import { type Column, type Numbers, type Places, type Table, toNumber } from "../table.ts";
import { blockRows, type RowFile } from "./rowFile.ts";

/** The table; its columns are read from the file when they are used, and only the last one is kept. */
export function storedTable(file: RowFile, folder: string): Table {
  const { name, rows, format, missing, findings } = file.facts;
  const lines = file.lines();
  const load = latest((i) => file.column(i));
  const columns = file.facts.names.map((_, i) => columnOf(file, i, () => load(i)));
  const own = { name, format, missing, findings };
  return {
    ...{ ...own, rows, columns, lines },
    stored: {
      folder,
      identity: file.facts.source,
      blockRows,
      block: (block) => ({
        ...own,
        rows: file.rowsOf(block),
        columns: file.facts.names.map((_, i) =>
          columnOf(
            file,
            i,
            latest(() => file.stretch(i, block)),
          ),
        ),
        lines: lines.subarray(block * blockRows, block * blockRows + file.rowsOf(block)),
      }),
    },
  };
}

type Values = Float64Array | Int32Array;

/** Keeps what was loaded last: loops ask for a column's cells row by row. */
function latest(load: (index: number) => Values): (index?: number) => Values {
  let kept: { readonly index: number; readonly values: Values } | undefined;
  return (index = 0) => {
    if (kept?.index !== index) {
      kept = undefined; // first, so that never two are held
      kept = { index, values: load(index) };
    }
    return kept.values;
  };
}

/** A column whose values `load` reads; numbers are shown in their shortest decimals. */
function columnOf({ facts }: RowFile, index: number, load: () => Values): Column {
  const name = facts.names[index]!;
  const kind = facts.kinds[index]!;
  if (kind === "varied") return variedColumn(name);
  if (kind === "number") return numberColumn(name, () => load() as Float64Array);
  const texts = facts.texts[index]!;
  const places = (): Places => ({ texts, of: load() as Int32Array });
  return textColumn(name, places, facts.format.decimalComma);
}

const numberColumn = (name: string, load: () => Float64Array): Column => ({
  name,
  get cells() {
    const values = load();
    return view(values.length, (row) => {
      const value = values[row]!;
      return Number.isNaN(value) ? null : String(value);
    });
  },
  numbers: () => ({ values: load(), strange: 0, firstStrange: -1 }),
});

const textColumn = (name: string, places: () => Places, decimalComma: boolean): Column => ({
  name,
  get cells() {
    const { texts, of } = places();
    return view(of.length, (row) => texts[of[row]!] ?? null);
  },
  numbers: () => textsAsNumbers(places(), decimalComma),
  places,
});

/** Each text is parsed once; the numbers are not kept. */
function textsAsNumbers({ texts, of }: Places, decimalComma: boolean): Numbers {
  const known = texts.map((text) => toNumber(text, decimalComma));
  const values = new Float64Array(of.length).fill(Number.NaN);
  let [strange, firstStrange] = [0, -1];
  of.forEach((place, row) => {
    if (place < 0) return;
    values[row] = known[place]!;
    if (!Number.isNaN(values[row]!)) return;
    strange++;
    if (firstStrange < 0) firstStrange = row;
  });
  return { values, strange, firstStrange };
}

/** What a column of too many texts is told as; its cells are not kept. */
export const tooVaried = "texts of too many values to keep";

const variedColumn = (name: string): Column => ({
  name,
  get cells(): never {
    throw new InputError(
      `The column ${quoted(name)} holds ${tooVaried} in a table that is read from disk. ` +
        `Leave it out, or give each value a number.`,
    );
  },
  varied: true,
});

/** Looks like an array of cells, but makes each when it is read. */
function view(length: number, cellAt: (row: number) => string | null): readonly (string | null)[] {
  return new Proxy<(string | null)[]>([], {
    get(target, key) {
      if (key === "length") return length;
      const row = typeof key === "string" ? Number(key) : Number.NaN;
      return Number.isInteger(row) ? cellAt(row) : Reflect.get(target, key);
    },
    has: (target, key) =>
      (typeof key === "string" && Number(key) < length) || Reflect.has(target, key),
  });
}

/** What stands for a missing value, among texts and among numbers. */
interface Codes {
  readonly isText: (cell: string) => boolean;
  readonly isNumber: (value: number) => boolean;
}

/** The same with more codes for a missing value. */
export function storedWithMissing(table: Table, codes: Codes, missing: readonly string[]): Table {
  const stored = table.stored!;
  const blanked = ({ columns, format }: Table): Column[] =>
    columns.map((column) => {
      const { name, varied, places, numbers } = column;
      if (varied) return column;
      if (places) return textColumn(name, () => withoutTexts(places(), codes), format.decimalComma);
      return numberColumn(name, () =>
        numbers!().values.map((value) => (codes.isNumber(value) ? Number.NaN : value)),
      );
    });
  return {
    ...table,
    missing,
    columns: blanked(table),
    stored: {
      ...stored,
      identity: `${stored.identity} without ${JSON.stringify(missing)}`,
      block: (number) => {
        const block = stored.block(number);
        return { ...block, missing, columns: blanked(block) };
      },
    },
  };
}

/** The texts that are codes are no longer met; their places stay empty. */
function withoutTexts({ texts, of }: Places, { isText }: Codes): Places {
  const kept = texts.map((text, place) => (isText(text) ? -1 : place));
  return { texts, of: of.map((place) => kept[place] ?? -1) };
}
