/** The smooth calibration curve, and how far it lies from the diagonal: ICI, E50, E90, Emax. */
import { bootstrapAll } from "./bootstrap.ts";
import { type Estimate, type IntervalOptions, missing, type Numbers } from "./estimate.ts";
import { type Points, smoothed } from "./loess.ts";
import { quantile } from "./quantile.ts";
import { ascending, type BinaryRows, ONE_CLASS, probabilityRows } from "./rows.ts";

/** Observed share of events where so much was predicted. */
export interface CurvePoint {
  readonly predicted: number;
  readonly observed: number;
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
 * quantiles and linear between them. Bootstrap intervals, of groups where they repeat; the resamples
 * take it at 50. Small samples calibrate with luck: read the interval.
 * @example calibrationCurve(probabilities, labels).ici.value
 */
export function calibrationCurve(
  probabilities: Numbers,
  labels: Numbers,
  options: IntervalOptions = {},
): CalibrationCurve {
  const rows = probabilityRows("calibration curve", probabilities, labels);
  const points = sortedPoints(rows);
  const nothing = (reason: string): CalibrationCurve => {
    const none = missing("loess", reason);
    return { points: [], ici: none, e50: none, e90: none, emax: none };
  };
  if (rows.events === 0 || rows.others === 0) return nothing(ONE_CLASS);
  const [low, high] = [points.x[0]!, points.x.at(-1)!];
  if (low === high) return nothing("all predicted probabilities are equal");
  const exact = distances(points, rows.scores.length <= mostExact ? points.x.length : places);
  const estimates = bootstrapAll({ ...options, rows: rows.scores.length }, (weights) =>
    weights.every((weight) => weight === 1)
      ? exact
      : distances(resampled(rows, weights), resamplePlaces),
  );
  const at = Float64Array.from({ length: shown }, (_, i) => low + ((high - low) * i) / (shown - 1));
  const curve = smoothed(points, at);
  return {
    ...estimates,
    points: Array.from(at, (predicted, i) => ({ predicted, observed: curve[i]! })),
  };
}

function sortedPoints({ scores, labels }: BinaryRows): Points {
  const order = ascending(scores);
  return {
    x: Float64Array.from(order, (row) => scores[row]!),
    y: Float64Array.from(order, (row) => labels[row]!),
  };
}

/** Each row as often as its weight says. */
function resampled(rows: BinaryRows, weights: Float64Array): Points {
  const order = ascending(rows.scores);
  const count = weights.reduce((sum, weight) => sum + weight, 0);
  const [x, y] = [new Float64Array(count), new Float64Array(count)];
  let next = 0;
  for (const row of order)
    for (let copy = 0; copy < weights[row]!; copy++) {
      x[next] = rows.scores[row]!;
      y[next] = rows.labels[row]!;
      next++;
    }
  return { x, y };
}

/** Statistics of |curve − p| over points in ascending order, the curve computed at `most` of them. */
function distances(points: Points, most: number) {
  const { x } = points;
  const count = Math.min(most, x.length);
  const chosen = Float64Array.from({ length: count }, (_, i) =>
    quantile(x, count === 1 ? 0 : i / (count - 1)),
  );
  const at = count === x.length ? x : chosen;
  const curve = smoothed(points, at);
  const gaps = x.map((p, i) => Math.abs((at === x ? curve[i]! : between(at, curve, p)) - p)).sort();
  const ici = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return { ici, e50: quantile(gaps, 0.5), e90: quantile(gaps, 0.9), emax: gaps.at(-1)! };
}

/** The straight line between the two places around p. */
function between(at: Float64Array, curve: Float64Array, p: number): number {
  let [low, high] = [0, at.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= p) low = middle;
    else high = middle;
  }
  const width = at[high]! - at[low]!;
  const share = width === 0 ? 0 : (p - at[low]!) / width;
  return curve[low]! + share * (curve[high]! - curve[low]!);
}
