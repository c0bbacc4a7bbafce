/** The figures of a regression: observed against predicted, residuals, distributions. */
import type { RegressionEvidence } from "../../evaluate/evidence/types.ts";
import { type Histogram, histogram } from "../../metrics/index.ts";
import { type Axis, chart } from "../charts/chart.ts";
import { band, bar, line, marks, type Point, reference } from "../charts/marks.ts";
import type { Place } from "../charts/place.ts";
import { roundEnds } from "../charts/scale.ts";
import { figure } from "../figure.ts";
import { count, number, short, spelled } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import { bandOf } from "./calibration.ts";

export interface Regression extends RegressionEvidence {
  /** What is predicted. */
  readonly target: string;
  readonly predicted: Float64Array;
  readonly observed: Float64Array;
  /** How rows are counted: `89 test rows`. */
  readonly n: string;
}

const smoothed = "loess line (span 0.75, with a 95 % band of resamples)";
const dots = { radius: 3.2, opacity: 0.55 };
const legend = [
  { label: "test row", series: 0, as: "mark" },
  { label: "loess", series: 1, as: "line" },
] as const;

/** Predictions that come true lie at 45°. */
export function agreementFigure(regression: Regression): Markup {
  const { target, scatter, calibration, concordance, n } = regression;
  const [low, high] = roundEnds(scatter.flatMap((row) => [row.predicted, row.observed]));
  const { points, slope, intercept } = calibration;
  return figure({
    id: "figure-agreement",
    title: "Agreement: observed against predicted",
    picture: chart(
      {
        id: "agreement",
        title: `Observed against predicted ${target}`,
        description: `One point a test row. Slope of observed on predicted ${spelled(slope)}.`,
        x: { label: `predicted ${target}`, low, high },
        y: { label: `observed ${target}`, low, high },
        legend: [...legend, { label: "ideal", series: 0, as: "reference" }],
      },
      (place) => [
        reference(place, [low, low], [high, high]),
        marks(
          place,
          scatter.map(({ predicted, observed }): Point => [predicted, observed]),
          dots,
        ),
        smooth(place, points),
      ],
    ),
    caption: [
      el("strong", {}, `${n}. `),
      `Where the ${smoothed} leaves the diagonal, predictions are off on average. Calibration slope ${spelled(slope)}, intercept ${spelled(intercept)}; Lin's concordance ${spelled(concordance)}.${thinnedNote(regression)}`,
    ],
    data: {
      header: ["predicted", "observed"],
      names: 0,
      rows: scatter.map((row) => [number(row.predicted), number(row.observed)]),
    },
  });
}

const thinnedNote = ({ scatter, rows }: Regression) =>
  rows > scatter.length ? ` Of ${count(rows)} rows ${count(scatter.length)} are drawn.` : "";

const smooth = (place: Place, points: RegressionEvidence["calibration"]["points"]): Child => [
  band(place, bandOf(points), 1),
  line(
    place,
    points.map(({ predicted, observed }): Point => [predicted, observed]),
    { series: 1 },
  ),
];

/** What is left, over the range of predictions, with the limits of agreement. */
export function residualFigure(regression: Regression): Markup {
  const { target, scatter, calibration, agreement, n } = regression;
  const residuals = scatter.map(
    ({ predicted, observed }): Point => [predicted, observed - predicted],
  );
  const left = (value: number | null, predicted: number) =>
    value === null ? null : value - predicted;
  const trend = calibration.points.map(({ predicted, observed, low, high }) => ({
    ...{ predicted, observed: observed - predicted },
    ...{ low: left(low, predicted), high: left(high, predicted) },
  }));
  const { bias, lower, upper } = agreement;
  const levels = [bias, lower, upper].flatMap(({ value }) => (value === null ? [] : [-value]));
  const [low, high] = roundEnds(residuals.map(([x]) => x));
  const [bottom, top] = roundEnds([...residuals.map(([, y]) => y), ...levels, 0]);
  return figure({
    id: "figure-residuals",
    title: "Residuals",
    picture: chart(
      {
        id: "residuals",
        title: `Residuals of ${target}`,
        description: `Observed minus predicted against the prediction. Mean of predicted minus observed ${spelled(bias)}.`,
        x: { label: `predicted ${target}`, low, high },
        y: { label: "observed − predicted", low: bottom, high: top },
        legend: [...legend, { label: "mean ± 1.96 s", series: 0, as: "reference" }],
      },
      (place) => [
        levels.map((level) => reference(place, [low, level], [high, level])),
        marks(place, residuals, dots),
        smooth(place, trend),
      ],
    ),
    caption: [
      el("strong", {}, `${n}. `),
      `A ${smoothed} that bends, or points that fan out, mean that errors depend on the prediction. Predicted − observed: mean ${spelled(bias)}, limits of agreement ${spelled(lower)} and ${spelled(upper)} (Bland & Altman 1986).`,
    ],
    data: {
      header: ["predicted", "observed − predicted"],
      names: 0,
      rows: residuals.map((row) => row.map((value) => number(value))),
    },
  });
}

