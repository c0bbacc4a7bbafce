/** The ROC curve, with the area under it. */
import { chart } from "../charts/chart.ts";
import { line, markAt, type Point, reference, whisker } from "../charts/marks.ts";
import type { Place } from "../charts/place.ts";
import { figure } from "../figure.ts";
import { fixed, methodOf, number, spelled } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import { classColumn, type Setting, sharesAxis } from "./curve.ts";

/** The figure; curves of several classes share it. */
export function rocFigure(setting: Setting): Markup {
  const { curves, n } = setting;
  const several = curves.length > 1;
  return figure({
    id: "figure-roc",
    title: `Discrimination: ROC curve${several ? " of each class against the others" : ""}`,
    alone: several,
    picture: pictureOf(setting),
    caption: [el("strong", {}, `${n}. `), captionOf(setting)],
    data: {
      header: [...classColumn(several), "threshold", "1 − specificity", "sensitivity"],
      rows: curves.flatMap(({ label, roc }) =>
        roc.map(({ threshold, falsePositiveRate, sensitivity }) => [
          ...classColumn(several, label),
          threshold === null ? "above all" : number(threshold),
          number(falsePositiveRate),
          number(sensitivity),
        ]),
      ),
      names: several ? 2 : 1,
    },
  });
}

function pictureOf(setting: Setting): Markup {
  const { curves } = setting;
  const several = curves.length > 1;
  const areas = curves.map(({ label, auroc, series }) => ({
    label: `${several ? label : "AUROC"} ${spelled(auroc)}`,
    series,
    as: "line" as const,
  }));
  return chart(
    {
      id: "roc",
      title: "ROC curve",
      description: `Sensitivity against 1 − specificity. ${several ? "AUROC: " : ""}${areas.map(({ label }) => label).join("; ")}.`,
      x: { label: "1 − specificity", ...sharesAxis },
      y: { label: "sensitivity", ...sharesAxis },
      legend: [...areas, { label: "chance", series: 0, as: "reference" }],
    },
    (place) => [
      reference(place, [0, 0], [1, 1]),
      curves.map(({ series, roc }) =>
        line(
          place,
          roc.map((point): Point => [point.falsePositiveRate, point.sensitivity]),
          { series },
        ),
      ),
      operatingPoint(setting, place),
    ],
  );
}

function captionOf({ threshold, operating, curves }: Setting): string {
  const area = `AUROC is the chance that a row with the event gets a higher probability than one without; 95 % interval: ${methodOf(curves[0]!.auroc)}.`;
  if (threshold === null) return area;
  const whiskers = operating
    ? `, with 95 % intervals of both rates (${methodOf(operating.sensitivity)})`
    : "";
  return `${area} The square is the threshold ${fixed(threshold)}, chosen on the validation rows${whiskers}.`;
}

/** Where the model stands at its threshold, with the intervals of both rates. */
function operatingPoint({ operating }: Setting, place: Place): Child {
  if (!operating) return null;
  const { sensitivity, specificity } = operating;
  if (sensitivity.value === null || specificity.value === null) return null;
  const at: Point = [1 - specificity.value, sensitivity.value];
  const series = 1;
  return [
    sensitivity.low === null || sensitivity.high === null
      ? null
      : whisker(place, [at[0], sensitivity.low, sensitivity.high], { series }),
    specificity.low === null || specificity.high === null
      ? null
      : whisker(place, [at[1], 1 - specificity.high, 1 - specificity.low], { series, along: true }),
    markAt(place.x(at[0]), place.y(at[1]), { series, radius: 5 }),
  ];
}
