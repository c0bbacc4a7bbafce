import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "./errors.ts";
import { philox, purposes, stream, uniform32 } from "./random.ts";

const hex = (words: readonly number[]) =>
  words.map((word) => word.toString(16).padStart(8, "0")).join(" ");

describe("philox", () => {
  test.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ] as const)("answers Random123's known vectors %#", (counter, key, expected) => {
    expect(hex(philox(counter, key))).toBe(expected);
  });

  test("equals the definition in big integers", () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        expect(philox(counter, key)).toEqual(philoxBig(counter, key));
      }),
    );
  });
});

function philoxBig(counter: readonly number[], key: readonly number[]): number[] {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const [p0, p1] = [0xd2511f53n * c0, 0xcd9e8d57n * c2];
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
    [k0, k1] = [(k0 + 0x9e3779b9n) & mask, (k1 + 0xbb67ae85n) & mask];
  }
  return [c0, c1, c2, c3].map(Number);
}

describe("stream", () => {
  test("is its documented Philox blocks", () => {
    const draws = stream({ seed: 5 * 2 ** 32 + 7, purpose: "shuffle", epoch: 3, index: 9 });
    const expected = [0, 1].flatMap((block) => philox([block, 9, 3, 5], [7, 2]));
    expect(expected.map(() => draws.nextUint32())).toEqual(expected);
  });

  test("differs in every part of the key", () => {
    const base = { seed: 1, purpose: "split", epoch: 2, index: 3 } as const;
    const keys = [
      base,
      { ...base, seed: 0 },
      { ...base, seed: 1 + 2 ** 32 },
      { ...base, epoch: 0 },
      { ...base, index: 0 },
      ...purposes.filter((name) => name !== "split").map((purpose) => ({ ...base, purpose })),
    ];
    expect(new Set(keys.map((key) => stream(key).nextUint32())).size).toBe(keys.length);
  });

  test("floats use 53 bits and look uniform", () => {
    const draws = stream({ seed: 0, purpose: "bootstrap" });
    const count = 100_000;
    const values = Array.from({ length: count }, () => draws.nextFloat());
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(values.every((value) => Number.isInteger(value * 2 ** 53))).toBe(true);
    expect(values.some((value) => !Number.isInteger(value * 2 ** 52))).toBe(true);
  });

  test("integers are unbiased where a plain remainder is not", () => {
    // 2^32 = bound + 2^30: a remainder alone would give the first third half of all draws.
    const bound = 3 * 2 ** 30;
    const draws = stream({ seed: 0, purpose: "bootstrap" });
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 30_000; draw++) {
      const third = Math.floor(draws.nextInteger(bound) / 2 ** 30);
      counts[third] = counts[third]! + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * 82);
    expect(stream({ seed: 0, purpose: "split" }).nextInteger(1)).toBe(0);
  });

  test("normal numbers have the moments and tails of the distribution", () => {
    const draws = stream({ seed: 0, purpose: "initialization" });
    const values = Array.from({ length: 100_000 }, () => draws.nextNormal());
    const mean = (f: (x: number) => number) =>
      values.reduce((sum, x) => sum + f(x), 0) / values.length;
    const error = 4 / Math.sqrt(values.length); // four standard errors of a mean, per unit of spread
    expect(Math.abs(mean((x) => x))).toBeLessThan(error);
    expect(Math.abs(mean((x) => x ** 2) - 1)).toBeLessThan(error * Math.sqrt(2));
    expect(Math.abs(mean((x) => x ** 4) - 3)).toBeLessThan(error * Math.sqrt(96));
    expect(Math.abs(mean((x) => +(x < -1.96)) - 0.025)).toBeLessThan(
      error * Math.sqrt(0.025 * 0.975),
    );
    expect(Math.abs(mean((x) => +(x > 0.6745)) - 0.25)).toBeLessThan(
      error * Math.sqrt(0.25 * 0.75),
    );
  });

  test("permutations hold every place once, each order equally often", () => {
    const long = stream({ seed: 4, purpose: "shuffle" }).permutation(1000);
    expect([...long].sort((a, b) => a - b)).toEqual(Array.from(long, (_, place) => place));
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++) {
      const order = stream({ seed: 4, purpose: "shuffle", epoch }).permutation(3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * 29);
    expect(stream({ seed: 4, purpose: "shuffle" }).permutation(0)).toEqual(new Int32Array(0));
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN])("refuses seed %s", (seed) => {
    expect(() => stream({ seed, purpose: "split" })).toThrow(InputError);
  });

  test("refuses an integer below no bound", () => {
    expect(() => stream({ seed: 0, purpose: "split" }).nextInteger(0)).toThrow(
      "random: bound is 0. Give a whole number from 1 to 4294967296.",
    );
  });
});

describe("uniform32", () => {
  test("takes 24 bits of the word its index names", () => {
    const block = philox([1, 11, 2, 0], [7, 0]);
    for (let lane = 0; lane < 4; lane++) {
      const value = uniform32({ seed: 7 + 2 ** 32, purpose: 2, step: 11 }, 4 + lane);
      expect(value).toBe(Math.floor(block[lane]! / 256) / 2 ** 24);
      expect(value).toBe(Math.fround(value));
    }
  });
});
