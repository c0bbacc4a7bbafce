import fc from "fast-check";
import { expect, test } from "vitest";
import { expectEnds, expectNear, goldens } from "../../test/support/statistics.ts";
import { averagePrecision, brier, logLoss, scaledBrier } from "./probability.ts";

const { labels, first, groups, ...golden } = goldens.binary;

test("values equal scikit-learn's, intervals a NumPy bootstrap's", () => {
  const precision = averagePrecision(first, labels);
  expectNear(precision.value, golden.averagePrecision);
  expectEnds(precision, golden.averagePrecisionBootstrap, 0.012);
  const score = brier(first, labels);
  expectNear(score.value, golden.brier);
  expectEnds(score, golden.brierBootstrap, 0.003);
  expect(score.method).toBe("bootstrap of 160 rows, 2000 resamples");
  expectNear(scaledBrier(first, labels).value, golden.scaledBrier);
  expectNear(logLoss(first, labels).value, golden.logLoss);
  expectNear(logLoss([1, 1, 0.5], [1, 0, 1]).value, golden.logLossCertain);
});

test("repeated groups are resampled whole", () => {
  for (const statistic of [averagePrecision, brier, logLoss, scaledBrier]) {
    expect(statistic(first, labels, { groups }).method).toMatch(/bootstrap over \d+ groups/);
  }
});

test("what does not exist is null with its reason", () => {
  expect(averagePrecision([0.1, 0.2], [0, 0])).toMatchObject({ value: null, reason: /no row/ });
  expect(scaledBrier([0.1, 0.2], [0, 0])).toMatchObject({ value: null, reason: /same label/ });
  expect(() => brier([1.5], [1])).toThrow("row 0 is 1.5, no probability");
});

test("average precision lies between its bounds and is 1 for a perfect order", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 12 }), { minLength: 3, maxLength: 30 }), (scores) => {
      const perfect = scores.map((s) => (s > 6 ? 1 : 0));
      fc.pre(perfect.includes(1));
      expect(averagePrecision(scores, perfect, { resamples: 100 }).value).toBe(1);
      const reversed = averagePrecision(
        scores.map((s) => -s),
        perfect,
        { resamples: 100 },
      );
      expect(reversed.value).toBeGreaterThan(0);
      expect(reversed.value).toBeLessThanOrEqual(1);
    }),
  );
});
