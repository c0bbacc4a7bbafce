/** What happens at the threshold, at others, and where the event is rarer or commoner. */
import type { Evidence } from "../../evaluate/evidence/types.ts";
import { predictiveValues, wilson } from "../../metrics/index.ts";
import { chart } from "../charts/chart.ts";
import { line, type Point, reference } from "../charts/marks.ts";
import { confusionOf } from "../confusion.ts";
import { estimateAt } from "../estimates.ts";
import type { Curve } from "../evidence.ts";
import { type Cell, figure, type Section, table } from "../figure.ts";
import { sharesAxis } from "../figures/curve.ts";
import { count, fixed, number, percent, spelled } from "../format.ts";
import { type Child, el } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { testRowsOf } from "./essentials.ts";

export function thresholds(
  source: ReportSource,
  evidence: Evidence,
  curves: readonly Curve[],
): Section | null {
  if (evidence.task === "regression") return null;
  const binary = evidence.task === "binary";
  return {
    id: "thresholds",
    title: binary ? "Thresholds and confusion" : "Confusion",
    content: [
      confusionTable(source),
      binary
        ? [
            atOthers(source),
            atPrevalences(source),
            el("div", { class: "figures" }, ratesFigure(source), recallFigure(source, curves[0]!)),
          ]
        : recalls(source),
    ],
  };
}

function confusionTable(source: ReportSource): Child {
  const { labels, task } = source.model.target;
  const counts = confusionOf(source.test, labels);
  const { threshold } = source.model;
  return table(
    {
      id: "confusion",
      title:
        threshold === null
          ? "Confusion matrix"
          : `Confusion matrix at the threshold ${fixed(threshold, 3)}`,
      note:
        task === "binary"
          ? "The threshold was chosen on the validation rows by the rule in the settings (the largest sensitivity + specificity − 1 unless told), and was frozen before the test rows were opened. A decision in practice needs one that weighs its harms: see the decision curve."
          : "The class called is the one of highest probability. Shares are of the rows with this true class.",
    },
    {
      header: ["true class", ...labels.map((label) => `called ${label}`), "rows"],
      rows: labels.map((label, k) => {
        const all = counts[k]!.reduce((sum, rows) => sum + rows, 0);
        return [
          label,
          ...counts[k]!.map((rows) =>
            el(
              "data",
              { value: rows },
              `${count(rows)} (${all === 0 ? "—" : percent(rows / all, 1)})`,
            ),
          ),
          count(all),
        ];
      }),
    },
  );
}

function recalls({ run, model: { target } }: ReportSource): Child {
  return table(
    {
      id: "recalls",
      title: "Share of each class that was found",
      note: "In brackets 95 % intervals.",
    },
    {
      header: ["class", "recall", "interval by"],
      rows: target.labels.map((label) => {
        const found = estimateAt(run.metrics, "test", "recall", label);
        return [label, found ? spelled(found) : "—", found?.method ?? ""];
      }),
    },
  );
}

const shownThresholds = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** The four cells at a threshold. */
function tableAt({ test }: ReportSource, threshold: number) {
  const cells = { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 };
  test.truth.forEach((y, row) => {
    const positive = test.probabilities![2 * row + 1]! >= threshold;
    cells[
      y === 1
        ? positive
          ? "truePositive"
          : "falseNegative"
        : positive
          ? "falsePositive"
          : "trueNegative"
    ]++;
  });
  return cells;
}

