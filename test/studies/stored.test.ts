/** A table on disk is looked at as the same table in memory is, each column read a few times at most. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withMissing } from "../../src/data/missing.ts";
import { audit, data, prepare } from "../../src/index.ts";
import { scratchFolder } from "./support.ts";

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
