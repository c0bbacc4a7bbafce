import { expect, test } from "vitest";
import { fromPython } from "../../test/support/calibration.ts";
import { expectNear, goldens } from "../../test/support/statistics.ts";
import { calibrationInTheLarge, calibrationSlope } from "./calibration.ts";
import { isotonic, platt, recalibrate, recalibrateClasses, temperature } from "./recalibration.ts";

const { labels, second } = goldens.binary;
const { classes, probabilities, labels: truth } = goldens.classes;

test("Platt's line equals scikit-learn's without penalty, and calibrates its own rows", () => {
  const map = platt(second, labels);
  if (map.kind !== "platt") throw new Error(map.kind);
  expectNear(map.slope, fromPython.platt[0], 6);
  expectNear(map.intercept, fromPython.platt[1], 6);
  const after = recalibrate(map, second);
  expect(calibrationSlope(after, labels).slope.value).toBeCloseTo(1, 9);
  expect(calibrationInTheLarge(after, labels).value).toBeCloseTo(0, 9);
});

test("isotonic regression equals scikit-learn's, between and outside the steps too", () => {
  const got = recalibrate(isotonic(second, labels), fromPython.grid);
  for (const [i, value] of got.entries()) expectNear(value, fromPython.isotonic[i]!, 12);
});

test("the temperature has the least log loss SciPy finds, and keeps the order of classes", () => {
  const map = temperature(probabilities, truth, classes);
  if (map.kind !== "temperature") throw new Error(map.kind);
  expectNear(map.temperature, fromPython.temperature, 6);
  const scaled = recalibrateClasses(map, probabilities, classes);
  for (let row = 0; row < truth.length; row++) {
    const [before, after] = [probabilities, [...scaled]].map((p) =>
      p.slice(row * classes, (row + 1) * classes),
    );
    expect(after!.indexOf(Math.max(...after!))).toBe(before!.indexOf(Math.max(...before!)));
    expect(after!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  }
  const two = recalibrate({ kind: "temperature", temperature: 2 }, [0.2]);
  expect(two[0]).toBeCloseTo(Math.sqrt(0.2) / (Math.sqrt(0.2) + Math.sqrt(0.8)), 12);
});

test("what cannot be fitted says so", () => {
  expect(() => platt([0.2, 0.3], [1, 1])).toThrow("same label");
  expect(() => platt([0.2, 0.3, 0.8], [0, 0, 1])).toThrow("separates the classes");
  expect(() => temperature([0.5, 0.5], [0], 3)).toThrow("2 probabilities for 1 rows of 3 classes");
});