function atOthers(source: ReportSource): Child {
  const grouped = source.test.groups !== null;
  const share = (part: number, all: number): Cell => {
    if (all === 0) return "—";
    const [low, high] = wilson(part, all);
    const interval = grouped ? "" : ` [${fixed(low, 2)},\u00a0${fixed(high, 2)}]`;
    return el("data", { value: part / all }, fixed(part / all, 2) + interval);
  };
  return table(
    {
      id: "other-thresholds",
      title: "At other thresholds",
      note: `For orientation: to choose one by these test rows would flatter it.${grouped ? "" : " In brackets Wilson 95 % intervals."}`,
    },
    {
      header: ["threshold", "called positive", "sensitivity", "specificity", "PPV", "NPV"],
      rows: shownThresholds.map((threshold) => {
        const {
          truePositive: tp,
          falsePositive: fp,
          falseNegative: fn,
          trueNegative: tn,
        } = tableAt(source, threshold);
        return [
          fixed(threshold, 2),
          count(tp + fp),
          share(tp, tp + fn),
          share(tn, tn + fp),
          share(tp, tp + fp),
          share(tn, tn + fn),
        ];
      }),
    },
  );
}

const prevalences = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

function atPrevalences(source: ReportSource): Child {
  const { threshold, target } = source.model;
  if (threshold === null || source.test.groups) return null;
  const cells = tableAt(source, threshold);
  return table(
    {
      id: "prevalences",
      title: `Where ${target.labels[1]} is rarer or commoner`,
      note: `Predictive values at the threshold ${fixed(threshold, 3)} if sensitivity and specificity stay as they are (Mercaldo, Lau & Zhou 2007).`,
    },
    {
      header: ["share with the event", "PPV", "NPV"],
      rows: prevalences.map((prevalence) => {
        const { ppv, npv } = predictiveValues(cells, { prevalence });
        return [percent(prevalence), spelled(ppv), spelled(npv)];
      }),
    },
  );
}

function ratesFigure(source: ReportSource): Child {
  const points = Array.from({ length: 101 }, (_, i): Rates => {
    const cells = tableAt(source, i / 100);
    return {
      threshold: i / 100,
      sensitivity: cells.truePositive / (cells.truePositive + cells.falseNegative),
      specificity: cells.trueNegative / (cells.trueNegative + cells.falsePositive),
    };
  });
  const { threshold } = source.model;
  return figure({
    id: "figure-rates",
    title: "Sensitivity and specificity by threshold",
    picture: ratesPicture(points, threshold),
    caption: [
      el("strong", {}, `${testRowsOf(source)}. `),
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

interface Rates {
  readonly threshold: number;
  readonly sensitivity: number;
  readonly specificity: number;
}

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
      line(
        place,
        points.map((at): Point => [at.threshold, at.sensitivity]),
      ),
      line(
        place,
        points.map((at): Point => [at.threshold, at.specificity]),
        { series: 1 },
      ),
    ],
  );
}

function recallFigure(source: ReportSource, { precisionRecall, prevalence }: Curve): Child {
  const found = estimateAt(source.run.metrics, "test", "auprc");
  // precision holds back to the recall before
  const steps = precisionRecall.flatMap(({ recall, precision }, i): Point[] => [
    [precisionRecall[i - 1]?.recall ?? 0, precision],
    [recall, precision],
  ]);
  const area = found ? spelled(found) : "—";
  const picture = chart(
    {
      id: "recall",
      title: "Precision and recall",
      description: `Precision against recall. Average precision ${area}.`,
      x: { label: "recall (sensitivity)", ...sharesAxis },
      y: { label: "precision (PPV)", ...sharesAxis },
      legend: [
        { label: `average precision ${area}`, series: 0, as: "line" },
        { label: `chance ${fixed(prevalence, 2)}`, series: 0, as: "reference" },
      ],
    },
    (place) => [reference(place, [0, prevalence], [1, prevalence]), line(place, steps)],
  );
  return figure({
    id: "figure-recall",
    title: "Precision and recall",
    picture,
    caption: [
      el("strong", {}, `${testRowsOf(source)}. `),
      `Average precision: Σ (Rₖ − Rₖ₋₁) Pₖ, never interpolated; 95 % interval: ${found?.method ?? "none"}. It depends on the share of events.`,
    ],
    data: {
      header: ["threshold", "recall", "precision"],
      rows: precisionRecall.map((at) => [
        number(at.threshold),
        number(at.recall),
        number(at.precision),
      ]),
    },
  });
}
