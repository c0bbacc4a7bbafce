/** Quantiles of sorted numbers. */

/** Linear interpolation between order statistics (Hyndman and Fan's type 7, NumPy's default). */
export function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const left = sorted[below]!;
  const right = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return left + (place - below) * (right - left);
}

/** Puts values in order as far as `quantile` at these shares, the highest first, reads them. */
export function sortedAround(values: Float64Array, shares: readonly number[]): void {
  let end = values.length;
  for (const share of shares) {
    const below = Math.floor(share * (values.length - 1));
    select(values, Math.min(below + 1, values.length - 1), end);
    select(values, below, below + 1);
    end = below + 1;
  }
}

/** Puts the value of a place of the order there, among the first `end`; no larger before it (Hoare's selection). */
function select(values: Float64Array, place: number, end: number): void {
  let [low, high] = [0, end - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [left, right] = [low, high];
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left > right) break;
      const kept = values[left]!;
      values[left++] = values[right]!;
      values[right--] = kept;
    }
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else return;
  }
}
