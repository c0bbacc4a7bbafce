/** How much a model flatters itself on the rows it learned from: Harrell's bootstrap. */
import { InputError } from "../base/errors.ts";
import { onceEach, weightedMean } from "./bootstrap.ts";
import { logits } from "./calibration.ts";
import { weightedAuroc } from "./delong.ts";
import type { Numbers } from "./estimate.ts";
import { logisticFit, separated } from "./logistic.ts";
import { type BinaryRows, probabilityRows } from "./rows.ts";

/** A model refitted on a resample of the learning rows. */
export interface Refit {
  /** What it says of each learning row, drawn or not. */
  readonly probabilities: Numbers;
  /** How often each learning row was drawn. */
  readonly counts: Numbers;
}

/** A statistic on the learning rows, and what is left when its optimism is taken off. */
export interface Optimism {
  /** Of the model on the rows that it learned from. */
  readonly apparent: number | null;
  /** Mean over the refits of: value on their resample − value on the rows themselves. */
  readonly optimism: number | null;
  /** apparent − optimism. */
  readonly corrected: number | null;
  /** How many refits have the statistic on both. */
  readonly refits: number;
  readonly reason?: string;
}

export type OptimismStatistic = "auroc" | "brier" | "calibrationSlope" | "calibrationIntercept";

const least = 0.95;

/**
 * AUROC, Brier score, calibration slope and calibration in the large of a model on its learning
 * rows, corrected for optimism (Harrell, Lee & Mark 1996; R's `rms::validate`). `null` with a
 * reason where more than 5 % of the refits lack the statistic.
 * @example optimism(probabilities, labels, refits).auroc.corrected
 */
export function optimism(
  probabilities: Numbers,
  labels: Numbers,
  refits: readonly Refit[],
): Record<OptimismStatistic, Optimism> {
  if (refits.length === 0) throw new InputError("optimism: no refits; give 100 or more.");
  const read = (p: Numbers) => weighted(probabilityRows("optimism", p, labels));
  const once = onceEach(labels.length);
  const apparent = read(probabilities)(once);
  const pairs = refits.map((refit) => {
    const of = read(refit.probabilities);
    return { resample: of(Float64Array.from(refit.counts)), rows: of(once) };
  });
  const names = Object.keys(apparent) as OptimismStatistic[];
  const found = names.map((name) => [
    name,
    corrected(
      apparent[name],
      pairs.map(({ resample, rows }) => [resample[name], rows[name]]),
    ),
  ]);
  return Object.fromEntries(found);
}

function corrected(
  apparent: number | null,
  pairs: readonly (readonly [number | null, number | null])[],
): Optimism {
  const gaps = pairs.flatMap(([a, b]) => (a === null || b === null ? [] : [a - b]));
  const refits = gaps.length;
  const nothing = (reason: string) => ({
    apparent,
    optimism: null,
    corrected: null,
    refits,
    reason,
  });
  if (apparent === null) return nothing("the statistic does not exist on the learning rows");
  if (refits < least * pairs.length)
    return nothing(
      `the statistic does not exist in ${pairs.length - refits} of ${pairs.length} refits`,
    );
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / refits;
  return { apparent, optimism: mean, corrected: apparent - mean, refits };
}

function weighted(rows: BinaryRows) {
  const { scores, labels } = rows;
  const area = weightedAuroc(rows);
  const errors = weightedMean(scores.map((p, i) => (p - labels[i]!) * (p - labels[i]!)));
  const x = logits(rows);
  return (weights: Float64Array): Record<OptimismStatistic, number | null> => {
    const auroc = area(weights);
    const apart = auroc === null || x.every((z) => z === x[0]) || separated(x, labels, weights);
    return {
      auroc,
      brier: errors(weights),
      calibrationSlope: apart ? null : (logisticFit({ labels, x, weights })?.slope ?? null),
      calibrationIntercept:
        auroc === null ? null : (logisticFit({ labels, offset: x, weights })?.intercept ?? null),
    };
  };
}
