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
import { count, counted, methodOf, pValue, spelled } from "../format.ts";
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

/** Of more classes only the fewest and the most rows are told. */
const mostClasses = 4;

/** `114 test rows, 42 M`. */
export function testRowsOf(source: ReportSource): string {
  const { target } = source.model;
  const rows = rowsWithGroups(source);
  if (target.task === "regression") return rows;
  const counts = countsOf(source);
  if (counts.length > mostClasses) {
    const [low, high] = [Math.min(...counts), Math.max(...counts)];
    return `${rows}, ${low} to ${high} in each of ${counts.length} classes`;
  }
  return `${rows}, ${labeled(source).join(", ")}`;
}

const countsOf = ({ model: { target }, test }: ReportSource): number[] =>
  target.labels.map((_, k) => test.truth.filter((y) => y === k).length);

/** `42 M`, of a binary task that of the event alone. */
function labeled(source: ReportSource): string[] {
  const { labels, task } = source.model.target;
  const told = countsOf(source).map((events, k) => `${count(events)} ${labels[k]}`);
  return task === "binary" ? told.slice(1) : told;
}

const rowsWithGroups = ({ test }: ReportSource, rows = "test row"): string =>
  `${counted(test.rows, rows)}${test.groups ? ` of ${counted(new Set(test.groups).size, "group")}` : ""}`;

/** `tested on 114 rows that it never saw (42 M)`. */
export function testedOn(source: ReportSource): string {
  const labels = source.model.target.task === "regression" ? [] : labeled(source);
  const each = labels.length > 0 ? ` (${labels.join(", ")})` : "";
  return `tested on ${rowsWithGroups(source, "row")} that it never saw${each}`;
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
  const alone = besides(evidence);
  const all = [
    ...shown.map(({ estimate }) => estimate),
    ...alone.map(([, , estimate]) => estimate),
  ];
  const methods = [...new Set(all.map(methodOf))].filter(Boolean);
  const letterOf = (estimate: Estimate): Child => {
    const value = methodOf(estimate);
    return value === "" ? "" : el("data", { value }, letters[methods.indexOf(value)]);
  };
  const notes = methods.map((method, i) => [
    i > 0 ? "; " : "",
    el("b", {}, letters[i]),
    ` ${method}`,
  ]);
  return table(
    {
      id: "numbers",
      title: "Every number with its interval",
      note: [aboutNumbers(target.task), " Intervals by: ", notes, "."],
    },
    {
      header: [...["statistic", "network", baseline.name, constant], ...["ideal", "by"]],
      rows: [
        ...shown.map(({ key, name, ideal, estimate }) => [
          improper.has(key) && target.task === "binary" ? improperName(name) : name,
          exact(estimate),
          ...others.map((other) => exact(estimateAt(metrics, "baseline", other, key))),
          ideal,
          letterOf(estimate),
        ]),
        ...alone.map(([name, ideal, estimate]) => [
          ...[name, exact(estimate), "", "", ideal],
          letterOf(estimate),
        ]),
      ],
    },
  );
}

/** What stands in the table for the method that made an interval. */
const letters = Array.from("abcdefghijklmnopqrstuvwxyz");

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
  const clear = low !== null && high !== null && (low > 0 || high < 0);
  const better = statistic === "rmse" ? difference < 0 : difference > 0;
  const verdict = clear
    ? `The ${better ? "network" : "simpler model"} is better on these rows.`
    : "These rows give no evidence that the network is better: take the simpler model, or more data.";
  return note(
    `Beside it, ${baselineNames[against] ?? against} on the same rows: difference in ${nameOf(statistic)} ${spelled({ value: difference, low, high })}${p === null ? "" : `, p ${p < 0.001 ? "" : "= "}${pValue(p)}`} (${methodOf({ method })}). ${verdict}`,
  );
}
