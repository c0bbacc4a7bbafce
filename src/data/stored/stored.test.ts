import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputError } from "../../base/errors.ts";
import { describeColumns } from "../kinds.ts";
import { split } from "../parts.ts";
import { read } from "../read.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "golgi-stored-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inside = (name: string) => join(folder, name);
const rows = () => inside("rows");
const write = (text: string, name = "t.csv") => {
  writeFileSync(inside(name), text);
  return inside(name);
};
const stored = (path: string, options = {}) =>
  read(path, { stream: true, rows: rows(), ...options });
const fault = async (path: string, options = {}) => {
  const error = await stored(path, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
};

/** Numbers, a category, missing cells, quotes with line ends inside; 10 000 rows are three blocks. */
const many = [
  "id,x,stage,note",
  ...Array.from({ length: 10_000 }, (_, i) => {
    const x = i % 7 === 0 ? "NA" : String(((i * 7919) % 1000) / 8);
    return `${i},${x},${["I", "II", ""][i % 3]},"a ""${i % 5}""\nline"`;
  }),
].join("\r\n");

describe("a table on disk is the table in memory", () => {
  test.each([
    ["three blocks", many, {}],
    ["a text far down", `a,b\n${"1,2\n".repeat(5000)}x,2.50\n`, {}],
    ["decimal commas", "a;b\n1,5;2\n2,25;3\n", {}],
    ["codes for missing", "a,b\n1,-9\n2,3\n3,none\n", { missing: ["-9", "none"] }],
    ["ragged lines", "a,b\n1,2\n3\n4,5\n", { skipRagged: true }],
    ["Excel's sep line, blank lines", "sep=;\na;b\n\n1;x\n3;\n;\n", {}],
    ["UTF-16", "\ufeffa,b\n1,ü\n", {}],
  ])("%s", async (_, text, options) => {
    const path = write(text);
    if (text.startsWith("\ufeff")) writeFileSync(path, Buffer.from(text, "utf16le"));
    const [table, wanted] = [await stored(path, options), await read(path, options)];
    expect(table.stored).toBeDefined();
    const numeric = (cell: string | null) => {
      const value = Number((cell ?? "x").replace(",", "."));
      return cell === null || Number.isNaN(value) ? cell : String(value);
    };
    const isText = (cells: readonly (string | null)[]) =>
      cells.some((c) => numeric(c) !== null && Number.isNaN(Number(numeric(c))));
    for (const [i, column] of table.columns.entries()) {
      const { name, cells } = wanted.columns[i]!;
      expect(column.name).toBe(name);
      expect([...column.cells]).toEqual(isText(cells) ? cells : cells.map(numeric));
    }
    expect(table.lines).toEqual(wanted.lines);
    expect(table.format).toEqual(wanted.format);
    expect(table.findings.slice(0, -1)).toEqual(wanted.findings);
    expect(describeColumns(table)).toEqual(describeColumns(wanted));
  });

  test("Windows-1252 that is met late", async () => {
    const path = write("");
    writeFileSync(path, Buffer.from(`a,b\n${"1,x\n".repeat(1_200_000)}2,Gr\xf6sse\n`, "latin1"));
    const table = await stored(path);
    expect(table.columns[1]!.cells.at(-1)).toBe("Grösse");
    expect(table.format.encoding).toBe("windows-1252");
  });
});

describe("the row file", () => {
  test("is made once for a file and used again; made anew when the file or an option changes", async () => {
    const path = write("a,b\n1,x\n2,y\n");
    const said: string[] = [];
    const onConvert = (message: string) => said.push(message);
    await stored(path, { onConvert });
    await stored(path, { onConvert });
    expect(said).toHaveLength(1);
    expect(readdirSync(rows())).toHaveLength(1);
    await stored(path, { onConvert, missing: ["x"] });
    write("a,b\n1,x\n2,z\n");
    expect((await stored(path, { onConvert })).columns[1]!.cells[1]).toBe("z");
    expect(said).toHaveLength(3);
  });

  test("is whole or absent: a table that cannot be read leaves nothing", async () => {
    expect(await fault(write(`a,b\n${"1,2\n".repeat(9000)}3\n`))).toMatch(
      /^t\.csv, line 9002: 1 cell where the header has 2/,
    );
    expect(await fault(write(`a,b\n${"1,2\n".repeat(9000)}"3\n`))).toMatch(
      /^t\.csv, line 9002: a quotation mark opens a cell/,
    );
    expect(await fault(write(""))).toMatch(/^t\.csv is empty/);
    expect(await fault(write("a,b\n"))).toMatch(/has a header line and no rows/);
    expect(readdirSync(rows())).toEqual([]);
  });

  test("a flipped bit anywhere is found, and the file made anew", async () => {
    const path = write(many);
    const wanted = [...(await stored(path)).columns[1]!.cells];
    const [name] = readdirSync(rows()) as [string];
    const whole = readFileSync(join(rows(), name));
    for (let i = 0; i < 40; i++) {
      const at = Math.floor((i / 40) * whole.length);
      const changed = Uint8Array.from(whole);
      changed[at]! ^= 1 << (i % 8);
      writeFileSync(join(rows(), name), changed);
      const found = await stored(path)
        .then((table) => [...table.lines, ...table.columns.flatMap(({ cells }) => [...cells])])
        .then(
          () => "whole",
          (error: unknown) => (error instanceof InputError ? "found" : String(error)),
        );
      const remade = readFileSync(join(rows(), name)).equals(whole);
      expect(found === "found" || remade || at < 16, `byte ${at}`).toBe(true);
    }
    writeFileSync(join(rows(), name), whole.subarray(0, whole.length - 9));
    expect([...(await stored(path)).columns[1]!.cells]).toEqual(wanted);
  });
});

test("a table on disk gives the split and the recipe of the table in memory", async () => {
  const path = write(many.replaceAll(",II,", ",II,").replace("id,x,stage,note", "id,x,stage,note"));
  const options = { target: "x", task: "regression", ignore: ["note"], seed: 3 } as const;
  const [here, there] = [split(await stored(path), options), split(await read(path), options)];
  expect(here.recipe).toEqual(there.recipe);
  expect(here.test.truth).toEqual(there.test.truth);
  const { pages, shape } = here.training.inputs.table;
  const values = new Float32Array(pages!.rows * shape[0]);
  for (let page = 0; page * pages!.pageRows < pages!.rows; page++)
    pages!.read(page, values, page * pages!.pageRows * shape[0]);
  expect(values).toEqual(there.training.inputs.table.data);
});
