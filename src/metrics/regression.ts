/** Errors of predicted quantities, in the target's own units, with bootstrap intervals. */
import { InputError } from "../base/errors.ts";
import { bootstrapAll, bootstrapDifference, type Statistic, weightedMean } from "./bootstrap.ts";
import {
  type Comparison,
  type Estimate,
  type IntervalOptions,
  missing,
  type Numbers,
} from "./estimate.ts";
import { finite, sameLength } from "./rows.ts";

function residuals(what: string, predictions: Numbers, targets: Numbers): Float64Array {
  sameLength(what, predictions, targets);
  if (targets.length === 0) throw new InputError(`${what}: no rows; give at least one.`);
  const right = finite("targets", targets);
  return finite("predictions", predictions).map((p, i) => p - right[i]!);
}

function weightedRmse(errors: Float64Array): Statistic {
  const square = weightedMean(errors.map((e) => e * e));
  return (weights) => {
    const mean = square(weights);
    return mean === null ? null : Math.sqrt(mean);
  };
}

/** 1 - Σ w e² / Σ w (y - ȳ)², ȳ the weighted mean; y is centered first to keep its digits. */
export function weightedR2(errors: Float64Array, targets: Float64Array): Statistic {
  const square = weightedMean(errors.map((e) => e * e));
  const center = targets.reduce((sum, y) => sum + y, 0) / targets.length;
  const centered = targets.map((y) => y - center);
  const mean = weightedMean(centered);
  return (weights) => {
    const shift = mean(weights)!;
    let [spread, total] = [0, 0];
    for (let i = 0; i < centered.length; i++) {
      const gap = centered[i]! - shift;
      spread += weights[i]! * gap * gap;
      total += weights[i]!;
    }
    return spread === 0 ? null : 1 - (square(weights)! * total) / spread;
  };
}

/** Root mean squared error, mean absolute error, coefficient of determination. */
export interface RegressionEstimates {
  readonly rmse: Estimate;
  readonly mae: Estimate;
  readonly r2: Estimate;
}

/**
 * RMSE and MAE in the target's units and R² = 1 - Σ(y - ŷ)² / Σ(y - ȳ)², with bootstrap intervals
 * from the same resamples.
 * @example regression([2.5, 0, 2, 8], [3, -0.5, 2, 7]).r2.value // 0.9486081370449679
 */
export function regression(
  predictions: Numbers,
  targets: Numbers,
  options: IntervalOptions = {},
): RegressionEstimates {
  const errors = residuals("regression", predictions, targets);
  const right = Float64Array.from(targets);
  const [rmse, mae, r2] = [
    weightedRmse(errors),
    weightedMean(errors.map(Math.abs)),
    weightedR2(errors, right),
  ];
  const estimates = bootstrapAll({ ...options, rows: errors.length }, (weights) => ({
    rmse: rmse(weights),
    mae: mae(weights),
    r2: r2(weights),
  }));
  if (right.some((y) => y !== right[0])) return estimates;
  return { ...estimates, r2: missing(estimates.r2.method, "all targets are equal") };
}

/**
 * Difference in RMSE of two models on the same rows, first minus second, with a paired bootstrap
 * interval and two-sided p.
 * @example compareRmse(network, linear, targets).p
 */
export function compareRmse(
  first: Numbers,
  second: Numbers,
  targets: Numbers,
  options: IntervalOptions = {},
): Comparison {
  const a = residuals("RMSE of the first model", first, targets);
  const b = residuals("RMSE of the second model", second, targets);
  return bootstrapDifference({ ...options, rows: a.length }, weightedRmse(a), weightedRmse(b));
}