/** How observed and predicted values lie. */
export function spreadFigure({ target, predicted, observed, n }: Regression): Markup {
  const range = roundEnds([...predicted, ...observed]);
  const [up, down] = [observed, predicted].map((values) => histogram(values, { range }));
  const most = 1.15 * Math.max(1, ...up!.counts, ...down!.counts);
  const spell = (value: number) => count(Math.abs(value));
  const y: Axis = { label: "rows", low: -most, high: most, spell };
  return figure({
    id: "figure-spread",
    title: "Observed and predicted values",
    picture: chart(
      {
        id: "spread",
        title: `Distribution of observed and predicted ${target}`,
        description: "Histogram of the observed values above and of the predicted ones below.",
        ...{ x: { label: target, low: range[0], high: range[1] }, y },
        legend: [
          { label: "observed", series: 1, as: "bar" },
          { label: "predicted", series: 0, as: "bar" },
        ],
      },
      (place) => [
        bars(place, up!, { series: 1 }),
        bars(place, down!, { series: 0, sign: -1 }),
        reference(place, [range[0], 0], [range[1], 0]),
      ],
    ),
    caption: [
      el("strong", {}, `${n}. `),
      "Predictions lie closer together than what they predict; how much closer tells what the model leaves open.",
    ],
    data: binTable(up!.edges, { "observed rows": up!.counts, "predicted rows": down!.counts }),
  });
}

/** How large the errors are. */
export function errorFigure({ residuals, n }: Regression): Markup {
  const { edges, counts, mean, deviation } = residuals;
  const [low, high] = [edges[0]!, edges.at(-1)!];
  const top = 1.15 * Math.max(1, ...counts);
  return figure({
    id: "figure-errors",
    title: "Size of the errors",
    picture: chart(
      {
        id: "errors",
        title: "Distribution of the errors",
        description: "Histogram of predicted minus observed values.",
        x: { label: "predicted − observed", low, high },
        y: { label: "rows", low: 0, high: top, spell: count },
      },
      (place) => [bars(place, residuals, {}), reference(place, [0, 0], [0, top])],
    ),
    caption: [
      el("strong", {}, `${n}. `),
      `Predicted − observed: mean ${short(mean)}${deviation === null ? "" : `, standard deviation ${short(deviation)}`}. They lie around zero in one hump if nothing that matters is left out.`,
    ],
    data: binTable(edges, { rows: counts }),
  });
}

const bars = (
  place: Place,
  { edges, counts }: Histogram,
  { series = 0, sign = 1 }: { readonly series?: number; readonly sign?: number },
): Child =>
  counts.map((rows, i) =>
    bar(place, { from: edges[i]!, to: edges[i + 1]!, value: sign * rows }, { series }),
  );

const binTable = (
  edges: readonly number[],
  columns: Readonly<Record<string, readonly number[]>>,
) => ({
  header: ["from", "to", ...Object.keys(columns)],
  names: 2,
  rows: edges
    .slice(1)
    .map((to, i) => [
      number(edges[i]!, short),
      number(to, short),
      ...Object.values(columns).map((counts) => count(counts[i]!)),
    ]),
});
