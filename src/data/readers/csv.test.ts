import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../base/errors.ts";
import { numbersOf } from "../table.ts";
import { parseTable, type ReadOptions } from "./parse.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const parse = (text: string | Uint8Array, options: ReadOptions = {}) =>
  parseTable({ name: "t.csv", bytes: typeof text === "string" ? encode(text) : text }, options);
/** The table as records of cells, and the line of each. */
const cells = async (text: string | Uint8Array, options?: ReadOptions) => {
  const table = await parse(text, options);
  return table.columns.map(({ name, cells }) => [name, ...cells]);
};
const error = (text: string | Uint8Array, options?: ReadOptions) =>
  parse(text, options).then(
    () => "no error",
    (fault: unknown) => (fault instanceof InputError ? fault.message : `${fault}`),
  );

describe("what is found", () => {
  const columns = [
    ["a", "1", "3"],
    ["b", "x", null],
  ];

  test.each([
    ["commas", "a,b\n1,x\n3,\n"],
    ["semicolons", "a;b\n1;x\n3;\n"],
    ["tabs", "a\tb\n1\tx\n3\tNA\n"],
    ["bars", "a|b\n1|x\n3|?\n"],
    ["CRLF, no end", "a,b\r\n1,x\r\n3,"],
    ["CR alone", "a,b\r1,x\r3,"],
    ["a byte order mark, quotes", '\ufeff"a","b"\n"1","x"\n"3","NA"\n'],
    ["spaces around cells and quotes", ' a , "b"\n 1 , "x" \n3 ,  \n'],
    ["blank lines", "\na,b\n\n1,x\n   \n3,\n\n"],
    ["Excel's sep line", "sep=;\na;b\n1;x\n3;\n"],
  ])("%s", async (_, text) => expect(await cells(text)).toEqual(columns));

  test.each([
    ["utf-16le", [0xff, 0xfe]],
    ["utf-16be", [0xfe, 0xff]],
  ])("%s", async (encoding, mark) => {
    const codes = [..."a,b\n1,ü"].flatMap((letter) => {
      const pair = [letter.charCodeAt(0) & 255, letter.charCodeAt(0) >> 8];
      return encoding === "utf-16le" ? pair : pair.reverse();
    });
    const table = await parse(Uint8Array.from([...mark, ...codes]));
    expect(table.columns[1]!.cells).toEqual(["ü"]);
    expect(table.format.encoding).toBe(encoding);
  });

  test("Windows-1252 where UTF-8 fails, with a note", async () => {
    const table = await parse(Uint8Array.from([...encode("Gr"), 0xf6, ...encode("sse,b\n1,2\n")]));
    expect(table.columns[0]!.name).toBe("Grösse");
    expect(table.findings).toMatchObject([{ kind: "encoding", encoding: "windows-1252" }]);
  });

  test("decimal commas, a comma in a header and in quotes", async () => {
    const table = await parse('"Age, years";Dose, mg;n\n1,5;-,25;3\n"12,75";1e-3;4\n');
    expect(table.format).toMatchObject({ delimiter: ";", decimalComma: true });
    const values = table.columns.map((column) => [...numbersOf(table, column).values]);
    expect(values).toEqual([
      [1.5, 12.75],
      [-0.25, 0.001],
      [3, 4],
    ]);
  });

  test.each([
    ["points", "a;b\n1.5;2\n2.5;3\n", false],
    ["thousands in a tab table", "a\tb\n1,234\t2\n12,500\t3\n", false],
    ["one cell that is no thousands", "a\tb\n1,234\t2\n0,5\t3\n", true],
  ])("decimal comma: %s", async (_, text, comma) =>
    expect((await parse(text)).format.decimalComma).toBe(comma),
  );

  test("both decimals: the commoner, with a warning", async () => {
    const table = await parse("a;b\n1,5;2.5\n1,7;2.25\n1,8;3\n");
    expect(table.format.decimalComma).toBe(true);
    expect(table.findings).toMatchObject([{ kind: "mixed decimals", commas: 3, points: 2 }]);
  });
});

describe("missing", () => {
  test("the codes everybody uses, and no others", async () => {
    const written = ["", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "?", "."];
    const kept = ["None", "-", "-9", "0", "na"];
    const rows = [...written, ...kept].map((code) => `1,${code}`);
    const [, found] = await cells(`a,b\n${rows.join("\n")}\n`);
    expect(found).toEqual(["b", ...written.map(() => null), ...kept]);
  });

  test("codes that are told, numbers as numbers", async () => {
    const [, found] = await cells("a,b\n1,-9\n1,-9.0\n1,-90\n1,none\n1,9\n", {
      missing: ["-9", "none"],
    });
    expect(found).toEqual(["b", null, null, "-90", null, "9"]);
  });

  test("rows without any value are left out", async () => {
    const table = await parse("a,b\n1,2\n,\nNA,.\n3,4\n");
    expect([...table.lines]).toEqual([2, 5]);
    expect(table.findings).toMatchObject([{ kind: "empty rows", count: 2 }]);
  });
});

test("lines are those of the file, also after line breaks in quotes", async () => {
  const table = await parse('a,b\n"x\ny\nz",1\n\nu,2\n"v\r\nw",3\n"q",4');
  expect([...table.lines]).toEqual([2, 6, 7, 9]);
  expect(await error('a,b\n"x\ny",1\nu,2,3\n')).toContain("t.csv, line 4: 3 cells");
});

