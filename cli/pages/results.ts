/** What a model is worth: every number with its interval, and how the interval was made. */
import type { Evaluation, Statistics } from "../../src/index.ts";
import { decimals, orNone, placesFor, range, tie } from "../output/numbers.ts";
import type { Column, Page } from "../output/page.ts";
import { harmless, padEnd, widthOf } from "../output/style.ts";
import { matrix } from "./matrix.ts";

type Estimate = Statistics[string];

/** What a page calls a statistic, and its decimals; `null`: as many as three digits take. */
const shown: Readonly<Record<string, readonly [name: string, places: number | null]>> = {
  auroc: ["AUROC", 3],
  auprc: ["average precision", 3],
  accuracy: ["accuracy", 3],
  brier: ["Brier score", 3],
  logLoss: ["log loss", 3],
  calibrationSlope: ["calibration slope", 2],
  calibrationIntercept: ["calibration in the large", 2],
  observedOverExpected: ["observed / expected", 2],
  sensitivity: ["sensitivity", 3],
  specificity: ["specificity", 3],
  ppv: ["PPV", 3],
  npv: ["NPV", 3],
  rmse: ["RMSE", null],
  mae: ["MAE", null],
  r2: ["R²", 3],
};

/** Which statistics a page shows of each task; metrics.json has them all. */
export const overall: Readonly<Record<Evaluation["task"], readonly string[]>> = {
  binary: ["auroc", "auprc", "brier", "logLoss", "calibrationSlope", "calibrationIntercept"],
  classes: ["auroc", "accuracy", "logLoss"],
  regression: ["r2", "rmse", "mae"],
};

const atThreshold = ["sensitivity", "specificity", "ppv", "npv", "accuracy"];

/** For windows of 40 columns. */
const shorter: Readonly<Record<string, string>> = {
  "average precision": "avg precision",
  "calibration slope": "calib. slope",
  "calibration in the large": "calib. large",
  "AUROC, mean of classes": "mean AUROC",
  "observed / expected": "O/E",
};

/** The name of a statistic for people; over several classes AUROC is a mean. */
export const nameOf = (key: string, task?: Evaluation["task"]): string =>
  key === "auroc" && task === "classes" ? "AUROC, mean of classes" : (shown[key]?.[0] ?? key);

/** The name as it fits the page. */
export function nameOn(page: Page, key: string, task: Evaluation["task"]): string {
  const name = nameOf(key, task);
  return page.narrow ? (shorter[name] ?? name) : name;
}

/** The decimals of a statistic near a value. */
export const placesOf = (key: string, value: number | null): number =>
  shown[key]?.[1] ?? placesFor(value ?? 0, 3);

/** A value of a statistic with its usual digits. */
export const digitsOf = (key: string, value: number | null): string =>
  orNone(value, (x) => decimals(x, placesOf(key, value)));

export const intervalOf = (key: string, { value, low, high }: Estimate): string =>
  range(low, high, (end) => decimals(end, placesOf(key, value)));

/** “bootstrap by group” for “macro one-vs-rest, stratified bootstrap over 64 groups, 2000 resamples”. */
export const shortMethod = (method: string): string =>
  method
    .replace(/^macro one-vs-rest[^,]*, /, "")
    .replace(/, \d+ resamples.*$/, "")
    .replace(/ of \d+ rows$/, "")
    .replace(/ from \d+ disjoint pairs.*$/, "")
    .replace(/ over \d+ groups$/, " by group")
    .replace("stratified ", "");

/** Where the columns of a page of results stand, so that its tables form one. */
const nameWidth = 28;
const columns = (page: Page, indent: number): Column[] => [
  { least: page.narrow ? 0 : nameWidth - indent },
  { align: "right", least: page.narrow ? 5 : 7 },
  { least: page.narrow ? 0 : 13 },
  {},
];

/** A line of the table of results. */
export type Row = readonly [key: string, name: string, estimate: Estimate | undefined];

function whyNot({ value, reason }: Estimate): string | null {
  if (reason === undefined) return null;
  return `${value === null ? "does not exist" : "no interval"}: ${reason}`;
}

/** A table of estimates: name, value, interval, method; and why, where something does not exist. */
export function estimates(page: Page, rows: readonly Row[], indent = 2): void {
  const { strong, faint } = page.style;
  const there = rows.flatMap(([key, name, estimate]) =>
    estimate ? [{ key, name, estimate }] : [],
  );
  const cells = there.flatMap(({ key, name, estimate }, i) => {
    const cell = [name, strong(digitsOf(key, estimate.value)), intervalOf(key, estimate)];
    const why = whyNot(estimate);
    if (why === null) return [page.narrow ? cell : [...cell, faint(shortMethod(estimate.method))]];
    const next = there[i + 1]?.estimate;
    // one reason of several in a row is said once, below them
    return next && whyNot(next) === why ? [cell] : [cell, faint(harmless(why))];
  });
  page.table(cells, columns(page, indent), indent);
}

/** “On 114 rows the network never saw”, and “95 % interval” over the column of intervals. */
export function heading(page: Page, text: string): void {
  const { strong, faint } = page.style;
  page.gap();
  const start = 2 + nameWidth - 2 + 3 + 7 + 3;
  if (page.narrow) page.line(`${strong(text)}  ${faint(`(95${tie}%${tie}intervals)`)}`, 0, 2);
  else if (widthOf(text) < start)
    page.line(`${strong(padEnd(text, start))}${faint("95 % interval")}`);
  else {
    page.line(strong(text));
    page.line(faint("95 % interval"), start);
  }
}

/** The statistics of an evaluation, with its confusion matrix. */
export function evaluationTables(page: Page, found: Evaluation, chosen: string): void {
  const { task, statistics, recalls, confusion, threshold } = found;
  const rowOf = (key: string): Row => [key, nameOn(page, key, task), statistics[key]];
  estimates(page, overall[task].map(rowOf));
  if (recalls) {
    page.line("called right, of the rows that are", 2);
    const rows = Object.entries(recalls).map(
      ([label, estimate]): Row => ["accuracy", harmless(label), estimate],
    );
    estimates(page, rows, 4);
  }
  if (threshold !== null) {
    page.line(`at threshold ${decimals(threshold, 2)} (${chosen})`, 2);
    estimates(page, atThreshold.map(rowOf), 4);
  }
  if (confusion) matrix(page, confusion);
}
