import fc from "fast-check";
import { expect, test } from "vitest";
import { plain } from "../../test/support/plain.ts";
import { expectEnds, expectNear, goldens } from "../../test/support/statistics.ts";
import { auroc, compareAuroc } from "./auroc.ts";
import { weightedAuroc } from "./delong.ts";
import { binaryRows } from "./rows.ts";

const { labels, first, second, groups, ...golden } = goldens.binary;

test("value, interval and paired test equal scikit-learn's and the O(mn) definition", () => {
  const estimate = auroc(first, labels);
  expectNear(estimate.value, golden.auroc);
  expectEnds(estimate, golden.interval);
  expect(estimate.method).toBe("DeLong");
  const paired = compareAuroc(first, second, labels);
  expectNear(paired.difference, golden.auroc - golden.aurocSecond);
  expectNear(paired.covariance, golden.covariance);
  expectNear(paired.z, golden.z);
  expectNear(paired.p, golden.p, 10);
});

test("repeated groups resample groups, in both the interval and the comparison", () => {
  const estimate = auroc(first, labels, { groups });
  expect(estimate.method).toMatch(/^stratified bootstrap over \d+ groups, 2000 resamples$/);
  expectEnds(estimate, golden.aurocClusterBootstrap, 0.01);
  const paired = compareAuroc(first, second, labels, { groups, seed: 3 });
  expect(paired.method).toMatch(/^paired stratified bootstrap over \d+ groups/);
  expectEnds(paired, golden.differenceClusterBootstrap, 0.01);
  expect(paired.p).toBeLessThan(0.02);
  expect(paired.z).toBeNull();
});

test("groups without repeats change nothing", () => {
  const alone = labels.map((_, i) => 1000 - i);
  expect(auroc(first, labels, { groups: alone })).toEqual(auroc(first, labels));
});

test("near 1 the interval is made on the logit scale and stays inside", () => {
  const scores = Array.from({ length: 60 }, (_, i) => i);
  const events = scores.map((i) => (i > 30 || i === 28 ? 1 : 0));
  const estimate = auroc(scores, events);
  expect(estimate.method).toBe("DeLong, logit scale");
  expect(estimate.value).toBeGreaterThan(0.99);
  expect(estimate.high).toBeLessThan(1);
  expect(estimate.low).toBeGreaterThan(0.95);
  const mirrored = auroc(
    scores.map((s) => -s),
    events,
  );
  expectEnds(mirrored, [1 - estimate.high!, 1 - estimate.low!], 1e-12);
});

test("the logit scale serves above 0.95 and where the plain interval leaves [0, 1]", () => {
  const scores = Array.from({ length: 3000 }, (_, i) => (i * 769) % 3001);
  const noisy = (width: number) =>
    scores.map((s, i) => (s + ((i * 331) % width) - width / 2 > 1500 ? 1 : 0));
  const [high, lower] = [auroc(scores, noisy(1200)), auroc(scores, noisy(2000))];
  expect(high.value).toBeGreaterThan(0.955);
  expect(high.value).toBeLessThan(0.985);
  expect(high.method).toBe("DeLong, logit scale");
  expect(lower.value).toBeGreaterThan(0.9);
  expect(lower.value).toBeLessThan(0.945);
  expect(lower.method).toBe("DeLong");
  const few = auroc([1, 2, 3, 4, 5, 6, 7], [0, 0, 1, 0, 1, 0, 1]);
  expect(few.value).toBe(9 / 12);
  expect(few.method).toBe("DeLong, logit scale");
});

test("on the logit scale the interval is θ ± z·se / (θ (1 − θ)) back from it, of any level", () => {
  const { scores, interval, interval90, ...near } = plain.nearOne;
  const found = auroc(scores, labels);
  expect(found.method).toBe("DeLong, logit scale");
  expectNear(found.value, near.auroc);
  expectEnds(found, interval);
  expectEnds(auroc(scores, labels, { level: 0.9 }), interval90);
});

test("at 1 the bound is the exact binomial one of the smaller class", () => {
  const estimate = auroc([1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 1, 1, 1]);
  expectEnds(estimate, [0.025 ** (1 / 3), 1]);
  expect(estimate.method).toBe("exact binomial bound from 3 disjoint pairs of rows");
  expectEnds(auroc([2, 1], [0, 1]), [0, 0.975]);
  for (const [i, count] of [1, 3, 10].entries()) {
    const known = Array.from({ length: 2 * count }, (_, row) => Number(row >= count));
    expectNear(auroc(known, known, { level: 0.9 }).low, plain.nearOne.bounds90[i]!);
  }
  const grouped = auroc([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1], { groups: [1, 1, 2, 2, 3, 3] });
  expectEnds(grouped, [0.025, 1]);
  expect(grouped.method).toMatch(/1 disjoint pairs of groups/);
  expect(auroc([1, 2], [0, 1], { groups: [5, 5] }).low).toBeNull();
});

test("what does not exist is null with its reason", () => {
  expect(auroc([1, 2], [1, 1])).toMatchObject({ value: null, reason: /same label/ });
  expect(auroc([3, 3, 3, 3], [1, 1, 0, 0])).toMatchObject({ value: 0.5, low: null });
  expect(auroc([1, 2, 3], [0, 1, 0])).toMatchObject({ value: 0.5, low: null, reason: /two rows/ });
  const same = compareAuroc(first, first, labels);
  expect(same).toMatchObject({ difference: 0, p: null, reason: /variance of the difference/ });
  expect(compareAuroc([1, 2], [2, 1], [0, 0]).difference).toBeNull();
});

test("bad rows are refused in one line", () => {
  expect(() => auroc([1, 2], [0, 2])).toThrow("the label of row 1 is 2; code the event 1, else 0");
  expect(() => auroc([1, Number.NaN], [0, 1])).toThrow("row 1 is NaN");
  expect(() => auroc([1], [0, 1])).toThrow("1 and 2 rows differ");
  expect(() => auroc([], [])).toThrow("no rows");
  expect(() => auroc([3, 1, 2, 2], [0, 1, 0, 1], { level: 95 })).toThrow("level 95");
});

const cases = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 1 })), {
  minLength: 4,
  maxLength: 40,
});

test("monotone maps keep it, swapping labels or signs mirrors it, weights repeat rows", () => {
  fc.assert(
    fc.property(
      cases,
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40 }),
      (rows, counts) => {
        const scores = rows.map(([score]) => score);
        const labels = rows.map(([, label]) => label);
        fc.pre(labels.includes(0) && labels.includes(1));
        const { value } = auroc(scores, labels);
        expect(
          auroc(
            scores.map((s) => s ** 3 / 7 + s - 2),
            labels,
          ).value,
        ).toBe(value);
        expectNear(
          auroc(
            scores.map((s) => -s),
            labels,
          ).value,
          1 - value!,
        );
        expectNear(
          auroc(
            scores,
            labels.map((y) => 1 - y),
          ).value,
          1 - value!,
        );
        const repeated = rows.flatMap((row, i) => Array.from({ length: counts[i]! }, () => row));
        const weights = Float64Array.from(rows, (_, i) => counts[i]!);
        const weighted = weightedAuroc(binaryRows("test", scores, labels))(weights);
        if (weighted === null) return;
        const copies = repeated.map(([, y]) => y);
        expectNear(
          weighted,
          auroc(
            repeated.map(([s]) => s),
            copies,
            { resamples: 100 },
          ).value!,
        );
      },
    ),
  );
});
