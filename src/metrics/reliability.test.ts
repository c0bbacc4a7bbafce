import { expect, test } from "vitest";
import { fromPython, fromR } from "../../test/support/calibration.ts";
import { plain } from "../../test/support/plain.ts";
import { expectNear, goldens } from "../../test/support/statistics.ts";
import { hosmerLemeshow, spiegelhalter } from "./calibrationTests.ts";
import { binnedCalibration, brierParts } from "./reliability.ts";

const { labels, first, second, groups } = goldens.binary;
const few = { resamples: 100 };

test("calibration errors of every kind of bins equal their definitions in NumPy", () => {
  const kinds = {
    width10: {},
    mass10: { binning: "mass" },
    mass7: { binning: "mass", bins: 7 },
    confidence15: { binning: "confidence" },
  } as const;
  for (const [name, options] of Object.entries(kinds)) {
    const right = fromPython.errors[name as keyof typeof kinds];
    const { ece, mce, bins } = binnedCalibration(second, labels, { ...options, ...few });
    expectNear(ece.value, right.ece);
    expectNear(mce.value, right.mce);
    expect(bins).toHaveLength(right.bins);
    expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(labels.length);
  }
});

test("the Brier score is reliability − resolution + uncertainty", () => {
  const parts = brierParts(second, labels, { ...few, groups });
  const [reliability, resolution, uncertainty, brier] = fromPython.murphy as [
    number,
    number,
    number,
    number,
  ];
  expectNear(parts.reliability.value, reliability);
  expectNear(parts.resolution.value, resolution);
  expectNear(parts.uncertainty.value, uncertainty);
  expectNear(reliability - resolution + uncertainty, brier);
  expect(brierParts(second, labels, { ...few, bins: 5 }).reliability.value).toBeLessThan(
    reliability,
  );
});

test("Spiegelhalter's z equals rms::val.prob's", () => {
  for (const [name, scores] of Object.entries({ first, second })) {
    const right = fromR.spiegelhalter[name as "first" | "second"];
    expectNear(spiegelhalter(scores, labels).statistic, right.z, 9);
    expectNear(spiegelhalter(scores, labels).p, right.p, 9);
  }
  expect(spiegelhalter([0, 1, 0.5], [0, 1, 1]).reason).toMatch("0, 0.5 or 1");
});

test("Hosmer and Lemeshow's χ² of tied probabilities is that of right-closed deciles", () => {
  const { statistic, p } = hosmerLemeshow(first, labels);
  expectNear(statistic, plain.hosmerLemeshow.statistic, 10);
  expectNear(p, plain.hosmerLemeshow.p, 10);
});

test("tests of nothing say so, bad input is refused", () => {
  expect(hosmerLemeshow([0, 0, 0.4, 0.6, 0.7, 0.9], [0, 0, 1, 0, 1, 1]).reason).toMatch(
    "none or all",
  );
  expect(() => hosmerLemeshow(first, labels, { groups: 2 })).toThrow("2 groups");
  expect(() => binnedCalibration(first, labels, { bins: 0 })).toThrow("0 bins");
});
