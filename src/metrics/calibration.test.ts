import { expect, test } from "vitest";
import { expectBootstrap, plain } from "../../test/support/plain.ts";
import { expectEnds, expectNear, goldens } from "../../test/support/statistics.ts";
import { calibrationInTheLarge, calibrationSlope, observedOverExpected } from "./calibration.ts";

const { labels, first, groups, ...golden } = goldens.binary;

test("coefficients and standard errors equal an unpenalized scikit-learn fit", () => {
  const large = calibrationInTheLarge(first, labels);
  expectNear(large.value, golden.inTheLarge.value, 10);
  expectNear(large.standardError, golden.inTheLarge.error, 10);
  const { slope, intercept } = calibrationSlope(first, labels);
  expectNear(slope.value, golden.slope.value, 8);
  expectNear(slope.standardError, golden.slope.error, 8);
  expectNear(intercept.value, golden.intercept.value, 8);
  expectNear(intercept.standardError, golden.intercept.error, 8);
  const reach = 1.959963984540054 * golden.slope.error;
  expectEnds(slope, [golden.slope.value - reach, golden.slope.value + reach], 1e-8);
});

test("a model is calibrated to its own calibration line", () => {
  const { slope, intercept } = calibrationSlope(first, labels);
  const logit = (p: number) => Math.log(p / (1 - p));
  const sigmoid = (t: number) => 1 / (1 + Math.exp(-t));
  const again = first.map((p) => sigmoid(intercept.value! + slope.value! * logit(p)));
  const line = calibrationSlope(again, labels);
  expect(line.slope.value).toBeCloseTo(1, 9);
  expect(line.intercept.value).toBeCloseTo(0, 9);
  expect(calibrationInTheLarge(again, labels).value).toBeCloseTo(0, 9);
  expect(observedOverExpected(again, labels).value).toBeCloseTo(1, 9);
});

test("repeated groups: around the same values the intervals of a plain NumPy bootstrap of groups", () => {
  const many = { groups, resamples: 4000 };
  const { slope, intercept } = calibrationSlope(first, labels, many);
  expectNear(slope.value, golden.slope.value, 8);
  expectNear(intercept.value, golden.intercept.value, 8);
  expect(slope.method).toMatch(/^bootstrap over \d+ groups/);
  expect(slope.standardError).toBeNull();
  expectBootstrap(slope, plain.grouped.slope);
  expectBootstrap(calibrationInTheLarge(first, labels, many), plain.grouped.inTheLarge);
  expectBootstrap(observedOverExpected(first, labels, many), plain.grouped.observedOverExpected);
});

test("separated classes, constant probabilities and one class have no slope", () => {
  const separated = calibrationSlope([0.1, 0.2, 0.7, 0.9], [0, 0, 1, 1]);
  expect(separated.slope).toMatchObject({ value: null, standardError: null, reason: /separates/ });
  expect(separated.intercept.value).toBeNull();
  expect(calibrationSlope([0.1, 0.2, 0.2, 0.9], [0, 0, 1, 1]).slope.reason).toMatch(/separates/);
  expect(calibrationSlope([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1]).slope.reason).toMatch(/separates/);
  expect(calibrationSlope([0.4, 0.4, 0.4], [0, 1, 1]).slope.reason).toMatch(/are equal/);
  expect(calibrationSlope([0.4, 0.5], [1, 1]).slope.reason).toMatch(/same label/);
  expect(calibrationInTheLarge([0.4, 0.5], [1, 1]).reason).toMatch(/same label/);
  expect(calibrationInTheLarge([0.1, 0.2, 0.7, 0.9], [0, 0, 1, 1]).value).not.toBeNull();
});

test("probabilities of exactly 0 and 1 are taken, on the right or the wrong side", () => {
  const { slope } = calibrationSlope([0, 1, 0.2, 0.7, 0.6, 1, 0], [0, 1, 1, 0, 1, 0, 1]);
  expect(slope.value).not.toBeNull();
  expect(Number.isFinite(slope.standardError)).toBe(true);
  expect(calibrationInTheLarge([0, 1, 0.5, 1], [0, 1, 1, 0]).value).not.toBeNull();
});

test("O/E with its log-scale interval", () => {
  const estimate = observedOverExpected([0.5, 0.25, 0.25, 0.5], [1, 0, 0, 1]);
  expectNear(estimate.value, 4 / 3);
  const factor = Math.exp(1.959963984540054 * Math.sqrt(0.5 / 2));
  expectEnds(estimate, [4 / 3 / factor, (4 / 3) * factor], 1e-12);
  expect(observedOverExpected([0, 0], [1, 0]).value).toBeNull();
  expect(observedOverExpected([0.5, 0.5], [0, 0])).toMatchObject({ value: 0, low: null });
  expect(observedOverExpected([0.5, 0.5], [1, 1])).toMatchObject({ value: 2, low: null });
});
