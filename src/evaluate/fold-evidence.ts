/** What folds tell as folds: the mean AUROC with its interval, and the network against its baseline. */
import {
  type Comparison,
  compareFolds,
  crossValidatedAuroc,
  type Estimate,
} from "../metrics/index.ts";
import type { Judged } from "./cross-validate.ts";
import { positives } from "./interpret.ts";
import { statisticsOf } from "./statistics.ts";
import type { FoldResult, Prepared } from "./types.ts";

export interface FoldEvidence {
  /** Mean of the folds' AUROC with LeDell's interval; `null` unless binary. */
  readonly auroc: Estimate | null;
  /** Network minus baseline by Nadeau and Bengio's corrected t over the folds. */
  readonly comparison: Comparison & { readonly statistic: string; readonly t: number | null };
}

/** Few resamples: the baseline's own intervals are not shown. */
const quick = { resamples: 100 };
const compared = { binary: "auroc", classes: "accuracy", regression: "rmse" } as const;

export function foldEvidence(
  { target, groups }: Prepared,
  judged: readonly Judged[],
  results: readonly FoldResult[],
): FoldEvidence {
  const statistic = compared[target.task];
  const pairs = judged.flatMap(({ baseline, truth }, i) => {
    const ours = results[i]!.values[statistic] ?? null;
    const theirs = statisticsOf(baseline, truth, quick).statistics[statistic]?.value ?? null;
    return ours === null || theirs === null ? [] : [[ours, theirs] as const];
  });
  const mean = (of: (rows: FoldResult["rows"]) => number) =>
    results.reduce((sum, { rows }) => sum + of(rows), 0) / results.length;
  const sizes = {
    testRows: mean(({ held }) => held),
    trainRows: mean(({ training, validation }) => training + validation),
  };
  const [first, second] = [0, 1].map((side) => pairs.map((pair) => pair[side]!));
  return {
    auroc:
      target.task === "binary"
        ? crossValidatedAuroc(
            judged.map(({ network, truth, units }, i) => ({
              ...{ scores: positives(network), labels: truth, repeat: results[i]!.repeat },
              ...(groups ? { groups: units } : {}),
            })),
          )
        : null,
    comparison: { statistic, ...compareFolds(first!, second!, sizes) },
  };
}