test("ragged lines are left out when told", async () => {
  const table = await parse("a,b\n1,2\n3\n4,5,6\n7,8\n", { skipRagged: true });
  expect([...table.lines]).toEqual([2, 5]);
  expect(table.findings).toMatchObject([{ kind: "ragged lines", count: 2, lines: [3, 4] }]);
});

test("a row name that R or pandas left unnamed gets one", async () => {
  expect((await parse('"","a"\n"1",5\n"2",6\n')).columns[0]!.name).toBe("(row name)");
});

test("bad files are one line that names place and remedy", async () => {
  const wide = `${Array.from({ length: 100_001 }, (_, i) => `c${i}`).join(",")}\n1\n`;
  const files: Record<string, string | Uint8Array> = {
    empty: "",
    blank: " \n\n",
    "header only": "a,b\n",
    "NUL bytes": Uint8Array.from([97, 0, 98]),
    "a PNG": Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    "a workbook": Uint8Array.from([0x50, 0x4b, 0x03, 0x04, 20]),
    gzip: Uint8Array.from([0x1f, 0x8b, 8, 0]),
    duplicate: "a,b, a\n1,2,3\n",
    unnamed: "a,,c\n1,2,3\n",
    "no header": "63.0,1.5,145\n67.0,1.0,160\n",
    ragged: "a,b,c\n1,2,3\n1,2\n",
    "a quote to the end": 'a,b\n1,2\n3,"x\n4,5\n',
    "a quote inside": 'a,b\n1,2\n"x"y,3\n',
    wide,
    "one long line": "x".repeat(4_000_001),
  };
  const messages: Record<string, string> = {};
  for (const [what, text] of Object.entries(files)) messages[what] = await error(text);
  expect(messages).toMatchInlineSnapshot(`
    {
      "NUL bytes": "t.csv is not a text table: character 2 has code 0. Save the table as CSV in UTF-8.",
      "a PNG": "t.csv is not a text table: character 7 has code 26. Save the table as CSV in UTF-8.",
      "a quote inside": "t.csv, line 3: a quoted cell goes on after its closing quotation mark. Double the marks inside the cell, or remove them.",
      "a quote to the end": "t.csv, line 3: a quotation mark opens a cell and none closes it. Close or remove it.",
      "a workbook": "t.csv cannot be read as an Excel workbook: the archive's directory is missing. Is the file whole? Save it again, or as CSV.",
      "blank": "t.csv is empty. A table needs a header line and rows.",
      "duplicate": "t.csv, line 1: columns 1 and 3 are both named “a”. Rename one.",
      "empty": "t.csv is empty. A table needs a header line and rows.",
      "gzip": "t.csv is compressed with gzip. Unpack it first.",
      "header only": "t.csv has a header line and no rows. Add rows of data below line 1.",
      "no header": "t.csv, line 1: numbers stand where column names are needed. Add a header line.",
      "one long line": "t.csv: line 1 is longer than 4 MB. Is this a table with column names in its first line?",
      "ragged": "t.csv, line 3: 2 cells where the header has 3. Mend the line, or leave such lines out with --skip-ragged.",
      "unnamed": "t.csv, line 1: column 2 of 3 has no name. Name it, or delete the column.",
      "wide": "t.csv has 100001 columns and 3 lines; up to 100000 columns and 50000000 cells are read. Keep the columns and rows you need.",
    }
  `);
  messages["ragged, all"] = await error("a,b\n1\n2\n", { skipRagged: true });
  expect(messages["ragged, all"]).toContain("no rows that fit it");
  for (const message of Object.values(messages)) expect(message).not.toContain("\n");
});

test("any table survives writing and reading (property)", async () => {
  const letter = fc.constantFrom(..."ab1,;\t|\"'\n é.-");
  const cell = fc.string({ unit: letter, maxLength: 8 }).map((text) => text.trim());
  const table = fc.integer({ min: 1, max: 5 }).chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
      minLength: 1,
      maxLength: 6,
    }),
  );
  const missing = new Set(["", "."]);
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom(",", ";", "\t", "|"), async (rows, delimiter) => {
      fc.pre(rows.some((row) => row.some((text) => !missing.has(text))));
      fc.pre(!rows.flat().some((text) => text.length > 1 && /^".*"$/s.test(text)));
      const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const header = rows[0]!.map((_, i) => `c${i}`);
      const text = [header, ...rows].map((row) => row.map(quote).join(delimiter)).join("\n");
      const read = await parse(text, header.length === 1 ? { delimiter } : {});
      const kept = rows.filter((row) => row.some((each) => !missing.has(each)));
      read.columns.forEach((column, i) => {
        expect(column.cells).toEqual(kept.map((row) => (missing.has(row[i]!) ? null : row[i]!)));
      });
    }),
    { numRuns: 200 },
  );
});

test("any bytes give a table or an InputError (property)", async () => {
  const text = fc
    .string({ unit: fc.constantFrom(...'a1,;\n\r\t"\u0000é '), maxLength: 40 })
    .map((letters) => new TextEncoder().encode(letters));
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, fc.uint8Array({ maxLength: 60 })), async (bytes) => {
      const table = await parse(bytes).catch((fault: unknown) => {
        if (!(fault instanceof InputError)) throw fault;
        expect(fault.message).not.toContain("\n");
      });
      for (const column of table?.columns ?? []) expect(column.cells).toHaveLength(table!.rows);
    }),
    { numRuns: 500 },
  );
});
