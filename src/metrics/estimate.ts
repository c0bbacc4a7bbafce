/** A statistic with its interval, or the reason why it does not exist. */
import { InputError } from "../base/errors.ts";
import { normalQuantile } from "../base/math.ts";

/**
 * A number with its confidence interval. What does not exist is `null`, and `reason` says why in
 * plain words; `method` names how the interval was made.
 */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly method: string;
  readonly reason?: string;
}

/** Two models on the same rows: first minus second, its interval and a two-sided p value. */
export interface Comparison {
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly p: number | null;
  readonly method: string;
  readonly reason?: string;
}

export type Numbers = ArrayLike<number>;
export type Interval = readonly [low: number, high: number];

/** How an interval is made; all of it has defaults. */
export interface IntervalOptions {
  /** Coverage, 0.95 by default. */
  readonly level?: number | undefined;
  /** One number a row; rows of one patient share it. With repeats, patients are resampled. */
  readonly groups?: Numbers | undefined;
  /** Seed of the bootstrap, 0 by default. */
  readonly seed?: number | undefined;
  /** Bootstrap resamples, 2000 by default. */
  readonly resamples?: number | undefined;
  /** Bootstrap intervals corrected for bias and skewness (BCa) instead of percentiles. */
  readonly accelerated?: boolean | undefined;
}

export const DEFAULT_LEVEL = 0.95;

export const estimated = (value: number, [low, high]: Interval, method: string): Estimate => ({
  value,
  low,
  high,
  method,
});

/** The value exists, its interval does not. */
export const withoutInterval = (value: number, method: string, reason: string): Estimate => ({
  value,
  low: null,
  high: null,
  method,
  reason,
});

export const missing = (method: string, reason: string): Estimate => ({
  value: null,
  low: null,
  high: null,
  method,
  reason,
});

export const noComparison = (method: string, reason: string): Comparison => ({
  difference: null,
  low: null,
  high: null,
  p: null,
  method,
  reason,
});

export function checkLevel(level: number): void {
  if (level > 0 && level < 1) return;
  throw new InputError(`interval: level ${level}; it lies between 0 and 1, usually 0.95.`);
}

/** How many standard errors reach each end of a two-sided normal interval: 1.96 for 0.95. */
export function standardErrors(level: number = DEFAULT_LEVEL): number {
  checkLevel(level);
  return normalQuantile(0.5 + level / 2);
}
