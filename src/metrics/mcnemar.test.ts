import { expect, test } from "vitest";
import { expectNear, goldens } from "../../test/support/statistics.ts";
import { compareAccuracy, mcnemar } from "./mcnemar.ts";

const { labels, first, second, groups, ...golden } = goldens.binary;
const right = (scores: number[]) => scores.map((s, i) => (Number(s >= 0.4) === labels[i] ? 1 : 0));

test("exact and corrected p equal SciPy's", () => {
  for (const [b, c, p] of golden.mcnemarExact) {
    const result = mcnemar(b, c);
    expectNear(result.p, p);
    expect(result).toMatchObject({ statistic: null, method: "McNemar, exact" });
  }
  expectNear(mcnemar(golden.discordant[0]!, golden.discordant[1]!).p, golden.mcnemar);
  expect(mcnemar(0, 0).p).toBe(1);
  expect(mcnemar(5, 20)).toMatchObject({ statistic: 7.84, method: /corrected/ });
  expect(mcnemar(15, 15)).toMatchObject({ statistic: 0, p: 1 });
  expect(() => mcnemar(-1, 3)).toThrow("two whole counts");
});

test("accuracy of two models", () => {
  const [b, c] = golden.discordant as [number, number];
  const comparison = compareAccuracy(right(first), right(second));
  expectNear(comparison.difference, (b - c) / 160);
  expectNear(comparison.p, golden.mcnemar);
  // Bonett and Price: proportions (b + 1) / (n + 2), (c + 1) / (n + 2).
  const [p, q] = [(b + 1) / 162, (c + 1) / 162];
  const reach = 1.959963984540054 * Math.sqrt((p + q - (p - q) ** 2) / 162);
  expectNear(comparison.low, p - q - reach);
  expectNear(comparison.high, p - q + reach);
  const grouped = compareAccuracy(right(first), right(second), { groups });
  expect(grouped.method).toMatch(/^paired bootstrap over \d+ groups/);
  expect(grouped.difference).toBeCloseTo(comparison.difference!, 12);
  expect(Math.abs(grouped.p! - comparison.p!)).toBeLessThan(0.1);
});
