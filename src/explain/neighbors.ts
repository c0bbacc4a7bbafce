/** The training rows most like a row, as the network sees them. */

export interface Neighbor {
  /** The place of the training row. */
  readonly row: number;
  /** Euclidean, over standardized features. */
  readonly distance: number;
}

/**
 * For each row the nearest `count` of the training rows, nearest first; of equals the first.
 *
 *     nearestRows(rows.values, training.values, { width, count: 5 })[0];
 */
export function nearestRows(
  rows: Float32Array,
  training: Float32Array,
  { width, count = 5 }: { readonly width: number; readonly count?: number },
): Neighbor[][] {
  return Array.from({ length: rows.length / width }, (_, i) => {
    const own = rows.subarray(i * width, (i + 1) * width);
    const all = Array.from({ length: training.length / width }, (_, row): Neighbor => {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        const gap = own[k]! - training[row * width + k]!;
        sum += gap * gap;
      }
      return { row, distance: Math.sqrt(sum) };
    });
    return all.sort((a, b) => a.distance - b.distance || a.row - b.row).slice(0, count);
  });
}
