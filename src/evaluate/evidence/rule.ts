/** How a threshold is chosen: the words of `--threshold`, and what they come to on validation rows. */
import { InputError } from "../../base/errors.ts";
import {
  confusion,
  costThreshold,
  type Numbers,
  type Threshold,
  thresholdAtSensitivity,
  thresholdAtSpecificity,
  youdenThreshold,
} from "../../metrics/index.ts";
import { evenThreshold } from "../interpret.ts";

/** A threshold and where it comes from. */
export interface ThresholdChoice {
  /** `youden`, `sensitivity=0.95`, `specificity=0.9`, `cost=1:4`, `probability=0.2`. */
  readonly rule: string;
  readonly value: number;
  /** On the validation rows; `null` where they have one class. */
  readonly sensitivity: number | null;
  readonly specificity: number | null;
  /** Why the rule could not be followed, where it is 0.5 instead. */
  readonly reason?: string;
}

export const usualRule = "youden";

const share = (text: string): number => (/^(0?\.\d+|1(\.0*)?)$/.test(text) ? Number(text) : NaN);

type Rule = (p: Numbers, y: Numbers) => Threshold | number;

/** The rule of some words, or an `InputError` with those that are known. */
function ruleOf(text: string): { readonly rule: Rule; readonly fixed: boolean } {
  const [name, value = "", ...rest] = text.trim().split("=");
  const at = share(value);
  const inside = at > 0 && rest.length === 0;
  if (name === "youden" && value === "" && rest.length === 0)
    return { rule: youdenThreshold, fixed: false };
  if (name === "sensitivity" && inside)
    return { rule: (p, y) => thresholdAtSensitivity(p, y, at), fixed: false };
  if (name === "specificity" && inside)
    return { rule: (p, y) => thresholdAtSpecificity(p, y, at), fixed: false };
  if (name === "probability" && inside && at < 1) return { rule: () => at, fixed: true };
  const cost = /^(\d+\.?\d*|\.\d+):(\d+\.?\d*|\.\d+)$/.exec(value);
  if (name === "cost" && cost && rest.length === 0) {
    const [falsePositive, falseNegative] = [Number(cost[1]), Number(cost[2])];
    const cut = costThreshold({ falsePositive, falseNegative });
    return { rule: () => cut, fixed: true };
  }
  throw new InputError(
    `The threshold rule is “${text}”. It must be youden, sensitivity=0.95, specificity=0.9, cost=1:4 (a false positive : a false negative) or probability=0.2.`,
  );
}

/** Throws an `InputError` for a rule that is none. */
export function checkRule(text: string): void {
  ruleOf(text);
}

/**
 * The threshold that a rule gives on validation rows; 0.5 where they have one class and the rule
 * needs two.
 *
 *     chooseBy("sensitivity=0.95", probabilities, labels).value
 */
export function chooseBy(text: string, p: Float64Array, y: Float64Array): ThresholdChoice {
  const { rule, fixed } = ruleOf(text);
  const events = y.reduce((sum, each) => sum + each, 0);
  const oneClass = events === 0 || events === y.length;
  if (oneClass && !fixed)
    return {
      ...{ rule: text, value: evenThreshold, sensitivity: null, specificity: null },
      reason: "all validation rows have the same label",
    };
  const found = rule(p, y);
  const value = typeof found === "number" ? found : found.threshold;
  if (oneClass) return { rule: text, value, sensitivity: null, specificity: null };
  const { truePositive, trueNegative } = confusion(p, y, value);
  return {
    rule: text,
    value,
    sensitivity: truePositive / events,
    specificity: trueNegative / (y.length - events),
  };
}
