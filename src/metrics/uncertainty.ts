/** What several predictions of one row tell: how unsure, because of the data and because of the model. */
import { InputError } from "../base/errors.ts";
import { log } from "../base/math.ts";
import type { Numbers } from "./estimate.ts";
import { finite } from "./rows.ts";

/** One number a row, in nats. */
export interface Uncertainty {
  /** Mean probabilities [rows × classes]. */
  readonly mean: Float64Array;
  /** H(mean p): all of it. */
  readonly total: Float64Array;
  /** mean H(p): what more models would not take away. */
  readonly aleatoric: Float64Array;
  /** Their difference, the mutual information of class and model: how much the models disagree. */
  readonly epistemic: Float64Array;
}

/** Σ −p ln p of each row. */
function entropies(p: Float64Array, classes: number): Float64Array {
  const sums = new Float64Array(p.length / classes);
  p.forEach((share, i) => {
    if (share > 0) sums[Math.floor(i / classes)]! -= share * log(share);
  });
  return sums;
}

/**
 * Uncertainty of an ensemble's members, or of passes with dropout on (Depeweg et al. 2018; Houlsby et
 * al. 2011): entropy of the mean, mean of the entropies, and their difference. Each member gives
 * probabilities [rows × classes].
 * @example uncertainty([[0.9, 0.1], [0.5, 0.5]], { classes: 2 }).epistemic[0]
 */
export function uncertainty(
  members: readonly Numbers[],
  { classes }: { readonly classes: number },
): Uncertainty {
  const [first] = members;
  if (!first) throw new InputError("uncertainty: no members; give at least two predictions.");
  if (!(Number.isInteger(classes) && classes >= 2) || first.length % classes !== 0)
    throw new InputError(`uncertainty: ${first.length} numbers are no rows of ${classes} classes.`);
  if (members.some(({ length }) => length !== first.length))
    throw new InputError("uncertainty: members predict different numbers of rows.");
  const all = members.map((member) => finite("uncertainty", member));
  const average = (lists: readonly Float64Array[]) =>
    lists[0]!.map((_, i) => lists.reduce((sum, list) => sum + list[i]!, 0) / lists.length);
  const mean = average(all);
  const total = entropies(mean, classes);
  const aleatoric = average(all.map((member) => entropies(member, classes)));
  return {
    mean,
    total,
    aleatoric,
    epistemic: total.map((h, row) => Math.max(0, h - aleatoric[row]!)),
  };
}
