/**
 * Damaged files of every format: a table or one line that says what is wrong, never a fault of
 * another kind, none over two seconds. 2000 of each; GOLGI_MUTATIONS and GOLGI_MUTATION_SEED ask for others.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { InputError } from "../src/base/errors.ts";
import { data } from "../src/index.ts";
import { mutate, mutateArchive, randomFrom } from "./support/mutate.ts";

const count = Number(process.env.GOLGI_MUTATIONS ?? 2000);
const seed = Number(process.env.GOLGI_MUTATION_SEED ?? 11);
const longest = 2000;
const mostMemory = 700_000; // KiB more than before

const golden = (name: string): Uint8Array => {
  const bytes = new Uint8Array(readFileSync(new URL(`goldens/readers/${name}`, import.meta.url)));
  return name.endsWith(".gz") ? new Uint8Array(gunzipSync(bytes)) : bytes;
};
const csv = golden("visits.parquet.csv");
const tsv = new TextEncoder().encode(new TextDecoder().decode(csv).replaceAll(",", "\t"));
const withoutGz = (name: string) => name.replace(/\.gz$/, "");

/** Each format's files in turn. */
const formats: Readonly<Record<string, readonly (readonly [name: string, bytes: Uint8Array])[]>> = {
  CSV: [["visits.csv", csv]],
  TSV: [["visits.tsv", tsv]],
  ...Object.fromEntries(
    Object.entries({
      "JSON lines": ["visits.jsonl"],
      XLSX: ["visits.xlsx"],
      Parquet: "snappy gzip zstd brotli lz4 none"
        .split(" ")
        .map((codec) => `visits.${codec}.parquet`),
      "SPSS .sav": ["visits.plain.sav", "visits.packed.sav"],
      "SPSS .zsav": ["visits.zipped.zsav"],
      Stata: ["visits.117.dta", "visits.118.dta", "visits.119.dta", "visits.big.dta"],
      NPY: ["records.npy", "wide.npy"],
      NPZ: ["table.npz", "packed.npz"],
      SAS7BDAT: [
        ...["airline", "wide.32.plain", "wide.32.big.char", "wide.64.binary", "wide.64.big.char"],
      ].map((name) => `${name}.sas7bdat.gz`),
      "SAS XPORT": ["visits.v5.xpt", "visits.v8.xpt"],
    }).map(([format, names]) => [
      format,
      names.map((name) => [withoutGz(name), golden(name)] as const),
    ]),
  ),
};

/** Reads a damaged file; whether it was refused, and how long that took. */
async function outcome(read: () => Promise<data.Table>, name: string) {
  const began = performance.now();
  let refused = false;
  try {
    const table = await read();
    expect(table.columns.every(({ cells }) => cells.length === table.rows)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message).not.toContain("\n");
    expect(message).toContain(name);
    refused = true;
  }
  return { refused, took: performance.now() - began };
}

async function damage(
  files: readonly (readonly [string, Uint8Array])[],
  read: (name: string, bytes: Uint8Array) => Promise<data.Table>,
): Promise<void> {
  const random = randomFrom(seed);
  const before = process.resourceUsage().maxRSS;
  let [refused, slowest] = [0, 0];
  for (let i = 0; i < count; i++) {
    const [name, bytes] = files[i % files.length]!;
    const damaged = (/\.(?:xlsx|npz)$/.test(name) ? mutateArchive : mutate)(bytes, random);
    let found = await outcome(() => read(name, damaged), name);
    refused += Number(found.refused);
    if (found.took > longest) found = await outcome(() => read(name, damaged), name); // a busy machine
    expect(found.took, `mutation ${i} of ${name}`).toBeLessThan(longest);
    slowest = Math.max(slowest, found.took);
  }
  const memory = process.resourceUsage().maxRSS - before;
  if (process.env.GOLGI_MUTATIONS)
    process.stderr.write(
      `${expect.getState().currentTestName}: ${count} files, ${refused} refused, slowest ${slowest.toFixed(0)} ms, ${Math.round(memory / 1024)} MiB more\n`,
    );
  expect(refused).toBeGreaterThan(count / 20);
  expect(memory).toBeLessThan(mostMemory);
}

