/** What is drawn in a chart: lines, bands, marks, whiskers, bars. */
import { type Child, el, type Markup } from "../html.ts";
import { fill, ink, seriesOf, stroke } from "./palette.ts";
import type { Place } from "./place.ts";

/** A point in the units of the axes. */
export type Point = readonly [x: number, y: number];

const drawn = (place: Place, points: readonly Point[]): string =>
  points.map(([x, y]) => `${place.x(x)} ${place.y(y)}`).join("L");

/** A line through the points. */
export function line(
  place: Place,
  points: readonly Point[],
  { series = 0, width = 2.25 }: { readonly series?: number; readonly width?: number } = {},
): Child {
  if (points.length === 0) return null;
  return el("path", {
    ...{ d: `M${drawn(place, points)}`, fill: "none", ...stroke(series), "stroke-width": width },
    ...{ "stroke-linejoin": "round", "stroke-dasharray": seriesOf(series).dash || null },
  });
}

/** A thin dashed line to compare with: chance, the ideal. */
export const reference = (place: Place, from: Point, to: Point): Child =>
  el("path", {
    ...{ d: `M${drawn(place, [from, to])}`, fill: "none", class: "axis", stroke: ink.line },
    ...{ "stroke-width": 1.5, "stroke-dasharray": "4 4" },
  });

/** The area between a lower and an upper line. */
export const band = (
  place: Place,
  points: readonly (readonly [x: number, low: number, high: number])[],
  series = 0,
): Child =>
  points.length < 2
    ? null
    : el("path", {
        d: `M${drawn(
          place,
          points.map(([x, low]) => [x, low]),
        )}L${drawn(place, points.map(([x, , high]): Point => [x, high]).reverse())}Z`,
        ...fill(series),
        "fill-opacity": 0.18,
      });

const shapes: Readonly<Record<string, (x: number, y: number, r: number) => string>> = {
  circle: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  square: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`,
  triangle: (x, y, r) => `M${x} ${y - r}L${x + r} ${y + r}H${x - r}Z`,
  diamond: (x, y, r) =>
    `M${x} ${y - 1.3 * r}L${x + 1.3 * r} ${y}L${x} ${y + 1.3 * r}L${x - 1.3 * r} ${y}Z`,
};

interface MarkOptions {
  readonly series?: number;
  readonly radius?: number;
  readonly opacity?: number;
  readonly faded?: boolean;
}

const near = (value: number) => Math.round(value * 10) / 10;

/** The mark of a series at a place of the picture. */
export function markAt(
  x: number,
  y: number,
  { series = 0, radius = 4, opacity = 1, faded = false }: MarkOptions = {},
): Markup {
  const paint = faded ? { class: "faded", fill: ink.line } : fill(series);
  return el("path", {
    d: shapes[seriesOf(series).mark]!(near(x), near(y), radius),
    ...paint,
    "fill-opacity": opacity === 1 ? null : opacity,
  });
}

/** A mark at each point. */
export const marks = (place: Place, points: readonly Point[], options: MarkOptions = {}): Child =>
  points.map(([x, y]) => markAt(place.x(x), place.y(y), options));

/** From one end of an interval to the other, upright or, with `along`, level. */
export function whisker(
  place: Place,
  [x, low, high]: readonly [number, number, number],
  {
    series = 0,
    along = false,
    faded = false,
  }: { series?: number; along?: boolean; faded?: boolean } = {},
): Child {
  const paint = faded ? { class: "axis", stroke: ink.line } : stroke(series);
  const ends = along
    ? { x1: place.x(low), x2: place.x(high), y1: place.y(x), y2: place.y(x) }
    : { x1: place.x(x), x2: place.x(x), y1: place.y(low), y2: place.y(high) };
  return el("line", { ...ends, ...paint, "stroke-width": 1.5 });
}

/** A bar over [from, to] of the x axis, from `base` to `value`. */
export function bar(
  place: Place,
  { from, to, value, base = 0 }: { from: number; to: number; value: number; base?: number },
  { series = 0, opacity = 0.85 }: { series?: number; opacity?: number } = {},
): Child {
  if (value === base) return null;
  const [top, bottom] = [place.y(Math.max(value, base)), place.y(Math.min(value, base))];
  const [left, right] = [place.x(from), place.x(to)];
  return el("rect", {
    ...{ x: near(left + 0.5), width: near(Math.max(0.5, right - left - 1)) },
    ...{ y: top, height: near(bottom - top), ...fill(series), "fill-opacity": opacity },
  });
}
/** A bar along the x axis from `base` to `value`, in the row between two heights of the y axis. */
export function levelBar(
  place: Place,
  { from, to, value, base = 0 }: { from: number; to: number; value: number; base?: number },
  { series = 0, opacity = 0.85 }: { series?: number; opacity?: number } = {},
): Child {
  const [left, right] = [place.x(Math.min(value, base)), place.x(Math.max(value, base))];
  const [top, bottom] = [place.y(Math.max(from, to)), place.y(Math.min(from, to))];
  return el("rect", {
    ...{ x: left, width: near(right - left), y: top, height: near(bottom - top) },
    ...{ ...fill(series), "fill-opacity": opacity },
  });
}
