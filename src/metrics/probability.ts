/** Scores of predicted probabilities of an event: average precision, Brier, log loss. */
import { log } from "../base/math.ts";
import { bootstrap, type Statistic, weightedMean } from "./bootstrap.ts";
import { type Estimate, type IntervalOptions, missing, type Numbers } from "./estimate.ts";
import { ascending, type BinaryRows, binaryRows, clipped, probabilityRows } from "./rows.ts";

/** Average precision as a function of row weights; sorts once. */
export function weightedAveragePrecision({ scores, labels }: BinaryRows): Statistic {
  const order = ascending(scores).reverse();
  const sorted = Float64Array.from(order, (row) => scores[row]!);
  const label = Uint8Array.from(order, (row) => labels[row]!);
  return (weights) => {
    let [hits, called, sum] = [0, 0, 0];
    for (let start = 0; start < order.length; ) {
      let [newHits, end] = [0, start];
      for (; end < order.length && sorted[end] === sorted[start]; end++) {
        const weight = weights[order[end]!]!;
        called += weight;
        newHits += weight * label[end]!;
      }
      hits += newHits;
      if (newHits > 0) sum += newHits * (hits / called);
      start = end;
    }
    return hits === 0 ? null : sum / hits;
  };
}

/**
 * Average precision Σ (Rₖ - Rₖ₋₁) Pₖ over the thresholds, a step sum, never the trapezoid; its
 * chance level is the share of events. Bootstrap interval, stratified by label.
 * @example averagePrecision([0.9, 0.8, 0.1], [1, 0, 1]).value // 0.8333333333333333
 */
export function averagePrecision(
  scores: Numbers,
  labels: Numbers,
  options: IntervalOptions = {},
): Estimate {
  const rows = binaryRows("average precision", scores, labels);
  if (rows.events === 0) return missing("stratified bootstrap", "no row has the event");
  const design = { ...options, rows: rows.scores.length, strata: rows.labels };
  return bootstrap(design, weightedAveragePrecision(rows));
}

/** 1 - (mean squared error) / (that of predicting the share of events everywhere). */
function weightedScaledBrier({ scores, labels }: BinaryRows): Statistic {
  const brier = weightedMean(scores.map((p, i) => (p - labels[i]!) * (p - labels[i]!)));
  const prevalence = weightedMean(Float64Array.from(labels));
  return (weights) => {
    const share = prevalence(weights)!;
    return share === 0 || share === 1 ? null : 1 - brier(weights)! / (share * (1 - share));
  };
}

/**
 * Brier score, mean (p - y)², with a bootstrap interval.
 * @example brier([0.8, 0.3], [1, 0]).value // 0.065
 */
export function brier(
  probabilities: Numbers,
  labels: Numbers,
  options: IntervalOptions = {},
): Estimate {
  const rows = probabilityRows("Brier score", probabilities, labels);
  const errors = rows.scores.map((p, i) => (p - rows.labels[i]!) * (p - rows.labels[i]!));
  return bootstrap({ ...options, rows: errors.length }, weightedMean(errors));
}

/**
 * Scaled Brier score 1 - Brier / (π (1 - π)), π the share of events: 1 is perfect, 0 no better than
 * predicting π for everyone.
 * @example scaledBrier([0.8, 0.3], [1, 0]).value // 0.74
 */
export function scaledBrier(
  probabilities: Numbers,
  labels: Numbers,
  options: IntervalOptions = {},
): Estimate {
  const rows = probabilityRows("scaled Brier score", probabilities, labels);
  const statistic = weightedScaledBrier(rows);
  if (rows.events === 0 || rows.others === 0) {
    return missing("bootstrap", "all rows have the same label, so there is nothing to scale by");
  }
  return bootstrap({ ...options, rows: rows.scores.length }, statistic);
}

/**
 * Log loss -mean[y ln p + (1 - y) ln(1 - p)] in nats with a bootstrap interval; p is first moved
 * into [2^-52, 1 - 2^-52], so one certain and wrong row costs 36 nats.
 * @example logLoss([0.8, 0.3], [1, 0]).value // 0.2899092476264711
 */
export function logLoss(
  probabilities: Numbers,
  labels: Numbers,
  options: IntervalOptions = {},
): Estimate {
  const rows = probabilityRows("log loss", probabilities, labels);
  const losses = rows.scores.map((p, i) =>
    rows.labels[i] === 1 ? -log(clipped(p)) : -log(1 - clipped(p)),
  );
  return bootstrap({ ...options, rows: losses.length }, weightedMean(losses));
}
