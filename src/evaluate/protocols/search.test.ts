/** Searches: scikit-learn's rounds, the same bits again, nothing of the held rows, and what is told stays. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseTable, type Table } from "../../data/index.ts";
import type { Notes } from "../checkpoints.ts";
import { prepare } from "../prepare.ts";
import { study } from "../study.ts";
import type { StudyOptions } from "../types.ts";
import { candidates, halvingRounds } from "./space.ts";

const { cases } = JSON.parse(
  readFileSync(new URL("../../../test/goldens/protocols/halving.json", import.meta.url), "utf8"),
) as {
  cases: { count: number; epochs: number; rounds: { candidates: number; epochs: number }[] }[];
};

const standing = { hidden: [32], learningRate: 2e-3, dropout: 0, weightDecay: 5e-3 };

test.each(cases)("$count candidates of $epochs epochs have scikit-learn's rounds", (each) => {
  expect(halvingRounds(each.count, each.epochs)).toEqual(each.rounds);
});

describe("candidates", () => {
  test("the first is what stands; the others lie in the space and can be typed", () => {
    const drawn = candidates({ target: "y" }, standing, { seed: 1, count: 300 });
    expect(drawn[0]).toEqual(standing);
    for (const { hidden, learningRate, dropout, weightDecay } of drawn.slice(1)) {
      expect(hidden.length).toBeGreaterThan(0);
      expect(hidden.length).toBeLessThan(4);
      expect(learningRate).toBeGreaterThanOrEqual(3e-4);
      expect(learningRate).toBeLessThanOrEqual(1e-2);
      expect(dropout).toBeLessThanOrEqual(0.5);
      expect(weightDecay).toBeGreaterThanOrEqual(1e-4);
      expect(String(learningRate).replace(/^[0.]*|e.*$/g, "").length).toBeLessThanOrEqual(2);
    }
    // log-uniform: half lie below √(3e-4 · 1e-2)
    const low = drawn.filter(({ learningRate }) => learningRate < Math.sqrt(3e-6)).length;
    expect(Math.abs(low - 150)).toBeLessThan(40);
  });

  test("what is told stays, and does not change what else is drawn", () => {
    const options: StudyOptions = { target: "y", hidden: [4], dropout: 0.3 };
    const told = { ...standing, hidden: [4], dropout: 0.3 };
    const drawn = candidates(options, told, { seed: 1, count: 20 });
    const free = candidates({ target: "y" }, standing, { seed: 1, count: 20 });
    expect(drawn.every(({ hidden, dropout }) => hidden.join() === "4" && dropout === 0.3)).toBe(
      true,
    );
    expect(drawn.slice(1).map((each) => each.weightDecay)).toEqual(
      free.slice(1).map((each) => each.weightDecay),
    );
  });
});

const rows = Array.from({ length: 90 }, (_, row) => {
  const [a, b] = [((row * 37) % 90) / 10, ((row * 53) % 71) / 10];
  return `${a},${b},${a + ((row * 7) % 5) > 6 ? "yes" : "no"}`;
});
const tableOf = (lines: readonly string[]): Promise<Table> =>
  parseTable({
    name: "t.csv",
    bytes: new TextEncoder().encode(["a,b,y", ...lines].join("\n")),
  });
const table = await tableOf(rows);
const options: StudyOptions = {
  ...{ target: "y", search: "random", searchTrials: 3, epochs: 4, seed: 2, folds: 2 },
} as const;
const resampled = { resamples: 100 };

describe("a study that searches", async () => {
  const prepared = prepare(table, options);
  const done = await study(prepared, resampled);

  test("takes the trial of the least loss, and says what each fold chose for itself", () => {
    const { trials, chosen, statistic } = done.search!;
    const least = Math.min(...trials.map(({ loss }) => loss!));
    expect(trials[chosen - 1]!.loss).toBe(least);
    expect(statistic).toBe("logLoss");
    expect(done.prepared.settings).toMatchObject(trials[chosen - 1]!.settings);
    for (const fold of done.crossValidation!.folds) expect(fold.chosen).toBeDefined();
    expect(done.events.filter(({ event }) => event === "trial")).toHaveLength(9);
  });

  test("finds the same again, and goes on from its notes with the same bits", async () => {
    const kept = new Map<string, unknown>();
    let read = 0;
    const notes: Notes = {
      read: async (name) => {
        read++;
        return kept.get(name) ?? null;
      },
      write: async (name, value) => void kept.set(name, structuredClone(value)),
    };
    const again = await study(prepared, { ...resampled, notes });
    expect(again.search).toEqual(done.search);
    expect(again.model.weights).toEqual(done.model.weights);
    expect([...kept.keys()].sort()).toEqual(["search-fold-1", "search-fold-2", "search-network"]);
    kept.set("search-network", (kept.get("search-network") as unknown[]).slice(0, 2));
    const resumed = await study(prepared, { ...resampled, notes });
    expect(read).toBe(6);
    expect(resumed.search).toEqual(done.search);
    expect(resumed.crossValidation).toEqual(done.crossValidation);
  });

  test("never looks at test rows: with other outcomes there it finds the same", async () => {
    const test = new Set(prepared.split.test);
    const flipped = rows.map((line, row) =>
      test.has(row) ? line.replace(/yes|no/, (word) => (word === "yes" ? "no" : "yes")) : line,
    );
    const other = prepare(await tableOf(flipped), { ...options });
    const same = { ...other, split: prepared.split };
    const { search } = await study(same, resampled);
    expect(search).toEqual(done.search);
  });
});

test("halving: those that go on have more epochs, and the chosen one went furthest", async () => {
  const { folds: _, ...once } = options;
  const prepared = prepare(table, { ...once, search: "halving", searchTrials: 9, epochs: 9 });
  const { search } = await study(prepared, resampled);
  const rounds = search!.trials.map(({ round, epochs }) => `${round}:${epochs}`).sort();
  expect(rounds.join(" ")).toBe("1:1 1:1 1:1 1:1 1:1 1:1 2:3 2:3 3:9");
  expect(search!.trials[search!.chosen - 1]!.round).toBe(3);
});

test("where every trial comes apart, the reason of one is told", async () => {
  const { folds: _, ...once } = options;
  const wild = rows.map((line, row) => `${line.split(",")[0]},${row},${row * 1e9}`);
  const prepared = prepare(await tableOf(wild), { ...once, learningRate: 1e6, optimizer: "sgd" });
  await expect(study(prepared, resampled)).rejects.toThrow("search: no trial came to an end");
});

test("too few rows to fold once more are refused before anything is trained", async () => {
  const few = rows.map((line, row) => line.replace(/yes|no/, row % 22 === 0 ? "yes" : "no"));
  const lines = await tableOf(few);
  expect(() => prepare(lines, { ...options, folds: 2 })).toThrow(
    "search, in 3 folds of the learning rows",
  );
  expect(() => prepare(table, { ...options, searchTrials: 0 })).toThrow("search trials is 0");
});
