/** Damaged files, the same in every run: bits, bytes, numbers, pieces and ends, by a seed. */
import { unzipSync, zipSync } from "fflate";
import { joined } from "../../src/base/joined.ts";

/** Numbers from 0 to 1 (the generator of Numerical Recipes). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Random = () => number;
type Mutate = (bytes: Uint8Array, random: Random) => Uint8Array;

const below = (random: Random, end: number) => Math.floor(random() * end);
const oneOf = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)]!;

/** Anywhere, at the ends where formats keep their headers and indices, or where something stands. */
function placeIn(bytes: Uint8Array, random: Random): number {
  const kind = random();
  const near = Math.min(bytes.length, 1200);
  if (kind < 0.25) return below(random, bytes.length);
  if (kind < 0.4) return below(random, near);
  if (kind < 0.6) return bytes.length - 1 - below(random, near);
  for (let tries = 0; tries < 50; tries++) {
    const at = below(random, bytes.length);
    if (bytes[at] !== 0 && bytes[at] !== 0x20) return at;
  }
  return 0;
}

function pieceIn(bytes: Uint8Array, random: Random): [from: number, to: number] {
  const from = placeIn(bytes, random);
  const length = random() < 0.7 ? 1 + below(random, 64) : below(random, bytes.length);
  return [from, Math.min(bytes.length, from + length)];
}

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  change(copy);
  return copy;
}

const extremes = [
  ...[0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0xffffn, 0xffffffn, 0x7fffffffn, 0x80000000n],
  ...[0xffffffffn, 0xfffffff0n, 0x100000000n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n],
];
const numerals = ["", "0", "-1", "4294967296", "99999999999999999999", "1e308", "0.5"];

/** A number of 1 to 8 bytes, in either order, becomes one that lengths should never be. */
const extreme: Mutate = (bytes, random) =>
  changed(bytes, (copy) => {
    const width = oneOf(random, [1, 2, 4, 8]);
    if (copy.length < width) return;
    const at = Math.min(placeIn(copy, random), copy.length - width);
    const little = random() < 0.5;
    let value = oneOf(random, extremes);
    for (let i = 0; i < width; i++, value >>= 8n)
      copy[little ? at + i : at + width - 1 - i] = Number(value & 255n);
  });

/** A number in digits becomes another. */
const numeral: Mutate = (bytes, random) => {
  const isDigit = (at: number) => bytes[at]! >= 48 && bytes[at]! <= 57;
  let from = placeIn(bytes, random);
  while (from < bytes.length && !isDigit(from)) from++;
  let to = from;
  while (to < bytes.length && isDigit(to)) to++;
  const text = new TextEncoder().encode(oneOf(random, numerals));
  return joined(Uint8Array, [bytes.subarray(0, from), text, bytes.subarray(to)]);
};

const mutations: readonly Mutate[] = [
  (bytes, random) =>
    changed(bytes, (copy) => {
      for (let i = 0; i <= below(random, 4); i++)
        copy[placeIn(copy, random)]! ^= 1 << below(random, 8);
    }),
  (bytes, random) =>
    changed(bytes, (copy) => {
      for (let i = 0; i <= below(random, 8); i++) copy[placeIn(copy, random)] = below(random, 256);
    }),
  extreme,
  extreme,
  numeral,
  (bytes, random) => bytes.slice(0, placeIn(bytes, random)),
  (bytes, random) => {
    const [from, to] = pieceIn(bytes, random);
    return joined(Uint8Array, [bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = pieceIn(bytes, random);
    const times = Math.min(1 + below(random, 40), Math.ceil(1_000_000 / (to - from + 1)));
    const again = Array.from({ length: times }, () => bytes.subarray(from, to));
    return joined(Uint8Array, [bytes.subarray(0, to), ...again, bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = pieceIn(bytes, random);
    return changed(bytes, (copy) => copy.copyWithin(placeIn(bytes, random), from, to));
  },
];

/** One damage; two in a quarter of all cases. */
export const mutate: Mutate = (bytes, random) => {
  const once = oneOf(random, mutations)(bytes, random);
  return random() < 0.25 ? oneOf(random, mutations)(once, random) : once;
};

/** Half of the time a part of an archive is damaged, which is packed again as if it were whole. */
export const mutateArchive: Mutate = (bytes, random) => {
  if (random() < 0.5) return mutate(bytes, random);
  const parts = unzipSync(bytes);
  const path = oneOf(random, Object.keys(parts));
  return zipSync({ ...parts, [path]: mutate(parts[path]!, random) }, { level: 1 });
};
