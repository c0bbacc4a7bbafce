/** How often the called class is right, by how sure the call was. */
import type { ClassEvidence } from "../../evaluate/evidence/types.ts";
import { chart } from "../charts/chart.ts";
import { marks, type Point, reference, whisker } from "../charts/marks.ts";
import { figure } from "../figure.ts";
import { count, number, spelled } from "../format.ts";
import { el, type Markup } from "../html.ts";
import { sharesAxis } from "./curve.ts";

export function confidenceFigure({ confidence }: ClassEvidence, n: string): Markup {
  const { bins, ece, mce, variant } = confidence;
  const ends = bins.some(({ low }) => low !== null);
  return figure({
    id: "figure-confidence",
    title: "How sure the calls were",
    picture: chart(
      {
        id: "confidence",
        title: "Share of right calls by the called class's probability",
        description: `Expected calibration error ${spelled(ece)}, at most ${spelled(mce)}.`,
        x: { label: "probability of the called class", ...sharesAxis },
        y: { label: "share called right", ...sharesAxis },
        legend: [
          { label: "bins", series: 0, as: "mark" },
          { label: "ideal", series: 0, as: "reference" },
        ],
      },
      (place) => [
        reference(place, [0, 0], [1, 1]),
        bins.map(({ predicted, low, high }) =>
          low === null || high === null ? null : whisker(place, [predicted, low, high]),
        ),
        marks(
          place,
          bins.map(({ predicted, observed }): Point => [predicted, observed]),
        ),
      ],
    ),
    caption: [
      el("strong", {}, `${n}. `),
      `${variant}${ends ? ", with Wilson 95 % intervals" : ""}: expected calibration error ${spelled(ece)}, the largest ${spelled(mce)}. Below the diagonal the calls are surer than right.`,
    ],
    data: {
      header: ["mean probability", "share right", "low", "high", "rows"],
      rows: bins.map(({ predicted, observed, low, high, rows }) => [
        ...[predicted, observed, low, high].map((value) => number(value)),
        count(rows),
      ]),
    },
  });
}
