/** Bootstrap of any statistic, over rows or over groups of rows such as patients. */
import { InputError } from "../base/errors.ts";
import { normalCdf } from "../base/math.ts";
import { type Adjustment, adjusted, adjustmentOf } from "./accelerated.ts";
import { eachDraw } from "./draws.ts";
import {
  type Comparison,
  checkLevel,
  DEFAULT_LEVEL,
  type Estimate,
  estimated,
  type Interval,
  type IntervalOptions,
  missing,
  type Numbers,
  noComparison,
  withoutInterval,
} from "./estimate.ts";
import { quantile } from "./quantile.ts";
import { studentReach } from "./student.ts";

/**
 * A statistic as a function of how often each row counts: all ones give the sample's own value.
 * `null` where it does not exist.
 */
export type Statistic = (weights: Float64Array) => number | null;

/** Several of them computed together. */
type Statistics<K extends string> = (weights: Float64Array) => Readonly<Record<K, number | null>>;

/** What is resampled: rows, or groups of rows, within strata if given. */
export interface Design extends IntervalOptions {
  readonly rows: number;
  /** One number a row, such as its label; each resample keeps the count of every stratum. */
  readonly strata?: Numbers | undefined;
}

const DEFAULT_RESAMPLES = 2000;
const TOLERATED_LOSS = 0.05;
const NOT_THERE = "the statistic does not exist on these rows";

/** Weights that count each row once. */
export const onceEach = (rows: number): Float64Array => new Float64Array(rows).fill(1);

/** The mean of one value a row, as a statistic. */
export function weightedMean(values: Float64Array): Statistic {
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < values.length; i++) {
      sum += weights[i]! * values[i]!;
      total += weights[i]!;
    }
    return total === 0 ? null : sum / total;
  };
}

/** The unit of each row, numbered from 0; `null` where no two rows share a group. */
function numberedGroups(rows: number, groups: Numbers | undefined): Int32Array | null {
  if (groups === undefined) return null;
  if (groups.length !== rows) {
    throw new InputError(`groups: ${groups.length} for ${rows} rows; give one a row.`);
  }
  const numbers = new Map<number, number>();
  const unitOf = Int32Array.from(groups, (group) => {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    return number;
  });
  return numbers.size === rows ? null : unitOf;
}

/** Whether some rows share a group, so that rows are not independent. */
export const hasRepeatedGroups = (rows: number, groups: Numbers | undefined): boolean =>
  numberedGroups(rows, groups) !== null;

interface Units {
  readonly unitOf: Int32Array;
  readonly strata: readonly Int32Array[];
  readonly isGrouped: boolean;
  readonly name: string;
  /** Why resamples cannot tell how far the statistic goes. */
  readonly fixed: string | null;
}

/** Groups of one stratum hold the same set of row strata: only 0, only 1, or both. */
function unitsOf({ rows, groups, strata }: Design): Units {
  const grouped = numberedGroups(rows, groups);
  const unitOf = grouped ?? Int32Array.from({ length: rows }, (_, i) => i);
  const count = unitOf.reduce((most, unit) => Math.max(most, unit + 1), 0);
  const kinds = Array.from({ length: count }, () => new Set<number>());
  unitOf.forEach((unit, row) => {
    kinds[unit]!.add(strata?.[row] ?? 0);
  });
  const members = new Map<string, number[]>();
  kinds.forEach((kind, unit) => {
    const key = [...kind].sort((a, b) => a - b).join();
    const units = members.get(key);
    if (units) units.push(unit);
    else members.set(key, [unit]);
  });
  const what = grouped ? `over ${count} groups` : `of ${rows} rows`;
  const name = `${strata ? "stratified " : ""}bootstrap ${what}`;
  const each = [...members.values()].map((units) => Int32Array.from(units));
  const fixed = fixedBy(kinds, grouped !== null);
  return { unitOf, strata: each, isGrouped: grouped !== null, name, fixed };
}

/** A class of one unit is in every resample as it is: what others like it would give stays unseen. */
function fixedBy(kinds: readonly ReadonlySet<number>[], isGrouped: boolean): string | null {
  if (isGrouped && kinds.length === 1) return "all rows belong to one group";
  const units = new Map<number, number>();
  for (const kind of kinds)
    for (const stratum of kind) units.set(stratum, (units.get(stratum) ?? 0) + 1);
  if (units.size < 2 || Math.min(...units.values()) > 1) return null;
  return isGrouped ? "a class has rows of one group only" : "a class has one row only";
}

/** Calls `use` with the row weights of each resample; the array is reused. */
function eachResample(
  { unitOf, strata, isGrouped }: Units,
  { seed = 0, resamples = DEFAULT_RESAMPLES }: Design,
  use: (weights: Float64Array) => void,
): void {
  const weights = new Float64Array(unitOf.length);
  eachDraw({ seed, strata }, resamples, (counts) => {
    if (!isGrouped) weights.set(counts);
    else for (let row = 0; row < weights.length; row++) weights[row] = counts[unitOf[row]!]!;
    use(weights);
  });
}

/** Sorted values of a statistic over the resamples in which it exists. */
interface Replicates {
  readonly sorted: Float64Array;
  readonly lost: number;
}

function replicate<K extends string>(
  units: Units,
  design: Design,
  names: readonly K[],
  statistics: Statistics<K>,
): Replicates[] {
  const values: number[][] = names.map(() => []);
  eachResample(units, design, (weights) => {
    const found = statistics(weights);
    names.forEach((name, i) => {
      const value = found[name];
      if (value !== null) values[i]!.push(value);
    });
  });
  const resamples = design.resamples ?? DEFAULT_RESAMPLES;
  return values.map((list) => ({
    sorted: Float64Array.from(list).sort(),
    lost: resamples - list.length,
  }));
}

