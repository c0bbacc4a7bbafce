/** The figures of a regression: predicted against observed, residuals, distributions. */
import { loess } from "../../metrics/index.ts";
import { type Axis, chart } from "../charts/chart.ts";
import { bar, line, marks, type Point, reference } from "../charts/marks.ts";
import { roundEnds } from "../charts/scale.ts";
import { figure } from "../figure.ts";
import { count, number, short } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";

export interface Regression {
  /** What is predicted, with its unit if the name tells one. */
  readonly target: string;
  readonly predicted: Float64Array;
  readonly observed: Float64Array;
  /** How rows are counted: `89 test rows`. */
  readonly n: string;
}

/** Points of more rows are thinned in picture and table. */
const mostPoints = 1000;
const steps = 40;
const bins = 20;

/** The loess line of y on x, from the lowest to the highest x. */
function smooth(x: Float64Array, y: Float64Array): Point[] {
  const [low, high] = [Math.min(...x), Math.max(...x)];
  if (!(high > low)) return [];
  const places = Array.from({ length: steps + 1 }, (_, i) => low + ((high - low) * i) / steps);
  const heights = loess(x, y, places);
  return places.map((place, i) => [place, heights[i]!]);
}

const shownRows = (rows: number): number[] => {
  const stride = Math.ceil(rows / mostPoints);
  return Array.from({ length: Math.ceil(rows / stride) }, (_, i) => i * stride);
};

/** The line at 45°: predictions that come true. */
export function agreementFigure({ target, predicted, observed, n }: Regression): Markup {
  const [low, high] = roundEnds([...predicted, ...observed]);
  const trend = smooth(predicted, observed);
  const rows = shownRows(predicted.length);
  const picture = chart(
    {
      id: "agreement",
      title: `Observed against predicted ${target}`,
      description:
        "One point a test row; on the dashed diagonal the prediction is what was observed.",
      x: { label: `predicted ${target}`, low, high },
      y: { label: `observed ${target}`, low, high },
      legend: [
        { label: "test row", series: 0, as: "mark" },
        { label: "loess", series: 1, as: "line" },
        { label: "ideal", series: 0, as: "reference" },
      ],
    },
    (place) => [
      reference(place, [low, low], [high, high]),
      marks(
        place,
        rows.map((row): Point => [predicted[row]!, observed[row]!]),
        { radius: 3.2, opacity: 0.55 },
      ),
      line(place, trend, { series: 1 }),
    ],
  );
  return figure({
    id: "figure-agreement",
    title: "Agreement: observed against predicted",
    picture,
    caption: [
      el("strong", {}, `${n}. `),
      `Where the loess line (span 0.75) leaves the diagonal, predictions are off on average${thinnedNote(predicted.length)}.`,
    ],
    data: {
      header: ["predicted", "observed"],
      names: 0,
      rows: rows.map((row) => [number(predicted[row]!), number(observed[row]!)]),
    },
  });
}

const thinnedNote = (rows: number) =>
  rows > mostPoints
    ? `; of ${count(rows)} rows every ${count(Math.ceil(rows / mostPoints))}th is drawn`
    : "";

/** What is left to explain, over the range of predictions. */
export function residualFigure({ target, predicted, observed, n }: Regression): Markup {
  const residuals = observed.map((y, row) => y - predicted[row]!);
  const rows = shownRows(predicted.length);
  const [low, high] = roundEnds(predicted);
  const [bottom, top] = roundEnds([...residuals, 0]);
  const picture = chart(
    {
      id: "residuals",
      title: `Residuals of ${target}`,
      description:
        "Observed minus predicted against the prediction; a good model leaves no pattern.",
      x: { label: `predicted ${target}`, low, high },
      y: { label: "observed − predicted", low: bottom, high: top },
      legend: [
        { label: "test row", series: 0, as: "mark" },
        { label: "loess", series: 1, as: "line" },
      ],
    },
    (place) => [
      reference(place, [low, 0], [high, 0]),
      marks(
        place,
        rows.map((row): Point => [predicted[row]!, residuals[row]!]),
        { radius: 3.2, opacity: 0.55 },
      ),
      line(place, smooth(predicted, residuals), { series: 1 }),
    ],
  );
  return figure({
    id: "figure-residuals",
    title: "Residuals",
    picture,
    caption: [
      el("strong", {}, `${n}. `),
      "A loess line (span 0.75) that bends, or points that fan out, mean that errors depend on the prediction.",
    ],
    data: {
      header: ["predicted", "observed − predicted"],
      names: 0,
      rows: rows.map((row) => [number(predicted[row]!), number(residuals[row]!)]),
    },
  });
}

