import { expect, test } from "vitest";
import { fromPython } from "../../test/support/calibration.ts";
import { expectBootstrap, plain } from "../../test/support/plain.ts";
import { expectEnds, goldens } from "../../test/support/statistics.ts";
import {
  bootstrap,
  bootstrapAll,
  bootstrapDifference,
  type Statistic,
  weightedMean,
} from "./bootstrap.ts";
import { weightedAuroc } from "./delong.ts";
import { weightedAveragePrecision } from "./probability.ts";
import { binaryRows } from "./rows.ts";

const { labels, first, groups, ...golden } = goldens.binary;
const rows = binaryRows("test", first, labels);

test("stratified intervals agree with a plain NumPy bootstrap", () => {
  const [area, precision] = [weightedAuroc(rows), weightedAveragePrecision(rows)];
  const estimates = bootstrapAll({ rows: 160, strata: labels, resamples: 4000 }, (weights) => ({
    auroc: area(weights),
    ap: precision(weights),
  }));
  expectEnds(estimates.auroc, golden.aurocBootstrap, 0.01);
  expectEnds(estimates.ap, golden.averagePrecisionBootstrap, 0.012);
  expect(estimates.auroc.method).toBe("stratified bootstrap of 160 rows, 4000 resamples");
});

test("the same seed gives the same bits, another seed others", () => {
  const run = (seed: number) => bootstrap({ rows: 160, seed }, weightedAuroc(rows));
  expect(run(5)).toEqual(run(5));
  expect(run(5).low).not.toBe(run(6).low);
  expect([run(5).low, run(5).high]).toEqual([0.855294883078706, 0.9548803747962032]);
});

test("every resample keeps strata and whole groups", () => {
  const strata = [0, 0, 0, 1, 1];
  const patients = [7, 7, 2, 4, 5];
  const seen = new Set<string>();
  const watch: Statistic = (weights) => {
    seen.add(weights.join());
    return weights[0]!;
  };
  bootstrap({ rows: 5, strata, groups: patients, resamples: 300 }, watch);
  for (const key of seen) {
    const weights = key.split(",").map(Number);
    expect(weights[0]).toBe(weights[1]);
    expect(weights[0]! + weights[2]!).toBe(2);
    expect(weights[3]! + weights[4]!).toBe(2);
  }
  expect(seen.size).toBe(9);
});

test("what the resamples cannot tell is null with its reason", () => {
  const flat = bootstrap({ rows: 3 }, weightedMean(Float64Array.of(1, 1, 1)));
  expect(flat).toMatchObject({ value: 1, low: null, high: null, reason: /do not vary/ });
  const rare: Statistic = (weights) => (weights[0]! > 0 ? weights[0]! : null);
  expect(bootstrap({ rows: 3 }, rare).reason).toMatch(/does not exist in \d+ of 2000/);
  const never = bootstrap({ rows: 3 }, () => null);
  expect(never).toMatchObject({
    value: null,
    reason: "the statistic does not exist on these rows",
  });
});

test("a class of one row, or of one group, is never drawn otherwise: no interval, no p", () => {
  const [scores, lone] = [
    [0.2, 0.7, 0.4, 0.9, 0.1, 0.3],
    [0, 0, 1, 0, 0, 0],
  ];
  const area = weightedAuroc(binaryRows("test", scores, lone));
  const other = weightedAuroc(binaryRows("test", scores.toReversed(), lone));
  const rowsAlone = { rows: 6, strata: lone };
  const reason = "a class has one row only";
  expect(bootstrap(rowsAlone, area)).toMatchObject({ value: 0.6, low: null, reason });
  expect(bootstrapDifference(rowsAlone, area, other)).toMatchObject({ low: null, p: null, reason });
  const twice = [0, 0, 1, 1, 0, 0];
  const patients = { rows: 6, strata: twice, groups: [1, 2, 3, 3, 4, 5] };
  expect(bootstrap(patients, weightedAuroc(binaryRows("test", scores, twice)))).toMatchObject({
    ...{ low: null, reason: "a class has rows of one group only" },
  });
  const mean = weightedMean(Float64Array.from(scores));
  expect(bootstrap({ rows: 6, groups: [7, 7, 7, 7, 7, 7] }, mean)).toMatchObject({
    ...{ low: null, reason: "all rows belong to one group" },
  });
  // a mean over all rows is of every row
  expect(bootstrap({ rows: 6 }, mean).low).not.toBeNull();
});

