/** What the numbers mean in words: the baseline beside them, and what to keep in mind. */
import type { BaselineComparison, Evaluation, Study } from "../../src/index.ts";
import { decimals, integer, placesFor, pValue, range } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { digitsOf, nameOf, shortMethod } from "./results.ts";

const baselines = {
  logistic: "logistic regression",
  softmax: "softmax regression",
  linear: "linear regression",
} as const;

/** Of an error less is better. */
const errors: ReadonlySet<string> = new Set(["rmse", "mae", "brier", "logLoss"]);

interface Beside {
  readonly comparison: BaselineComparison;
  readonly baseline: Evaluation;
  readonly hidden: number;
}

/** “logistic regression AUROC 0.993 · difference 0.001 (p = 0.71): no evidence that …”. */
export function beside(page: Page, { comparison, baseline, hidden }: Beside): void {
  const { statistic, against } = comparison;
  const value = digitsOf(statistic, baseline.statistics[statistic]?.value ?? null);
  const name = `${baselines[against]} ${nameOf(statistic, baseline.task)} ${value}`;
  page.fact(
    "beside it",
    `${name} · ${differenceText(comparison)}: ${wordsFor(comparison, hidden)}`,
  );
}

function differenceText({ statistic, difference, low, high, p, method }: BaselineComparison) {
  if (difference === null) return "no difference can be tested";
  const places = statistic === "rmse" ? placesFor(difference, 2) : 3;
  const show = (value: number) => decimals(value, places);
  const facts = [
    ...(low === null ? [] : [range(low, high, show)]),
    ...(p === null ? [] : [pValue(p), shortMethod(method).replace(/; interval.*$/, "")]),
  ];
  return `difference ${show(difference)}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}`;
}

function wordsFor(comparison: BaselineComparison, hidden: number): string {
  const { statistic, difference, p, reason } = comparison;
  if (hidden === 0) return "the network has no hidden layer, so the two are the same kind of model";
  if (difference === null || p === null) return reason ?? "the two make the same predictions";
  const layers = hidden === 1 ? "hidden layer helps" : "hidden layers help";
  if (p >= 0.05) return `no evidence that the ${layers} here`;
  const better = errors.has(statistic) ? difference < 0 : difference > 0;
  return better ? `the ${layers} here` : "the simpler model is better here: take --hidden none";
}

/** The model that looks at nothing. */
export function constant(page: Page, { task, statistics }: Evaluation): void {
  const of = (key: string) => digitsOf(key, statistics[key]?.value ?? null);
  const text = {
    binary: `the same risk for everyone: Brier score ${of("brier")}, log loss ${of("logLoss")}`,
    classes: `the commonest class for everyone: accuracy ${of("accuracy")}, log loss ${of("logLoss")}`,
    regression: `the training mean for everyone: RMSE ${of("rmse")}, MAE ${of("mae")}`,
  }[task];
  page.fact("", text);
}

/** Intervals of AUROC, accuracy or R², and of the calibration slope, that say little. */
const wide = 0.1;
const wideSlope = 1;

/** What a careful reader would ask, before somebody does. */
export function remember(page: Page, study: Study, again: string): void {
  const { test, prepared, crossValidation, sites } = study;
  const key = { binary: "auroc", classes: "accuracy", regression: "r2" }[test.task];
  const { low, high } = test.statistics[key] ?? { low: null, high: null };
  const notes: string[] = [];
  if (low !== null && high !== null && high - low > wide)
    notes.push(
      `${integer(test.rows)} test rows leave a wide interval: the ${nameOf(key)} of this very network may well be ${digitsOf(key, low)} or ${digitsOf(key, high)}`,
    );
  const slope = test.statistics.calibrationSlope;
  if (slope && slope.low !== null && slope.high !== null && slope.high - slope.low > wideSlope)
    notes.push(
      `${integer(test.rows)} test rows say little about calibration: its slope may well be ${digitsOf("calibrationSlope", slope.low)} or ${digitsOf("calibrationSlope", slope.high)} (1 is right)`,
    );
  const { splitColumn, testTable, time } = prepared.options;
  const told = splitColumn ?? testTable ?? time;
  if (prepared.options.folds !== undefined && !crossValidation)
    notes.push("the cross-validation was interrupted and is left out");
  if (prepared.options.site !== undefined && !sites)
    notes.push("the sites were interrupted and are left out");
  if (prepared.options.folds === undefined && told === undefined)
    notes.push(`another random split gives other numbers; see how far they go: ${again}`);
  notes.forEach((note, i) => {
    page.fact(i === 0 ? "remember" : "", note);
  });
}
