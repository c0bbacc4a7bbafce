/** What a reviewer asks first (Van Calster et al. 2025): four figures, and every number with its interval. */

import type { Evidence, RegressionEvidence } from "../../evaluate/evidence/types.ts";
import type { Estimate } from "../../metrics/index.ts";
import {
  baselineNames,
  baselineOf,
  comparisonAt,
  estimateAt,
  improper,
  nameOf,
  statisticNames,
} from "../estimates.ts";
import type { Curve } from "../evidence.ts";
import { note, type Section, table } from "../figure.ts";
import { calibrationFigure } from "../figures/calibration.ts";
import type { Setting } from "../figures/curve.ts";
import { decisionFigure } from "../figures/decision.ts";
import { distributionFigure } from "../figures/distribution.ts";
import {
  agreementFigure,
  errorFigure,
  residualFigure,
  spreadFigure,
} from "../figures/regression.ts";
import { rocFigure } from "../figures/roc.ts";
import { counted, fixed, pValue, spelled } from "../format.ts";
import { type Child, el } from "../html.ts";
import type { ReportSource } from "../source.ts";

/** The four essentials and the table of numbers. */
export function essentials(
  source: ReportSource,
  evidence: Evidence,
  curves: readonly Curve[],
): Section {
  const figures =
    evidence.task === "regression"
      ? ofNumbers(source, evidence)
      : ofProbabilities(source, evidence, curves);
  return {
    id: "essentials",
    title: "The essentials",
    content: [
      el("div", { class: "figures" }, figures),
      numbers(source, evidence),
      comparison(source),
    ],
  };
}

function ofNumbers(source: ReportSource, evidence: RegressionEvidence): Child {
  const { model, test } = source;
  const setting = {
    ...{ ...evidence, target: model.target.column, n: testRowsOf(source) },
    ...{ predicted: test.values, observed: test.truth },
  };
  const all = [agreementFigure, residualFigure, spreadFigure, errorFigure];
  return all.map((of) => of(setting));
}

function ofProbabilities(
  source: ReportSource,
  evidence: Evidence,
  curves: readonly Curve[],
): Child {
  if (curves.every(({ events, rows }) => events % rows === 0))
    return note(
      "All test rows have the same label: there is nothing to tell apart, and no curve exists.",
    );
  const [sensitivity, specificity] = ["sensitivity", "specificity"].map((key) =>
    estimateAt(source.run.metrics, "test", key),
  );
  const setting: Setting = {
    ...{ curves, threshold: source.model.threshold, grouped: evidence.groups !== null },
    operating: sensitivity && specificity ? { sensitivity, specificity } : null,
    ...{ baseline: baselineOf(source.run.metrics).name, n: testRowsOf(source) },
  };
  const all = [rocFigure, calibrationFigure, decisionFigure, distributionFigure];
  return all.map((of) => of(setting));
}

/** `114 test rows, 42 with M`. */
export function testRowsOf({ model: { target }, test }: ReportSource): string {
  const groups = test.groups ? ` of ${counted(new Set(test.groups).size, "group")}` : "";
  const rows = `${counted(test.rows, "test row")}${groups}`;
  if (target.task === "regression") return rows;
  const counts = target.labels.map(
    (label, k) => [label, test.truth.filter((y) => y === k).length] as const,
  );
  const told = target.task === "binary" ? counts.slice(1) : counts;
  return `${rows}, ${told.map(([label, events]) => `${events} ${label}`).join(", ")}`;
}

