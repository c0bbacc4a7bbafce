/** From a network's float32 outputs to probabilities, calls and numbers in float64. */
import { exp } from "../base/math.ts";
import type { ModelTarget } from "../data/index.ts";
import type { Predictions } from "./types.ts";

/** A binary model calls a row positive where its probability reaches this, unless told otherwise. */
export const evenThreshold = 0.5;

type Knowing = Pick<ModelTarget, "task" | "labels" | "scale">;

/** What outputs mean: σ(z), softmax(z), or the number in the target's own units. */
export function interpret(
  outputs: ArrayLike<number>,
  target: Knowing,
  threshold: number | null,
): Predictions {
  const { task, labels, scale } = target;
  if (task === "regression") {
    const { mean, deviation } = scale ?? { mean: 0, deviation: 1 };
    const values = Float64Array.from(outputs, (z) => mean + deviation * z);
    return { task, labels, rows: values.length, probabilities: null, values };
  }
  const probabilities =
    task === "binary" ? bothSides(outputs) : softmaxRows(outputs, labels.length);
  return called({ task, labels, probabilities, threshold });
}

/** 1 − σ(z) and σ(z) of each row, each from e^−|z| so that neither loses its digits. */
function bothSides(logits: ArrayLike<number>): Float64Array {
  const pairs = new Float64Array(2 * logits.length);
  for (let row = 0; row < logits.length; row++) {
    const z = logits[row]!;
    const small = exp(-Math.abs(z));
    pairs[2 * row + (z < 0 ? 1 : 0)] = small / (1 + small);
    pairs[2 * row + (z < 0 ? 0 : 1)] = 1 / (1 + small);
  }
  return pairs;
}

function softmaxRows(logits: ArrayLike<number>, classes: number): Float64Array {
  const shares = Float64Array.from(logits);
  for (let start = 0; start < shares.length; start += classes) {
    const row = shares.subarray(start, start + classes);
    const most = row.reduce((top, z) => Math.max(top, z), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      row[k] = exp(row[k]! - most);
      sum += row[k]!;
    }
    for (let k = 0; k < classes; k++) row[k]! /= sum;
  }
  return shares;
}

/** Predictions from probabilities [rows, labels]: the label that reaches the threshold, or the likeliest. */
export function called(from: {
  readonly task: "binary" | "classes";
  readonly labels: readonly string[];
  readonly probabilities: Float64Array;
  readonly threshold: number | null;
}): Predictions {
  const { task, labels, probabilities, threshold } = from;
  const width = labels.length;
  const rows = probabilities.length / width;
  const cut = threshold ?? evenThreshold;
  const values = Float64Array.from({ length: rows }, (_, row) => {
    if (task === "binary") return Number(probabilities[2 * row + 1]! >= cut);
    let best = 0;
    for (let k = 1; k < width; k++)
      if (probabilities[row * width + k]! > probabilities[row * width + best]!) best = k;
    return best;
  });
  return { task, labels, rows, probabilities, values };
}

/** The probability of the positive label in each row of a binary task. */
export const positives = ({ probabilities, rows }: Predictions): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => probabilities![2 * row + 1]!);
