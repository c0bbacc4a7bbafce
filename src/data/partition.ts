/** Rows dealt into parts of given shares: by stratum, by group, from a seeded stream. */
import type { Stream } from "../base/random.ts";

/** Rows to deal (`of` has an entry each), by stratum: a class, or a range of a number. */
export interface Strata {
  readonly of: Int32Array;
  readonly count: number;
}

/**
 * The part of each row: part `p > 0` holds `shares[p]` of each stratum within one row, at least one
 * row while part 0 keeps one; part 0 takes the rest.
 */
export function dealShares(strata: Strata, shares: readonly number[], stream: Stream): Int32Array {
  const members = shuffledMembers(strata, stream);
  const left = members.map((entries) => entries.length);
  const parts = new Int32Array(strata.of.length);
  for (let part = shares.length - 1; part > 0; part--) {
    const quotas = members.map((entries) => shares[part]! * entries.length);
    roundQuotas(quotas, Math.round(shares[part]! * parts.length)).forEach((quota, stratum) => {
      const most = Math.max(0, left[stratum]! - 1);
      const take = shares[part] === 0 ? 0 : Math.min(Math.max(quota, 1), most);
      for (let i = 0; i < take; i++) parts[members[stratum]![--left[stratum]!]!] = part;
    });
  }
  return parts;
}

/** The fold of each row: sizes, and rows of a stratum, differ by one at most between folds. */
export function dealFolds(strata: Strata, folds: number, stream: Stream): Int32Array {
  const parts = new Int32Array(strata.of.length);
  let place = 0;
  for (const members of shuffledMembers(strata, stream))
    for (const entry of members) parts[entry] = place++ % folds;
  return parts;
}

function shuffledMembers({ of, count }: Strata, stream: Stream): Int32Array[] {
  const sizes = new Int32Array(count);
  for (const stratum of of) sizes[stratum]!++;
  const members = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  for (const entry of stream.permutation(of.length)) {
    const stratum = of[entry]!;
    members[stratum]![sizes[stratum]!++] = entry;
  }
  return members;
}

/** Whole numbers of the given total, each below or above its quota by less than one. */
function roundQuotas(quotas: readonly number[], total: number): number[] {
  const whole = quotas.map(Math.floor);
  let rest = total - whole.reduce((sum, x) => sum + x, 0);
  const order = quotas
    .map((quota, i) => ({ i, quota, fraction: quota - whole[i]! }))
    .sort((a, b) => b.fraction - a.fraction || b.quota - a.quota || a.i - b.i);
  for (const { i } of order) if (rest-- > 0) whole[i]!++;
  return whole;
}

/** Groups to place: `of` says for each row which of the `count` groups it belongs to. */
export interface Grouping {
  readonly of: Int32Array;
  readonly count: number;
}

/**
 * The part of each group. Groups come in random order, the large first; each goes where it lowers
 * Σ (aₚ − sₚ N)² / (sₚ N²) most, summed over the strata and the rows as a whole (aₚ: rows in part p,
 * sₚ: its share, N: all rows). While the groups left that hold a stratum are no more than the parts
 * that lack it, it goes to one of those; where they are fewer, to the first in `precedence`.
 */
export function placeGroups(
  strata: Strata,
  groups: Grouping,
  options: { shares: readonly number[]; precedence: readonly number[]; stream: Stream },
): Int32Array {
  const { shares, precedence, stream } = options;
  const width = strata.count + 1; // the last column counts all rows
  const sizes = new Int32Array(groups.count * width);
  const totals = new Int32Array(width);
  strata.of.forEach((stratum, entry) => {
    const base = groups.of[entry]! * width;
    for (const column of [stratum, strata.count]) {
      sizes[base + column]!++;
      totals[column]!++;
    }
  });
  const size = (group: number) => sizes[group * width + strata.count]!;
  const sizeClass = (group: number) => -Math.clz32(size(group)); // ⌊log₂⌋ up to a constant
  const order = Array.from(stream.permutation(groups.count)).filter((group) => size(group) > 0);
  order.sort((a, b) => sizeClass(b) - sizeClass(a));
  const places = placer({ shares, precedence, totals, width });
  for (const group of order) places.expect(sizes.subarray(group * width, (group + 1) * width));
  const parts = new Int32Array(groups.count);
  for (const group of order)
    parts[group] = places.place(sizes.subarray(group * width, (group + 1) * width));
  return parts;
}

function placer(options: {
  shares: readonly number[];
  precedence: readonly number[];
  totals: Int32Array;
  width: number;
}) {
  const { shares, totals, width } = options;
  const open = options.precedence.filter((part) => shares[part]! > 0);
  const held = shares.map(() => new Int32Array(width));
  const groupsLeft = new Int32Array(width);

  /** Σ over the columns of the change of (aₚ − sₚ N)² / (sₚ N²), without what no part changes. */
  function cost(part: number, rows: Int32Array): number {
    let sum = 0;
    for (let column = 0; column < width; column++) {
      const [more, all] = [rows[column]!, totals[column]!];
      if (more > 0) sum += ((2 * held[part]![column]! + more) * more) / (shares[part]! * all * all);
    }
    return sum;
  }

  function candidates(rows: Int32Array): readonly number[] {
    let parts = open;
    for (let column = 0; column < width; column++) {
      if (rows[column] === 0) continue;
      const lacking = open.filter((part) => held[part]![column] === 0);
      if (groupsLeft[column]! > lacking.length) continue;
      const needy = lacking.slice(0, groupsLeft[column]);
      const both = parts.filter((part) => needy.includes(part));
      if (both.length > 0) parts = both;
    }
    return parts;
  }

  return {
    expect: (rows: Int32Array) =>
      rows.forEach((count, column) => {
        if (count > 0) groupsLeft[column]!++;
      }),
    place(rows: Int32Array): number {
      const parts = candidates(rows);
      let best = parts[0]!;
      let least = Number.POSITIVE_INFINITY;
      for (const part of parts) {
        const now = cost(part, rows);
        if (now < least) [best, least] = [part, now];
      }
      rows.forEach((count, column) => {
        held[best]![column]! += count;
        if (count > 0) groupsLeft[column]!--;
      });
      return best;
    },
  };
}
