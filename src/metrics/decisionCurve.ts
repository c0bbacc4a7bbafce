/** Net benefit of treating by a model, against treating all or none: decision curve analysis. */
import { InputError } from "../base/errors.ts";
import { bootstrapAll, onceEach } from "./bootstrap.ts";
import type { Estimate, IntervalOptions, Numbers } from "./estimate.ts";
import { type BinaryRows, probabilityRows } from "./rows.ts";

export interface DecisionCurveOptions extends IntervalOptions {
  /** Threshold probabilities, 0.01, 0.02, … 0.99 by default; told back in ascending order. */
  readonly thresholds?: Numbers | undefined;
}

/** What a threshold probability is worth: treated are rows with p ≥ threshold. */
export interface DecisionPoint {
  readonly threshold: number;
  /** TP/n − FP/n · t/(1 − t), in true positives a row. */
  readonly netBenefit: Estimate;
  /** Of treating everybody: π − (1 − π) · t/(1 − t). That of treating nobody is 0. */
  readonly treatAll: number;
  /** Treatments avoided a hundred rows without missing more events: 100 (NB − NB_all)(1 − t)/t. */
  readonly avoided: Estimate;
}

const usual = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);

/**
 * Decision curve (Vickers & Elkin 2006): net benefit at each threshold probability with bootstrap
 * intervals, of groups where they repeat; the rows are those of the population that the threshold is
 * for, so prevalence matters. Throws an `InputError` for a threshold outside (0, 1).
 * @example decisionCurve(probabilities, labels, { thresholds: [0.1, 0.2] })[0].netBenefit.value
 */
export function decisionCurve(
  probabilities: Numbers,
  labels: Numbers,
  { thresholds = usual, ...options }: DecisionCurveOptions = {},
): DecisionPoint[] {
  const rows = probabilityRows("decision curve", probabilities, labels);
  const at = Float64Array.from(thresholds).sort();
  const bad = at.find((t) => !(t > 0 && t < 1));
  if (bad !== undefined)
    throw new InputError(`decision curve: threshold ${bad}; a probability between 0 and 1.`);
  const design = { ...options, rows: rows.scores.length };
  const cuts = { at, reached: rows.scores.map((p) => at.reduce((n, t) => n + Number(p >= t), 0)) };
  const whole = benefits(rows, cuts, onceEach(rows.scores.length));
  const estimates = bootstrapAll(design, (weights) => {
    const { model, all } = benefits(rows, cuts, weights);
    return Object.fromEntries(
      [...at].flatMap((t, i) => [
        [`benefit${i}`, model[i]!],
        [`avoided${i}`, (100 * (model[i]! - all[i]!) * (1 - t)) / t],
      ]),
    );
  });
  return Array.from(at, (threshold, i) => ({
    threshold,
    netBenefit: estimates[`benefit${i}`]!,
    treatAll: whole.all[i]!,
    avoided: estimates[`avoided${i}`]!,
  }));
}

/** Thresholds in ascending order, and how many of them each row reaches. */
interface Cuts {
  readonly at: Float64Array;
  readonly reached: Float64Array;
}

/** Net benefit of the model and of treating all, one a threshold. */
function benefits({ labels }: BinaryRows, { at, reached }: Cuts, weights: Float64Array) {
  // rows by how many thresholds they reach, then summed over so many or more
  const [hits, alarms] = [new Float64Array(at.length + 1), new Float64Array(at.length + 1)];
  for (let row = 0; row < labels.length; row++)
    (labels[row] === 1 ? hits : alarms)[reached[row]!]! += weights[row]!;
  for (let i = at.length - 1; i >= 0; i--) {
    hits[i]! += hits[i + 1]!;
    alarms[i]! += alarms[i + 1]!;
  }
  const [events, others] = [hits[0]!, alarms[0]!];
  const worth = (positive: number, negative: number, t: number) =>
    (positive - negative * (t / (1 - t))) / (events + others);
  return {
    model: at.map((t, i) => worth(hits[i + 1]!, alarms[i + 1]!, t)),
    all: at.map((t) => worth(events, others, t)),
  };
}
