/** The smooth calibration curve, and how far it lies from the diagonal: ICI, E50, E90, Emax. */
import { bootstrapAll, onceEach } from "./bootstrap.ts";
import { type Estimate, type IntervalOptions, missing, type Numbers } from "./estimate.ts";
import { type Points, quicklySmoothed, smoothed } from "./loess.ts";
import { quantile, sortedAround } from "./quantile.ts";
import { ascending, finite, ONE_CLASS, probabilityRows, sameLength } from "./rows.ts";

/** Observed share of events where so much was predicted, with its pointwise bootstrap interval. */
export interface CurvePoint {
  readonly predicted: number;
  readonly observed: number;
  /** `null` where too few resamples reach. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface CalibrationCurve {
  /** The curve at places evenly spread over the predicted probabilities that occur. */
  readonly points: readonly CurvePoint[];
  /** Mean of |curve − p| over the rows: integrated calibration index. */
  readonly ici: Estimate;
  /** Median, 90th percentile and maximum of |curve − p|. */
  readonly e50: Estimate;
  readonly e90: Estimate;
  readonly emax: Estimate;
}

const shown = 101;
/** From so many rows on, and in resamples, the curve is read at places and between them. */
const mostExact = 3000;
const places = 200;
const resamplePlaces = 50;

/**
 * Loess of outcome on predicted probability (span 0.75, exact surface) and its distance from the
 * diagonal over the rows (Austin & Steyerberg 2019). Above 3000 rows the curve is computed at 200
 * quantiles and linear between them, and that of a resample from sums over stretches of rows: the
 * same but for rounding. Bootstrap intervals, of groups where they repeat; the resamples take it at
 * 50. Small samples calibrate with luck: read the interval.
 * @example calibrationCurve(probabilities, labels).ici.value
 */
export function calibrationCurve(
  probabilities: Numbers,
  labels: Numbers,
  options: IntervalOptions = {},
): CalibrationCurve {
  const rows = probabilityRows("calibration curve", probabilities, labels);
  const nothing = (reason: string): CalibrationCurve => {
    const none = missing("loess", reason);
    return { points: [], ici: none, e50: none, e90: none, emax: none };
  };
  if (rows.events === 0 || rows.others === 0) return nothing(ONE_CLASS);
  if (rows.scores.every((p) => p === rows.scores[0]))
    return nothing("all predicted probabilities are equal");
  return smoothCurve({ x: rows.scores, y: Float64Array.from(rows.labels) }, options);
}

/**
 * The smooth of observed on predicted numbers by the same loess, with its pointwise band; empty where
 * all predictions are equal.
 * @example regressionCurve(predictions, targets).at(-1).observed
 */
export function regressionCurve(
  predictions: Numbers,
  targets: Numbers,
  options: IntervalOptions = {},
): readonly CurvePoint[] {
  sameLength("regression curve", predictions, targets);
  const [x, y] = [finite("predictions", predictions), finite("targets", targets)];
  return x.every((value) => value === x[0]) ? [] : smoothCurve({ x, y }, options).points;
}

/** The curve through rows in any order, with its band and its distance from the diagonal. */
function smoothCurve(rows: Points, options: IntervalOptions): CalibrationCurve {
  const count = rows.x.length;
  const order = ascending(rows.x);
  const points = repeated(rows, order, onceEach(count));
  const [low, high] = [points.x[0]!, points.x.at(-1)!];
  const at = Float64Array.from({ length: shown }, (_, i) =>
    i === shown - 1 ? high : low + ((high - low) * i) / (shown - 1),
  );
  const exact = {
    ...distances(curveOf(points, count <= mostExact ? count : places, smoothed)),
    ...named(smoothed(points, at)),
  };
  const smooth = count <= mostExact ? smoothed : quicklySmoothed;
  const estimates = bootstrapAll<string>({ ...options, rows: count }, (weights) => {
    if (weights.every((weight) => weight === 1)) return exact;
    const curve = curveOf(repeated(rows, order, weights), resamplePlaces, smooth);
    return { ...distances(curve), ...named(at.map((place) => reached(curve, place))) };
  });
  const { ici, e50, e90, emax } = estimates;
  return {
    ...{ ici: ici!, e50: e50!, e90: e90!, emax: emax! },
    points: Array.from(at, (predicted, i) => {
      const { value, low: lower, high: upper } = estimates[i]!;
      return { predicted, observed: value!, low: lower, high: upper };
    }),
  };
}

/** Values by their place, NaN as what does not exist. */
const named = (values: Float64Array): Record<string, number | null> =>
  Object.fromEntries(Array.from(values, (value, i) => [i, Number.isNaN(value) ? null : value]));

/** Each row as often as its weight says, in ascending order. */
function repeated(rows: Points, order: Int32Array, weights: Float64Array): Points {
  let count = 0;
  for (let row = 0; row < weights.length; row++) count += weights[row]!;
  const [x, y] = [new Float64Array(count), new Float64Array(count)];
  let next = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    for (let copy = 0; copy < weights[row]!; copy++) {
      x[next] = rows.x[row]!;
      y[next] = rows.y[row]!;
      next++;
    }
  }
  return { x, y };
}

type Smooth = typeof smoothed;

/** A smooth curve, computed at some places and read between them. */
interface Curve {
  readonly smooth: Smooth;
  readonly points: Points;
  readonly at: Float64Array;
  readonly values: Float64Array;
}

/** The curve through points in ascending order, computed at `most` of them. */
function curveOf(points: Points, most: number, smooth: Smooth): Curve {
  const { x } = points;
  const count = Math.min(most, x.length);
  const chosen = Float64Array.from({ length: count }, (_, i) =>
    quantile(x, count === 1 ? 0 : i / (count - 1)),
  );
  const at = count === x.length ? x : chosen;
  return { smooth, points, at, values: smooth(points, at) };
}

/** Statistics of |curve − p| over the points. */
function distances({ smooth, points, at, values }: Curve): Record<string, number | null> {
  const { x } = points;
  const gaps = new Float64Array(x.length);
  let part = 0;
  for (let i = 0; i < x.length; i++) {
    const p = x[i]!;
    while (part < at.length - 2 && at[part + 1]! <= p) part++;
    gaps[i] = Math.abs((at === x ? values[i]! : onPart(at, values, { part, p })) - p);
  }
  if (smooth === smoothed) gaps.sort();
  else sortedAround(gaps, [0.9, 0.5]);
  const ici = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const emax = gaps.reduce((most, gap) => Math.max(most, gap), 0);
  return { ici, e50: quantile(gaps, 0.5), e90: quantile(gaps, 0.9), emax };
}

/** The curve at a place, NaN outside of its points. */
const reached = ({ at, values }: Curve, place: number): number =>
  place < at[0]! || place > at.at(-1)! ? Number.NaN : between(at, values, place);

/** The straight line between the two places around p. */
function between(at: Float64Array, curve: Float64Array, p: number): number {
  let [low, high] = [0, at.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= p) low = middle;
    else high = middle;
  }
  return onPart(at, curve, { part: low, p });
}

/** The straight line from a place to the next. */
function onPart(
  at: Float64Array,
  curve: Float64Array,
  { part, p }: { readonly part: number; readonly p: number },
): number {
  const next = Math.min(part + 1, at.length - 1);
  const width = at[next]! - at[part]!;
  const share = width === 0 ? 0 : (p - at[part]!) / width;
  return curve[part]! + share * (curve[next]! - curve[part]!);
}
