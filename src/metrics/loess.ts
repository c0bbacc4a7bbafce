/** Local regression of one variable on another: exact, a weighted parabola at every place asked for. */
import { InputError } from "../base/errors.ts";
import type { Numbers } from "./estimate.ts";
import { finite, sameLength } from "./rows.ts";

/** Points in ascending order of x. */
export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface LoessOptions {
  /** Share of the points that each fit takes, 0.75 by default. */
  readonly span?: number;
}

const usualSpan = 0.75;

/**
 * Smooth of y on x at each of `at`: a parabola fitted to the nearest `span` of the points, weighted
 * by the tricube of their distance (Cleveland and Devlin 1988; R's `loess` with `surface =
 * "direct"`). Where the points near by have too few different x, a line or the mean. Throws an
 * `InputError` for lengths that differ or a span outside (0, 1].
 * @example loess([1, 2, 3, 4, 5], [1, 4, 9, 16, 25], [2.5], { span: 1 })[0] // 6.25
 */
export function loess(
  x: Numbers,
  y: Numbers,
  at: Numbers,
  options: LoessOptions = {},
): Float64Array {
  sameLength("loess", x, y);
  if (x.length === 0) throw new InputError("loess: no points; give at least one.");
  const [xs, ys] = [finite("loess x", x), finite("loess y", y)];
  const order = Array.from(xs.keys()).sort((a, b) => xs[a]! - xs[b]!);
  const sorted = {
    x: Float64Array.from(order, (i) => xs[i]!),
    y: Float64Array.from(order, (i) => ys[i]!),
  };
  return smoothed(sorted, finite("loess places", at), options);
}

/** The same for points in ascending order of x. */
export function smoothed(
  points: Points,
  at: Float64Array,
  { span = usualSpan }: LoessOptions = {},
): Float64Array {
  if (!(span > 0 && span <= 1))
    throw new InputError(`loess: span ${span}; it is a share above 0, at most 1.`);
  const count = points.x.length;
  const near = Math.min(count, Math.max(1, Math.floor(count * span + 1e-5)));
  return at.map((place) => fitted(points, place, nearest(points.x, place, near)));
}

/** Where the `near` points nearest to a place start and end; all that are equal, if these are. */
function nearest(x: Float64Array, place: number, near: number): readonly [number, number] {
  let [low, high] = [0, x.length - near];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (place - x[middle]! > x[middle + near]! - place) low = middle + 1;
    else high = middle;
  }
  let end = low + near;
  if (x[low] === x[end - 1]) {
    while (low > 0 && x[low - 1] === x[low]) low--;
    while (end < x.length && x[end] === x[low]) end++;
  }
  return [low, end];
}

/** Weighted sums of powers of u = (x − place) / reach, and of those times y. */
type Moments = readonly [number, number, number, number, number, number, number, number];

function moments({ x, y }: Points, place: number, [from, to]: readonly [number, number]): Moments {
  const reach = Math.max(place - x[from]!, x[to - 1]! - place);
  let [s0, s1, s2, s3, s4, t0, t1, t2] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = from; i < to; i++) {
    const u = reach === 0 ? 0 : (x[i]! - place) / reach;
    const distance = Math.abs(u);
    // as R has it: nothing at the very end, all of it very near
    if (distance > 0.999) continue;
    const gap = 1 - distance * distance * distance;
    const weight = distance < 0.001 ? 1 : gap * gap * gap;
    const [wu, wuu] = [weight * u, weight * u * u];
    s0 += weight;
    s1 += wu;
    s2 += wuu;
    s3 += wuu * u;
    s4 += wuu * u * u;
    t0 += weight * y[i]!;
    t1 += wu * y[i]!;
    t2 += wuu * y[i]!;
  }
  return [s0, s1, s2, s3, s4, t0, t1, t2];
}

/** What is left of a variance counts as nothing below this share of it. */
const degenerate = 1e-10;

/** The constant of the best parabola in u; with too few different places, of the best line or mean. */
function fitted(points: Points, place: number, window: readonly [number, number]): number {
  const [s0, s1, s2, s3, s4, t0, t1, t2] = moments(points, place, window);
  if (s0 === 0) return meanOf(points.y, window); // all points of the window at its ends
  // u and u² made orthogonal to 1, then u² to u
  const [mean1, mean2] = [s1 / s0, s2 / s0];
  const spread = s2 - s1 * mean1;
  if (!(spread > degenerate * s2)) return t0 / s0;
  const slope = (t1 - mean1 * t0) / spread;
  const along = (s3 - s2 * mean1) / spread;
  const bend = s4 - s2 * mean2 - along * (s3 - s2 * mean1);
  const line = t0 / s0 - slope * mean1;
  if (!(bend > degenerate * s4)) return line;
  const curve = (t2 - mean2 * t0 - along * (t1 - mean1 * t0)) / bend;
  return line + curve * (along * mean1 - mean2);
}

function meanOf(y: Float64Array, [from, to]: readonly [number, number]): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += y[i]!;
  return sum / (to - from);
}
