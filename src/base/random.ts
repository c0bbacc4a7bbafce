/**
 * Random numbers without hidden state: Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel
 * random numbers: as easy as 1, 2, 3") maps a counter and a key to four words.
 */

import { InputError } from "./errors.ts";
import { normalQuantile } from "./math.ts";

const rounds = 10;
const wordCount = 0x1_0000_0000; // 2³²
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;

/** The upper 32 bits of the unsigned 64-bit product, by 16-bit halves. */
function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16); // < 2^32, exact
  const other = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (other >>> 16)) >>> 0;
}

/** Four uint32 words, a bijection of the counter for each key: `philox([0, 0, 0, 0], [0, 0])`. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  const words = new Uint32Array(4);
  fillBlock(words, counter, key);
  return [words[0]!, words[1]!, words[2]!, words[3]!];
}

/** The same into four words that are there. */
function fillBlock(
  words: Uint32Array,
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(multiplier0, c0);
    const low0 = Math.imul(multiplier0, c0);
    const high1 = multiplyHigh(multiplier1, c2);
    const low1 = Math.imul(multiplier1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + weyl0) | 0;
    k1 = (k1 + weyl1) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** What a draw is for; the place in the list is the purpose's number, so names are only appended. */
export const purposes = [
  "initialization",
  "shuffle",
  "dropout",
  "split",
  "folds",
  "bootstrap",
  "perceptron",
  "augmentation",
  "shapley",
  "importance",
  "conformal",
  "search",
  "proof",
  "optimism",
] as const;

export type Purpose = (typeof purposes)[number];

/** A sequence of draws that depends on its key alone; each method takes the next words. */
export interface Stream {
  /** A word, uniform on 0 … 2³² − 1. */
  nextUint32(): number;
  /** A float64 in [0, 1), uniform on the multiples of 2⁻⁵³; takes two words. */
  nextFloat(): number;
  /** An integer in [0, bound), each equally likely; `bound` from 1 to 2³². */
  nextInteger(bound: number): number;
  /** A float64 of the standard normal distribution, by the inverse of its cumulative function. */
  nextNormal(): number;
  /** The numbers 0 … length − 1 in random order (Fisher–Yates). */
  permutation(length: number): Int32Array;
}

/**
 * Opens the stream of a seed (any safe integer ≥ 0), a purpose and, where there are several, an
 * epoch and an index. Philox key: [seed's low word, purpose number + 1]; counter: [block of four
 * draws, index, epoch, seed's high word]. A second key word of 0 is left to `uniform32`.
 *
 *     stream({ seed: 0, purpose: "shuffle", epoch: 3 }).permutation(569);
 */
export function stream(key: {
  seed: number;
  purpose: Purpose;
  epoch?: number;
  index?: number;
}): Stream {
  const { seed, purpose, epoch = 0, index = 0 } = key;
  check("seed", seed, Number.MAX_SAFE_INTEGER);
  check("epoch", epoch, 0xffffffff);
  check("index", index, 0xffffffff);
  const words = [seed >>> 0, purposes.indexOf(purpose) + 1] as const;
  const seedHigh = Math.floor(seed / wordCount);
  const block = new Uint32Array(4);
  let draw = 0;
  let known = 1;
  let end = wordCount;

  function nextUint32(): number {
    const lane = draw % 4;
    if (lane === 0) fillBlock(block, [Math.floor(draw / 4) >>> 0, index, epoch, seedHigh], words);
    draw++;
    return block[lane]!;
  }

  function nextInteger(bound: number): number {
    if (bound !== known) {
      check("bound", bound, wordCount, 1);
      end = wordCount - (wordCount % bound); // words from here on would favor small remainders
      known = bound;
    }
    let word = nextUint32();
    while (word >= end) word = nextUint32();
    return word - Math.floor(word / bound) * bound; // word % bound, exactly, as both are below 2³²
  }

  function nextFloat(): number {
    return ((nextUint32() >>> 5) * 0x4000000 + (nextUint32() >>> 6)) / 0x20_0000_0000_0000;
  }

  return {
    nextUint32,
    nextFloat,
    nextInteger,
    nextNormal: () => normalQuantile(nextFloat() || Number.EPSILON / 4), // never of 0
    permutation: (length) => shuffled(length, nextInteger),
  };
}

function shuffled(length: number, nextInteger: (bound: number) => number): Int32Array {
  check("length", length, 0x7fffffff);
  const order = Int32Array.from({ length }, (_, place) => place);
  for (let last = length - 1; last > 0; last--) {
    const chosen = nextInteger(last + 1);
    const kept = order[last]!;
    order[last] = order[chosen]!;
    order[chosen] = kept;
  }
  return order;
}

function check(name: string, value: number, largest: number, smallest = 0): void {
  if (Number.isSafeInteger(value) && value >= smallest && value <= largest) return;
  throw new InputError(
    `random: ${name} is ${value}. Give a whole number from ${smallest} to ${largest}.`,
  );
}

/**
 * Element `index` of a device draw, a float32 in [0, 1) on the multiples of 2⁻²⁴: the definition
 * that the `random` op has on every backend. `seed` counts modulo 2³².
 */
export function uniform32(
  key: { seed: number; purpose: number; step: number },
  index: number,
): number {
  const block = philox([index >>> 2, key.step, key.purpose, 0], [key.seed >>> 0, 0]);
  return (block[index & 3]! >>> 8) / 0x1000000;
}
