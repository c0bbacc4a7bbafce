import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromR } from "../../test/support/calibration.ts";
import { plain } from "../../test/support/plain.ts";
import { expectEnds, expectNear, goldens } from "../../test/support/statistics.ts";
import { confusion } from "./confusion.ts";
import { likelihoodRatios, predictiveValues } from "./prevalence.ts";
import { costThreshold, thresholdAtSpecificity } from "./threshold.ts";

const { labels, first } = goldens.binary;
const table = confusion(first, labels, 0.4);

test("likelihood ratios and their intervals equal R's", () => {
  const { positive, negative } = likelihoodRatios(table);
  for (const [got, right] of [
    [positive, fromR.likelihoodRatios.positive],
    [negative, fromR.likelihoodRatios.negative],
  ] as const) {
    expectNear(got.value, right[0]);
    expectEnds(got, [right[1], right[2]], 1e-11);
  }
});

test("at the prevalence of the rows predictive values are those of the table", () => {
  const { truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn } = table;
  const prevalence = (tp + fn) / labels.length;
  const { ppv, npv } = predictiveValues(table, { prevalence });
  expectNear(ppv.value, tp / (tp + fp));
  expectNear(npv.value, tn / (tn + fn));
  expect(ppv.low!).toBeLessThan(ppv.value!);
  const rare = predictiveValues(table, { prevalence: 0.01 });
  expect(rare.ppv.value!).toBeLessThan(0.06);
  expect(rare.npv.value!).toBeGreaterThan(0.99);
});

test("predictive values at another prevalence, and their intervals, equal numerical ones", () => {
  const path = new URL("../../test/goldens/prevalence/prevalence.json", import.meta.url);
  const golden = JSON.parse(readFileSync(path, "utf8"));
  for (const right of golden.at) {
    const found = predictiveValues(golden.table, { prevalence: right.prevalence });
    for (const key of ["ppv", "npv"] as const) {
      expectNear(found[key].value, right[key][0]);
      expectEnds(found[key], right[key].slice(1), 1e-9);
    }
  }
});

test("edges: nobody called, all called, a prevalence that is none", () => {
  const nobody = confusion(first, labels, 2);
  expect(likelihoodRatios(nobody).positive.reason).toMatch("division by 0");
  expect(predictiveValues(nobody, { prevalence: 0.1 }).ppv.value).toBeNull();
  expect(predictiveValues(nobody, { prevalence: 0.1 }).npv.value).toBeCloseTo(0.9, 12);
  expect(() => predictiveValues(table, { prevalence: 2 })).toThrow("prevalence 2");
});

test("the threshold at a specificity makes the calls of scikit-learn's cut; by cost", () => {
  const cut = thresholdAtSpecificity(first, labels, 0.9);
  const { score, sensitivity, specificity } = plain.specificity90;
  expectNear(cut.sensitivity, sensitivity);
  expectNear(cut.specificity, specificity);
  expect(confusion(first, labels, cut.threshold)).toEqual(confusion(first, labels, score));
  // a specificity that a cut has exactly is reached by it
  expect(thresholdAtSpecificity(first, labels, specificity)).toEqual(cut);
  expect(costThreshold({ falsePositive: 1, falseNegative: 4 })).toBe(0.2);
  expect(() => costThreshold({ falsePositive: 0, falseNegative: 1 })).toThrow("costs 0 and 1");
});
