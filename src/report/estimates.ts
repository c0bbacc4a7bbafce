/** Numbers as `metrics.json` holds them: estimates by name, whatever else stands there. */
import { InputError } from "../base/errors.ts";
import type { Comparison, Estimate } from "../metrics/index.ts";
import { isObject } from "./testRows.ts";

const isNumber = (value: unknown): value is number => typeof value === "number";
const orNull = (value: unknown): number | null => (isNumber(value) ? value : null);

/** The value at a path of names; `undefined` where it ends before. */
export function at(json: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) => (isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined),
    json,
  );
}

/** An estimate, if it is one. */
export function estimateAt(json: unknown, ...path: readonly string[]): Estimate | null {
  const found = at(json, ...path);
  if (!isObject(found) || !("value" in found)) return null;
  const { value, low, high, method, reason } = found;
  return {
    ...{ value: orNull(value), low: orNull(low), high: orNull(high) },
    method: typeof method === "string" ? method : "",
    ...(typeof reason === "string" ? { reason } : {}),
  };
}

/** How many test rows of each true label were called each label: [true][called]. */
export function confusionAt(json: unknown, labels: readonly string[]): number[][] {
  const counts = at(json, "confusion", "counts");
  const isRow = (row: unknown) =>
    Array.isArray(row) && row.length === labels.length && row.every(isNumber);
  if (Array.isArray(counts) && counts.length === labels.length && counts.every(isRow))
    return counts;
  throw new InputError("metrics.json holds no confusion matrix of these labels. Train again.");
}

/** A comparison of two models, if it is one. */
export function comparisonAt(json: unknown, ...path: readonly string[]) {
  const found = at(json, ...path);
  if (!isObject(found) || !("difference" in found)) return null;
  const { difference, low, high, p, method, statistic, against } = found;
  const comparison: Comparison = {
    ...{ difference: orNull(difference), low: orNull(low), high: orNull(high), p: orNull(p) },
    method: String(method ?? ""),
  };
  return { ...comparison, statistic: String(statistic ?? ""), against: String(against ?? "") };
}

/** A statistic: what people call it, which way is better, and a sentence on what it says. */
export interface StatisticName {
  readonly key: string;
  readonly name: string;
  readonly ideal: string;
}

const named = (key: string, name: string, ideal: string): StatisticName => ({ key, name, ideal });

/** In the order in which a reviewer asks for them. */
export const statisticNames: readonly StatisticName[] = [
  named("auroc", "AUROC", "1; 0.5 is chance"),
  named("auprc", "average precision", "1; the share of events is chance"),
  named("brier", "Brier score", "0"),
  named("scaledBrier", "scaled Brier score", "1; 0 is the same risk for everyone"),
  named("logLoss", "log loss", "0"),
  named("calibrationIntercept", "calibration in the large", "0"),
  named("calibrationSlope", "calibration slope", "1"),
  named("observedOverExpected", "observed / expected events", "1"),
  named("sensitivity", "sensitivity", "1"),
  named("specificity", "specificity", "1"),
  named("ppv", "PPV", "1"),
  named("npv", "NPV", "1"),
  named("accuracy", "accuracy", "1"),
  named("balancedAccuracy", "balanced accuracy", "1"),
  named("f1", "F1", "1"),
  named("mcc", "MCC", "1"),
  named("kappa", "Cohen's κ", "1"),
  named("r2", "R²", "1; 0 is the mean for everyone"),
  named("rmse", "RMSE", "0"),
  named("mae", "mean absolute error", "0"),
];

/** Improper where a threshold is for a decision (Van Calster et al. 2025). */
export const improper: ReadonlySet<string> = new Set([
  ...["accuracy", "balancedAccuracy", "f1", "mcc", "kappa"],
]);
export const nameOf = (key: string): string =>
  statisticNames.find((each) => each.key === key)?.name ?? key;

/** What baselines are called. */
export const baselineNames: Readonly<Record<string, string>> = {
  logistic: "logistic regression",
  softmax: "multinomial logistic regression",
  linear: "linear regression",
};

/** The model without hidden layers, as `metrics.json` and as people call it. */
export function baselineOf(metrics: unknown): { readonly key: string; readonly name: string } {
  const found = Object.keys(Object(at(metrics, "baseline"))).find((name) => name !== "constant");
  const key = found ?? "";
  return { key, name: baselineNames[key] ?? key };
}
