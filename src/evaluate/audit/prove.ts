/** What a suspicion is worth: the same cross-validation with its cause and without. */
import { InputError } from "../../base/errors.ts";
import { type Table, takeRows } from "../../data/index.ts";
import type { Estimate } from "../../metrics/estimate.ts";
import { prepare } from "../prepare.ts";
import { study } from "../study.ts";
import type { StudyOptions, StudyRunOptions } from "../types.ts";
import type { Remedy } from "./types.ts";

export interface Proof {
  /** `auroc` or `r2`. */
  readonly statistic: string;
  /** Pooled over the folds, as the table came and without the cause. */
  readonly as: Estimate;
  readonly without: Estimate;
}

const folds = 5;

/** A table without some rows. */
const withoutRows = (table: Table, rows: ReadonlySet<number>): Table =>
  takeRows(
    table,
    Array.from({ length: table.rows }, (_, row) => row).filter((row) => !rows.has(row)),
  );

function remedied(table: Table, options: StudyOptions, remedy: Remedy): [Table, StudyOptions] {
  if (remedy.kind === "group") return [table, { ...options, group: remedy.column }];
  if (remedy.kind === "time") return [table, { ...options, time: remedy.column }];
  if (remedy.kind === "drop rows") return [withoutRows(table, new Set(remedy.rows)), options];
  return [table, { ...options, ignore: [...(options.ignore ?? []), ...remedy.columns] }];
}

/**
 * Trains twice by five-fold cross-validation, with the suspicion's cause and without it. Throws an
 * `InputError` where nothing can be taken away.
 *
 *     const { as, without } = await prove(table, options, suspicion); // AUROC 0.93, 0.81
 */
export async function prove(
  table: Table,
  options: StudyOptions,
  { remedy, check }: { readonly remedy: Remedy | null; readonly check: string },
  run: StudyRunOptions = {},
): Promise<Proof> {
  if (!remedy)
    throw new InputError(`“${check}” cannot be proved by leaving something out. Mend the table.`);
  const pooled = async (given: Table, how: StudyOptions) => {
    const done = await study(prepare(given, { ...how, folds, repeats: 1 }), run);
    return done.crossValidation!.pooled;
  };
  const as = await pooled(table, options);
  const without = await pooled(...remedied(table, options, remedy));
  const statistic = as.task === "regression" ? "r2" : "auroc";
  return { statistic, as: as.statistics[statistic]!, without: without.statistics[statistic]! };
}
