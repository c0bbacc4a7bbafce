/** A table on disk is looked at as the same table in memory is, each column read a few times at most. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { partOf, residentBlock } from "../../src/data/index.ts";
import { withMissing } from "../../src/data/missing.ts";
import {
  audit,
  data,
  explain,
  type Prepared,
  predictionLines,
  predictionTable,
  predictTable,
  prepare,
  study,
} from "../../src/index.ts";
import { csvPieces, encodeCsv, writeFileAtomic } from "../../src/node.ts";
import { quick, scratchFolder, tableOf } from "./support.ts";

const folder = scratchFolder();
const columns = ["age", "marker", "days_to_death", "stage", "site", "patient_id", "outcome"];

/** 9000 rows are three blocks; every hundredth is a copy of the row fifty above it, patients have three. */
const lines = Array.from({ length: 9000 }, (_, row) => {
  const like = row % 100 === 99 ? row - 50 : row;
  const [a, b] = [(like * 7919) % 1009, (like * 104_729) % 7907];
  const sick = a > 400 && b > 1000;
  const marker = like % 13 === 0 ? "" : (b / 97 - 40).toFixed(3);
  const days = like % 26 === 0 ? "NA" : String(sick ? 1000 + b : (b * 31) % 900);
  const stage = like % 39 === 0 ? "" : 1 + (b % 4);
  const site = `ward ${"abc"[like % 3]}`;
  return [a / 10, marker, days, stage, site, `P${row % 3000}`, sick ? "dead" : "alive"].join();
});
const path = join(folder, "visits.csv");
writeFileSync(path, [columns.join(), ...lines].join("\n"));

const onDisk = (missing: readonly string[] = []) =>
  data.read(path, { stream: true, rows: join(folder, "rows"), missing });

/** Everything that `golgi data` shows. */
function seen(table: data.Table) {
  const prepared = prepare(table, { target: "outcome" });
  const { target } = prepared;
  const facts = prepared.columns.filter(({ name }) => name !== "outcome");
  return {
    profile: data.profile(table, { target, columns: prepared.columns }),
    afresh: data.profile(table, { target }),
    plain: data.profile(table),
    tableOne: data.tableOne(table, facts, data.rowsByLabel(target)),
    audit: audit(prepared),
  };
}

test("profile, Table 1 and audit are those of the table in memory", async () => {
  const wanted = seen(await data.read(path));
  const found = seen(await onDisk());
  expect(found).toEqual(wanted);
  expect(found.afresh).toEqual(found.profile);
  const checks = found.audit.suspicions.map(({ check }) => check);
  for (const check of ["duplicate rows", "group on two sides", "single feature"])
    expect(checks).toContain(check);
  expect(found.profile.patterns).toHaveLength(5);
});

test("codes for a missing value, told when it is read or later", async () => {
  const codes = ["1", "ward a"];
  const wanted = seen(await data.read(path, { missing: codes }));
  expect(seen(await onDisk(codes))).toEqual(wanted);
  expect(seen(withMissing(await onDisk(), codes))).toEqual(wanted);
});

test("a column is read a few times, not row by row", async () => {
  const table = await onDisk();
  const reads = new Map<string, number>();
  const counted = table.columns.map((column): data.Column => {
    const { name, numbers, places } = column;
    const count = <T>(value: T): T => {
      reads.set(name, (reads.get(name) ?? 0) + 1);
      return value;
    };
    return {
      name,
      get cells() {
        return count(column.cells);
      },
      numbers: () => count(numbers!()),
      ...(places ? { places: () => count(places()) } : {}),
    };
  });
  seen({ ...table, columns: counted });
  expect([...reads.keys()].sort()).toEqual(columns.toSorted());
  expect(Math.max(...reads.values())).toBeLessThan(60);
});

test("texts of too many values are passed over, and said to be", async () => {
  const many = join(folder, "many.csv");
  const rows = Array.from({ length: 200_500 }, (_, row) => `note ${row},${row % 7},${row % 2}`);
  writeFileSync(many, ["note,x,y", ...rows].join("\n"));
  const table = await data.read(many, { stream: true, rows: join(folder, "rows") });
  const { columns: found, patterns } = data.profile(table);
  expect(found[0]).toMatchObject({ name: "note", kind: "text", missing: 0, numbers: null });
  expect(found[0]!.reason).toBe("texts of too many values to keep");
  expect(patterns).toEqual([{ columns: [], rows: 200_500 }]);
});

describe("a model of a table on disk", () => {
  const options = { target: "outcome", ...quick, hidden: [] };
  const model = async () => {
    const few = await tableOf(columns.join(), ...lines.slice(0, 300));
    return (await study(prepare(few, options))).model;
  };

  test("its test rows come into memory as the same rows do", async () => {
    const part = ({ test, recipe, split }: Prepared) =>
      partOf({ ...test, recipe, scale: null }, split.test).inputs.table;
    const stored = prepare(await onDisk(), options);
    const memory = prepare(await data.read(path), options);
    expect(part(stored).data).toHaveLength(0);
    const { split } = stored;
    expect(residentBlock(part(stored))).toEqual(part({ ...memory, split }));
  });

  test("explains 10 000 rows of many, spread over all, and says so", async () => {
    const long = join(folder, "long.csv");
    writeFileSync(long, [columns.join(), ...lines, ...lines].join("\n"));
    const table = await data.read(long, { stream: true, rows: join(folder, "rows") });
    const explained = await model();
    const method = "gradientInput";
    const found = explain.explainTable(explained, table, { method });
    expect(found.rows).toHaveLength(10_000);
    expect([found.rows[0], found.rows.at(-1)]).toEqual([0, 17_998]);
    expect(found.findings.at(-1)!.message).toMatch(/^10000 of 18000 rows are explained/);
    const { rows } = found;
    const memory = explain.explainTable(explained, await data.read(long), { method, rows });
    expect(found.values).toEqual(memory.values);
    expect(memory.findings).toEqual(found.findings.slice(0, -1));
  });

  test("predicts line by line what it predicts at once", async () => {
    const [table, learned] = [await onDisk(), await model()];
    const { header, lines: found } = predictionLines(predictTable(learned, table), { table });
    const memory = await data.read(path);
    const wanted = predictionTable(predictTable(learned, memory), { table: memory });
    const pieces = [...csvPieces(header, found)];
    expect(pieces).toHaveLength(10);
    expect(pieces.join("")).toBe(encodeCsv(wanted.header, wanted.rows));
    await writeFileAtomic(join(folder, "pieces.csv"), pieces);
    expect(readFileSync(join(folder, "pieces.csv"), "utf8")).toBe(pieces.join(""));
  });
});
