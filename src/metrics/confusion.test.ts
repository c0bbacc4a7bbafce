import { expect, test } from "vitest";
import { expectEnds, expectNear, goldens } from "../../test/support/statistics.ts";
import { atThreshold, confusion } from "./confusion.ts";
import { clopperPearson, wilson } from "./proportion.ts";
import { thresholdAtSensitivity, youdenThreshold } from "./threshold.ts";

const { labels, first, groups, ...golden } = goldens.binary;
const rates = ["sensitivity", "specificity", "ppv", "npv", "accuracy"] as const;
const summaries = ["balancedAccuracy", "f1", "mcc", "kappa"] as const;

test("the table and all that is read off it equal scikit-learn's and SciPy's", () => {
  expect(confusion(first, labels, 0.4)).toEqual(golden.confusion);
  const shown = atThreshold(first, labels, { threshold: 0.4 });
  const exact = atThreshold(first, labels, { threshold: 0.4, interval: "clopper-pearson" });
  for (const name of rates) {
    expectNear(shown[name].value, golden.rates[name].value);
    expectEnds(shown[name], golden.rates[name].wilson, 1e-12);
    expectEnds(exact[name], golden.rates[name].exact, 1e-11);
    expect([shown[name].method, exact[name].method]).toEqual(["Wilson", "Clopper-Pearson"]);
  }
  for (const name of summaries) {
    expectNear(shown[name].value, golden[name]);
    expect(shown[name].low).toBeLessThan(golden[name]);
    expect(shown[name].high).toBeGreaterThan(golden[name]);
  }
});

test("repeated groups bootstrap everything by group", () => {
  const shown = atThreshold(first, labels, { threshold: 0.4, groups });
  for (const name of [...rates, ...summaries]) {
    expect(shown[name].method).toMatch(/^bootstrap over \d+ groups, 2000 resamples$/);
    expect(shown[name].value).not.toBeNull();
  }
  expectNear(shown.ppv.value, golden.rates.ppv.value);
});

test("what does not exist is null with its reason", () => {
  const none = atThreshold([0.1, 0.2, 0.3], [0, 1, 0], { threshold: 0.9 });
  expect(none.ppv).toMatchObject({ value: null, reason: /no row is called positive/ });
  expect(none.mcc).toMatchObject({ value: null, reason: /all labels or all calls/ });
  const all = atThreshold([0.1, 0.2, 0.3], [1, 1, 1], { threshold: 0 });
  expect(all.npv.reason).toMatch(/every row is called positive/);
  expect(all.specificity.reason).toMatch(/every row has the event/);
  expect(all.balancedAccuracy.value).toBeNull();
  expect(all.kappa.value).toBeNull();
  const grouped = { threshold: 0.9, groups: [1, 1, 2] };
  expect(atThreshold([0.1, 0.2, 0.3], [0, 1, 0], grouped).ppv).toMatchObject({
    value: null,
    reason: /no row is called positive/,
  });
});

test("intervals at the ends", () => {
  expect(wilson(0, 20)[0]).toBe(0);
  expect(wilson(20, 20)[1]).toBe(1);
  expect(clopperPearson(0, 20)[0]).toBe(0);
  expectNear(clopperPearson(0, 20)[1], 1 - 0.025 ** (1 / 20), 10);
  expectNear(clopperPearson(20, 20)[0], 0.025 ** (1 / 20), 10);
  expect(() => wilson(3, 2)).toThrow("3 of 2");
  expect(() => clopperPearson(0, 0)).toThrow("0 of 0");
});

test("thresholds make the calls that scikit-learn's make", () => {
  for (const [cut, right] of [
    [youdenThreshold(first, labels), golden.youden],
    [thresholdAtSensitivity(first, labels, 0.9), golden.atSensitivity90],
  ] as const) {
    expectNear(cut.sensitivity, right.sensitivity);
    expectNear(cut.specificity, right.specificity);
    expect(confusion(first, labels, cut.threshold)).toEqual(confusion(first, labels, right.score));
    expect(cut.threshold).toBeLessThan(right.score);
  }
});

test("a threshold lies between scores, and where it cannot, at the upper one", () => {
  expect(youdenThreshold([0.9, 0.6, 0.4, 0.1], [1, 1, 0, 0]).threshold).toBe(0.5);
  expect(youdenThreshold([1, 1 + 2 ** -52], [0, 1]).threshold).toBe(1 + 2 ** -52);
  expect(youdenThreshold([0.3, 0.3], [1, 0]).threshold).toBe(0.3);
  expect(thresholdAtSensitivity([0.9, 0.6, 0.1], [1, 0, 1], 1).threshold).toBe(0.1);
  expect(() => youdenThreshold([1, 2], [1, 1])).toThrow("both classes");
  expect(() => thresholdAtSensitivity([1, 2], [0, 1], 90)).toThrow("sensitivity 90");
});
