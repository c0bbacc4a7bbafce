import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../../base/errors.ts";
import { parseTable, type ReadOptions } from "./parse.ts";

const folder = new URL("../../../test/goldens/readers/", import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const parse = (name: string, options: ReadOptions = {}) =>
  parseTable({ name, bytes: bytesOf(name) }, options);
const text = (content: string) => new TextEncoder().encode(content);

async function fault(name: string, bytes: Uint8Array, options: ReadOptions = {}): Promise<string> {
  const error = await parseTable({ name, bytes }, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  const { message } = error as InputError;
  expect(message).not.toContain("\n");
  expect(message.startsWith(name)).toBe(true);
  return message;
}

/** Each file made by pandas, pyarrow or openpyxl beside the CSV of the same table. */
const files: Record<string, string> = {
  "visits.jsonl": "visits.jsonl.csv",
  "visits.xlsx": "visits.xlsx.csv",
  "visits.snappy.parquet": "visits.parquet.csv",
  "visits.gzip.parquet": "visits.parquet.csv",
  "visits.zstd.parquet": "visits.parquet.csv",
  "visits.brotli.parquet": "visits.parquet.csv",
  "visits.lz4.parquet": "visits.parquet.csv",
  "visits.none.parquet": "visits.parquet.csv",
  "visits.117.dta": "visits.117.dta.csv",
  "visits.118.dta": "visits.dta.csv",
  "visits.119.dta": "visits.dta.csv",
  "visits.big.dta": "visits.dta.csv",
  "table.npz": "table.npz.csv",
  "packed.npz": "packed.npz.csv",
  "records.npy": "records.npy.csv",
  "wide.npy": "wide.npy.csv",
  "visits.plain.sav": "spss.csv",
  "visits.packed.sav": "spss.csv",
  "visits.zipped.zsav": "spss.csv",
};

describe("the same table, cell by cell, as its CSV", () => {
  test.each(Object.entries(files))("%s", async (name, csv) => {
    const [table, wanted] = [await parse(name), await parse(csv)];
    expect(table.columns).toEqual(wanted.columns);
    expect(table.rows).toBe(40);
  });
});

test("rows are told by their lines, codes for missing values are obeyed", async () => {
  const table = await parse("visits.xlsx", { missing: ["male"] });
  expect(table.lines[0]).toBe(2);
  expect(table.columns[3]!.cells.filter((cell) => cell === "male")).toEqual([]);
  expect((await parse("visits.jsonl")).lines[39]).toBe(40);
});

test("a sheet by name and by number", async () => {
  const named = await parse("visits.xlsx", { sheet: "other" });
  expect(named.columns).toEqual([
    { name: "a", cells: ["1", "2.5"] },
    { name: "b", cells: ["x", "y"] },
  ]);
  expect((await parse("visits.xlsx", { sheet: 2 })).columns).toEqual(named.columns);
});

test("a sheet whose number is typed; a table without sheets", async () => {
  const sheet = (await parse("visits.xlsx", { sheet: "2" })).columns.map(({ name }) => name);
  expect(sheet).toEqual(["a", "b"]);
  expect(await fault("t.npy", bytesOf("wide.npy"), { sheet: "2" })).toBe(
    "t.npy is no Excel workbook, so it has no sheets. Leave the sheet out.",
  );
});

test("JSON lines: keys in order of appearance, what is absent is missing", async () => {
  const bytes = text('{"a": 0.1, "b": "x"}\r\n\n{"c": true, "a": null, "__proto__": 1e21}\n');
  const table = await parseTable({ name: "t.ndjson", bytes });
  expect(table.columns).toEqual([
    { name: "a", cells: ["0.1", null] },
    { name: "b", cells: ["x", null] },
    { name: "c", cells: [null, "true"] },
    { name: "__proto__", cells: [null, "1e+21"] },
  ]);
  expect([...table.lines]).toEqual([1, 3]);
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice();
  changed[at]! ^= 4;
  return changed;
}

test("files that cannot be read say what is wrong, in one line", async () => {
  const messages = {
    "broken line": await fault("t.jsonl", text('{"a": 1}\n{"a": 2\n')),
    "a list": await fault("t.jsonl", text("[1, 2]\n")),
    nested: await fault("t.jsonl", text('{"a": [1]}\n')),
    "long number": await fault("t.jsonl", text('{"id": 12345678901234567890}\n')),
    nothing: await fault("t.jsonl", text("\n")),
    "nested parquet": await fault("t.parquet", bytesOf("nested.parquet")),
    "other magic": await fault("t.parquet", text("a,b\n1,2\n")),
    "cut parquet": await fault("t.parquet", bytesOf("visits.none.parquet").subarray(0, 4000)),
    "cut workbook": await fault("t.xlsx", bytesOf("visits.xlsx").subarray(0, 4000)),
    "other archive": await fault("t.zip", bytesOf("other.zip")),
    "no such sheet": await fault("t.xlsx", bytesOf("visits.xlsx"), { sheet: "nothing" }),
    "with a password": await fault("t.xlsx", Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0])),
    "old Stata": await fault("t.dta", bytesOf("old.dta")),
    "cut Stata": await fault("t.dta", bytesOf("visits.118.dta").subarray(0, 9000)),
    "images of NumPy": await fault("t.npy", bytesOf("images.npy")),
    "objects of NumPy": await fault("t.npy", bytesOf("objects.npy")),
    "cut NumPy": await fault("t.npy", bytesOf("wide.npy").subarray(0, 900)),
    "cut SPSS": await fault("t.sav", bytesOf("visits.plain.sav").subarray(0, 20_000)),
    "damaged archive": await fault("t.npz", flipped(bytesOf("packed.npz"), 600)),
    "later Stata": await fault("t.dta", text("<stata_dta><header><release>120</release>")),
  };
  expect(messages).toMatchInlineSnapshot(`
    {
      "a list": "t.jsonl, line 1 is no object. Write one object a line.",
      "broken line": "t.jsonl, line 2 is no JSON. Write one object a line.",
      "cut NumPy": "t.npy cannot be read as a NumPy array: it ends at byte 900. Is the file whole? Save it again, or as CSV.",
      "cut SPSS": "t.sav cannot be read as SPSS: it ends after 15 of 40 cases. Is the file whole? Save it again, or as CSV.",
      "cut Stata": "t.dta cannot be read as Stata: byte 11984 does not begin <value_labels>. Is the file whole? Save it again, or as CSV.",
      "cut parquet": "t.parquet cannot be read as Parquet: parquet file invalid (footer != PAR1). Is the file whole? Save it again, or as CSV.",
      "cut workbook": "t.xlsx cannot be read as an Excel workbook: the archive's directory is missing. Is the file whole? Save it again, or as CSV.",
      "damaged archive": "t.npz cannot be read as a NumPy archive: single.npy in it is damaged. Is the file whole? Save it again, or as CSV.",
      "images of NumPy": "t.npy has the shape [4,2,2]; a table has rows and columns. Reshape it to [rows, columns] when you save it.",
      "later Stata": "t.dta has Stata format 120; 117 to 119 are read. Save it with Stata's saveold.",
      "long number": "t.jsonl, line 1: “id” is a whole number of more than 15 digits, which JSON readers round. Write it in quotes.",
      "nested": "t.jsonl, line 1: “a” holds a list. Flatten it: a cell is a number, a text, true, false or null.",
      "nested parquet": "t.parquet: column “b” holds lists, structures or bytes. Flatten it or leave it out when you write the file.",
      "no such sheet": "t.xlsx has no sheet “nothing”. Sheets found: visits, other.",
      "nothing": "t.jsonl holds no values. Write one object a line, such as {"age": 51}.",
      "objects of NumPy": "t.npy cannot be read as a NumPy array: it holds Python objects, which are not read. Save it with a fixed type. Is the file whole? Save it again, or as CSV.",
      "old Stata": "t.dta does not begin as a Stata file of format 117 or later (save older ones with Stata 13 or later). Is the file whole? Save it again, or as CSV.",
      "other archive": "t.zip is a ZIP archive with neither an Excel workbook nor NumPy arrays in it. Unpack it first.",
      "other magic": "t.parquet does not begin as a Parquet file. Is the file whole? Save it again, or as CSV.",
      "with a password": "t.xlsx does not begin as an Excel workbook (or it has a password). Is the file whole? Save it again, or as CSV.",
    }
  `);
});

test("a file that claims more cells than fit is refused before they are made", async () => {
  const bytes = bytesOf("visits.118.dta");
  const start = new TextDecoder("latin1").decode(bytes).indexOf("<N>") + 3;
  new DataView(bytes.buffer).setBigUint64(start, 2n ** 40n, true);
  expect(await fault("t.dta", bytes)).toContain("1099511627776 lines");
});
