/** Test rows whose features stand among the rows that learn, found without keeping any features. */
import { firstAtLeast } from "../../base/search.ts";
import { applyRecipe } from "../../data/index.ts";
import { eachPart } from "../../data/stored/blocks.ts";
import { rowsWhere, type Table } from "../../data/table.ts";
import { learningRows } from "../sides.ts";
import type { Prepared } from "../types.ts";

/** Test rows that equal a learned one, and those that differ from one by rounding alone. */
export interface SameRows {
  readonly equal: Int32Array;
  readonly near: Int32Array;
}

const found = new WeakMap<Prepared, SameRows>();

/** Both, looked for once: features are equal, or equal when rounded to a hundredth of a deviation. */
export function sameRows(prepared: Prepared): SameRows {
  const known = found.get(prepared);
  if (known) return known;
  const { table, split, test, recipe } = prepared;
  const held = keysOf(recipe, test.table, split.test);
  const among = { exact: lookup(held.exact), rounded: lookup(held.rounded) };
  eachKey(recipe, table, learningRows(split), (_, exact, rounded) => {
    among.exact.meet(exact);
    among.rounded.meet(rounded);
  });
  const equal = (_: number, i: number) => among.exact.met(held.exact[i]!);
  const same = {
    equal: rowsWhere(split.test, equal),
    near: rowsWhere(split.test, (row, i) => among.rounded.met(held.rounded[i]!) && !equal(row, i)),
  };
  found.set(prepared, same);
  return same;
}

/** Which of some keys are met; `meet` and `met` are binary searches. */
function lookup(keys: Float64Array) {
  const sorted = keys.slice().sort();
  const seen = new Uint8Array(sorted.length);
  return {
    meet(key: number): void {
      const place = firstAtLeast(sorted, key);
      if (sorted[place] === key) seen[place] = 1;
    },
    met: (key: number): boolean => seen[firstAtLeast(sorted, key)] === 1,
  };
}

function keysOf(recipe: Prepared["recipe"], table: Table, rows: Int32Array) {
  const keys = {
    exact: new Float64Array(rows.length),
    rounded: new Float64Array(rows.length),
  };
  eachKey(recipe, table, rows, (i, exact, rounded) => {
    keys.exact[i] = exact;
    keys.rounded[i] = rounded;
  });
  return keys;
}

function eachKey(
  recipe: Prepared["recipe"],
  table: Table,
  rows: Int32Array,
  take: (entry: number, exact: number, rounded: number) => void,
): void {
  let entry = 0;
  eachPart(table, rows, (part, inPart) => {
    const { values, width } = applyRecipe(recipe, part, inPart);
    const rounded = Int32Array.from(values, (x) => Math.floor(100 * x + 0.5));
    const exact = new Int32Array(values.map((x) => x + 0).buffer); // no −0
    for (let i = 0; i < inPart.length; i++)
      take(entry++, keyOf(exact, i * width, width), keyOf(rounded, i * width, width));
  });
}

/**
 * 53 bits of two MurmurHash3 (Appleby 2011) of words of 32 bits: among a million test rows and ten
 * million others one pair in a thousand such tables would meet by chance.
 */
function keyOf(words: Int32Array, from: number, count: number): number {
  const high = murmur(words, from, count, 0x2f0b4a27) >>> 0;
  const low = murmur(words, from, count, 0x6d5a56da) >>> 0;
  return high * 0x200000 + (low >>> 11);
}

function murmur(words: Int32Array, from: number, count: number, seed: number): number {
  let hash = seed;
  for (let i = from; i < from + count; i++) {
    let word = Math.imul(words[i]!, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= 4 * count;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
