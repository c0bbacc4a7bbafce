/** Choosing the threshold, on validation rows; it is then frozen for the test rows. */
import { InputError } from "../base/errors.ts";
import type { Numbers } from "./estimate.ts";
import { ascending, type BinaryRows, binaryRows } from "./rows.ts";

export interface Threshold {
  /** Call a row positive where score ≥ threshold. */
  readonly threshold: number;
  readonly sensitivity: number;
  readonly specificity: number;
}

/**
 * Every cut between two different scores, from the highest down: halfway between them, as pROC
 * puts it (scikit-learn takes the upper score: the same calls on these rows, no margin on new
 * ones). The last cut, the lowest score itself, calls every row positive.
 */
function* cuts({ scores, labels, events, others }: BinaryRows): Generator<Threshold> {
  const order = ascending(scores).reverse();
  let [hits, alarms] = [0, 0];
  for (let i = 0; i < order.length; i++) {
    const upper = scores[order[i]!]!;
    if (labels[order[i]!] === 1) hits++;
    else alarms++;
    const lower = i + 1 < order.length ? scores[order[i + 1]!]! : null;
    if (lower === upper) continue;
    const middle = lower === null ? upper : lower + (upper - lower) / 2;
    const threshold = middle === lower ? upper : middle;
    yield { threshold, sensitivity: hits / events, specificity: 1 - alarms / others };
  }
}

function bothClasses(what: string, scores: Numbers, labels: Numbers): BinaryRows {
  const rows = binaryRows(what, scores, labels);
  if (rows.events > 0 && rows.others > 0) return rows;
  throw new InputError(`${what}: all rows have the same label; choose it on rows of both classes.`);
}

/**
 * The threshold with the largest sensitivity + specificity - 1 (Youden 1950); of equals the highest.
 * @example youdenThreshold([0.9, 0.6, 0.4, 0.1], [1, 1, 0, 0]).threshold // 0.5
 */
export function youdenThreshold(scores: Numbers, labels: Numbers): Threshold {
  let best: Threshold | null = null;
  for (const cut of cuts(bothClasses("Youden threshold", scores, labels))) {
    const gain = best ? cut.sensitivity + cut.specificity - best.sensitivity - best.specificity : 1;
    if (gain > 1e-12) best = cut;
  }
  return best!;
}

/**
 * The highest threshold whose sensitivity reaches the wanted one.
 * @example thresholdAtSensitivity(scores, labels, 0.95).specificity
 */
export function thresholdAtSensitivity(
  scores: Numbers,
  labels: Numbers,
  sensitivity: number,
): Threshold {
  if (!(sensitivity > 0 && sensitivity <= 1)) {
    throw new InputError(`threshold: sensitivity ${sensitivity}; ask for more than 0, at most 1.`);
  }
  for (const cut of cuts(bothClasses("threshold at a sensitivity", scores, labels))) {
    if (cut.sensitivity >= sensitivity) return cut;
  }
  throw new InputError(`threshold: no cut reaches sensitivity ${sensitivity}.`);
}

/**
 * The lowest threshold whose specificity reaches the wanted one.
 * @example thresholdAtSpecificity(scores, labels, 0.9).sensitivity
 */
export function thresholdAtSpecificity(
  scores: Numbers,
  labels: Numbers,
  specificity: number,
): Threshold {
  if (!(specificity > 0 && specificity <= 1)) {
    throw new InputError(`threshold: specificity ${specificity}; ask for more than 0, at most 1.`);
  }
  let best: Threshold | null = null;
  for (const cut of cuts(bothClasses("threshold at a specificity", scores, labels))) {
    if (cut.specificity >= specificity) best = cut;
  }
  if (best) return best;
  throw new InputError(`threshold: no cut reaches specificity ${specificity}.`);
}

/**
 * The probability above which acting costs less than waiting: C_FP / (C_FP + C_FN), right for
 * calibrated probabilities (Elkan 2001).
 * @example costThreshold({ falsePositive: 1, falseNegative: 4 }) // 0.2
 */
export function costThreshold(cost: {
  readonly falsePositive: number;
  readonly falseNegative: number;
}): number {
  const { falsePositive, falseNegative } = cost;
  if (falsePositive > 0 && falseNegative > 0 && falsePositive + falseNegative < Infinity)
    return falsePositive / (falsePositive + falseNegative);
  throw new InputError(
    `threshold: costs ${falsePositive} and ${falseNegative}; both must be above 0 and finite.`,
  );
}
