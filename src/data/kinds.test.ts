import { describe, expect, test } from "vitest";
import { columnFindings } from "./columns.ts";
import { describeColumns } from "./kinds.ts";
import { identifierName } from "./names.ts";
import { parseTable } from "./readers/parse.ts";
import type { Table } from "./table.ts";

/** A table of columns, each a function of the row. */
function tableOf(rows: number, columns: Record<string, (row: number) => string | number>) {
  const lines = Array.from({ length: rows }, (_, row) =>
    Object.values(columns)
      .map((cell) => `"${cell(row)}"`)
      .join(","),
  );
  const header = Object.keys(columns)
    .map((name) => `"${name}"`)
    .join(",");
  const bytes = new TextEncoder().encode(`${header}\n${lines.join("\n")}\n`);
  return parseTable({ name: "t.csv", bytes });
}
const kinds = (table: Table, numbers?: string[]) =>
  Object.fromEntries(
    describeColumns(table, { ...(numbers && { numbers }) }).map(({ name, kind }) => [name, kind]),
  );
const scrambled = (row: number) => (row * 7919) % 1009;

describe("kinds", () => {
  test("of numbers", async () => {
    const table = await tableOf(100, {
      "patient id": (row) => 1000 + scrambled(row),
      visits_id: (row) => row % 30,
      count: (row) => row + 1,
      cells: scrambled,
      stage: (row) => 1 + (row % 4),
      score: (row) => 1 + (row % 9),
      dose: (row) => [0, 0.5, 1][row % 3]!,
      arm: (row) => 1 + (row % 2),
      unit: () => 3,
      none: () => "NA",
      thyroid: (row) => row % 20,
    });
    expect(kinds(table)).toEqual({
      ...{ "patient id": "identifier", visits_id: "identifier", count: "identifier" },
      ...{ cells: "number", stage: "category", score: "number", dose: "number" },
      ...{ arm: "binary", unit: "constant", none: "empty", thyroid: "number" },
    });
    expect(kinds(table, ["stage", "count", "arm", "unit"])).toMatchObject({
      ...{ stage: "number", count: "number", arm: "number", unit: "constant" },
    });
  });

  test("of text", async () => {
    const table = await tableOf(60, {
      tumor: (row) => `TCGA-${scrambled(row)}-X`,
      mrn: (row) => `p${row % 20}`,
      sex: (row) => "mf"[row % 2]!,
      site: (row) => ["Bern", "Basel", "Chur"][row % 3]!,
      note: (row) => `patient ${row} felt ${row % 7 ? "well" : "ill"}`,
      visit: (row) => `2021-03-${String(1 + (row % 28)).padStart(2, "0")}`,
      "born on": (row) => `${1 + (row % 28)}.${1 + (row % 12)}.1970 08:30`,
      dna: (row) => "ACGTNRACGTTTGA".slice(row % 3, (row % 3) + 10) + "ACGT"[row % 4],
      protein: (row) => `MKTAYIAKQR${"LMNPQRSTVW"[row % 10]}${"ACDEFG"[row % 6]}`,
      crp: (row) => (row === 7 ? "<0.5" : row / 8),
      fixed: () => "yes",
    });
    expect(kinds(table)).toEqual({
      ...{ tumor: "identifier", mrn: "identifier", sex: "binary", site: "category", note: "text" },
      ...{ visit: "date", "born on": "date", dna: "sequence", protein: "sequence" },
      ...{ crp: "text", fixed: "constant" },
    });
  });

  test("levels are sorted as numbers or by code unit", async () => {
    const table = await tableOf(60, {
      stage: (row) => [10, "9.0", 9, 2][row % 4]!,
      site: (row) => ["b", "Z", "ä"][row % 3]!,
    });
    expect(describeColumns(table).map(({ levels }) => levels)).toEqual([
      ["2", "9", "10"],
      ["Z", "b", "ä"],
    ]);
  });

  test("only the given rows count", async () => {
    const table = await tableOf(60, {
      arm: (row) => (row < 40 ? 1 + (row % 2) : row),
      b: (row) => row / 4,
    });
    const [arm] = describeColumns(table, {
      rows: Int32Array.from({ length: 40 }, (_, row) => row),
    });
    expect(arm).toMatchObject({ kind: "binary", levels: ["1", "2"], missing: 0 });
  });
});

test("names of identifiers", () => {
  const say = { strong: ["id", "ID", "patientId", "Patient", "sample_id", "MRN"] };
  for (const name of say.strong) expect(identifierName(name), name).toBe("strong");
  for (const name of ["row", "Index", "(row name)"])
    expect(identifierName(name), name).toBe("weak");
  for (const name of ["patient_age", "thyroid", "steroids", "idle", "n_patients"])
    expect(identifierName(name), name).toBe("none");
});

test("findings on columns", async () => {
  const table = await tableOf(60, {
    id: (row) => row % 20,
    grade: (row) => 1 + (row % 3),
    chol: (row) => (row % 3 ? row / 4 : ""),
    crp: (row) => (row === 7 ? "<0.5" : row / 8),
    none: () => "NA",
    y: (row) => row % 2,
  });
  const facts = describeColumns(table);
  const all = columnFindings(facts, { rows: table.rows, except: ["y"] });
  expect(all.map(({ level, message }) => `${level}: ${message}`)).toMatchInlineSnapshot(`
    [
      "warning: id repeats (20 values in 60 rows): rows of one patient could land on both sides; --group id keeps them together",
      "warning: id is left out: identifier, 20 values that repeat",
      "note: grade is a category of 3 values (1, 2, 3): one-hot; --number grade to keep it a number",
      "note: chol is missing in 20 rows (33 %): imputed by the training median, with an indicator",
      "warning: crp is left out: text, numbers but for 1 cell, the first “<0.5” on line 9: mend, or name with --missing",
      "warning: none is left out: empty, no value",
    ]
  `);
  const kept = columnFindings(facts, {
    rows: table.rows,
    except: ["y", "crp", "none"],
    group: "id",
  });
  expect(kept.map(({ kind }) => kind)).toEqual(["whole numbers as category", "imputed"]);
});
