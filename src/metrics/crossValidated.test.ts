import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { plain } from "../../test/support/plain.ts";
import { expectEnds, expectNear, goldens } from "../../test/support/statistics.ts";
import { crossValidatedAuroc } from "./crossValidated.ts";

/** LeDell's influence curve as cvAUC has it (test/goldens/evidence/make.py). */
const { influence } = JSON.parse(
  readFileSync(new URL("../../test/goldens/evidence/fromPython.json", import.meta.url), "utf8"),
);
const { first, labels, groups } = goldens.binary;
const foldsOf = (of: (row: number) => number, repeat = 0) =>
  [0, 1, 2, 3, 4].map((fold) => {
    const pick = (values: readonly number[]) => values.filter((_, row) => of(row) === fold);
    return { scores: pick(first), labels: pick(labels), repeat };
  });

test("mean AUROC of the folds with the interval of cvAUC", () => {
  const found = crossValidatedAuroc(foldsOf((row) => row % 5));
  expectNear(found.value, influence[0]);
  expectEnds(found, influence.slice(1), 1e-12);
});

test("repeats do not narrow it, groups add up their rows' influence", () => {
  const once = crossValidatedAuroc(foldsOf((row) => row % 5));
  const twice = crossValidatedAuroc([0, 1].flatMap((repeat) => foldsOf((row) => row % 5, repeat)));
  expect(twice.low).toBeCloseTo(once.low!, 12);
  const byGroup = (row: number) => groups[row]! % 5;
  const grouped = foldsOf(byGroup).map((fold, k) => ({
    ...fold,
    groups: groups.filter((_, row) => byGroup(row) === k),
  }));
  const found = crossValidatedAuroc(grouped);
  expectNear(found.value, plain.crossValidated.auroc);
  const error = (found.high! - found.value!) / 1.959963984540054;
  expectNear(error, plain.crossValidated.error, 10);
  // which is near that of moving each patient's weight: it pools the folds' shares of events
  expect(Math.abs(error / plain.crossValidated.jackknife - 1)).toBeLessThan(0.2);
  expect(crossValidatedAuroc([{ scores: [0.1], labels: [1] }]).reason).toMatch("both classes");
});
