import { expect, test } from "vitest";
import { fromPython } from "../../test/support/calibration.ts";
import { goldens } from "../../test/support/statistics.ts";
import { conformalSets, conformalWidth, coverageOf } from "./conformal.ts";

const { classes, labels } = goldens.classes;
const sums = labels.map((_, row) =>
  goldens.classes.probabilities
    .slice(row * classes, (row + 1) * classes)
    .reduce((a, b) => a + b, 0),
);
const all = goldens.classes.probabilities.map((p, i) => p / sums[Math.floor(i / classes)]!);
const half = labels.length / 2;
const calibration = {
  probabilities: all.slice(0, half * classes),
  labels: labels.slice(0, half),
  classes,
};
const rest = { probabilities: all.slice(half * classes), classes };

test("sets equal MAPIE's (LAC) and the definition in NumPy (APS)", () => {
  for (const score of ["lac", "aps"] as const)
    for (const alpha of [0.1, 0.3]) {
      const { sets } = conformalSets(calibration, rest, { alpha, score });
      expect([...sets]).toEqual(fromPython[score][alpha]!.flat());
    }
});

test("coverage is counted, of some rows too", () => {
  const sets = Uint8Array.of(1, 0, 1, 1, 0, 0, 0, 1);
  expect(coverageOf(sets, [0, 1, 0, 0], 2)).toEqual({
    ...{ coverage: 0.5, meanSize: 1, empty: 1, rows: 4 },
  });
  expect(coverageOf(sets, [0, 1, 0, 0], 2, (row) => row < 2).coverage).toBe(1);
});

test("exchangeable rows are covered as promised, each class too if asked for", () => {
  let state = 12345;
  const draw = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
  const made = (count: number) => {
    const p = Array.from({ length: count }, draw);
    return {
      ...{ probabilities: p.flatMap((x) => [1 - x, x]), classes: 2 },
      labels: p.map((x) => Number(draw() < x)),
    };
  };
  const [known, fresh] = [made(2000), made(8000)];
  for (const options of [{}, { byClass: true }, { score: "aps" }] as const) {
    const { sets } = conformalSets(known, fresh, { alpha: 0.1, ...options });
    const { coverage } = coverageOf(sets, fresh.labels, 2);
    expect(coverage).toBeGreaterThan(0.885);
    if (!("score" in options)) expect(coverage).toBeLessThan(0.925);
    if (!("byClass" in options)) continue;
    for (const k of [0, 1]) {
      const own = coverageOf(sets, fresh.labels, 2, (row) => fresh.labels[row] === k);
      expect(Math.abs(own.coverage - 0.9)).toBeLessThan(0.025);
    }
  }
});

test("an interval's half width is a residual of the calibration rows, ∞ with too few", () => {
  const targets = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  expect(
    conformalWidth(
      targets.map((y) => y * 1.1),
      targets,
      { alpha: 0.1 },
    ),
  ).toBeCloseTo(0.9, 12);
  expect(conformalWidth([1, 2], [1, 1], { alpha: 0.1 })).toBe(Infinity);
  expect(() => conformalWidth([1], [1], { alpha: 1 })).toThrow("alpha 1;");
});