/**
 * The lower tail to read. Groups are few, and percentiles of few are too narrow: with N of them in K
 * strata the tail is that of √(N / (N − K)) · t (Hesterberg 2015, expanded percentiles).
 */
function lowerTail({ strata, isGrouped }: Units, level: number): number {
  const free = strata.reduce((sum, { length }) => sum + length - 1, 0);
  if (!isGrouped || free < 1) return (1 - level) / 2;
  const reach = Math.sqrt((free + strata.length) / free) * studentReach(level, free);
  return normalCdf(-reach);
}

/** The percentile interval, or why there is none; `adjust` moves the percentiles (BCa). */
function percentiles(
  { sorted, lost }: Replicates,
  tail: number,
  adjust: Adjustment | null = null,
): Interval | string {
  const resamples = sorted.length + lost;
  if (lost > TOLERATED_LOSS * resamples) {
    return `the statistic does not exist in ${lost} of ${resamples} resamples`;
  }
  const [low, high] = [tail, 1 - tail].map((p) =>
    quantile(sorted, adjust ? adjusted(p, adjust) : p),
  ) as [number, number];
  return low === high ? "the resamples do not vary, so they give no interval" : [low, high];
}

const methodOf = (units: Units, design: Design): string =>
  `${units.name}, ${design.resamples ?? DEFAULT_RESAMPLES} resamples${design.accelerated ? ", BCa" : ""}`;

/** The statistics without each unit in turn. */
function leftOut<K extends string>(
  { unitOf, strata }: Units,
  names: readonly K[],
  statistics: Statistics<K>,
): (number | null)[][] {
  const units = strata.reduce((count, { length }) => count + length, 0);
  const found = Array.from({ length: units }, (_, unit) =>
    statistics(Float64Array.from(unitOf, (own) => Number(own !== unit))),
  );
  return names.map((name) => found.map((each) => each[name]));
}

function checkDesign({ resamples = DEFAULT_RESAMPLES, level = DEFAULT_LEVEL }: Design): void {
  if (!(Number.isInteger(resamples) && resamples >= 100)) {
    throw new InputError(`bootstrap: ${resamples} resamples; ask for 100 or more, better 2000.`);
  }
  checkLevel(level);
}

/**
 * Percentile interval of a statistic (Efron and Tibshirani 1993, § 13.3); BCa if asked for (§ 14.3).
 * @example
 * bootstrap({ rows: 332, strata: labels, seed: 7 }, weightedAuroc(rows));
 */
export function bootstrap(design: Design, statistic: Statistic): Estimate {
  return bootstrapAll(design, (weights) => ({ statistic: statistic(weights) })).statistic;
}

/**
 * Percentile intervals of several statistics that are computed together, from the same resamples.
 * @example
 * bootstrapAll({ rows, groups }, (weights) => ({ slope: …, intercept: … })).slope;
 */
export function bootstrapAll<K extends string>(
  design: Design,
  statistics: Statistics<K>,
): Record<K, Estimate> {
  checkDesign(design);
  const units = unitsOf(design);
  const method = methodOf(units, design);
  const values = statistics(onceEach(design.rows));
  const names = Object.keys(values) as K[];
  const { fixed } = units;
  const tail = lowerTail(units, design.level ?? DEFAULT_LEVEL);
  const replicates = fixed === null ? replicate(units, design, names, statistics) : [];
  const without = design.accelerated ? leftOut(units, names, statistics) : null;
  const estimates = names.map((name, i): [K, Estimate] => {
    const value = values[name];
    if (value === null) return [name, missing(method, NOT_THERE)];
    if (fixed !== null) return [name, withoutInterval(value, method, fixed)];
    const adjust = without && adjustmentOf(value, replicates[i]!.sorted, without[i]!);
    const interval = percentiles(replicates[i]!, tail, adjust);
    if (typeof interval === "string") return [name, withoutInterval(value, method, interval)];
    return [name, estimated(value, interval, method)];
  });
  return Object.fromEntries(estimates) as Record<K, Estimate>;
}

/**
 * The difference of two statistics on the same resamples: percentile interval, and twice the
 * smaller tail (count + 1) / (resamples + 1) beyond 0 as p.
 * @example
 * bootstrapDifference({ rows, groups }, weightedAuroc(a, labels), weightedAuroc(b, labels));
 */
export function bootstrapDifference(
  design: Design,
  first: Statistic,
  second: Statistic,
): Comparison {
  checkDesign(design);
  const units = unitsOf(design);
  const method = `paired ${methodOf(units, design)}`;
  const statistic: Statistic = (weights) => {
    const [a, b] = [first(weights), second(weights)];
    return a === null || b === null ? null : a - b;
  };
  const difference = statistic(onceEach(design.rows));
  if (difference === null) return noComparison(method, NOT_THERE);
  const none = (reason: string) => ({ difference, low: null, high: null, p: null, method, reason });
  if (units.fixed !== null) return none(units.fixed);
  const replicates = replicate(units, design, ["difference"], (weights) => ({
    difference: statistic(weights),
  }))[0]!;
  const interval = percentiles(replicates, lowerTail(units, design.level ?? DEFAULT_LEVEL));
  if (typeof interval === "string") return none(interval);
  const [low, high] = interval;
  const { sorted } = replicates;
  const tail = Math.min(sorted.filter((d) => d <= 0).length, sorted.filter((d) => d >= 0).length);
  return { difference, low, high, p: Math.min(1, (2 * (tail + 1)) / (sorted.length + 1)), method };
}
