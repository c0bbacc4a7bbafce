import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { InputError } from "../../base/errors.ts";
import { parseTable } from "./parse.ts";
import { sasDecoder } from "./sasEncodings.ts";
import { unpackRoss, unpackRunLengths } from "./sasPacked.ts";

const folder = new URL("../../../test/goldens/readers/", import.meta.url);
const file = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const packed = (name: string) => new Uint8Array(gunzipSync(file(`${name}.gz`)));
const parse = (name: string, bytes: Uint8Array) => parseTable({ name, bytes });

async function same(name: string, bytes: Uint8Array, golden: string): Promise<void> {
  const [table, wanted] = [await parse(name, bytes), await parse(golden, file(golden))];
  expect(table.rows).toBe(wanted.rows);
  expect(table.columns).toEqual(wanted.columns);
}

describe("the same table, cell by cell, as pyreadstat reads it", () => {
  const kinds = ["32", "32.big", "64", "64.big"].flatMap((kind) =>
    ["plain", "char", "binary"].map((how) => `wide.${kind}.${how}.sas7bdat`),
  );
  test.each(kinds)("%s", (name) => same(name, packed(name), "wide.csv"));

  test.each(["airline", "datetime", "productsales", "iris"])("%s", (name) =>
    same(`${name}.sas7bdat`, packed(`${name}.sas7bdat`), `${name}.sas.csv`),
  );

  test.each([
    ["survey.xpt", "survey.xpt.csv"],
    ["visits.v5.xpt", "visits.v5.csv"],
    ["visits.v8.xpt", "visits.v8.csv"],
  ])("%s", (name, golden) => same(name, file(name), golden));
});

/** One command of each kind, after the published descriptions of both compressions. */
test("every command of both compressions", () => {
  const unpack = (how: typeof unpackRoss, bytes: readonly number[], length: number) => {
    const row = new Uint8Array(length);
    how(Uint8Array.from(bytes), row);
    return [...row];
  };
  const times = (count: number, value: number) => new Array<number>(count).fill(value);
  const letters = Array.from({ length: 4161 }, (_, i) => i % 251);
  const some = (count: number) => letters.slice(0, count);
  const lengths: [number[], number[]][] = [
    [[0x00, 1, ...some(65)], some(65)],
    [[0x10, 1, ...letters], letters],
    [[0x21, ...some(97)], some(97)],
    [[0x41, 2, 7], times(276, 7)],
    [[0x50, 3], times(20, 0x40)],
    [[0x60, 0], times(17, 0x20)],
    [[0x71, 0], times(273, 0)],
    [[0x82, ...some(3)], some(3)],
    [[0x90, ...some(17)], some(17)],
    [[0xa1, ...some(34)], some(34)],
    [[0xb0, ...some(49)], some(49)],
    [
      [0xc1, 9, 0xd0, 0xe0, 0xf2],
      [9, 9, 9, 9, 0x40, 0x40, 0x20, 0x20, 0, 0, 0, 0],
    ],
  ];
  for (const [bytes, row] of lengths)
    expect(unpack(unpackRunLengths, bytes, row.length)).toEqual(row);
  const ross: [number[], number[]][] = [
    [
      [0, 0, 1, 2, 3],
      [1, 2, 3],
    ],
    [[0x80, 0, 0x01, 7], times(4, 7)],
    [[0x80, 0, 0x12, 1, 7], times(37, 7)],
    [
      [0x10, 0, 1, 2, 3, 0x40, 0],
      [1, 2, 3, 1, 2, 3, 1],
    ],
    [
      [0x10, 0, 1, 2, 3, 0x20, 0, 1],
      [1, 2, 3, ...Array.from({ length: 17 }, (_, i) => 1 + (i % 3))],
    ],
  ];
  for (const [bytes, row] of ross) expect(unpack(unpackRoss, bytes, row.length)).toEqual(row);
  const long = "a compressed row is longer than a row";
  expect(() => unpack(unpackRunLengths, [0xf2], 3)).toThrow(long);
  expect(() => unpack(unpackRoss, [0x10, 0, 1, 2, 3, 0x40, 1], 9)).toThrow("before its beginning");
  expect(() => unpack(unpackRunLengths, [0x30], 3)).toThrow("the command 3");
  expect(() => unpack(unpackRunLengths, [0x82, 1], 3)).toThrow("cut off");
});

test("texts by the file's encoding; of an unknown one those in ASCII", () => {
  const bytes = Uint8Array.from([0xd1, 0x31, 0x20, 0]);
  expect([0, 61, 29].map((code) => sasDecoder(code)(bytes))).toEqual(["Ñ1", "С1", "Ñ1"]);
  expect(sasDecoder(42)(bytes.subarray(1))).toBe("1");
  expect(() => sasDecoder(42)(bytes)).toThrow(
    "its texts have SAS's encoding 42, which is not read",
  );
});

test("files that cannot be read say what is wrong, in one line", async () => {
  const fault = async (name: string, bytes: Uint8Array) => {
    const error = await parse(name, bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  };
  const changed = (bytes: Uint8Array, at: number, value: number) => {
    const copy = bytes.slice();
    copy[at] = value;
    return copy;
  };
  const iris = packed("iris.sas7bdat");
  const v8 = file("visits.v8.xpt");
  const messages = {
    "cut SAS": await fault("t.sas7bdat", iris.subarray(0, 70_000)),
    "no SAS": await fault("t.sas7bdat", Uint8Array.from([1, 2])),
    "deleted rows": await fault("t.sas7bdat", changed(packed("airline.sas7bdat"), 1024 + 16, 0x80)),
    "two data sets": await fault("t.xpt", Uint8Array.from([...v8, ...v8])),
    "cut transport file": await fault("t.xpt", v8.subarray(0, v8.length - 100)),
    "no data set": await fault("t.xpt", v8.subarray(0, 400)),
  };
  expect(messages).toMatchInlineSnapshot(`
    {
      "cut SAS": "t.sas7bdat cannot be read as SAS: its header says that pages lie outside of the file. Is the file whole? Save it again, or as CSV.",
      "cut transport file": "t.xpt cannot be read as SAS transport: it ends within row 38. Is the file whole? Save it again, or as CSV.",
      "deleted rows": "t.sas7bdat still holds rows that were deleted. Write it anew in SAS: data new; set old; run;",
      "no SAS": "t.sas7bdat does not begin as a SAS file. Is the file whole? Save it again, or as CSV.",
      "no data set": "t.xpt cannot be read as SAS transport: it holds no data set. Is the file whole? Save it again, or as CSV.",
      "two data sets": "t.xpt holds 2 data sets (DATASET, DATASET). Write the one you need into a file of its own.",
    }
  `);
});
