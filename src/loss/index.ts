/** Losses: one value a row, so that weights, padding and shards come for free. */
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { categoricalCrossEntropy } from "./categorical-cross-entropy.ts";
import { type Loss, weightedMean } from "./loss.ts";
import { meanSquaredError } from "./mean-squared-error.ts";

/** Every loss by the name under which a run keeps it. */
export const losses: Readonly<Record<LossName, Loss>> = {
  binaryCrossEntropy,
  categoricalCrossEntropy,
  meanSquaredError,
};
export type LossName = "binaryCrossEntropy" | "categoricalCrossEntropy" | "meanSquaredError";

export { binaryCrossEntropy, categoricalCrossEntropy, type Loss, meanSquaredError, weightedMean };
