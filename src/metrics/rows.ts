/** The checks every statistic makes of its rows, once, at its door. */
import { InputError } from "../base/errors.ts";
import type { Numbers } from "./estimate.ts";

/** Rows of a two-class problem: labels are 0 or 1, 1 being the event. */
export interface BinaryRows {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly events: number;
  readonly others: number;
}

export const ONE_CLASS = "all rows have the same label; it takes both classes";

export function sameLength(what: string, first: Numbers, second: Numbers): void {
  if (first.length === second.length) return;
  throw new InputError(
    `${what}: ${first.length} and ${second.length} rows differ; give one value a row in both.`,
  );
}

export function finite(what: string, values: Numbers): Float64Array {
  const copy = Float64Array.from(values);
  const bad = copy.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) {
    throw new InputError(`${what}: row ${bad} is ${copy[bad]}; drop or repair rows like it first.`);
  }
  return copy;
}

/** Scores of any scale with labels 0 and 1. */
export function binaryRows(what: string, scores: Numbers, labels: Numbers): BinaryRows {
  sameLength(what, scores, labels);
  if (scores.length === 0) throw new InputError(`${what}: no rows; give at least one.`);
  const checked = new Uint8Array(labels.length);
  let events = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label !== 0 && label !== 1) {
      throw new InputError(`${what}: the label of row ${i} is ${label}; code the event 1, else 0.`);
    }
    checked[i] = label;
    events += label;
  }
  return { scores: finite(what, scores), labels: checked, events, others: labels.length - events };
}

/** Probabilities of the event with labels 0 and 1. */
export function probabilityRows(what: string, probabilities: Numbers, labels: Numbers): BinaryRows {
  const rows = binaryRows(what, probabilities, labels);
  const bad = rows.scores.findIndex((p) => p < 0 || p > 1);
  if (bad >= 0) {
    throw new InputError(
      `${what}: row ${bad} is ${rows.scores[bad]}, no probability; apply the sigmoid to logits.`,
    );
  }
  return rows;
}

const SMALLEST = 2.220446049250313e-16;

/** p moved into [2^-52, 1 - 2^-52], as scikit-learn does, so that its logarithm exists. */
export const clipped = (p: number): number => Math.min(Math.max(p, SMALLEST), 1 - SMALLEST);

/** Row numbers from the lowest value to the highest; equal values keep their order. */
export function ascending(values: Float64Array): Int32Array {
  const order = new Int32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  return order.sort((a, b) => values[a]! - values[b]!);
}
