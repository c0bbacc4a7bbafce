/** Calibration: what was observed where so much was predicted, and where the predictions lie. */
import {
  binnedCalibration,
  type CalibrationCurve,
  type CurvePoint,
  calibrationCurve,
  wilson,
} from "../../metrics/index.ts";
import { chart } from "../charts/chart.ts";
import { bar, line, marks, type Point, reference, whisker } from "../charts/marks.ts";
import type { Place } from "../charts/place.ts";
import { type Cell, figure } from "../figure.ts";
import { count, number, spelled } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import { type Curve, classColumn, type Setting, sharesAxis } from "./curve.ts";

interface Found {
  readonly curve: Curve;
  readonly smooth: CalibrationCurve;
  readonly bins: ReturnType<typeof binnedCalibration>["bins"];
}

/** Below the diagonal's square, where the probabilities of both outcomes are counted. */
const strip = 0.2;
const spikes = 50;

export function calibrationFigure(setting: Setting): Markup {
  const { curves, n, rows } = setting;
  const found = curves.map((curve): Found => {
    const { scores, events } = curve;
    const bins = { bins: rows < 200 ? 5 : 10, binning: "mass" as const, resamples: 200 };
    return {
      curve,
      smooth: calibrationCurve(scores, events, setting.interval(10)),
      bins: binnedCalibration(scores, events, bins).bins,
    };
  });
  const several = curves.length > 1;
  return figure({
    id: "figure-calibration",
    title: several ? "Calibration of each class" : "Calibration",
    picture: found.map((each) => pictureOf(each, setting)),
    wide: several,
    caption: [
      el("strong", {}, `${n}. `),
      `Line: loess (span 0.75) of the outcome on the probability. Points: ${rows < 200 ? "fifths" : "tenths"} of the rows by probability${setting.grouped ? "" : ", with Wilson 95 % intervals"}. On the dashed diagonal, predicted risks are what happens. Bars: rows with the event above, without below. `,
      found.map(({ curve, smooth }) => [
        several ? `${curve.label}: ` : "",
        `mean distance from the diagonal (ICI) ${spelled(smooth.ici)}, at most ${spelled(smooth.emax)}. `,
      ]),
    ],
    data: {
      header: [...classColumn(several), "what", "predicted", "observed", "rows"],
      names: several ? 2 : 1,
      rows: found.flatMap((each) => valuesOf(each, several)),
    },
  });
}

function valuesOf({ curve, smooth, bins }: Found, several: boolean): Cell[][] {
  const row = (what: string, at: CurvePoint, rows: string): Cell[] => [
    ...classColumn(several, curve.label),
    ...[what, number(at.predicted), number(at.observed), rows],
  ];
  return [
    ...bins.map((bin) => row("group of rows", bin, count(bin.rows))),
    ...smooth.points.map((point) => row("loess", point, "")),
  ];
}

function pictureOf({ curve, smooth, bins }: Found, { grouped, curves }: Setting): Markup {
  const { series, label } = curve;
  const several = curves.length > 1;
  return chart(
    {
      id: `calibration-${series}`,
      title: `Calibration of the probability of ${label}`,
      description: `Observed share of ${label} against the predicted probability. Mean distance from the diagonal ${spelled(smooth.ici)}.`,
      x: { label: `predicted probability of ${label}`, ...sharesAxis },
      y: { label: "observed share", ...sharesAxis, low: -strip },
      legend: [
        { label: several ? `${label}, loess` : "loess", series, as: "line" },
        { label: "groups of rows", series, as: "mark" },
        { label: "ideal", series, as: "reference" },
      ],
    },
    (place) => [
      reference(place, [0, 0], [1, 1]),
      spikesOf(curve, place),
      bins.map(({ predicted, observed, rows }) =>
        grouped
          ? null
          : whisker(place, [predicted, ...wilson(Math.round(observed * rows), rows)], { series }),
      ),
      line(
        place,
        smooth.points.map(({ predicted, observed }): Point => [predicted, observed]),
        { series },
      ),
      marks(
        place,
        bins.map(({ predicted, observed }): Point => [predicted, observed]),
        { series, radius: 4.5 },
      ),
    ],
  );
}

/** How many rows of each outcome have which probability: events upward, others downward. */
function spikesOf({ scores, events, series }: Curve, place: Place): Child {
  const counts = [0, 1].map((outcome) => histogram(scores, events, outcome, spikes));
  const most = Math.max(1, ...counts.flat());
  const reach = strip * 0.42;
  return counts.map((all, outcome) =>
    all.map((rows, i) =>
      bar(
        place,
        {
          ...{ from: i / spikes, to: (i + 1) / spikes, base: -strip / 2 },
          value: -strip / 2 + ((outcome === 1 ? 1 : -1) * reach * rows) / most,
        },
        { series, opacity: outcome === 1 ? 0.9 : 0.45 },
      ),
    ),
  );
}

/** Rows of one outcome in bins of equal width over [0, 1]. */
export function histogram(
  scores: Float64Array,
  events: Float64Array,
  outcome: number,
  bins: number,
): number[] {
  const counts = new Array<number>(bins).fill(0);
  scores.forEach((p, row) => {
    if (events[row] === outcome) counts[Math.min(bins - 1, Math.floor(p * bins))]!++;
  });
  return counts;
}
