/** Local regression of one variable on another: exact, a weighted parabola at every place asked for. */
import { InputError } from "../base/errors.ts";
import type { Numbers } from "./estimate.ts";
import { powerSums, productsFrom, summed } from "./powerSums.ts";
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
export const smoothed = (points: Points, at: Float64Array, options: LoessOptions = {}) =>
  smoothedBy(points, { at, ...options }, (place, window) => moments(points, place, window));

/**
 * The same but for rounding, from sums over a tree of stretches of points: a place costs the
 * logarithm of their number.
 */
export function quicklySmoothed(
  points: Points,
  at: Float64Array,
  options: LoessOptions = {},
): Float64Array {
  const tree = summed(points);
  return smoothedBy(points, { at, ...options }, (place, [from, to]) => {
    const { x } = points;
    const reach = Math.max(place - x[from]!, x[to - 1]! - place);
    if (reach === 0) return moments(points, place, [from, to]);
    const first = (holds: (u: number) => boolean) =>
      firstWhere(from, to, (i) => holds((x[i]! - place) / reach));
    const [start, near] = [first((u) => u >= -farthest), first((u) => u > -nearest)];
    const [far, end] = [first((u) => u >= nearest), first((u) => u > farthest)];
    const frame = { center: place, radius: reach };
    const [left, middle, right] = [
      powerSums(tree, [start, near], frame),
      powerSums(tree, [near, far], frame),
      powerSums(tree, [far, end], frame),
    ];
    // (1 − |u|³)³, multiplied out
    const total = (j: number) =>
      middle[j]! +
      (left[j]! + 3 * left[j + 3]! + 3 * left[j + 6]! + left[j + 9]!) +
      (right[j]! - 3 * right[j + 3]! + 3 * right[j + 6]! - right[j + 9]!);
    const [s0, s1, s2, s3, s4] = [total(0), total(1), total(2), total(3), total(4)];
    const y = productsFrom;
    return [s0, s1, s2, s3, s4, total(y), total(y + 1), total(y + 2)];
  });
}

/** The first number from … to − 1 from which on it holds, `to` where it never does. */
function firstWhere(from: number, to: number, holds: (i: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

type Window = readonly [from: number, to: number];

function smoothedBy(
  points: Points,
  { at, span = usualSpan }: LoessOptions & { readonly at: Float64Array },
  sums: (place: number, window: Window) => Moments,
): Float64Array {
  if (!(span > 0 && span <= 1))
    throw new InputError(`loess: span ${span}; it is a share above 0, at most 1.`);
  const count = points.x.length;
  const near = Math.min(count, Math.max(1, Math.floor(count * span + 1e-5)));
  return at.map((place) => {
    const window = windowAt(points.x, place, near);
    return fitted(sums(place, window)) ?? meanOf(points.y, window);
  });
}

/** Where the `near` points nearest to a place start and end; all that are equal, if these are. */
function windowAt(x: Float64Array, place: number, near: number): Window {
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

/** As R has it: no weight farther off than this share of the reach, all of it nearer than this. */
const farthest = 0.999;
const nearest = 0.001;

/** Weighted sums of powers of u = (x − place) / reach, and of those times y. */
type Moments = readonly [number, number, number, number, number, number, number, number];

function moments({ x, y }: Points, place: number, [from, to]: Window): Moments {
  const reach = Math.max(place - x[from]!, x[to - 1]! - place);
  let [s0, s1, s2, s3, s4, t0, t1, t2] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = from; i < to; i++) {
    const u = reach === 0 ? 0 : (x[i]! - place) / reach;
    const distance = Math.abs(u);
    if (distance > farthest) continue;
    const gap = 1 - distance * distance * distance;
    const weight = distance < nearest ? 1 : gap * gap * gap;
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

/**
 * The constant of the best parabola in u; with too few different places, of the best line or mean.
 * `null` where all points of the window are at its ends and have no weight.
 */
function fitted([s0, s1, s2, s3, s4, t0, t1, t2]: Moments): number | null {
  if (s0 === 0) return null;
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

function meanOf(y: Float64Array, [from, to]: Window): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += y[i]!;
  return sum / (to - from);
}
