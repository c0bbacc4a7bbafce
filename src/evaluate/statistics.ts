/** Every number of a model on rows that it never saw, each with its interval. */
import { auroc, compareAuroc } from "../metrics/auroc.ts";
import {
  calibrationInTheLarge,
  calibrationSlope,
  observedOverExpected,
} from "../metrics/calibration.ts";
import { atThreshold } from "../metrics/confusion.ts";
import type { Estimate, IntervalOptions } from "../metrics/estimate.ts";
import { compareAccuracy } from "../metrics/mcnemar.ts";
import { classAccuracy, classLogLoss, classRecalls, macroAuroc } from "../metrics/multiclass.ts";
import { averagePrecision, brier, logLoss, scaledBrier } from "../metrics/probability.ts";
import { compareRmse, regression } from "../metrics/regression.ts";
import { positives } from "./interpret.ts";
import { mostDraws, mostFits, resamplesFor } from "./resamples.ts";
import type {
  BaselineComparison,
  BaselineName,
  ConfusionMatrix,
  Evaluation,
  Predictions,
  Statistics,
} from "./types.ts";

export interface EvaluationOptions extends IntervalOptions {
  /** The frozen threshold of a binary model, for the record. */
  readonly threshold?: number | null;
}

/**
 * All statistics of a task from predictions and what is true: the place of each row's label, or its
 * number. What does not exist on these rows is `null` with its reason.
 */
export function statisticsOf(
  predictions: Predictions,
  truth: Float64Array,
  options: EvaluationOptions = {},
): Evaluation {
  const { task, rows, labels, values } = predictions;
  const { threshold = null, ...told } = options;
  const { resamples = resamplesFor(rows, mostDraws) } = told;
  const interval = { ...told, resamples };
  const none = { task, rows, recalls: null, threshold };
  if (task === "regression") {
    const { r2, rmse, mae } = regression(values, truth, interval);
    return { ...none, statistics: { r2, rmse, mae }, confusion: null };
  }
  const confusion = confusionMatrix(labels, truth, values);
  if (task === "binary")
    return { ...none, statistics: binaryStatistics(predictions, truth, interval), confusion };
  const given = {
    probabilities: predictions.probabilities!,
    labels: truth,
    classes: labels.length,
  };
  const each = classRecalls(given, interval);
  return {
    ...none,
    statistics: {
      auroc: macroAuroc(given, interval),
      accuracy: classAccuracy(given, interval),
      logLoss: classLogLoss(given, interval),
    },
    recalls: Object.fromEntries(labels.map((label, k) => [label, each[k]!])),
    confusion,
  };
}

function binaryStatistics(
  predictions: Predictions,
  truth: Float64Array,
  interval: IntervalOptions & { readonly resamples: number },
): Statistics {
  const p = positives(predictions);
  const fits = Math.min(interval.resamples, resamplesFor(p.length, mostFits));
  const refitted = { ...interval, resamples: fits };
  const { slope } = calibrationSlope(p, truth, refitted);
  // the calls are 0 or 1 already: folds have thresholds of their own
  const calls = atThreshold(predictions.values, truth, { ...interval, threshold: 0.5 });
  const { sensitivity, specificity, ppv, npv, accuracy, ...summaries } = calls;
  return {
    auroc: auroc(p, truth, interval),
    auprc: averagePrecision(p, truth, interval),
    brier: brier(p, truth, interval),
    scaledBrier: scaledBrier(p, truth, interval),
    logLoss: logLoss(p, truth, interval),
    calibrationSlope: plain(slope),
    calibrationIntercept: plain(calibrationInTheLarge(p, truth, refitted)),
    observedOverExpected: observedOverExpected(p, truth, interval),
    sensitivity,
    specificity,
    ppv,
    npv,
    accuracy,
    ...summaries,
  };
}

const plain = ({ value, low, high, method, reason }: Estimate): Estimate => ({
  value,
  low,
  high,
  method,
  ...(reason === undefined ? {} : { reason }),
});

function confusionMatrix(
  labels: readonly string[],
  truth: Float64Array,
  calls: Float64Array,
): ConfusionMatrix {
  const counts = labels.map(() => labels.map(() => 0));
  truth.forEach((label, row) => {
    counts[label]![calls[row]!]!++;
  });
  return { labels, counts };
}

/** The network against its baseline on the same rows, by the paired test of the task. */
export function compare(
  against: BaselineName,
  [network, baseline]: readonly [Predictions, Predictions],
  truth: Float64Array,
  options: IntervalOptions = {},
): BaselineComparison {
  const interval = { resamples: resamplesFor(truth.length, mostDraws), ...options };
  if (network.task === "binary") {
    const { difference, low, high, p, method, reason } = compareAuroc(
      positives(network),
      positives(baseline),
      truth,
      interval,
    );
    const why = reason === undefined ? {} : { reason };
    return { statistic: "auroc", against, difference, low, high, p, method, ...why };
  }
  if (network.task === "regression")
    return {
      statistic: "rmse",
      against,
      ...compareRmse(network.values, baseline.values, truth, interval),
    };
  const right = ({ values }: Predictions) =>
    truth.map((label, row) => Number(label === values[row]));
  return {
    statistic: "accuracy",
    against,
    ...compareAccuracy(right(network), right(baseline), interval),
  };
}
