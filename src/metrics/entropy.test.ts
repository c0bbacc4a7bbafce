import fc from "fast-check";
import { expect, test } from "vitest";
import { expectNear, goldens } from "../../test/support/statistics.ts";
import {
  conditionalEntropy,
  crossEntropy,
  distribution,
  entropy,
  jointDistribution,
  jointEntropy,
  klDivergence,
  mutualInformation,
} from "./entropy.ts";

const { p, q, joint, firstLabels, secondLabels, ...golden } = goldens.entropy;
const bits = { unit: "bits" } as const;

test("every measure equals SciPy's and scikit-learn's", () => {
  expectNear(entropy(p), golden.entropy);
  expectNear(entropy(p, bits), golden.entropyBits);
  expectNear(klDivergence(p, q), golden.klDivergence);
  expectNear(crossEntropy(p, q), golden.crossEntropy);
  expectNear(jointEntropy(joint), golden.jointEntropy);
  expectNear(conditionalEntropy(joint), golden.conditionalEntropy);
  expectNear(mutualInformation(joint), golden.mutualInformation);
  const labels = jointDistribution(firstLabels, secondLabels);
  expectNear(mutualInformation(labels), golden.labelInformation);
});

test("the values everyone knows are exact", () => {
  expect(entropy([0.5, 0.5], bits)).toBe(1);
  expect(entropy(new Float64Array(8).fill(1 / 8), bits)).toBe(3);
  expect(entropy([1, 0])).toBe(0);
  expect(
    mutualInformation(
      [
        [0.5, 0],
        [0, 0.5],
      ],
      bits,
    ),
  ).toBe(1);
  expect(
    conditionalEntropy([
      [0.5, 0],
      [0, 0.5],
    ]),
  ).toBe(0);
  expect(klDivergence([0.3, 0.7], [0.3, 0.7])).toBe(0);
  expect(crossEntropy([0.5, 0.5], [1, 0])).toBe(Infinity);
  expect(klDivergence([0.5, 0.5], [1, 0])).toBe(Infinity);
  expect([...distribution([3, 1])]).toEqual([0.75, 0.25]);
  expect(jointDistribution([0, 1, 1, 1], [1, 0, 0, 1])).toEqual([
    Float64Array.of(0, 0.25),
    Float64Array.of(0.5, 0.25),
  ]);
});

test("what is no distribution is refused", () => {
  expect(() => entropy([0.5, 0.4])).toThrow("sum to 0.9, not 1; divide by their sum");
  expect(() => entropy([1.5, -0.5])).toThrow("entry 0 is 1.5");
  expect(() => entropy([Number.NaN, 1])).toThrow("entry 0 is NaN");
  expect(() => entropy([])).toThrow("sum to 0");
  expect(() => crossEntropy([1], [0.5, 0.5])).toThrow("lengths 1 and 2 differ");
  expect(() => jointEntropy([[0.5, 0.5], [0]])).toThrow("row 1 has 1 entries, not 2");
  expect(() => distribution([0, 0])).toThrow("all are zero");
  expect(() => distribution([1, -1])).toThrow("entry 1 is -1");
  expect(() => jointDistribution([0], [0.5])).toThrow("0.5 is no class");
  expect(() => jointDistribution([], [])).toThrow("at least one");
});

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(fc.nat({ max: 20 }), { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  )
  .filter((counts) => counts.flat().some((count) => count > 0));

test("bounds and identities hold for any joint distribution", () => {
  fc.assert(
    fc.property(matrices, (counts) => {
      const total = counts.flat().reduce((a, b) => a + b, 0);
      const table = counts.map((row) => row.map((count) => count / total));
      const x = distribution(counts.map((row) => row.reduce((a, b) => a + b, 0)));
      const y = distribution(counts[0]!.map((_, j) => counts.reduce((a, row) => a + row[j]!, 0)));
      const [hx, hy, hxy] = [entropy(x), entropy(y), jointEntropy(table)];
      expect(hx).toBeLessThanOrEqual(Math.log(x.length) + 1e-12);
      expect(hx).toBeGreaterThanOrEqual(0);
      expect(hxy).toBeGreaterThanOrEqual(Math.max(hx, hy) - 1e-12);
      const information = mutualInformation(table);
      expect(information).toBeGreaterThanOrEqual(0);
      expect(information).toBeCloseTo(hx + hy - hxy, 12);
      expect(conditionalEntropy(table)).toBeCloseTo(hy - information, 12);
      expect(mutualInformation(table, bits) * Math.LN2).toBeCloseTo(information, 12);
      if (x.length !== y.length) return;
      expect(klDivergence(x, x)).toBe(0);
      expect(klDivergence(x, y)).toBeGreaterThanOrEqual(0);
      expect(crossEntropy(x, x)).toBeCloseTo(hx, 12);
    }),
  );
});
