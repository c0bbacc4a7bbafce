import { expect, test } from "vitest";
import { fromPython } from "../../test/support/calibration.ts";
import { expectEnds, expectNear } from "../../test/support/statistics.ts";
import { compareFolds } from "./folds.ts";
import { studentCdf } from "./student.ts";
import { uncertainty } from "./uncertainty.ts";

const { first, second, t, p, interval } = fromPython.corrected;

test("Student's t equals SciPy's", () => {
  for (const [x, freedom, right] of fromPython.t) expectNear(studentCdf(x, freedom), right, 11);
});

test("the corrected t test of ten folds", () => {
  const found = compareFolds(first, second, { testRows: 10, trainRows: 90 });
  expectNear(found.t, t, 10);
  expectNear(found.p, p, 10);
  expectEnds(found, interval, 1e-10);
});

test("no spread, too few folds", () => {
  const sizes = { testRows: 10, trainRows: 90 };
  expect(compareFolds([1], [0], sizes).reason).toMatch("two or more folds");
  expect(compareFolds([1, 1], [0, 0], sizes).reason).toMatch("same in every fold");
  expect(() => compareFolds([1], [0, 1], sizes)).toThrow("1 and 2 rows differ");
});

test("uncertainty is the entropy of the mean, in two parts", () => {
  const { members, total, aleatoric } = fromPython.uncertainty;
  const found = uncertainty(
    members.map((rows) => rows.flat()),
    { classes: 2 },
  );
  for (const [row, value] of found.total.entries()) expectNear(value, total[row]!);
  for (const [row, value] of found.aleatoric.entries()) expectNear(value, aleatoric[row]!);
  for (const [row, value] of found.epistemic.entries())
    expectNear(value, total[row]! - aleatoric[row]!);
  expect(uncertainty([[0, 1]], { classes: 2 }).total[0]).toBe(0);
  expect(() => uncertainty([], { classes: 2 })).toThrow("no members");
});