/** Every statistic of the network beside its baseline and a constant. */
function numbers({ run: { metrics }, model: { target } }: ReportSource, evidence: Evidence): Child {
  const baseline = baselineOf(metrics);
  const constant = target.task === "regression" ? "the mean for everyone" : "one risk for everyone";
  const shown = statisticNames.flatMap((each) => {
    const estimate = estimateAt(metrics, "test", each.key);
    return estimate ? [{ ...each, estimate }] : [];
  });
  const others = [baseline.key, "constant"];
  return table(
    { id: "numbers", title: "Every number with its interval", note: aboutNumbers(target.task) },
    {
      header: [...["statistic", "network", baseline.name, constant], ...["ideal", "interval by"]],
      rows: [
        ...shown.map(({ key, name, ideal, estimate }) => [
          improper.has(key) && target.task === "binary" ? improperName(name) : name,
          exact(estimate),
          ...others.map((other) => exact(estimateAt(metrics, "baseline", other, key))),
          ideal,
          estimate.reason ?? estimate.method,
        ]),
        ...besides(evidence).map(([name, ideal, estimate]) => [
          ...[name, exact(estimate), "", "", ideal],
          estimate.reason ?? estimate.method,
        ]),
      ],
    },
  );
}

/** Of the network alone, by the evidence of its task. */
function besides(evidence: Evidence): (readonly [name: string, ideal: string, Estimate])[] {
  if (evidence.task === "binary") {
    const { ici, e50, e90, emax, brier, bins } = evidence.calibration;
    return [
      ["ICI", "0", ici],
      ["E50", "0", e50],
      ["E90", "0", e90],
      ["Emax", "0", emax],
      [`ECE (${bins.variant})`, "0", bins.ece],
      ["reliability (Murphy)", "0", brier.reliability],
      ["resolution (Murphy)", "as large as uncertainty", brier.resolution],
      ["uncertainty (Murphy)", "", brier.uncertainty],
    ];
  }
  if (evidence.task === "classes") {
    const { brier, balancedAccuracy, macroF1, mcc, kappa, confidence } = evidence;
    return [
      ["Brier score of all classes", "0; 2 is the worst", brier],
      ["balanced accuracy", "1", balancedAccuracy],
      ["macro F1", "1", macroF1],
      ["MCC", "1", mcc],
      ["Cohen's κ", "1", kappa],
      [`ECE (${confidence.variant})`, "0", confidence.ece],
    ];
  }
  const { calibration, pearson, spearman, concordance } = evidence;
  return [
    ["calibration slope", "1", calibration.slope],
    ["calibration intercept", "0", calibration.intercept],
    ["Pearson's r", "1", pearson],
    ["Spearman's ρ", "1", spearman],
    ["Lin's concordance", "1", concordance],
  ];
}

const improperName = (name: string): Child => [
  name,
  " ",
  el("span", { class: "soft" }, "(improper)"),
];

const aboutNumbers = (task: string): string =>
  [
    "In brackets 95 % intervals; a dash where the statistic does not exist on these rows.",
    task === "binary"
      ? "The improper ones favor wrong risks at clinical thresholds (Van Calster et al. 2025): they are here because people ask."
      : "",
  ].join(" ");

/** Rounded for people, whole for what is saved. */
function exact(estimate: Estimate | null): Child {
  if (estimate === null || estimate.value === null) return "—";
  const { value, low, high } = estimate;
  const whole = low === null || high === null ? value : `${value} [${low}, ${high}]`;
  return el("data", { value: whole }, spelled(estimate));
}

/** Whether the network is better than the model without hidden layers. */
function comparison({ run }: ReportSource): Child {
  const found = comparisonAt(run.metrics, "comparison");
  if (!found || found.difference === null) return null;
  const { difference, low, high, p, method, statistic, against } = found;
  const interval = low === null || high === null ? "" : ` [${fixed(low)}, ${fixed(high)}]`;
  const clear = low !== null && high !== null && (low > 0 || high < 0);
  const better = statistic === "rmse" ? difference < 0 : difference > 0;
  const verdict = clear
    ? `The ${better ? "network" : "simpler model"} is better on these rows.`
    : "These rows give no evidence that the network is better: take the simpler model, or more data.";
  return note(
    `Beside it, ${baselineNames[against] ?? against} on the same rows: difference in ${nameOf(statistic)} ${fixed(difference)}${interval}${p === null ? "" : `, p ${p < 0.001 ? "" : "= "}${pValue(p)}`} (${method}). ${verdict}`,
  );
}
