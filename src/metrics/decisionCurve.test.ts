import { expect, test } from "vitest";
import { fromPython } from "../../test/support/calibration.ts";
import { expectBootstrap, plain } from "../../test/support/plain.ts";
import { expectNear, goldens } from "../../test/support/statistics.ts";
import { decisionCurve } from "./decisionCurve.ts";

const { labels, second, groups } = goldens.binary;

test("net benefit equals that of dcurves", () => {
  const curve = decisionCurve(second, labels, {
    thresholds: fromPython.thresholds,
    resamples: 200,
  });
  curve.forEach(({ threshold, netBenefit, treatAll, avoided }, i) => {
    expect(threshold).toBe(fromPython.thresholds[i]);
    expectNear(netBenefit.value, fromPython.netBenefit[i]!);
    expectNear(treatAll, fromPython.treatAll[i]!);
    const gain = fromPython.netBenefit[i]! - fromPython.treatAll[i]!;
    expectNear(avoided.value, (100 * gain * (1 - threshold)) / threshold);
    expect(netBenefit.low!).toBeLessThan(netBenefit.value!);
    expect(netBenefit.high!).toBeGreaterThan(netBenefit.value!);
  });
});

test("99 thresholds if none are given, groups resampled as in NumPy, thresholds within (0, 1)", () => {
  for (const [cut, right] of Object.entries(plain.grouped.benefit)) {
    const options = { groups, resamples: 4000, thresholds: [Number(cut)] };
    expectBootstrap(decisionCurve(second, labels, options)[0]!.netBenefit, right);
  }
  const curve = decisionCurve(second, labels, { groups, resamples: 100 });
  expect(curve).toHaveLength(99);
  expect(curve[0]!.netBenefit.method).toMatch("over 56 groups");
  expect(() => decisionCurve(second, labels, { thresholds: [0, 0.5] })).toThrow("threshold 0;");
});
