/** The 2 × 2 table at a threshold and what is read off it. */
import { bootstrapAll, hasRepeatedGroups, onceEach } from "./bootstrap.ts";
import { type Estimate, type IntervalOptions, missing, type Numbers } from "./estimate.ts";
import { type ProportionMethod, proportion } from "./proportion.ts";
import { type BinaryRows, binaryRows } from "./rows.ts";

/** Counts of rows; a row is called positive where score ≥ threshold. */
export interface Confusion {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
}

/**
 * The table of calls (score ≥ threshold) against labels.
 * @example confusion([0.9, 0.2], [1, 0], 0.5).truePositive // 1
 */
export function confusion(scores: Numbers, labels: Numbers, threshold: number): Confusion {
  const rows = binaryRows("confusion", scores, labels);
  return counted(rows, threshold, onceEach(rows.scores.length));
}

function counted(
  { scores, labels }: BinaryRows,
  threshold: number,
  weights: Float64Array,
): Confusion {
  const cells = [0, 0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    cells[2 * labels[i]! + (scores[i]! >= threshold ? 1 : 0)]! += weights[i]!;
  }
  const [trueNegative, falsePositive, falseNegative, truePositive] = cells;
  return {
    truePositive: truePositive!,
    falsePositive: falsePositive!,
    falseNegative: falseNegative!,
    trueNegative: trueNegative!,
  };
}

const total = (c: Confusion) => c.truePositive + c.falsePositive + c.falseNegative + c.trueNegative;
const real = (c: Confusion) => c.truePositive + c.falseNegative;
const called = (c: Confusion) => c.truePositive + c.falsePositive;
const ratio = (top: number, bottom: number) => (bottom === 0 ? null : top / bottom);

/** A number read off the table, why it may not exist, and its counts if it is a proportion. */
interface Reading {
  readonly of: (c: Confusion) => number | null;
  readonly none: string;
  /** [successes, trials] */
  readonly count?: (c: Confusion) => [number, number];
}

const share = (count: (c: Confusion) => [number, number], none: string): Reading => ({
  of: (c) => ratio(...count(c)),
  none,
  count,
});

const proportions = {
  sensitivity: share((c) => [c.truePositive, real(c)], "no row has the event"),
  specificity: share((c) => [c.trueNegative, total(c) - real(c)], "every row has the event"),
  ppv: share((c) => [c.truePositive, called(c)], "no row is called positive at this threshold"),
  npv: share(
    (c) => [c.trueNegative, total(c) - called(c)],
    "every row is called positive at this threshold",
  ),
  accuracy: share((c) => [c.truePositive + c.trueNegative, total(c)], "there are no rows"),
};

/** Summaries of the whole table; improper at clinical thresholds, shown because people ask. */
const summaries = {
  balancedAccuracy: {
    of: (c: Confusion) => {
      const sensitivity = ratio(c.truePositive, real(c));
      const specificity = ratio(c.trueNegative, total(c) - real(c));
      return sensitivity === null || specificity === null ? null : (sensitivity + specificity) / 2;
    },
    none: "all rows have the same label",
  },
  f1: {
    of: (c: Confusion) => ratio(2 * c.truePositive, real(c) + called(c)),
    none: "no row has the event or is called positive",
  },
  mcc: {
    of: (c: Confusion) => {
      const spread = (n: number) => Math.sqrt(n) * Math.sqrt(total(c) - n);
      const excess = c.truePositive * c.trueNegative - c.falsePositive * c.falseNegative;
      return ratio(excess, spread(real(c)) * spread(called(c)));
    },
    none: "all labels or all calls are the same",
  },
  kappa: {
    of: (c: Confusion) => {
      const n = total(c);
      const chance = (called(c) * real(c) + (n - called(c)) * (n - real(c))) / (n * n);
      return ratio((c.truePositive + c.trueNegative) / n - chance, 1 - chance);
    },
    none: "all labels and all calls are the same",
  },
} satisfies Record<string, Reading>;

const readings: Readonly<Record<keyof typeof proportions | keyof typeof summaries, Reading>> = {
  ...proportions,
  ...summaries,
};

/** Everything read off the table, by name. */
export type ThresholdEstimates = Readonly<Record<keyof typeof readings, Estimate>>;

export interface ThresholdOptions extends IntervalOptions {
  /** A row is called positive where score ≥ threshold. */
  readonly threshold: number;
  /** Wilson's by default. */
  readonly interval?: ProportionMethod | undefined;
}

/** One value a reading, under the same name. */
function mapped<T>(f: (reading: Reading, name: keyof typeof readings) => T) {
  const names = Object.keys(readings) as (keyof typeof readings)[];
  const entries = names.map((name) => [name, f(readings[name], name)]);
  return Object.fromEntries(entries) as Record<keyof typeof readings, T>;
}

/**
 * Sensitivity, specificity, PPV, NPV and accuracy with Wilson (or exact) intervals; balanced
 * accuracy, F1, MCC and kappa with bootstrap ones. With repeated groups all are bootstrapped by group.
 * @example atThreshold(scores, labels, { threshold: 0.5 }).sensitivity.low
 */
export function atThreshold(
  scores: Numbers,
  labels: Numbers,
  options: ThresholdOptions,
): ThresholdEstimates {
  const rows = binaryRows("threshold statistics", scores, labels);
  const table = counted(rows, options.threshold, onceEach(rows.scores.length));
  const grouped = hasRepeatedGroups(rows.scores.length, options.groups);
  const resampled = bootstrapAll({ ...options, rows: rows.scores.length }, (weights) => {
    const resample = counted(rows, options.threshold, weights);
    return mapped(({ of }) => of(resample));
  });
  return mapped(({ of, none, count }, name) => {
    if (count && !grouped) return proportion(...count(table), { ...options, none });
    return of(table) === null ? missing(resampled[name].method, none) : resampled[name];
  });
}
