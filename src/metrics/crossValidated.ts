/** The mean of the folds' AUROC, with an interval from its influence curve. */
import { placements } from "./delong.ts";
import {
  type Estimate,
  estimated,
  type IntervalOptions,
  missing,
  type Numbers,
  standardErrors,
  withoutInterval,
} from "./estimate.ts";
import { binaryRows } from "./rows.ts";

/** The held-out rows of one fold. */
export interface FoldScores {
  readonly scores: Numbers;
  readonly labels: Numbers;
  /** One number a row; rows of one patient share it. */
  readonly groups?: Numbers;
  /** Which repeat of the cross-validation it belongs to, 0 by default. */
  readonly repeat?: number;
}

const method = "influence curve (LeDell)";

/**
 * Mean AUROC over the folds of a cross-validation and LeDell, Petersen and van der Laan's interval
 * (2015): the variance of each row's influence over the number of rows, in each repeat, averaged over
 * repeats, as repeats bring no new rows. Rows of one group add up their influence first. Folds of one
 * class are left out.
 * @example crossValidatedAuroc([{ scores, labels }, { scores: others, labels: theirs }]).low
 */
export function crossValidatedAuroc(
  folds: readonly FoldScores[],
  { level }: Pick<IntervalOptions, "level"> = {},
): Estimate {
  const known = folds
    .map((fold) => ({
      ...fold,
      rows: binaryRows("cross-validated AUROC", fold.scores, fold.labels),
    }))
    .filter(({ rows }) => rows.events > 0 && rows.others > 0);
  if (known.length === 0) return missing(method, "no fold has rows of both classes");
  const placed = known.map(({ rows }) => placements(rows));
  const value = placed.reduce((sum, { auroc }) => sum + auroc, 0) / placed.length;
  const repeats = new Map<number, number[]>();
  known.forEach(({ repeat = 0 }, i) => {
    repeats.set(repeat, [...(repeats.get(repeat) ?? []), i]);
  });
  const variances = [...repeats.values()].map((places) =>
    varianceOf(places.map((i) => ({ ...known[i]!, placed: placed[i]! }))),
  );
  const error = Math.sqrt(variances.reduce((sum, each) => sum + each, 0) / variances.length);
  if (!(error > 0)) return withoutInterval(value, method, "the influence of every row is the same");
  const reach = standardErrors(level) * error;
  return estimated(value, [Math.max(0, value - reach), Math.min(1, value + reach)], method);
}

type Placed = FoldScores & {
  readonly rows: ReturnType<typeof binaryRows>;
  readonly placed: ReturnType<typeof placements>;
};

/** Mean over folds of the mean squared influence of its units, over all units. */
function varianceOf(folds: readonly Placed[]): number {
  const rows = folds.reduce((sum, fold) => sum + fold.rows.labels.length, 0);
  const events = folds.reduce((sum, fold) => sum + fold.rows.events, 0);
  const shares = [(rows - events) / rows, events / rows];
  let [units, squares] = [0, 0];
  for (const { rows: own, placed, groups } of folds) {
    const sums = new Map<number, number>();
    const next = [0, 0];
    own.labels.forEach((label, row) => {
      const share = (label === 1 ? placed.events : placed.others)[next[label]!++]!;
      const influence = (share - placed.auroc) / shares[label]!;
      const unit = groups ? groups[row]! : row;
      sums.set(unit, (sums.get(unit) ?? 0) + influence);
    });
    const size = own.labels.length / sums.size;
    let square = 0;
    for (const sum of sums.values()) square += (sum / size) * (sum / size);
    squares += square / sums.size;
    units += sums.size;
  }
  return squares / folds.length / units;
}