test("p of a paired difference", () => {
  const noise = Float64Array.from({ length: 80 }, (_, i) => ((i * 37) % 80) - 39.5);
  const shifted = noise.map((x) => x + 12);
  const zero = weightedMean(new Float64Array(80));
  expect(bootstrapDifference({ rows: 80 }, weightedMean(noise), zero).p).toBeGreaterThan(0.8);
  const clear = bootstrapDifference({ rows: 80 }, weightedMean(shifted), zero);
  expect(clear.p).toBeLessThan(0.001);
  expect(clear.low).toBeGreaterThan(0);
  expect(clear.difference).toBeCloseTo(12, 12);
});

test("of few patients the tails are wider: Student's t and √(N / (N − K))", () => {
  const { values, groups: patients, strata, mean } = plain.few;
  const design = { rows: values.length, groups: patients, strata, resamples: 10_000 };
  expectBootstrap(bootstrap(design, weightedMean(Float64Array.from(values))), mean, 0.12);
});

test("bad designs are refused", () => {
  const mean = weightedMean(Float64Array.of(1, 2));
  expect(() => bootstrap({ rows: 2, resamples: 5 }, mean)).toThrow("ask for 100 or more");
  expect(() => bootstrap({ rows: 2, level: 1 }, mean)).toThrow("level 1");
  expect(() => bootstrap({ rows: 2, groups: [1] }, mean)).toThrow("1 for 2 rows");
});

test("2000 resamples of AUROC on 1000 rows are quick (a quarter of a second on a free core)", () => {
  const scores = Float64Array.from({ length: 1000 }, (_, i) => (i * 619) % 997);
  const events = scores.map((s, i) => (s + ((i * 31) % 400) > 700 ? 1 : 0));
  const area = weightedAuroc(binaryRows("test", scores, events));
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now();
    bootstrap({ rows: 1000, strata: events }, area);
    return performance.now() - start;
  });
  expect(Math.min(...times)).toBeLessThan(8000);
});

test("BCa intervals agree with SciPy's within the noise of both", () => {
  const { second } = goldens.binary;
  const errors = Float64Array.from(second, (p, i) => (p - labels[i]!) * (p - labels[i]!));
  const design = { rows: errors.length, resamples: 4000 };
  const plain = bootstrap(design, weightedMean(errors));
  const found = bootstrap({ ...design, accelerated: true }, weightedMean(errors));
  expectEnds(found, fromPython.bca, 2e-3);
  expect(found.method).toBe("bootstrap of 160 rows, 4000 resamples, BCa");
  expect(found.low!).toBeGreaterThan(plain.low!);
  const fortieths = labels.map((_, row) => row % 40);
  const grouped = bootstrap(
    { ...design, groups: fortieths, accelerated: true },
    weightedMean(errors),
  );
  expect(grouped.method).toBe("bootstrap over 40 groups, 4000 resamples, BCa");
});

test("BCa of a biased and skewed statistic is SciPy's, of patients that of their jackknife", () => {
  const { values, variance, aurocOfPatients } = plain.bca;
  const biased: Statistic = (weights) => {
    const mean = weightedMean(Float64Array.from(values))(weights)!;
    return weightedMean(Float64Array.from(values, (x) => (x - mean) * (x - mean)))(weights);
  };
  const design = { rows: values.length, resamples: 10_000, accelerated: true };
  expectBootstrap(bootstrap(design, biased), variance);
  const patients = { rows: 160, groups, strata: labels, resamples: 20_000, accelerated: true };
  expectBootstrap(bootstrap(patients, weightedAuroc(rows)), aurocOfPatients);
});
