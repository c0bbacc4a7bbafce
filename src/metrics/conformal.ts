/** Split conformal prediction: sets of classes, or intervals, that hold the truth as often as promised. */
import { InputError } from "../base/errors.ts";
import type { Numbers } from "./estimate.ts";
import type { ClassRows } from "./multiclass.ts";
import { finite, sameLength } from "./rows.ts";

/**
 * How strange a class is: `lac`, 1 − p of it (Sadinle, Lei & Wasserman 2019), the smallest sets; `aps`,
 * the probability of all classes at least as likely (Romano, Sesia & Candès 2020), sets that adapt to
 * the row; never empty.
 */
export type ConformalScore = "lac" | "aps";

export interface ConformalOptions {
  /** Share of rows whose set may miss the truth, 0.1 by default. */
  readonly alpha?: number;
  /** `lac` by default. */
  readonly score?: ConformalScore;
  /** A quantile for each true class, so that each class is covered as promised (Mondrian). */
  readonly byClass?: boolean;
}

export interface ConformalSets {
  /** The largest strangeness that a class of a set may have; one a class, equal unless `byClass`. */
  readonly quantiles: readonly number[];
  /** [rows × classes], 1 for a class in the row's set. */
  readonly sets: Uint8Array;
}

/** Which share of rows the sets hold the truth of, and how large they are. */
export interface Coverage {
  readonly coverage: number;
  readonly meanSize: number;
  readonly empty: number;
  readonly rows: number;
}

/** The ⌈(n + 1)(1 − α)⌉-th smallest; ∞ where there are too few to promise anything. */
function conformalQuantile(scores: readonly number[], alpha: number): number {
  const rank = Math.ceil((scores.length + 1) * (1 - alpha) - 1e-9);
  return rank > scores.length ? Infinity : scores.toSorted((a, b) => a - b)[rank - 1]!;
}

function strangeness({ probabilities, classes }: ClassRows, kind: ConformalScore): Float64Array {
  const all = Float64Array.from(probabilities);
  if (kind === "lac") return all.map((p) => 1 - p);
  return all.map((p, i) => {
    const row = all.subarray(i - (i % classes), i - (i % classes) + classes);
    return row.reduce((sum, other) => (other >= p ? sum + other : sum), 0);
  });
}

function checked(what: string, { probabilities, labels, classes }: ClassRows, alpha: number) {
  if (!(alpha > 0 && alpha < 1))
    throw new InputError(`${what}: alpha ${alpha}; a share between 0 and 1, such as 0.1.`);
  if (labels.length === 0) throw new InputError(`${what}: no rows to calibrate with.`);
  if (probabilities.length === labels.length * classes) return;
  throw new InputError(
    `${what}: ${probabilities.length} probabilities for ${labels.length} rows of ${classes} classes.`,
  );
}

/**
 * The largest strangeness that a class of a set may have, one a class, equal unless `byClass`; ∞ with
 * too few rows of calibration to promise anything.
 * @example conformalQuantiles(calibration, { alpha: 0.1 })
 */
export function conformalQuantiles(
  calibration: ClassRows,
  { alpha = 0.1, score = "lac", byClass = false }: ConformalOptions = {},
): readonly number[] {
  checked("conformal sets", calibration, alpha);
  const { classes, labels } = calibration;
  const known = strangeness(calibration, score);
  const own = Array.from(labels, (label, row) => known[row * classes + label]!);
  const of = (k: number) => own.filter((_, row) => !byClass || labels[row] === k);
  return Array.from({ length: classes }, (_, k) => conformalQuantile(of(k), alpha));
}

/**
 * The sets of new rows by known quantiles: [rows × classes], 1 for a class in the row's set.
 * @example setsWithin({ probabilities, classes: 2 }, { quantiles: [0.75, 0.75], score: "lac" })
 */
export function setsWithin(
  { probabilities, classes }: Pick<ClassRows, "probabilities" | "classes">,
  { quantiles, score }: { readonly quantiles: readonly number[]; readonly score: ConformalScore },
): Uint8Array {
  const strange = strangeness({ probabilities, classes, labels: [] }, score);
  const sets = Uint8Array.from(strange, (s, i) => Number(s <= quantiles[i % classes]!));
  if (score === "aps")
    // the likeliest class is always told
    for (let row = 0; row < strange.length; row += classes) {
      const among = strange.subarray(row, row + classes);
      sets[row + among.indexOf(Math.min(...among))] = 1;
    }
  return sets;
}

/**
 * Sets of classes for new rows from the rows of a calibration set, which the model has not learned
 * from. If rows are exchangeable, a set holds the true class of at least 1 − α of new rows (Vovk,
 * Gammerman & Shafer 2005); rows of one patient are not: calibrate with one row a patient.
 * @example conformalSets(calibration, { probabilities, classes: 2 }, { alpha: 0.1 }).sets
 */
export function conformalSets(
  calibration: ClassRows,
  rows: Pick<ClassRows, "probabilities" | "classes">,
  options: ConformalOptions = {},
): ConformalSets {
  const quantiles = conformalQuantiles(calibration, options);
  return { quantiles, sets: setsWithin(rows, { quantiles, score: options.score ?? "lac" }) };
}

/**
 * How often sets hold the truth and how large they are, of all rows or of `among`.
 * @example coverageOf(sets, labels, 2).coverage
 */
export function coverageOf(
  sets: Uint8Array,
  labels: Numbers,
  classes: number,
  among: (row: number) => boolean = () => true,
): Coverage {
  let [rows, held, size, empty] = [0, 0, 0, 0];
  for (let row = 0; row < labels.length; row++) {
    if (!among(row)) continue;
    const set = sets.subarray(row * classes, (row + 1) * classes);
    const members = set.reduce((sum, member) => sum + member, 0);
    rows++;
    size += members;
    held += set[labels[row]!]!;
    if (members === 0) empty++;
  }
  return { coverage: held / rows, meanSize: size / rows, empty, rows };
}

/**
 * Half the width of an interval around a predicted number that holds the truth in at least 1 − α of
 * new rows: the conformal quantile of |residual| on calibration rows; ∞ with too few of them.
 * @example conformalWidth(predictions, targets, { alpha: 0.1 })
 */
export function conformalWidth(
  predictions: Numbers,
  targets: Numbers,
  { alpha = 0.1 }: { readonly alpha?: number } = {},
): number {
  sameLength("conformal interval", predictions, targets);
  checked("conformal interval", { probabilities: predictions, labels: targets, classes: 1 }, alpha);
  const right = finite("targets", targets);
  const gaps = finite("predictions", predictions).map((p, i) => Math.abs(p - right[i]!));
  return conformalQuantile([...gaps], alpha);
}
