/** Calibration: what was observed where so much was predicted, and where the predictions lie. */
import type { CurvePoint } from "../../metrics/index.ts";
import { chart } from "../charts/chart.ts";
import { band, bar, line, marks, type Point, reference, whisker } from "../charts/marks.ts";
import type { Place } from "../charts/place.ts";
import type { Curve } from "../evidence.ts";
import { type Cell, figure } from "../figure.ts";
import { count, number, spelled } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import { classColumn, type Setting, sharesAxis, sizeOf } from "./curve.ts";

/** Below the diagonal's square, where the probabilities of both outcomes are counted. */
const strip = 0.24;

export function calibrationFigure(setting: Setting): Markup {
  const { curves, n, grouped } = setting;
  const several = curves.length > 1;
  const bins = curves[0]!.calibration.bins.variant;
  return figure({
    id: "figure-calibration",
    title: several ? "Calibration of each class" : "Calibration",
    picture: curves.map((each) => pictureOf(each, several)),
    wide: several,
    caption: [
      el("strong", {}, `${n}. `),
      `Line: loess (span 0.75) of the outcome on the probability, with a 95 % band of resamples. Points: ${bins}${grouped ? "" : ", with Wilson 95 % intervals"}. On the dashed diagonal what is predicted is what happens. Bars: where the predictions of rows with the event (up) and without (down) lie; the line says little where there are none. `,
      `Distance from the diagonal, mean (ICI) and largest: ${curves
        .map(
          ({ label, calibration: { ici, emax } }) =>
            `${several ? `${label} ` : ""}${spelled(ici)} and ${spelled(emax)}`,
        )
        .join("; ")}.`,
    ],
    data: {
      header: [...classColumn(several), "what", "predicted", "observed", "low", "high", "rows"],
      names: several ? 2 : 1,
      rows: curves.flatMap((each) => valuesOf(each, several)),
    },
  });
}

function valuesOf({ label, calibration: { points, bins } }: Curve, several: boolean): Cell[][] {
  const row = (what: string, at: CurvePoint, rows: string): Cell[] => [
    ...classColumn(several, label),
    what,
    ...[at.predicted, at.observed, at.low, at.high].map((value) => number(value)),
    rows,
  ];
  return [
    ...bins.bins.map((bin) => row("bin", bin, count(bin.rows))),
    ...points.map((point) => row("loess", point, "")),
  ];
}

function pictureOf(curve: Curve, several: boolean): Markup {
  const { series, label, calibration } = curve;
  const { bins } = calibration.bins;
  const top = Math.min(1.1, Math.max(1, ...calibration.points.map(({ observed }) => observed)));
  const legend = [
    { label: several ? `${label}, loess` : "loess", series, as: "line" },
    { label: "bins", series, as: "mark" },
    { label: "ideal", series, as: "reference" },
  ] as const;
  return chart(
    {
      id: `calibration-${series}`,
      title: `Calibration of the probability of ${label}`,
      description: `Observed share of ${label} against the predicted probability. Mean distance from the diagonal ${spelled(calibration.ici)}.`,
      x: { label: `predicted probability of ${label}`, ...sharesAxis },
      y: { label: "observed share", ...sharesAxis, low: -strip, high: top },
      ...{ legend, ...sizeOf(several) },
    },
    (place) => [
      band(place, sharesOf(bandOf(calibration.points)), series),
      reference(place, [0, 0], [1, 1]),
      spikesOf(curve, place),
      bins.map(({ predicted, low, high }) =>
        low === null || high === null ? null : whisker(place, [predicted, low, high], { series }),
      ),
      line(place, calibration.points.map(pointOf), { series }),
      marks(place, bins.map(pointOf), { series, radius: 4.5 }),
    ],
  );
}

const pointOf = (at: { readonly predicted: number; readonly observed: number }): Point => [
  at.predicted,
  at.observed,
];

/** The band of a smooth curve, where it has one. */
export const bandOf = (points: readonly CurvePoint[]) =>
  points.flatMap(({ predicted, low, high }) =>
    low === null || high === null ? [] : [[predicted, low, high] as const],
  );

/** A share is none below 0 or above 1, whatever a smooth line does there. */
export const sharesOf = (points: ReturnType<typeof bandOf>) =>
  points.map(([x, ...ends]) => {
    const [low, high] = ends.map((end) => Math.min(1, Math.max(0, end)));
    return [x, low!, high!] as const;
  });

/** How many rows of each outcome have which probability: events upward, others downward. */
function spikesOf({ distribution, series }: Curve, place: Place): Child {
  const { edges, events, others } = distribution;
  const most = Math.max(1, ...events, ...others);
  const [reach, least] = [strip * 0.45, strip * 0.03];
  const height = (rows: number) => (rows === 0 ? 0 : Math.max(least, (reach * rows) / most));
  const base = -strip / 2;
  const spikes = (all: readonly number[], sign: number, opacity: number) =>
    all.map((rows, i) =>
      bar(
        place,
        { from: edges[i]!, to: edges[i + 1]!, base, value: base + sign * height(rows) },
        { series, opacity },
      ),
    );
  return [spikes(events, 1, 0.9), spikes(others, -1, 0.45)];
}
