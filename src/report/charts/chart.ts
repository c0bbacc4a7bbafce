/** A chart: axes, grid, legend and a place to draw; a picture of its own, with a title and a description. */
import { type Child, el, type Markup } from "../html.ts";
import { markAt } from "./marks.ts";
import { fill, fontFamily, ink, seriesOf, stroke } from "./palette.ts";
import type { Place } from "./place.ts";
import { spellTicks, ticks as ticksOf } from "./scale.ts";

export interface Axis {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly ticks?: readonly number[];
  readonly spell?: (value: number) => string;
  /** Names instead of numbers, from `low + 0.5` on, one apart. */
  readonly names?: readonly string[];
}

export interface LegendEntry {
  readonly label: string;
  readonly series: number;
  readonly as: "line" | "mark" | "bar" | "band" | "reference";
}

export interface ChartOptions {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What a person who does not see it should know. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly legend?: readonly LegendEntry[];
  readonly width?: number;
  /** Of a picture with one row of legend or none: each more adds its own. */
  readonly height?: number;
  /** Room for what stands left of the y axis. */
  readonly left?: number;
}

const round = (value: number): number => Math.round(value * 100) / 100;

const fontSize = 13;
/** How wide a letter of a row's name may be: names end at the axis, so wide fonts need room. */
export const nameLetter = 7.4;
/** About how wide text is; good enough to set a legend. */
const widthOf = (text: string) => 7 * text.length;

/** The chart; `draw` gets the place of values, and what it draws ends at the axes. */
export function chart(options: ChartOptions, draw: (place: Place) => Child): Markup {
  const { id, title, description, x, y, legend = [], width = 400 } = options;
  const rows = legendRows(legend, width - 16);
  const height = (options.height ?? 340) + legendRow * Math.max(0, rows.length - 1);
  const { left = roomFor(y) } = options;
  const place = placeOf({ x, y }, [left, 12 + legendRow * rows.length, width - 24, height - 50]);
  const clip = `${id}-clip`;
  const box = {
    x: place.left - 6,
    y: place.top - 6,
    width: place.right - place.left + 12,
    height: place.bottom - place.top + 12,
  };
  return el(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-labelledby": `${id}-title ${id}-desc`,
      "font-family": fontFamily,
      "font-size": fontSize,
    },
    el("title", { id: `${id}-title` }, title),
    el("desc", { id: `${id}-desc` }, description),
    el("clipPath", { id: clip }, el("rect", box)),
    legendOf(rows),
    horizontal(x, place),
    vertical(y, place),
    el("g", { "clip-path": `url(#${clip})` }, draw(place)),
  );
}

/** Left of the y axis: its label and its widest mark. */
const roomFor = (y: Axis): number =>
  Math.max(
    58,
    30 + Math.ceil(nameLetter * Math.max(...marksOf(y).map(([, { length }]) => length))),
  );

function placeOf(
  { x, y }: Pick<ChartOptions, "x" | "y">,
  [left, top, right, bottom]: readonly [number, number, number, number],
): Place {
  const share = (value: number, { low, high }: Axis) => (value - low) / (high - low);
  return {
    ...{ left, top, right, bottom },
    x: (value) => round(left + (right - left) * share(value, x)),
    y: (value) => round(bottom - (bottom - top) * share(value, y)),
  };
}

/** A text in a picture. */
const text = (
  at: { readonly x: number; readonly y: number; readonly anchor?: "start" | "middle" | "end" },
  content: string,
  soft = false,
): Markup =>
  el(
    "text",
    {
      ...{ x: round(at.x), y: round(at.y), "text-anchor": at.anchor ?? "start" },
      ...{ class: soft ? "soft" : "ink", fill: soft ? ink.soft : ink.text },
    },
    content,
  );

const gridLine = (x1: number, y1: number, x2: number, y2: number) =>
  el("line", { x1, y1, x2, y2, class: "grid", stroke: ink.grid, "stroke-width": 1 });
const axisLine = (x1: number, y1: number, x2: number, y2: number) =>
  el("line", { x1, y1, x2, y2, class: "axis", stroke: ink.line, "stroke-width": 1 });