/** How observed and predicted values lie. */
export function spreadFigure({ target, predicted, observed, n }: Regression): Markup {
  const ends = roundEnds([...predicted, ...observed]);
  const counts = [observed, predicted].map((values) => binned(values, ends));
  const most = 1.15 * Math.max(1, ...counts.flat());
  const y: Axis = {
    label: "rows",
    low: -most,
    high: most,
    spell: (value) => count(Math.abs(value)),
  };
  return figure({
    id: "figure-spread",
    title: "Observed and predicted values",
    picture: chart(
      {
        id: "spread",
        title: `Distribution of observed and predicted ${target}`,
        description: "Histogram of the observed values above and of the predicted ones below.",
        x: { label: target, low: ends[0], high: ends[1] },
        y,
        legend: [
          { label: "observed", series: 1, as: "bar" },
          { label: "predicted", series: 0, as: "bar" },
        ],
      },
      (place) => [
        mirrored(counts, ends, (each, series) => bar(place, each, { series })),
        reference(place, [ends[0], 0], [ends[1], 0]),
      ],
    ),
    caption: [
      el("strong", {}, `${n}. `),
      "Predictions lie closer together than what they predict; how much closer tells what the model leaves open.",
    ],
    data: binTable(counts, ends, ["observed rows", "predicted rows"]),
  });
}

/** How large the errors are. */
export function errorFigure({ predicted, observed, n }: Regression): Markup {
  const residuals = observed.map((value, row) => value - predicted[row]!);
  const ends = roundEnds(residuals);
  const counts = [binned(residuals, ends)];
  const top = 1.15 * Math.max(1, ...counts[0]!);
  return figure({
    id: "figure-errors",
    title: "Size of the errors",
    picture: chart(
      {
        id: "errors",
        title: "Distribution of the errors",
        description: "Histogram of observed minus predicted values.",
        x: { label: "observed − predicted", low: ends[0], high: ends[1] },
        y: { label: "rows", low: 0, high: top, spell: count },
      },
      (place) => [
        mirrored(counts, ends, (each) => bar(place, each)),
        reference(place, [0, 0], [0, top]),
      ],
    ),
    caption: [
      el("strong", {}, `${n}. `),
      "Around zero and of one hump if nothing is left out that matters.",
    ],
    data: binTable(counts, ends, ["rows"]),
  });
}

type Ends = readonly [low: number, high: number];

function binned(values: Float64Array, [low, high]: Ends): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values)
    counts[Math.min(bins - 1, Math.floor((bins * (value - low)) / (high - low)))]!++;
  return counts;
}

const edge = ([low, high]: Ends, i: number) => low + ((high - low) * i) / bins;

/** Bars of the first histogram upward in series 1 (alone in 0), of the second downward. */
const mirrored = (
  counts: readonly (readonly number[])[],
  ends: Ends,
  draw: (bar: { from: number; to: number; value: number }, series: number) => Child,
): Child =>
  counts.map((all, which) =>
    all.map((rows, i) =>
      draw(
        { from: edge(ends, i), to: edge(ends, i + 1), value: which === 0 ? rows : -rows },
        counts.length > 1 && which === 0 ? 1 : 0,
      ),
    ),
  );

const binTable = (
  counts: readonly (readonly number[])[],
  ends: Ends,
  names: readonly string[],
) => ({
  header: ["from", "to", ...names],
  names: 2,
  rows: Array.from({ length: bins }, (_, i) => [
    number(edge(ends, i), short),
    number(edge(ends, i + 1), short),
    ...counts.map((all) => count(all[i]!)),
  ]),
});
