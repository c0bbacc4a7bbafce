/** How many rows of each true label were called each label. */
import type { TestRows } from "./testRows.ts";

/** [true label][called label] */
export function confusionOf({ truth, values }: TestRows, labels: readonly string[]): number[][] {
  const counts = labels.map(() => labels.map(() => 0));
  truth.forEach((label, row) => {
    counts[label]![values[row]!]!++;
  });
  return counts;
}
