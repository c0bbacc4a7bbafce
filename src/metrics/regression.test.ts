import { expect, test } from "vitest";
import { expectEnds, expectNear, goldens } from "../../test/support/statistics.ts";
import { compareRmse, regression } from "./regression.ts";

const { targets, first, second, ...golden } = goldens.regression;

test("values equal scikit-learn's, intervals a NumPy bootstrap's", () => {
  const estimates = regression(first, targets);
  for (const name of ["rmse", "mae", "r2"] as const) {
    expectNear(estimates[name].value, golden[name]);
    expect(estimates[name].low).toBeLessThan(golden[name]);
    expect(estimates[name].high).toBeGreaterThan(golden[name]);
  }
  expectEnds(estimates.rmse, golden.rmseBootstrap, 0.15);
});

test("the paired difference, by rows and by groups", () => {
  const comparison = compareRmse(first, second, targets);
  expectEnds(comparison, golden.differenceBootstrap, 0.25);
  expect(comparison.p).toBeLessThan(0.01);
  const groups = targets.map((_, i) => i % 30);
  const grouped = compareRmse(first, second, targets, { groups });
  expect(grouped.method).toBe("paired bootstrap over 30 groups, 2000 resamples");
  expect(grouped.difference).toBe(comparison.difference);
});

test("equal targets have no R², a perfect model no interval", () => {
  expect(regression([1, 2, 3], [2, 2, 2]).r2).toMatchObject({ value: null, reason: /are equal/ });
  const perfect = regression([1, 2, 3], [1, 2, 3]);
  expect(perfect.rmse).toMatchObject({ value: 0, low: null, reason: /do not vary/ });
  expect(perfect.r2.value).toBe(1);
  expect(() => regression([1], [1, 2])).toThrow("1 and 2 rows differ");
});