describe(`${count} mutations of each format`, () => {
  test.each(Object.entries(formats))("%s", (_, files) =>
    damage(files, (name, bytes) => data.parseTable({ name, bytes })),
  );

  test("REDCap dictionary", async () => {
    const exported = await data.parseTable({ name: "redcap.csv", bytes: golden("redcap.csv") });
    await damage(
      [["redcap.dictionary.csv", golden("redcap.dictionary.csv")]],
      async (name, bytes) =>
        data.withDictionary(exported, await data.parseDictionary({ name, bytes })),
    );
  });
});

const text = (content: string) => new TextEncoder().encode(content);
const patched = (bytes: Uint8Array, patch: (view: DataView) => void): Uint8Array => {
  const copy = bytes.slice();
  patch(new DataView(copy.buffer));
  return copy;
};
/** A workbook whose first sheet is something else. */
const workbook = (sheet: Uint8Array): Uint8Array =>
  zipSync({ ...unzipSync(golden("visits.xlsx")), "xl/worksheets/sheet1.xml": sheet }, { level: 1 });
const cellAt = (row: string, cell: string) =>
  workbook(
    text(
      `<worksheet><sheetData><row r="${row}"><c r="${cell}"><v>1</v></c></row></sheetData></worksheet>`,
    ),
  );

/** An archive whose directory names its first file a hundred times. */
function hundredfold(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 22;
  const begin = view.getUint32(end + 16, true);
  const entry = bytes.slice(begin, begin + 46 + view.getUint16(begin + 28, true));
  const entries = Array.from({ length: 100 }, () => [...entry]).flat();
  return patched(
    Uint8Array.from([...bytes.subarray(0, begin), ...entries, ...bytes.subarray(end)]),
    (whole) => whole.setUint16(whole.byteLength - 12, 100, true),
  );
}

describe("bombs are refused before they are unpacked, in one line", () => {
  const bombs: Readonly<Record<string, () => readonly [name: string, bytes: Uint8Array]>> = {
    "a part that unpacks to a thousandfold": () => ["t.xlsx", workbook(new Uint8Array(70_000_000))],
    "a file that an archive names a hundred times": () => [
      "t.npz",
      hundredfold(golden("packed.npz")),
    ],
    "a row far below": () => ["t.xlsx", cellAt("4294967296", "A1")],
    "a row without end": () => ["t.xlsx", cellAt("1e308", "A1")],
    "a row in entities": () => ["t.xlsx", cellAt("&#57;&#57;999999", "A1")],
    "a lonely cell": () => ["t.xlsx", cellAt("1048576", "AT1048576")],
    "more rows than a file holds": () => [
      "t.sas7bdat",
      patched(golden("airline.sas7bdat.gz"), (view) => {
        for (let at = 1024; at + 28 < view.byteLength; at += 4)
          if (view.getUint32(at, true) === 0xf7f7f7f7) view.setUint32(at + 24, 0xfffffff0, true);
      }),
    ],
    "a shape that no file holds": () => {
      const header = "{'descr': '|S1', 'fortran_order': False, 'shape': (40000000,), }\n";
      return [
        "t.npy",
        text(`\x01NUMPY\x01\0${String.fromCharCode(header.length)}\0${header}`).fill(0x93, 0, 1),
      ];
    },
    "a header that is tried again and again": () => {
      const header = text("'descr': [".repeat(90_000));
      const begin = Uint8Array.from([0x93, ...text("NUMPY"), 2, 0, 0, 0, 0, 0]);
      new DataView(begin.buffer).setUint32(8, header.length, true);
      return ["t.npy", Uint8Array.from([...begin, ...header])];
    },
    "objects within objects": () => ["t.jsonl", text(`{"a": ${"[".repeat(1_000_000)}`)],
    "a line without end": () => ["t.csv", text("a".repeat(5_000_000))],
    "a hundred thousand columns": () => ["t.csv", text(`${"a,".repeat(150_000)}a\n1\n`)],
  };
  test.each(Object.entries(bombs))("%s", async (_, bomb) => {
    const [name, bytes] = bomb();
    const { refused, took } = await outcome(() => data.parseTable({ name, bytes }), name);
    expect(refused).toBe(true);
    expect(took).toBeLessThan(1000); // 100 ms on a quiet machine
  });
});
