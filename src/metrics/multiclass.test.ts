import { expect, test } from "vitest";
import { expectEnds, expectNear, goldens } from "../../test/support/statistics.ts";
import { classAccuracy, classLogLoss, classRecalls, macroAuroc, mostLikely } from "./multiclass.ts";

const { classes: golden } = goldens;
const groups = golden.labels.map((_, i) => i % 40);

test("values and intervals equal scikit-learn's and SciPy's", () => {
  const area = macroAuroc(golden);
  expectNear(area.value, golden.macroAuroc);
  expect(area.method).toBe("macro one-vs-rest, stratified bootstrap of 120 rows, 2000 resamples");
  expect(area.low).toBeLessThan(golden.macroAuroc);
  expect(area.high).toBeGreaterThan(golden.macroAuroc);
  expectNear(classLogLoss(golden).value, golden.logLoss);
  const accuracy = classAccuracy(golden);
  expectNear(accuracy.value, golden.accuracy.value);
  expectEnds(accuracy, golden.accuracy.wilson);
  classRecalls(golden).forEach((recall, k) => {
    expectNear(recall.value, golden.recalls[k]!.value);
    expectEnds(recall, golden.recalls[k]!.wilson);
  });
});

test("repeated groups bootstrap everything by group", () => {
  const grouped = [
    macroAuroc(golden, { groups }),
    classLogLoss(golden, { groups }),
    classAccuracy(golden, { groups }),
    ...classRecalls(golden, { groups }),
  ];
  for (const estimate of grouped) expect(estimate.method).toMatch(/bootstrap over 40 groups/);
});

test("absent classes are named", () => {
  const probabilities = [0.6, 0.3, 0.1, 0.2, 0.7, 0.1, 0.5, 0.4, 0.1, 0.3, 0.6, 0.1];
  const rows = { probabilities, labels: [0, 1, 0, 1], classes: 3 };
  expect(macroAuroc(rows)).toMatchObject({ value: 1, method: /over the 2 classes present/ });
  expect(classRecalls(rows)[2]).toMatchObject({ value: null, reason: "no row has class 2" });
  expect(macroAuroc({ ...rows, labels: [1, 1, 1, 1] })).toMatchObject({ value: null });
  expect([...mostLikely({ ...rows, probabilities: probabilities.map(() => 0.2) })]).toEqual([
    0, 0, 0, 0,
  ]);
});

test("bad rows are refused in one line", () => {
  const rows = { probabilities: [0.5, 0.5], labels: [2], classes: 2 };
  expect(() => macroAuroc(rows)).toThrow("row 0 has class 2; number them 0 to 1");
  expect(() => classLogLoss({ ...rows, labels: [0, 1] })).toThrow("2 probabilities for 2 rows");
});
