/** Optimism: noise that was learned, patients drawn whole, what is refused. */
import { expect, test } from "vitest";
import { stream } from "../../base/random.ts";
import { parseTable } from "../../data/index.ts";
import type { BinaryEvidence } from "../evidence/types.ts";
import { prepare } from "../prepare.ts";
import { study } from "../study.ts";
import type { StudyEvent, StudyOptions } from "../types.ts";

const columns = 12;
/** Patients of some visits each; the label is the patient's and has nothing to do with the numbers. */
async function noise(patients: number, visits: number) {
  const draws = stream({ seed: 1, purpose: "split" });
  const names = Array.from({ length: columns }, (_, i) => `x${i}`);
  const lines = Array.from({ length: patients }, (_, patient) => {
    const own = names.map(() => draws.nextNormal());
    return Array.from({ length: visits }, () => {
      const cells = own.map((x) => (x + 0.1 * draws.nextNormal()).toFixed(3));
      return [`p${patient}`, ...cells, patient % 2 === 0 ? "yes" : "no"].join();
    });
  }).flat();
  const text = [["patient", ...names, "y"].join(), ...lines].join("\n");
  return parseTable({ name: "noise.csv", bytes: new TextEncoder().encode(text) });
}

const options: StudyOptions = {
  ...{ target: "y", hidden: [], epochs: 60, patience: 60, weightDecay: 0, batchSize: 16 },
  ...{ learningRate: 0.02, optimism: 12, ignore: ["patient"] },
};
const run = { resamples: 100 };

test("what is learned of noise is mostly taken off, and twice the same", async () => {
  const table = await noise(160, 1);
  const events: StudyEvent[] = [];
  const done = await study(prepare(table, options), { ...run, onEvent: (e) => events.push(e) });
  const { optimism } = done.evidence as BinaryEvidence;
  const { auroc, brier } = optimism!.statistics;
  expect(optimism!.method).toBe("bootstrap of 128 rows, 12 refits");
  expect(auroc.apparent!).toBeGreaterThan(0.6);
  expect(auroc.corrected! - 0.5).toBeLessThan(0.6 * (auroc.apparent! - 0.5));
  expect(brier.corrected!).toBeGreaterThan(brier.apparent!);
  expect(events.filter(({ event }) => event === "optimism").at(-1)).toMatchObject({
    done: 12,
    of: 12,
  });
  const again = await study(prepare(table, options), run);
  expect((again.evidence as BinaryEvidence).optimism).toEqual(optimism);
  const { optimism: _, ...without } = options;
  const plain = await study(prepare(table, without), run);
  expect(plain.evidence).not.toHaveProperty("optimism");
  expect(plain.test).toEqual(done.test);
});

test("patients are drawn whole: rows drawn alone would hide that they were learned by heart", async () => {
  const table = await noise(60, 5);
  const found = async (group: Partial<StudyOptions>) => {
    const done = await study(prepare(table, { ...options, ...group }), run);
    return (done.evidence as BinaryEvidence).optimism!;
  };
  const { ignore: _, ...rest } = options;
  const [byRow, byPatient] = [
    await found({}),
    await found({ ...rest, ignore: [], group: "patient" }),
  ];
  expect(byPatient.groups).toBe(48);
  expect(byPatient.statistics.auroc.optimism!).toBeGreaterThan(
    2 * byRow.statistics.auroc.optimism!,
  );
});

test("a resample that nothing can be learned from counts for nothing", async () => {
  // a mark of few rows, without which the only column is constant
  const marked = new Set([5, 17, 30]);
  const lines = Array.from({ length: 60 }, (_, row) =>
    [Number(marked.has(row)), row % 2 ? "yes" : "no"].join(),
  );
  const bytes = new TextEncoder().encode(["x0,y", ...lines].join("\n"));
  const table = await parseTable({ name: "rare.csv", bytes });
  const { ignore: _, ...rest } = options;
  const done = await study(prepare(table, { ...rest, epochs: 2, optimism: 40 }), run);
  const { statistics, times } = (done.evidence as BinaryEvidence).optimism!;
  expect(times).toBe(40);
  expect(statistics.brier.refits).toBeLessThan(40);
  expect(statistics.brier.refits).toBeGreaterThan(10);
});

test("what cannot be is told", async () => {
  const table = await noise(40, 1);
  const asked = (more: Partial<StudyOptions>) => () => prepare(table, { ...options, ...more });
  expect(asked({ optimism: 3 })).toThrow("Optimism by 3 refits. It takes 10 or more");
  expect(asked({ target: "x1", task: "regression" })).toThrow("Optimism is for a binary task");
});
