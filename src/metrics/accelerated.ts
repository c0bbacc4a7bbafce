/** Bias-corrected and accelerated percentiles of a bootstrap (Efron 1987). */
import { normalCdf, normalQuantile } from "../base/math.ts";

export interface Adjustment {
  /** How far the median of the replicates lies from the estimate, in standard errors. */
  readonly bias: number;
  /** How fast the standard error changes with the value: from the jackknife's skewness. */
  readonly acceleration: number;
}

/** From the estimate, its sorted replicates and its values without each unit; `null` without spread. */
export function adjustmentOf(
  value: number,
  sorted: Float64Array,
  without: readonly (number | null)[],
): Adjustment | null {
  const below = sorted.reduce((n, each) => n + (each < value ? 1 : each === value ? 0.5 : 0), 0);
  if (below === 0 || below === sorted.length) return null;
  const values = without.filter((each) => each !== null);
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  let [squares, cubes] = [0, 0];
  for (const each of values) {
    const gap = mean - each;
    squares += gap * gap;
    cubes += gap * gap * gap;
  }
  const scale = 6 * squares * Math.sqrt(squares);
  return {
    bias: normalQuantile(below / sorted.length),
    acceleration: scale === 0 ? 0 : cubes / scale,
  };
}

/** The percentile to read instead of p. */
export function adjusted(p: number, { bias, acceleration }: Adjustment): number {
  const z = bias + normalQuantile(p);
  return normalCdf(bias + z / (1 - acceleration * z));
}
