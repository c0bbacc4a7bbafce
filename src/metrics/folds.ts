/** Two models over the same folds: the corrected resampled t test. */
import { InputError } from "../base/errors.ts";
import {
  type Comparison,
  checkLevel,
  DEFAULT_LEVEL,
  type Numbers,
  noComparison,
} from "./estimate.ts";
import { finite, sameLength } from "./rows.ts";
import { studentCdf, studentReach } from "./student.ts";

/**
 * Difference of two models' scores over the same folds, first minus second: Nadeau and Bengio's
 * corrected t test (2003), variance × (1/J + n_test / n_train), as folds share training rows. Scores
 * of repeated cross-validation count as J = folds × repeats.
 * @example compareFolds(networkAurocs, logisticAurocs, { testRows: 57, trainRows: 512 }).p
 */
export function compareFolds(
  first: Numbers,
  second: Numbers,
  sizes: { readonly testRows: number; readonly trainRows: number; readonly level?: number },
): Comparison & { readonly t: number | null } {
  sameLength("scores of two models by fold", first, second);
  const { testRows, trainRows, level = DEFAULT_LEVEL } = sizes;
  checkLevel(level);
  if (!(testRows > 0 && trainRows > 0))
    throw new InputError(`comparison by folds: ${testRows} test and ${trainRows} training rows.`);
  const method = "corrected resampled t (Nadeau-Bengio)";
  const gaps = finite("scores", first).map((score, i) => score - second[i]!);
  const count = gaps.length;
  if (count < 2) return { ...noComparison(method, "it takes two or more folds"), t: null };
  const difference = gaps.reduce((sum, gap) => sum + gap, 0) / count;
  const variance =
    gaps.reduce((sum, gap) => sum + (gap - difference) * (gap - difference), 0) / (count - 1);
  if (!(variance > 0)) {
    const reason = "the difference is the same in every fold";
    return { difference, low: null, high: null, p: null, t: null, method, reason };
  }
  const error = Math.sqrt((1 / count + testRows / trainRows) * variance);
  const t = difference / error;
  const reach = studentReach(level, count - 1) * error;
  const p = 2 * studentCdf(-Math.abs(t), count - 1);
  return { difference, low: difference - reach, high: difference + reach, p, t, method };
}
