/** What a test result means: likelihood ratios, and predictive values where the event is rarer or commoner. */
import { InputError } from "../base/errors.ts";
import { exp, log } from "../base/math.ts";
import type { Confusion } from "./confusion.ts";
import { type Estimate, estimated, missing, standardErrors, withoutInterval } from "./estimate.ts";

export interface LikelihoodRatios {
  /** Sensitivity / (1 − specificity): how much a positive call raises the odds. */
  readonly positive: Estimate;
  /** (1 − sensitivity) / specificity: how much a negative call lowers the odds. */
  readonly negative: Estimate;
}

const onLogScale = "normal on the log scale";

/** (a/b) / (c/d) with se of its logarithm √(1/a − 1/b + 1/c − 1/d) (Simel, Samsa & Matchar 1991). */
function ratioOfShares(
  [a, b]: readonly [number, number],
  [c, d]: readonly [number, number],
  level?: number,
) {
  if (b === 0 || d === 0) return missing(onLogScale, "all rows have the same label");
  if (c === 0) return missing(onLogScale, "division by 0: no row of the other class is called so");
  const value = a / b / (c / d);
  if (a === 0) return withoutInterval(value, onLogScale, "no row of its class is called so");
  const reach = standardErrors(level) * Math.sqrt(1 / a - 1 / b + 1 / c - 1 / d);
  return estimated(value, [value * exp(-reach), value * exp(reach)], onLogScale);
}

/**
 * Likelihood ratios of a positive and of a negative call, for independent rows.
 * @example likelihoodRatios(confusion(scores, labels, 0.5)).positive.value
 */
export function likelihoodRatios(
  { truePositive, falsePositive, falseNegative, trueNegative }: Confusion,
  { level }: { readonly level?: number } = {},
): LikelihoodRatios {
  const [events, others] = [truePositive + falseNegative, trueNegative + falsePositive];
  return {
    positive: ratioOfShares([truePositive, events], [falsePositive, others], level),
    negative: ratioOfShares([falseNegative, events], [trueNegative, others], level),
  };
}

export interface PredictiveValues {
  readonly ppv: Estimate;
  readonly npv: Estimate;
}

/**
 * PPV and NPV where a share `prevalence` of rows has the event, from the sensitivity and specificity
 * of a study with other shares: PPV = se π / (se π + (1 − sp)(1 − π)). Intervals on the logit scale
 * (Mercaldo, Lau & Zhou 2007), the prevalence taken as known.
 * @example predictiveValues(confusion(scores, labels, 0.5), { prevalence: 0.01 }).ppv.value
 */
export function predictiveValues(
  table: Confusion,
  { prevalence, level }: { readonly prevalence: number; readonly level?: number },
): PredictiveValues {
  if (!(prevalence > 0 && prevalence < 1))
    throw new InputError(`prevalence ${prevalence}: give a share between 0 and 1, such as 0.02.`);
  const events = table.truePositive + table.falseNegative;
  const others = table.trueNegative + table.falsePositive;
  const method = "normal on the logit scale";
  if (events === 0 || others === 0) {
    const none = missing(method, "all rows have the same label");
    return { ppv: none, npv: none };
  }
  const [se, sp] = [table.truePositive / events, table.trueNegative / others];
  const odds = prevalence / (1 - prevalence);
  // variances of log se, log (1 − se), log sp, log (1 − sp)
  const [lost, hit] = [se / ((1 - se) * events), (1 - se) / (se * events)];
  const [alarm, quiet] = [sp / ((1 - sp) * others), (1 - sp) / (sp * others)];
  const shown = (ratio: number, variance: number): Estimate => {
    if (Number.isNaN(ratio)) return missing(method, "no row is called so at this threshold");
    const value = ratio === Infinity ? 1 : ratio / (1 + ratio);
    if (!(variance < Infinity) || ratio === 0 || ratio === Infinity)
      return withoutInterval(value, method, "sensitivity or specificity is 0 or 1 in these rows");
    const reach = standardErrors(level) * Math.sqrt(variance);
    const [low, high] = [-reach, reach].map((shift) => 1 / (1 + exp(-(log(ratio) + shift))));
    return estimated(value, [low!, high!], method);
  };
  return {
    ppv: shown((se * odds) / (1 - sp), hit + alarm),
    npv: shown(sp / ((1 - se) * odds), lost + quiet),
  };
}
