/** How predicted numbers go with observed ones: the line through them, correlation, limits of agreement. */
import { normalQuantile } from "../base/math.ts";
import { bootstrapAll } from "./bootstrap.ts";
import { type Estimate, type IntervalOptions, missing, type Numbers } from "./estimate.ts";
import { ascending, finite, sameLength } from "./rows.ts";

export interface Concordance {
  /** observed = intercept + slope · predicted by least squares; 1 and 0 are ideal. */
  readonly slope: Estimate;
  readonly intercept: Estimate;
  /** Correlation of the numbers, and of their ranks. */
  readonly pearson: Estimate;
  readonly spearman: Estimate;
  /** 2 s_xy / (s_x² + s_y² + (x̄ − ȳ)²) (Lin 1989): 1 only where both are equal. */
  readonly concordance: Estimate;
  /** Mean of predicted − observed, and 1.96 standard deviations below and above (Bland & Altman 1986). */
  readonly bias: Estimate;
  readonly lower: Estimate;
  readonly upper: Estimate;
}

/** Weighted mean and sum of squares of x and y about it, and of their products. */
function moments(x: Float64Array, y: Float64Array, weights: Float64Array) {
  let [total, meanX, meanY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    total += weights[i]!;
    meanX += weights[i]! * x[i]!;
    meanY += weights[i]! * y[i]!;
  }
  meanX /= total;
  meanY /= total;
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - meanX, y[i]! - meanY];
    xx += weights[i]! * dx * dx;
    yy += weights[i]! * dy * dy;
    xy += weights[i]! * dx * dy;
  }
  return { total, meanX, meanY, xx, yy, xy };
}

/** Ranks of weighted values, equal ones sharing the mean; `order` is ascending. */
function ranks(values: Float64Array, order: Int32Array, weights: Float64Array): Float64Array {
  const found = new Float64Array(values.length);
  let below = 0;
  for (let start = 0; start < order.length; ) {
    let [end, tied] = [start, 0];
    for (; end < order.length && values[order[end]!] === values[order[start]!]; end++)
      tied += weights[order[end]!]!;
    for (let i = start; i < end; i++) found[order[i]!] = below + (tied + 1) / 2;
    below += tied;
    start = end;
  }
  return found;
}

const correlation = ({ xx, yy, xy }: ReturnType<typeof moments>) =>
  xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;

/**
 * Calibration line, correlations and limits of agreement of predicted with observed numbers, with
 * bootstrap intervals from the same resamples.
 * @example concordance([1, 2, 3], [1.1, 1.9, 3.3]).pearson.value
 */
export function concordance(
  predictions: Numbers,
  targets: Numbers,
  options: IntervalOptions = {},
): Concordance {
  sameLength("concordance", predictions, targets);
  const [x, y] = [finite("predictions", predictions), finite("targets", targets)];
  const [orderX, orderY] = [ascending(x), ascending(y)];
  const reach = normalQuantile(0.975);
  const found = bootstrapAll({ ...options, rows: x.length }, (weights) => {
    const all = moments(x, y, weights);
    const { total, meanX, meanY, xx, yy, xy } = all;
    const slope = xx > 0 ? xy / xx : null;
    const bias = meanX - meanY;
    const apart = xx + yy + total * bias * bias;
    // the sum of squares of x − y
    const left = Math.max(0, xx + yy - 2 * xy);
    const deviation = total > 1 ? Math.sqrt(left / (total - 1)) : null;
    return {
      slope,
      intercept: slope === null ? null : meanY - slope * meanX,
      pearson: correlation(all),
      spearman: correlation(moments(ranks(x, orderX, weights), ranks(y, orderY, weights), weights)),
      concordance: apart > 0 ? (2 * xy) / apart : null,
      bias,
      lower: deviation === null ? null : bias - reach * deviation,
      upper: deviation === null ? null : bias + reach * deviation,
    };
  });
  const why = (estimate: Estimate): Estimate =>
    estimate.value === null ? missing(estimate.method, "the numbers do not vary") : estimate;
  return Object.fromEntries(
    Object.entries(found).map(([name, estimate]) => [name, why(estimate)]),
  ) as unknown as Concordance;
}
