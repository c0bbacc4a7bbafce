/** What happens at the threshold, at others, and where the event is rarer or commoner. */

import { operatingEvidence } from "../../evaluate/evidence/operating.ts";
import type { Evidence, OperatingEvidence } from "../../evaluate/evidence/types.ts";
import { atThreshold, type Estimate } from "../../metrics/index.ts";
import { confusionAt, estimateAt } from "../estimates.ts";
import { type Curve, judgedOf, positivesOf } from "../evidence.ts";
import { type Section, table } from "../figure.ts";
import { confidenceFigure } from "../figures/confidence.ts";
import { ratesFigure, recallFigure } from "../figures/rates.ts";
import { count, fixed, methodOf, number, percent, spelled } from "../format.ts";
import { type Child, el } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { testRowsOf } from "./essentials.ts";

export function thresholds(
  source: ReportSource,
  evidence: Evidence,
  curves: readonly Curve[],
): Section | null {
  if (evidence.task === "regression") return null;
  const n = testRowsOf(source);
  return {
    id: "thresholds",
    title: evidence.task === "binary" ? "Thresholds and confusion" : "Confusion",
    content: [
      confusionTable(source),
      evidence.task === "binary"
        ? [
            el("div", { class: "figures" }, ratesFigure(source, n), recallFigure(curves, n)),
            frozenTable(source, evidence.operating),
            atOthers(source),
            atPrevalences(source, evidence.operating),
          ]
        : [
            recalls(source),
            el("div", { class: "figures" }, recallFigure(curves, n), confidenceFigure(evidence, n)),
          ],
    ],
  };
}

function confusionTable(source: ReportSource): Child {
  const { labels, task } = source.model.target;
  const counts = confusionAt(source.run.metrics, labels);
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
          ? "A decision in practice needs a threshold that weighs its harms: see the decision curve."
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
        return [label, found ? spelled(found) : "—", methodOf(found)];
      }),
    },
  );
}

/** The statistics of a threshold, by name. */
const rates = ["sensitivity", "specificity", "ppv", "npv"] as const;

const rules: readonly (readonly [start: string, means: string])[] = [
  ["youden", "the largest sensitivity + specificity − 1"],
  ["sensitivity", "the highest threshold that reaches it"],
  ["specificity", "the lowest threshold that reaches it"],
  ["cost", "false alarms and missed events weighed by their costs: C₊ / (C₊ + C₋)"],
  ["probability", "told, from a decision's harms and benefits"],
];

/** How the threshold was chosen, in a sentence. */
function chosenBy({ model }: ReportSource, { choice }: OperatingEvidence): string {
  if (!choice) return "";
  const { rule, reason } = choice;
  const meaning = rules.find(([start]) => rule.startsWith(start))?.[1];
  const means = meaning ? ` (${meaning})` : "";
  const why = reason ? `; it could not be followed: ${reason}` : "";
  return `Chosen on the ${count(model.frozen?.rows ?? 0)} validation rows by ${rule}${means}${why}, and frozen before the test rows were opened. `;
}

function besideBaseline({ mcnemar }: OperatingEvidence): string {
  if (mcnemar === null || mcnemar.difference === null) return "";
  const { difference, low, high, method } = mcnemar;
  return `Share called right, network minus baseline: ${spelled({ value: difference, low, high })} (${method}). `;
}

/** What the frozen threshold does on the rows that chose it, on the test rows, and elsewhere. */
function frozenTable(source: ReportSource, operating: OperatingEvidence): Child {
  const { threshold, choice, exact, likelihoodRatios, atPrevalence } = operating;
  const elsewhere = atPrevalence ? [`if ${share(atPrevalence.prevalence)} have it`] : [];
  const row = (
    name: string,
    estimate: Estimate,
    { before, there }: { before?: number | null | undefined; there?: Estimate | undefined } = {},
  ): Child[] => [
    ...[name, typeof before === "number" ? number(before) : "", spelled(estimate)],
    ...elsewhere.map(() => (there ? spelled(there) : "")),
    methodOf(estimate),
  ];
  return table(
    {
      id: "operating",
      title: `At the frozen threshold ${fixed(threshold, 3)}`,
      note: [chosenBy(source, operating), besideBaseline(operating), operating.note],
    },
    {
      header: ["statistic", "validation rows", "test rows", ...elsewhere, "interval by"],
      rows: [
        row("sensitivity", exact.sensitivity, { before: choice?.sensitivity }),
        row("specificity", exact.specificity, { before: choice?.specificity }),
        row("PPV", exact.ppv, { there: atPrevalence?.ppv }),
        row("NPV", exact.npv, { there: atPrevalence?.npv }),
        row("accuracy (improper)", exact.accuracy),
        row("likelihood ratio of a positive call", likelihoodRatios.positive),
        row("likelihood ratio of a negative call", likelihoodRatios.negative),
      ],
    },
  );
}

const shownThresholds = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

function atOthers(source: ReportSource): Child {
  const { interval, truth } = judgedOf(source);
  const p = positivesOf(source);
  const found = shownThresholds.map((threshold) => ({
    threshold,
    called: p.filter((each) => each >= threshold).length,
    ...atThreshold(p, truth, { ...interval, resamples: 200, threshold }),
  }));
  return table(
    {
      id: "other-thresholds",
      title: "At other thresholds",
      note: `For orientation: to choose one by these test rows would flatter it. In brackets 95 % intervals: ${methodOf(found[0]!.sensitivity)}.`,
    },
    {
      header: ["threshold", "called positive", "sensitivity", "specificity", "PPV", "NPV"],
      rows: found.map(({ threshold, called, ...all }) => [
        fixed(threshold, 2),
        count(called),
        ...rates.map((name) => brief(all[name])),
      ]),
    },
  );
}

/** Two decimals, so that four of them fit beside each other. */
function brief({ value, low, high }: Estimate): Child {
  if (value === null) return "—";
  const interval =
    low === null || high === null ? "" : ` [${fixed(low, 2)},\u00a0${fixed(high, 2)}]`;
  return el("data", { value }, fixed(value, 2) + interval);
}

/** As few decimals as tell it. */
const share = (value: number) => percent(value, Math.round(1000 * value) % 10 === 0 ? 0 : 1);

const prevalences = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

function atPrevalences(
  source: ReportSource,
  { threshold, atPrevalence }: OperatingEvidence,
): Child {
  const { labels } = source.model.target;
  const judged = judgedOf(source);
  const asked = atPrevalence?.prevalence;
  const all = [...new Set([...prevalences, ...(asked === undefined ? [] : [asked])])];
  const interval = { ...judged.interval, resamples: 200 };
  const found = all
    .sort((a, b) => a - b)
    .flatMap((prevalence) => {
      const at = { ...judged, threshold, choice: null, prevalence };
      return operatingEvidence(at, interval).atPrevalence ?? [];
    });
  return table(
    {
      id: "prevalences",
      title: `Where ${labels[1]} is rarer or commoner`,
      note: `Predictive values at the threshold ${fixed(threshold, 3)} if sensitivity and specificity stay as they are: ${methodOf(found[0]?.ppv)}.`,
    },
    {
      header: ["share with the event", "PPV", "NPV"],
      rows: found.map(({ prevalence, ppv, npv }) => [
        share(prevalence),
        spelled(ppv),
        spelled(npv),
      ]),
    },
  );
}
