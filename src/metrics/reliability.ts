/** Calibration by bins: expected and maximum calibration error, and Murphy's parts of the Brier score. */
import { InputError } from "../base/errors.ts";
import { bootstrapAll, onceEach } from "./bootstrap.ts";
import type { Estimate, IntervalOptions, Numbers } from "./estimate.ts";
import { quantile } from "./quantile.ts";
import { type BinaryRows, probabilityRows } from "./rows.ts";

/**
 * How rows come into bins: `width`, bins of equal width over p; `mass`, bins between quantiles of p;
 * `confidence`, bins of equal width over the confidence max(p, 1 − p) of the called class, compared
 * with how often the call is right (Guo et al. 2017).
 */
export type Binning = "width" | "mass" | "confidence";

export interface BinOptions extends IntervalOptions {
  /** 10 by default, 15 for `confidence`. */
  readonly bins?: number | undefined;
  /** `width` by default. */
  readonly binning?: Binning | undefined;
}

/** Rows of one bin; empty bins are left out. */
export interface Bin {
  readonly rows: number;
  /** Mean probability (or confidence) of its rows, and the share of events (or of right calls). */
  readonly predicted: number;
  readonly observed: number;
}

export interface BinnedCalibration {
  readonly bins: readonly Bin[];
  /** Σ rows of the bin / rows · |observed − predicted|. */
  readonly ece: Estimate;
  /** The largest |observed − predicted|. */
  readonly mce: Estimate;
}

interface Binned {
  readonly predicted: Float64Array;
  readonly observed: Float64Array;
  readonly binOf: Int32Array;
  readonly count: number;
}

function binned({ scores, labels }: BinaryRows, binning: Binning, count: number): Binned {
  const sure = binning === "confidence";
  const predicted = sure ? scores.map((p) => Math.max(p, 1 - p)) : scores;
  const called = (row: number) => Number(scores[row]! >= 0.5);
  const observed = Float64Array.from(labels, (label, row) =>
    sure ? Number(label === called(row)) : label,
  );
  const sorted = Float64Array.from(scores).sort();
  const edges = Float64Array.from({ length: count - 1 }, (_, i) =>
    binning === "mass" ? quantile(sorted, (i + 1) / count) : (i + 1) / count,
  );
  // bins are closed above, the first below too: (0.1, 0.2]; equal p share a bin
  const binOf = Int32Array.from(predicted, (p) =>
    edges.reduce((n, edge) => n + Number(p > edge), 0),
  );
  return { predicted, observed, binOf, count };
}

function binsOf({ predicted, observed, binOf, count }: Binned, weights: Float64Array): Bin[] {
  const [rows, p, y] = [0, 1, 2].map(() => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  binOf.forEach((bin, row) => {
    const weight = weights[row]!;
    rows[bin]! += weight;
    p[bin]! += weight * predicted[row]!;
    y[bin]! += weight * observed[row]!;
  });
  return Array.from(rows, (n, bin) => ({
    rows: n,
    predicted: p[bin]! / n,
    observed: y[bin]! / n,
  })).filter(({ rows: n }) => n > 0);
}

const gap = ({ predicted, observed }: Bin) => Math.abs(observed - predicted);

function checkedBins(what: string, binning: Binning, bins: number | undefined): number {
  const count = bins ?? (binning === "confidence" ? 15 : 10);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InputError(`${what}: ${count} bins; ask for a whole number, 10 as a rule.`);
}

/**
 * Expected and maximum calibration error by bins, with bootstrap intervals; bins stay as they are in
 * the resamples. Both depend on the bins and are above 0 by chance alone, so the kind of bins
 * belongs to the number: prefer the smooth curve's ICI.
 * @example binnedCalibration(probabilities, labels, { binning: "mass" }).ece.value
 */
export function binnedCalibration(
  probabilities: Numbers,
  labels: Numbers,
  { bins, binning = "width", ...options }: BinOptions = {},
): BinnedCalibration {
  const rows = probabilityRows("calibration error", probabilities, labels);
  const all = binned(rows, binning, checkedBins("calibration error", binning, bins));
  const total = rows.scores.length;
  const estimates = bootstrapAll({ ...options, rows: total }, (weights) => {
    const each = binsOf(all, weights);
    const sum = each.reduce((n, bin) => n + bin.rows, 0);
    return {
      ece: each.reduce((error, bin) => error + (bin.rows / sum) * gap(bin), 0),
      mce: Math.max(...each.map(gap)),
    };
  });
  return { bins: binsOf(all, onceEach(total)), ...estimates };
}

/** Brier = reliability − resolution + uncertainty, exactly where the rows of a bin share one p. */
export interface BrierParts {
  /** Σ n (mean p − share of events)² / N: 0 is perfect. */
  readonly reliability: Estimate;
  /** Σ n (share of events − prevalence)² / N: more is better. */
  readonly resolution: Estimate;
  /** π (1 − π). */
  readonly uncertainty: Estimate;
}

/**
 * Murphy's parts of the Brier score (1973) over bins of equal probability; with `bins` over bins of
 * equal mass. Bootstrap intervals.
 * @example brierParts([0.2, 0.2, 0.8], [0, 1, 1]).uncertainty.value // 0.2222222222222222
 */
export function brierParts(
  probabilities: Numbers,
  labels: Numbers,
  { bins, ...options }: IntervalOptions & { readonly bins?: number | undefined } = {},
): BrierParts {
  const rows = probabilityRows("Brier parts", probabilities, labels);
  const all =
    bins === undefined
      ? byValue(rows)
      : binned(rows, "mass", checkedBins("Brier parts", "mass", bins));
  return bootstrapAll({ ...options, rows: rows.scores.length }, (weights) => {
    const each = binsOf(all, weights);
    const total = each.reduce((n, bin) => n + bin.rows, 0);
    const prevalence = each.reduce((sum, bin) => sum + bin.rows * bin.observed, 0) / total;
    const mean = (of: (bin: Bin) => number) =>
      each.reduce((sum, bin) => sum + bin.rows * of(bin) * of(bin), 0) / total;
    return {
      reliability: mean(({ predicted, observed }) => predicted - observed),
      resolution: mean(({ observed }) => observed - prevalence),
      uncertainty: prevalence * (1 - prevalence),
    };
  });
}

function byValue({ scores, labels }: BinaryRows): Binned {
  const places = new Map([...new Set(scores)].map((value, place) => [value, place]));
  return {
    predicted: scores,
    observed: Float64Array.from(labels),
    binOf: Int32Array.from(scores, (value) => places.get(value)!),
    count: places.size,
  };
}
