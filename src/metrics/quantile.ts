/** Quantiles of sorted numbers. */

/** Linear interpolation between order statistics (Hyndman and Fan's type 7, NumPy's default). */
export function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const left = sorted[below]!;
  const right = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return left + (place - below) * (right - left);
}
