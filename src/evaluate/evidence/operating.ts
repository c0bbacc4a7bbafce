/** At the frozen threshold: exact intervals, likelihood ratios, another prevalence, the baseline's calls. */
import { bootstrapAll } from "../../metrics/bootstrap.ts";
import {
  atThreshold,
  compareAccuracy,
  confusion,
  type Estimate,
  likelihoodRatios,
  predictiveValues,
} from "../../metrics/index.ts";
import type { Predictions } from "../types.ts";
import type { Interval } from "./curves.ts";
import type { ThresholdChoice } from "./rule.ts";
import type { OperatingEvidence } from "./types.ts";

export interface OperatingSource {
  readonly predictions: Predictions;
  readonly truth: Float64Array;
  readonly baseline?: Predictions | undefined;
  readonly threshold: number;
  readonly choice: ThresholdChoice | null;
  readonly prevalence?: number | undefined;
}

const note =
  "Accuracy, F1, MCC and kappa weigh a missed event like a false alarm and depend on how common the event is: they are no proper measures at a clinical threshold (Van Calster et al. 2025). Read sensitivity, specificity and net benefit.";

export function operatingEvidence(
  { predictions, truth, baseline, threshold, choice, prevalence }: OperatingSource,
  interval: Interval,
): OperatingEvidence {
  const { values: calls } = predictions;
  const { sensitivity, specificity, ppv, npv, accuracy } = atThreshold(calls, truth, {
    ...{ ...interval, threshold: 0.5, interval: "clopper-pearson" },
  });
  const table = confusion(calls, truth, 0.5);
  const { level } = interval;
  const known = level === undefined ? {} : { level };
  const right = (values: Float64Array) => values.map((call, row) => Number(call === truth[row]));
  const grouped = interval.grouped ? byGroups(calls, truth, { interval, prevalence }) : null;
  const ratios = likelihoodRatios(table, known);
  const values =
    prevalence === undefined ? null : predictiveValues(table, { ...known, prevalence });
  return {
    threshold,
    choice,
    exact: { sensitivity, specificity, ppv, npv, accuracy },
    likelihoodRatios: {
      positive: grouped ? either(grouped.positive, ratios.positive) : ratios.positive,
      negative: grouped ? either(grouped.negative, ratios.negative) : ratios.negative,
    },
    atPrevalence: values && {
      prevalence: prevalence!,
      ppv: grouped ? either(grouped.ppv, values.ppv) : values.ppv,
      npv: grouped ? either(grouped.npv, values.npv) : values.npv,
    },
    mcnemar: baseline ? compareAccuracy(right(calls), right(baseline.values), interval) : null,
    note,
  };
}

/** The bootstrap's, unless the number does not exist: then the reason why. */
const either = (found: Estimate, plain: Estimate): Estimate =>
  plain.value === null ? plain : found;

/** The same numbers from resampled groups. */
function byGroups(
  calls: Float64Array,
  truth: Float64Array,
  { interval, prevalence = 0.5 }: { interval: Interval; prevalence: number | undefined },
) {
  const odds = prevalence / (1 - prevalence);
  const ratio = (top: number, bottom: number) =>
    Number.isFinite(top / bottom) ? top / bottom : null;
  const share = (value: number | null) => (value === null ? null : value / (1 + value));
  return bootstrapAll({ ...interval, rows: truth.length }, (weights) => {
    const counts = new Float64Array(4);
    calls.forEach((call, row) => {
      counts[2 * truth[row]! + call]! += weights[row]!;
    });
    const [quiet, alarm, lost, hit] = counts;
    const [events, others] = [lost! + hit!, quiet! + alarm!];
    const [se, sp] = [hit! / events, quiet! / others];
    return {
      positive: ratio(se, 1 - sp),
      negative: ratio(1 - se, sp),
      ppv: share(ratio(se * odds, 1 - sp)) ?? (sp === 1 && se > 0 ? 1 : null),
      npv: share(ratio(sp, (1 - se) * odds)) ?? (se === 1 && sp > 0 ? 1 : null),
    };
  });
}
