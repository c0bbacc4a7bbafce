/** How calls over several classes agree with the truth, as one number. */
import { bootstrap, bootstrapAll, weightedMean } from "./bootstrap.ts";
import { type Estimate, type IntervalOptions, missing } from "./estimate.ts";
import { type ClassRows, checkedClasses, mostLikely } from "./multiclass.ts";

/** Summaries of the whole confusion matrix; each counts all errors alike, as no clinic does. */
export interface ClassAgreement {
  /** Mean over the classes of the share of their rows called so. */
  readonly balancedAccuracy: Estimate;
  /** Mean over the classes, true or called, of 2 TP / (2 TP + FP + FN). */
  readonly macroF1: Estimate;
  /** Gorodkin's correlation of K classes (2004). */
  readonly mcc: Estimate;
  /** Cohen's (1960), unweighted. */
  readonly kappa: Estimate;
}

/**
 * Balanced accuracy, macro F1, MCC and kappa of the likeliest classes, with bootstrap intervals
 * stratified by class.
 * @example classAgreement({ probabilities, labels, classes: 3 }).kappa.value
 */
export function classAgreement(input: ClassRows, options: IntervalOptions = {}): ClassAgreement {
  const calls = mostLikely(input);
  const { classes } = input;
  const cells = calls.map((call, row) => input.labels[row]! * classes + call);
  const design = { ...options, rows: calls.length, strata: input.labels };
  const found = bootstrapAll(design, (weights) => {
    const table = new Float64Array(classes * classes);
    cells.forEach((cell, row) => {
      table[cell]! += weights[row]!;
    });
    return read(table, classes);
  });
  const one = missing(found.mcc.method, "all labels or all calls are the same");
  const filled = (estimate: Estimate) => (estimate.value === null ? one : estimate);
  return { ...found, mcc: filled(found.mcc), kappa: filled(found.kappa) };
}

function read(table: Float64Array, classes: number) {
  const each = Array.from({ length: classes }, (_, k) => k);
  const sum = (of: (k: number) => number) => each.reduce((total, k) => total + of(k), 0);
  const truth = each.map((k) => sum((j) => table[k * classes + j]!));
  const called = each.map((k) => sum((j) => table[j * classes + k]!));
  const right = (k: number) => table[k * classes + k]!;
  const present = each.filter((k) => truth[k]! > 0);
  const met = each.filter((k) => truth[k]! + called[k]! > 0);
  const mean = (list: readonly number[], of: (k: number) => number) =>
    list.reduce((total, k) => total + of(k), 0) / list.length;
  const total = sum((k) => truth[k]!);
  const chance = sum((k) => truth[k]! * called[k]!);
  const left = (margin: readonly number[]) => total * total - sum((k) => margin[k]! * margin[k]!);
  const excess = sum(right) * total - chance;
  const spread = left(truth) * left(called);
  return {
    balancedAccuracy: mean(present, (k) => right(k) / truth[k]!),
    macroF1: mean(met, (k) => (2 * right(k)) / (truth[k]! + called[k]!)),
    mcc: spread > 0 ? excess / Math.sqrt(spread) : null,
    kappa: chance < total * total ? excess / (total * total - chance) : null,
  };
}

/**
 * Brier score over several classes, mean of Σ (p − y)² (Brier 1950): 0 is perfect, 2 the worst.
 * @example classBrier({ probabilities: [0.5, 0.25, 0.25], labels: [0], classes: 3 }).value // 0.375
 */
export function classBrier(input: ClassRows, options: IntervalOptions = {}): Estimate {
  const { probabilities, labels, classes, rows } = checkedClasses("Brier score", input);
  const errors = Float64Array.from(labels, (label, row) => {
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const gap = probabilities[row * classes + k]! - Number(k === label);
      sum += gap * gap;
    }
    return sum;
  });
  return bootstrap({ ...options, rows }, weightedMean(errors));
}
