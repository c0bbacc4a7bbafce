/** What other thresholds would do: sensitivity and specificity, precision and recall. */
import { confusion, type PrecisionRecallPoint } from "../../metrics/index.ts";
import { chart } from "../charts/chart.ts";
import { line, type Point, reference } from "../charts/marks.ts";
import { type Curve, positivesOf } from "../evidence.ts";
import { figure } from "../figure.ts";
import { fixed, methodOf, number, spelled } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { classColumn, sharesAxis } from "./curve.ts";

interface Rates {
  readonly threshold: number;
  /** `null` where no row has the event. */
  readonly sensitivity: number | null;
  /** `null` where every row has it. */
  readonly specificity: number | null;
}

const share = (some: number, others: number) =>
  some + others === 0 ? null : some / (some + others);

export function ratesFigure(source: ReportSource, n: string): Child {
  const [p, y] = [positivesOf(source), source.test.truth];
  const points = Array.from({ length: 101 }, (_, i): Rates => {
    const { truePositive, falseNegative, trueNegative, falsePositive } = confusion(p, y, i / 100);
    return {
      threshold: i / 100,
      sensitivity: share(truePositive, falseNegative),
      specificity: share(trueNegative, falsePositive),
    };
  });
  return figure({
    id: "figure-rates",
    title: "Sensitivity and specificity by threshold",
    picture: ratesPicture(points, source.model.threshold),
    caption: [
      el("strong", {}, `${n}. `),
      "What another threshold would have found and what it would have cost.",
    ],
    data: {
      header: ["threshold", "sensitivity", "specificity"],
      rows: points.map((at) => [
        fixed(at.threshold, 2),
        number(at.sensitivity),
        number(at.specificity),
      ]),
    },
  });
}

/** The points where there is such a rate. */
const known = (points: readonly Rates[], name: "sensitivity" | "specificity"): Point[] =>
  points.flatMap((at) => (at[name] === null ? [] : [[at.threshold, at[name]]]));

function ratesPicture(points: readonly Rates[], threshold: number | null) {
  return chart(
    {
      id: "rates",
      title: "Sensitivity and specificity by threshold",
      description: "Sensitivity falls and specificity rises with the threshold.",
      x: { label: "threshold", ...sharesAxis },
      y: { label: "share", ...sharesAxis },
      legend: [
        { label: "sensitivity", series: 0, as: "line" },
        { label: "specificity", series: 1, as: "line" },
        ...(threshold === null
          ? []
          : [{ label: "the threshold", series: 0, as: "reference" as const }]),
      ],
    },
    (place) => [
      threshold === null ? null : reference(place, [threshold, 0], [threshold, 1]),
      line(place, known(points, "sensitivity")),
      line(place, known(points, "specificity"), { series: 1 }),
    ],
  );
}

/** Of the event, or of each class against the others. */
export function recallFigure(curves: readonly Curve[], n: string): Markup {
  const several = curves.length > 1;
  const chances = curves.map(({ label, prevalence }) => `${fixed(prevalence, 2)} for ${label}`);
  return figure({
    id: "figure-recall",
    title: `Precision and recall${several ? " of each class against the others" : ""}`,
    picture: recallPicture(curves, several),
    caption: [
      el("strong", {}, `${n}. `),
      `Average precision: Σ (Rₖ − Rₖ₋₁) Pₖ, never interpolated; 95 % interval: ${methodOf(curves[0]!.auprc)}. It depends on the share of events: chance is ${chances.join(", ")}.`,
    ],
    data: {
      header: [...classColumn(several), "threshold", "recall", "precision"],
      names: several ? 2 : 1,
      rows: curves.flatMap(({ label, precisionRecall }) =>
        precisionRecall.map(({ threshold, recall, precision }) => [
          ...classColumn(several, label),
          ...[threshold, recall, precision].map((value) => number(value)),
        ]),
      ),
    },
  });
}

function recallPicture(curves: readonly Curve[], several: boolean) {
  const lines = curves.map(({ label, series, auprc }) => ({
    label: `${several ? label : "average precision"} ${spelled(auprc)}`,
    ...{ series, as: "line" as const },
  }));
  const chance = { label: "chance", series: 0, as: "reference" as const };
  return chart(
    {
      id: "recall",
      title: "Precision and recall",
      description: `Precision against recall. ${lines.map(({ label }) => label).join("; ")}.`,
      x: { label: "recall (sensitivity)", ...sharesAxis },
      y: { label: "precision (PPV)", ...sharesAxis },
      legend: [...lines, chance],
    },
    (place) =>
      curves.map(({ prevalence, precisionRecall, series }) => [
        reference(place, [0, prevalence], [1, prevalence]),
        line(place, stepsOf(precisionRecall), { series }),
      ]),
  );
}

/** Precision holds back to the recall before. */
const stepsOf = (points: readonly PrecisionRecallPoint[]): Point[] =>
  points.flatMap(({ recall, precision }, i): Point[] => [
    [points[i - 1]?.recall ?? 0, precision],
    [recall, precision],
  ]);
