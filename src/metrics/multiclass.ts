/** Scores of predictions over several classes: one row of probabilities a case, row-major. */
import { InputError } from "../base/errors.ts";
import { log } from "../base/math.ts";
import { bootstrap, hasRepeatedGroups, type Statistic, weightedMean } from "./bootstrap.ts";
import { weightedAuroc } from "./delong.ts";
import { type Estimate, type IntervalOptions, missing, type Numbers } from "./estimate.ts";
import { type ProportionMethod, proportion } from "./proportion.ts";
import { binaryRows, clipped, finite } from "./rows.ts";

/** Probabilities [rows × classes] and the true class of each row, 0 … classes - 1. */
export interface ClassRows {
  readonly probabilities: Numbers;
  readonly labels: Numbers;
  readonly classes: number;
}

interface Checked {
  readonly probabilities: Float64Array;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly rows: number;
}

/** The rows of several classes, checked at the door. */
export function checkedClasses(
  what: string,
  { probabilities, labels, classes }: ClassRows,
): Checked {
  const rows = labels.length;
  if (!(Number.isInteger(classes) && classes >= 2)) {
    throw new InputError(`${what}: ${classes} classes; there must be two or more.`);
  }
  if (rows === 0) throw new InputError(`${what}: no rows; give at least one.`);
  if (probabilities.length !== rows * classes) {
    throw new InputError(
      `${what}: ${probabilities.length} probabilities for ${rows} rows of ${classes} classes; ` +
        `give ${rows * classes}, row by row.`,
    );
  }
  for (let i = 0; i < rows; i++) {
    const label = labels[i]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new InputError(`${what}: row ${i} has class ${label}; number them 0 to ${classes - 1}.`);
  }
  return {
    probabilities: finite(what, probabilities),
    labels: Int32Array.from(labels),
    classes,
    rows,
  };
}

/**
 * Macro one-vs-rest AUROC: the mean over classes of each class's AUROC against the others, each
 * class counting the same; classes without a row are left out and the method says so. Bootstrap
 * interval, stratified by class.
 * @example macroAuroc({ probabilities, labels, classes: 4 }).value
 */
export function macroAuroc(input: ClassRows, options: IntervalOptions = {}): Estimate {
  const { probabilities, labels, classes, rows } = checkedClasses("macro AUROC", input);
  const present = [...new Set(labels)].sort((a, b) => a - b);
  const name = "macro one-vs-rest";
  if (present.length < 2) return missing(name, "all rows have the same class; it takes two");
  const areas = present.map((k) => {
    const scores = Float64Array.from({ length: rows }, (_, i) => probabilities[i * classes + k]!);
    const isClass = labels.map((label) => (label === k ? 1 : 0));
    return weightedAuroc(binaryRows("macro AUROC", scores, isClass));
  });
  const macro: Statistic = (weights) => {
    let sum = 0;
    for (const area of areas) {
      const value = area(weights);
      if (value === null) return null;
      sum += value;
    }
    return sum / areas.length;
  };
  const estimate = bootstrap({ ...options, rows, strata: labels }, macro);
  const all = present.length === classes ? "" : ` over the ${present.length} classes present`;
  return { ...estimate, method: `${name}${all}, ${estimate.method}` };
}

/**
 * Log loss -mean ln p[true class] in nats with a bootstrap interval; p is first moved into
 * [2^-52, 1 - 2^-52].
 * @example classLogLoss({ probabilities: [0.5, 0.25, 0.25], labels: [0], classes: 3 }).value // ln 2
 */
export function classLogLoss(input: ClassRows, options: IntervalOptions = {}): Estimate {
  const { probabilities, labels, classes, rows } = checkedClasses("log loss", input);
  const losses = Float64Array.from(
    labels,
    (k, i) => -log(clipped(probabilities[i * classes + k]!)),
  );
  return bootstrap({ ...options, rows }, weightedMean(losses));
}

/** The class of highest probability in each row; of equals the first. */
export function mostLikely(input: ClassRows): Int32Array {
  const { probabilities, classes, rows } = checkedClasses("most likely class", input);
  return Int32Array.from({ length: rows }, (_, i) => {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[i * classes + k]! > probabilities[i * classes + best]!) best = k;
    }
    return best;
  });
}

export interface ClassOptions extends IntervalOptions {
  /** Wilson's by default. */
  readonly interval?: ProportionMethod | undefined;
}

/**
 * Share of rows whose most likely class is the true one, with Wilson's interval.
 * @example classAccuracy({ probabilities, labels, classes: 4 }).low
 */
export function classAccuracy(input: ClassRows, options: ClassOptions = {}): Estimate {
  const called = mostLikely(input);
  const right = called.map((k, i) => (k === input.labels[i] ? 1 : 0));
  return share(right, onceEachRow(right.length), options, "there are no rows");
}

/**
 * For each class the share of its rows that were called so, with Wilson's interval.
 * @example classRecalls({ probabilities, labels, classes: 4 })[2].value
 */
export function classRecalls(input: ClassRows, options: ClassOptions = {}): Estimate[] {
  const called = mostLikely(input);
  return Array.from({ length: input.classes }, (_, k) => {
    const among = called.map((_, i) => (input.labels[i] === k ? 1 : 0));
    const right = called.map((c, i) => (c === k ? among[i]! : 0));
    return share(right, among, options, `no row has class ${k}`);
  });
}

const onceEachRow = (rows: number) => new Int32Array(rows).fill(1);

/** Σ right / Σ among, by Wilson or, with repeated groups, by a bootstrap of groups. */
function share(
  right: Int32Array,
  among: Int32Array,
  options: ClassOptions,
  none: string,
): Estimate {
  const rows = right.length;
  const sum = (values: Int32Array) => values.reduce((total, value) => total + value, 0);
  if (sum(among) === 0 || !hasRepeatedGroups(rows, options.groups)) {
    return proportion(sum(right), sum(among), { ...options, none });
  }
  const statistic: Statistic = (weights) => {
    let [top, bottom] = [0, 0];
    for (let i = 0; i < rows; i++) {
      top += weights[i]! * right[i]!;
      bottom += weights[i]! * among[i]!;
    }
    return bottom === 0 ? null : top / bottom;
  };
  return bootstrap({ ...options, rows }, statistic);
}
