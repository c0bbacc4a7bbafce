/** Recalibration fitted on the validation rows: what it makes of the probabilities of the test rows. */
import type { Evidence, RecalibrationEvidence } from "../../evaluate/evidence/types.ts";
import type { Estimate } from "../../metrics/index.ts";
import { chart } from "../charts/chart.ts";
import { band, line, type Point, reference } from "../charts/marks.ts";
import { figure, type Section } from "../figure.ts";
import { bandOf, sharesOf } from "../figures/calibration.ts";
import { sharesAxis } from "../figures/curve.ts";
import { forestFigure } from "../figures/forest.ts";
import { count, listed, methodOf, number, spelled } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { testRowsOf } from "./essentials.ts";

const names = {
  none: "as they are",
  platt: "Platt",
  isotonic: "isotonic",
  temperature: "temperature",
};

/** Where the run fitted any. */
export function recalibrationSection(source: ReportSource, evidence: Evidence): Section | null {
  const all = evidence.recalibration ?? [];
  if (all.length < 2) return null;
  const drawn = all.some(({ points }) => points);
  return {
    id: "recalibration",
    title: "Recalibration: before and after",
    content: [drawn ? curvesFigure(source, all) : null, statisticsFigure(source, all)],
  };
}

const about = (source: ReportSource, maps: readonly RecalibrationEvidence[]): Child => [
  el("strong", {}, `${testRowsOf(source)}. `),
  `${maps.length > 2 ? "Maps" : "A map"} (${listed(maps.slice(1).map(({ kind }) => names[kind]))}) ${maps.length > 2 ? "were" : "was"} fitted on the ${count(source.model.frozen?.rows ?? 0)} validation rows alone; the saved model gives the probabilities as they are. `,
];

function curvesFigure(source: ReportSource, maps: readonly RecalibrationEvidence[]): Markup {
  return figure({
    id: "figure-recalibration",
    title: "Calibration by each map",
    pairs: true,
    picture: maps.map((map, series) => curvePicture(map, series, endsOf(maps))),
    caption: [
      about(source, maps),
      "Loess (span 0.75) of the outcome on the probability, with a 95 % band of resamples; on the dashed diagonal what is predicted is what happens.",
    ],
    data: {
      header: ["map", "predicted", "observed", "low", "high"],
      rows: maps.flatMap(({ kind, points = [] }) =>
        points.map(({ predicted, observed, low, high }) => [
          names[kind],
          ...[predicted, observed, low, high].map((value) => number(value)),
        ]),
      ),
    },
  });
}

/** Smooth lines pass 0 and 1 a little; what goes further is cut off. */
function endsOf(maps: readonly RecalibrationEvidence[]) {
  const observed = maps.flatMap(({ points = [] }) => points.map((point) => point.observed));
  const [low, high] = [Math.min(0, ...observed), Math.max(1, ...observed)];
  return { low: Math.max(-0.1, low), high: Math.min(1.1, high) };
}

function curvePicture(
  { kind, points = [], ici }: RecalibrationEvidence,
  series: number,
  ends: ReturnType<typeof endsOf>,
): Markup {
  return chart(
    {
      id: `recalibration-${kind}`,
      title: `Calibration, ${names[kind]}`,
      description: ici ? `Mean distance from the diagonal ${spelled(ici)}.` : "",
      x: { label: "predicted probability", ...sharesAxis },
      y: { label: "observed share", ...sharesAxis, ...ends },
      legend: [
        { label: `${names[kind]}${ici ? `, ICI ${spelled(ici)}` : ""}`, series, as: "line" },
      ],
    },
    (place) => [
      band(place, sharesOf(bandOf(points)), series),
      reference(place, [0, 0], [1, 1]),
      line(
        place,
        points.map(({ predicted, observed }): Point => [predicted, observed]),
        { series },
      ),
    ],
  );
}

/** What is compared, and its ideal where that is no end of the scale. */
const compared = [
  ["Brier score", "brier", null],
  ["log loss", "logLoss", null],
  ["ECE", "ece", null],
  ["ICI", "ici", null],
  ["calibration slope", "slope", 1],
  ["calibration in the large", "intercept", 0],
] as const;

function statisticsFigure(source: ReportSource, maps: readonly RecalibrationEvidence[]): Markup {
  return forestFigure({
    id: "figure-recalibrated",
    title: "Statistics by each map",
    what: "map",
    rows: maps.map(({ kind }, series) => ({ name: names[kind], series })),
    panels: compared.flatMap(([label, key, ideal]) => {
      const estimates = maps.map((map): Estimate | null => map[key] ?? null);
      if (estimates.every((each) => each === null)) return [];
      return [{ label, estimates, ...(ideal === null ? {} : { against: idealAt(ideal) }) }];
    }),
    caption: [
      about(source, maps),
      `95 % intervals (Brier score: ${methodOf(maps[0]!.brier)}); ECE over ${maps[0]!.variant}. Take a map where it helps beyond its interval, and judge it again on other rows.`,
    ],
  });
}

const idealAt = (value: number) => ({ value, label: "ideal" });
