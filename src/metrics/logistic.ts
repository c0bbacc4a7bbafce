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

/** Of the log likelihood: its gradient g and its information matrix h. */
interface Derivatives {
  readonly g0: number;
  readonly g1: number;
  readonly h00: number;
  readonly h01: number;
  readonly h11: number;
}

interface Place {
  readonly intercept: number;
  readonly slope: number;
}

/** What a row of weight 1 adds: y − p, and p (1 − p). */
interface RowParts {
  readonly residuals: Float64Array;
  readonly information: Float64Array;
}

const etaOf = ({ x, offset }: LogisticRows, i: number, { intercept, slope }: Place): number =>
  (offset ? offset[i]! : 0) + intercept + slope * (x ? x[i]! : 0);

const partsOf = (rows: number): RowParts => ({
  residuals: new Float64Array(rows),
  information: new Float64Array(rows),
});

/** Fills what each row that counts adds at a place. */
function fillParts(rows: LogisticRows, place: Place, parts: RowParts): RowParts {
  const { residuals, information } = parts;
  for (let i = 0; i < residuals.length; i++) {
    if (rows.weights[i] === 0) continue;
    const eta = etaOf(rows, i, place);
    const small = exp(-Math.abs(eta));
    residuals[i] = rows.labels[i]! - (eta < 0 ? small : 1) / (1 + small);
    information[i] = small / ((1 + small) * (1 + small));
  }
  return parts;
}

function summed({ weights, x }: LogisticRows, { residuals, information }: RowParts): Derivatives {
  let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, x ? 0 : 1];
  for (let i = 0; i < weights.length; i++) {
    const at = x ? x[i]! : 0;
    const residual = weights[i]! * residuals[i]!;
    const known = weights[i]! * information[i]!;
    g0 += residual;
    g1 += residual * at;
    h00 += known;
    h01 += known * at;
    h11 += known * at * at;
  }
  return { g0, g1, h00, h01, h11 };
}

function likelihood(rows: LogisticRows, place: Place): number {
  let sum = 0;
  for (let i = 0; i < rows.labels.length; i++) {
    if (rows.weights[i] === 0) continue;
    const eta = etaOf(rows, i, place);
    const small = exp(-Math.abs(eta));
    sum += rows.weights[i]! * (rows.labels[i]! * eta - Math.max(eta, 0) - log1p(small));
  }
  return sum;
}

/**
 * The squared step, in standard errors, at which Newton's method stops: its error is the square of
 * the last. Refits stop after the step.
 */
const settled = 1e-20;
const nearlySettled = 1e-8;

/**
 * Maximum likelihood by Newton's method, halving steps that lose likelihood; `null` if it does not
 * settle. The caller excludes separation.
 */
export function logisticFit(rows: LogisticRows): LogisticFit | null {
  const place = { intercept: 0, slope: 0 };
  const parts = partsOf(rows.labels.length);
  const here = summed(rows, fillParts(rows, place, parts));
  return climbed(rows, { place, here, parts, enough: settled });
}

/** The fit of the same rows by other weights, from the fit of them all. */
export function logisticRefits(
  rows: LogisticRows,
  whole: LogisticFit,
): (weights: Float64Array) => Place | null {
  const known = fillParts(rows, whole, partsOf(rows.labels.length));
  const parts = partsOf(rows.labels.length);
  return (weights) => {
    const own = { ...rows, weights };
    const here = summed(own, known);
    return climbed(own, { place: whole, here, parts, enough: nearlySettled });
  };
}

function climbed(
  rows: LogisticRows,
  start: {
    readonly place: Place;
    readonly here: Derivatives;
    readonly parts: RowParts;
    readonly enough: number;
  },
): LogisticFit | null {
  let { place, here } = start;
  for (let step = 0; step < 100; step++) {
    const { g0, g1, h00, h01, h11 } = here;
    const determinant = h00 * h11 - h01 * h01;
    if (!(determinant > 0)) return null;
    let [up, tilt] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
    const square = g0 * up + g1 * tilt;
    const [interceptError, slopeError] = [
      Math.sqrt(h11 / determinant),
      Math.sqrt(h00 / determinant),
    ];
    if (square < settled) return { ...place, interceptError, slopeError };
    const moved = () => ({ intercept: place.intercept + up, slope: place.slope + tilt });
    if (square < start.enough) return { ...moved(), interceptError, slopeError };
    let next = summed(rows, fillParts(rows, moved(), start.parts));
    for (
      let half = 0;
      half < 40 && !isBetter(rows, [place, moved()], [square, next.g0 * up + next.g1 * tilt]);
      half++
    ) {
      up /= 2;
      tilt /= 2;
      next = summed(rows, fillParts(rows, moved(), start.parts));
    }
    place = moved();
    here = next;
  }
  return null;
}

/** A step that leaves at most half of the slope along it, or else does not lose beyond rounding. */
function isBetter(
  rows: LogisticRows,
  [from, to]: readonly [Place, Place],
  [before, after]: readonly [number, number],
): boolean {
  if (Math.abs(after) <= before / 2) return true;
  const least = likelihood(rows, from);
  return likelihood(rows, to) >= least - 1e-10 * (1 + Math.abs(least));
}
