/** Logistic regression on one predictor or none, by Newton's method in float64. */
import { exp, log1p } from "../base/math.ts";

export interface LogisticFit {
  readonly intercept: number;
  readonly interceptError: number;
  readonly slope: number;
  readonly slopeError: number;
}

/** Rows of logit P(y = 1) = offset + intercept + slope · x. Without x the slope stays 0. */
interface LogisticRows {
  readonly labels: Uint8Array;
  readonly weights: Float64Array;
  readonly x?: Float64Array;
  readonly offset?: Float64Array;
}

/** Whether a cut on x has all events on one side: then the likelihood has no maximum. */
export function separated(x: Float64Array, labels: Uint8Array, weights: Float64Array): boolean {
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (let i = 0; i < x.length; i++) {
    if (weights[i] === 0) continue;
    const label = labels[i]!;
    low[label] = Math.min(low[label]!, x[i]!);
    high[label] = Math.max(high[label]!, x[i]!);
  }
  return high[0]! <= low[1]! || high[1]! <= low[0]!;
}

/** Log likelihood, its gradient g and its information matrix h. */
interface Derivatives {
  likelihood: number;
  g0: number;
  g1: number;
  h00: number;
  h01: number;
  h11: number;
}

function derivatives(rows: LogisticRows, intercept: number, slope: number): Derivatives {
  const { labels, weights, x, offset } = rows;
  const sum = { likelihood: 0, g0: 0, g1: 0, h00: 0, h01: 0, h11: x ? 0 : 1 };
  for (let i = 0; i < labels.length; i++) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    const at = x ? x[i]! : 0;
    const eta = (offset ? offset[i]! : 0) + intercept + slope * at;
    const small = exp(-Math.abs(eta));
    const p = (eta < 0 ? small : 1) / (1 + small);
    const residual = weight * (labels[i]! - p);
    const information = (weight * small) / ((1 + small) * (1 + small));
    sum.likelihood += weight * (labels[i]! * eta - Math.max(eta, 0) - log1p(small));
    sum.g0 += residual;
    sum.g1 += residual * at;
    sum.h00 += information;
    sum.h01 += information * at;
    sum.h11 += information * at * at;
  }
  return sum;
}

/** The squared last step, in standard errors, at which Newton's method stops. */
const SETTLED = 1e-20;

/**
 * Maximum likelihood from `start` by Newton's method, halving steps that lose likelihood; `null` if
 * it does not settle. The caller excludes separation.
 */
export function logisticFit(
  rows: LogisticRows,
  start: { intercept: number; slope: number } = { intercept: 0, slope: 0 },
): LogisticFit | null {
  let { intercept, slope } = start;
  let here = derivatives(rows, intercept, slope);
  for (let step = 0; step < 100; step++) {
    const { g0, g1, h00, h01, h11 } = here;
    const determinant = h00 * h11 - h01 * h01;
    if (!(determinant > 0)) return null;
    let up = (h11 * g0 - h01 * g1) / determinant;
    let tilt = (h00 * g1 - h01 * g0) / determinant;
    if (g0 * up + g1 * tilt < SETTLED) {
      const [interceptError, slopeError] = [h11, h00].map((h) => Math.sqrt(h / determinant));
      return { intercept, interceptError: interceptError!, slope, slopeError: slopeError! };
    }
    let next = derivatives(rows, intercept + up, slope + tilt);
    for (let half = 0; half < 40 && !isBetter(next, here); half++) {
      up /= 2;
      tilt /= 2;
      next = derivatives(rows, intercept + up, slope + tilt);
    }
    intercept += up;
    slope += tilt;
    here = next;
  }
  return null;
}

/** Not worse beyond rounding. */
const isBetter = (next: Derivatives, here: Derivatives): boolean =>
  next.likelihood >= here.likelihood - 1e-10 * (1 + Math.abs(here.likelihood));
