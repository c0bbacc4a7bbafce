import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { expectBootstrap, plain } from "../../test/support/plain.ts";
import { expectNear, goldens } from "../../test/support/statistics.ts";
import { stream } from "../base/random.ts";
import { calibrationCurve } from "./calibrationCurve.ts";
import { loess } from "./loess.ts";

const path = new URL("../../test/goldens/calibration/fromR.json", import.meta.url);
const fromR = JSON.parse(readFileSync(path, "utf8"));
const { labels, first, second, groups } = goldens.binary;

test("ICI, E50, E90 and Emax equal those of R's loess on its exact surface", () => {
  for (const [name, scores] of Object.entries({ first, second })) {
    const right = fromR[name].summaries;
    const curve = calibrationCurve(scores, labels, { resamples: 100 });
    for (const key of ["ici", "e50", "e90", "emax"] as const)
      expectNear(curve[key].value, right[key], 8);
    const at = fromR[name].at as number[];
    for (const [i, value] of loess(scores, labels, at).entries())
      expectNear(value, fromR[name].curve[i], 8);
  }
});

test("the curve covers what was predicted, the intervals hold the values, groups are resampled", () => {
  const { points, ici, emax } = calibrationCurve(second, labels, { groups, resamples: 200 });
  expect(points).toHaveLength(101);
  expect(points[0]!.predicted).toBe(Math.min(...second));
  expect(points.at(-1)!.predicted).toBe(Math.max(...second));
  expect(ici.method).toBe("bootstrap over 56 groups, 200 resamples");
  expect(ici.high!).toBeGreaterThan(ici.value!);
  expect(emax.low!).toBeGreaterThan(0);
});

test("the interval of the ICI is that of exact curves through resampled groups", () => {
  const { ici } = calibrationCurve(second, labels, { groups, resamples: 1500 });
  expectBootstrap(ici, plain.grouped.ici, 0.25);
});

test("of 3200 rows it differs from the exact curve by less than is shown", () => {
  const draws = stream({ seed: 5, purpose: "bootstrap" });
  const p = Float64Array.from({ length: 3200 }, () => draws.nextFloat() * draws.nextFloat());
  const y = Array.from(p, (x) => Number(draws.nextFloat() < x ** 0.8));
  const exact = loess(p, y, p).map((value, i) => Math.abs(value - p[i]!));
  const { ici, emax } = calibrationCurve(p, y, { resamples: 100 });
  expect(Math.abs(ici.value! - exact.reduce((sum, x) => sum + x, 0) / 3200)).toBeLessThan(2e-6);
  expect(Math.abs(emax.value! - Math.max(...exact))).toBeLessThan(1e-5);
});

test("many rows: the curve between places differs little from the exact one", () => {
  const copies = 20; // 3200 rows
  const many = Array.from({ length: copies }, () => second).flat();
  const truth = Array.from({ length: copies }, () => labels).flat();
  const [few, all] = [second, many].map(
    (scores) => calibrationCurve(scores, scores === many ? truth : labels, { resamples: 100 }).ici,
  );
  expect(Math.abs(few!.value! - all!.value!)).toBeLessThan(2e-3);
});

test("what has no curve says why", () => {
  expect(calibrationCurve([0.2, 0.3], [1, 1]).ici.reason).toMatch("same label");
  expect(calibrationCurve([0.2, 0.2], [1, 0]).emax.reason).toMatch("equal");
});
