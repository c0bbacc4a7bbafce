/** The luck meter: its first draw, its sums, and rows that stay closed. */
import { expect, test } from "vitest";
import { parseTable } from "../../data/index.ts";
import { prepare } from "../prepare.ts";
import { study } from "../study.ts";
import { luck, spread } from "./luck.ts";
import { rowsHash } from "./rowsHash.ts";

const lines = Array.from({ length: 80 }, (_, row) => {
  const a = ((row * 37) % 80) / 10;
  return `${a},${((row * 53) % 71) / 10},${a + ((row * 7) % 5) > 6 ? "yes" : "no"}`;
});
const tableOf = (rows: readonly string[], header = "a,b,y") =>
  parseTable({ name: "t.csv", bytes: new TextEncoder().encode([header, ...rows].join("\n")) });
const table = await tableOf(lines);
const prepared = prepare(table, { target: "y", epochs: 4, seed: 5 });

test("of all rows the first draw is the study itself; the same again", async () => {
  const { test: found } = await study(prepared, { resamples: 100 });
  const all = await luck(prepared, { draws: 3, all: true });
  expect(all.splits.auroc!.first).toBe(found.statistics.auroc!.value);
  expect(all.seeds.auroc!.first).toBe(found.statistics.auroc!.value);
  expect([all.splits.auroc!.values.length, all.rows.drawn]).toEqual([3, 80]);
  expect(await luck(prepared, { draws: 3, all: true })).toEqual(all);
});

test("else the test rows stay closed: other outcomes there change nothing", async () => {
  const closed = new Set(prepared.split.test);
  const flipped = lines.map((line, row) =>
    closed.has(row) ? line.replace(/yes|no/, (word) => (word === "yes" ? "no" : "yes")) : line,
  );
  const other = prepare(await tableOf(flipped), prepared.options);
  const found = await luck(prepared, { draws: 2 });
  expect(found.rows.drawn).toBe(80 - prepared.split.test.length);
  expect(await luck({ ...other, split: prepared.split }, { draws: 2 })).toEqual(found);
});

test("mean, standard deviation, range and rank", () => {
  const { mean, deviation, low, high, first, below } = spread([3, 1, null, 4, 2]);
  expect([mean, low, high, first, below]).toEqual([2.5, 1, 4, 3, 2]);
  expect(deviation).toBeCloseTo(1.2909944487358056, 14); // numpy.std([3, 1, 4, 2], ddof=1)
});

test("the hash of rows is of what they hold, whatever their order and their columns'", async () => {
  const rows = Int32Array.from([3, 9, 4]);
  const turned = lines.map((line) => line.split(",").reverse().join(",")).reverse();
  const other = await tableOf(turned, "y,b,a");
  const same = rows.map((row) => 79 - row);
  expect(await rowsHash(other, same)).toBe(await rowsHash(table, rows));
  expect(await rowsHash(table, rows.toReversed())).toBe(await rowsHash(table, rows));
  expect(await rowsHash(table, Int32Array.from([3, 9, 5]))).not.toBe(await rowsHash(table, rows));
});

test("a column is read once for all rows, and one that is not kept never", async () => {
  const reads: string[] = [];
  const counted = table.columns.map(({ name, cells }) => ({
    name,
    get cells() {
      reads.push(name);
      return cells;
    },
  }));
  const varied = {
    name: "note",
    varied: true as const,
    get cells(): never {
      throw new Error("not kept");
    },
  };
  const rows = Int32Array.from([3, 9, 4]);
  const stored = { ...table, columns: [...counted, varied] };
  expect(await rowsHash(stored, rows)).toBe(await rowsHash(table, rows));
  expect(reads).toHaveLength(table.columns.length);
});
