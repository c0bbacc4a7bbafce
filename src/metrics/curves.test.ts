import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectNear, goldens } from "../../test/support/statistics.ts";
import { classAgreement, classBrier } from "./agreement.ts";
import { concordance } from "./concordance.ts";
import { histogram, precisionRecallCurve, rocCurve } from "./curves.ts";

/** By scikit-learn, NumPy and SciPy (test/goldens/curves/make.py). */
const right = JSON.parse(
  readFileSync(new URL("../../test/goldens/curves/fromPython.json", import.meta.url), "utf8"),
);
const { labels, first } = goldens.binary;

describe("curves", () => {
  test("ROC: scikit-learn's points, from (0, 0) to (1, 1)", () => {
    const found = rocCurve(first, labels);
    const [falsePositive, sensitivity, thresholds] = right.roc;
    expect(found.map((point) => point.falsePositiveRate)).toEqual(falsePositive);
    expect(found.map((point) => point.sensitivity)).toEqual(sensitivity);
    expect(found.map(({ threshold }) => threshold)).toEqual([null, ...thresholds]);
  });

  test("precision–recall: scikit-learn's points", () => {
    const found = precisionRecallCurve(first, labels);
    const [thresholds, recall, precision] = right.precisionRecall;
    expect(found.map(({ threshold }) => threshold)).toEqual(thresholds);
    expect(found.map((point) => point.recall)).toEqual(recall);
    expect(found.map((point) => point.precision)).toEqual(precision);
  });

  test("too many points are thinned, both ends stay", () => {
    const all = rocCurve(first, labels);
    const few = rocCurve(first, labels, { most: 10 });
    expect(few).toHaveLength(10);
    expect([few[0], few.at(-1)]).toEqual([all[0], all.at(-1)]);
  });

  test("one class has no curve", () => {
    expect(rocCurve([0.1, 0.2], [1, 1])).toEqual([]);
    expect(precisionRecallCurve([0.1, 0.2], [0, 0])).toEqual([]);
  });

  test("histogram: NumPy's counts, values on an edge included", () => {
    expect(histogram(first, { range: [0, 1] }).counts).toEqual(right.histogram.counts);
    const own = histogram(goldens.regression.targets, { bins: 7 });
    expect(own.counts).toEqual(right.targets.counts);
    for (const [i, edge] of own.edges.entries()) expectNear(edge, right.targets.edges[i]);
    expect(histogram([2, 2], { bins: 2 })).toEqual({ edges: [1.5, 2, 2.5], counts: [0, 2] });
  });
});

test("balanced accuracy, macro F1, MCC, kappa and Brier over classes: scikit-learn's", () => {
  const found = classAgreement(goldens.classes, { resamples: 200 });
  for (const key of ["balancedAccuracy", "macroF1", "mcc", "kappa"] as const) {
    expectNear(found[key].value, right.agreement[key]);
    expect(found[key].low!).toBeLessThan(found[key].value!);
  }
  expectNear(classBrier(goldens.classes, { resamples: 100 }).value, right.brier);
  const one = { probabilities: [0.9, 0.1, 0.8, 0.2], labels: [0, 0], classes: 2 };
  expect(classAgreement(one, { resamples: 100 }).kappa.reason).toMatch("the same");
});

test("line, correlations, Lin's coefficient and limits of agreement: SciPy's", () => {
  const { targets, first: predicted } = goldens.regression;
  const found = concordance(predicted!, targets!, { resamples: 200 });
  for (const [key, value] of Object.entries(right.concordance as Record<string, number>)) {
    const estimate = found[key as keyof typeof found];
    expectNear(estimate.value, value, 10);
    expect(estimate.low! < value && value < estimate.high!, key).toBe(true);
  }
  expect(concordance([1, 1], [1, 2], { resamples: 100 }).pearson.reason).toMatch("vary");
});