type Marks = readonly (readonly [value: number, word: string])[];

/** The marks of an axis, about so many. */
function marksOf(axis: Axis, wanted?: number): Marks {
  if (axis.names) return axis.names.map((name, i) => [axis.low + i + 0.5, name]);
  const marks = axis.ticks ?? ticksOf(axis.low, axis.high, wanted);
  const spell = axis.spell ?? spellTicks(marks);
  return marks.map((value) => [value, spell(value)]);
}

/** As many marks as stand side by side. */
function marksAlong(axis: Axis, width: number): Marks {
  const fit = (marks: Marks) =>
    marks.length * (12 + Math.max(...marks.map(([, word]) => widthOf(word)))) <= width + 24;
  const wanted = [5, 4, 3, 2].find((each) => fit(marksOf(axis, each)));
  return marksOf(axis, wanted ?? 1);
}

function horizontal(axis: Axis, { x, left, right, top, bottom }: Place): Child {
  return [
    marksAlong(axis, right - left).map(([value, word]) => [
      axis.names ? null : gridLine(x(value), top, x(value), bottom),
      text({ x: x(value), y: bottom + 18, anchor: "middle" }, word, true),
    ]),
    axisLine(left, bottom, right, bottom),
    text({ x: (left + right) / 2, y: bottom + 40, anchor: "middle" }, axis.label),
  ];
}

function vertical(axis: Axis, { y, left, right, top, bottom }: Place): Child {
  const [middle, side] = [round((top + bottom) / 2), 15];
  const most = Math.floor((left - 12) / nameLetter);
  const cut = (word: string) => (word.length > most ? `${word.slice(0, most - 1)}…` : word);
  return [
    marksOf(axis).map(([value, word]) => [
      axis.names ? null : gridLine(left, y(value), right, y(value)),
      text({ x: left - 8, y: y(value) + 4.5, anchor: "end" }, cut(word), true),
    ]),
    axisLine(left, top, left, bottom),
    axis.names
      ? null
      : el(
          "text",
          {
            ...{ x: side, y: middle, "text-anchor": "middle", class: "ink", fill: ink.text },
            transform: `rotate(-90 ${side} ${middle})`,
          },
          axis.label,
        ),
  ];
}

const [sample, legendRow] = [26, 20];

/** Entries in as many rows as they need. */
function legendRows(legend: readonly LegendEntry[], width: number): LegendEntry[][] {
  const rows: LegendEntry[][] = [];
  let left = 0;
  for (const entry of legend) {
    const wide = sample + 18 + widthOf(entry.label);
    if (rows.length === 0 || left < wide) {
      rows.push([]);
      left = width;
    }
    rows.at(-1)!.push(entry);
    left -= wide;
  }
  return rows;
}

const legendOf = (rows: readonly (readonly LegendEntry[])[]): Child =>
  rows.map((row, i) => {
    let x = 8;
    return row.map((entry) => {
      const at = x;
      x += sample + 18 + widthOf(entry.label);
      return [
        sampleOf(entry, at, 12 + legendRow * i),
        text({ x: at + sample + 6, y: 16.5 + legendRow * i }, entry.label),
      ];
    });
  });

function sampleOf({ as, series }: LegendEntry, x: number, y: number): Child {
  const { dash } = seriesOf(series);
  const ends = { x1: x, x2: x + sample, y1: y, y2: y, "stroke-width": 2 };
  if (as === "line")
    return el("line", { ...ends, ...stroke(series), "stroke-dasharray": dash || null });
  if (as === "reference")
    return el("line", {
      ...ends,
      class: "axis",
      stroke: ink.line,
      "stroke-width": 1.5,
      "stroke-dasharray": "4 4",
    });
  if (as === "mark") return markAt(x + sample / 2, y, { series });
  const area = { x: x + 4, y: y - 6, width: sample - 8, height: 12 };
  return el("rect", { ...area, ...fill(series), "fill-opacity": as === "band" ? 0.25 : 0.85 });
}
