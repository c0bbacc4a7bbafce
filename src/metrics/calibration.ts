/** Whether predicted probabilities mean what they say: calibration in the large, slope, O/E. */
import { exp, log } from "../base/math.ts";
import {
  bootstrap,
  bootstrapAll,
  hasRepeatedGroups,
  onceEach,
  type Statistic,
} from "./bootstrap.ts";
import {
  type Estimate,
  estimated,
  type IntervalOptions,
  missing,
  type Numbers,
  standardErrors,
  withoutInterval,
} from "./estimate.ts";
import { logisticFit, logisticRefits, separated } from "./logistic.ts";
import { type BinaryRows, clipped, ONE_CLASS, probabilityRows } from "./rows.ts";

/** An estimate that also has a standard error, on its own scale. */
export interface Coefficient extends Estimate {
  readonly standardError: number | null;
}

const WALD = "Wald";
const UNSETTLED = "the fit did not settle";
const SEPARATED = "one probability separates the classes, so the slope has no finite value";

export const logits = (rows: BinaryRows): Float64Array =>
  rows.scores.map((p) => log(clipped(p) / (1 - clipped(p))));

const nothing = (reason: string): Coefficient => ({
  ...missing(WALD, reason),
  standardError: null,
});

function wald(value: number, standardError: number, level: number | undefined): Coefficient {
  const reach = standardErrors(level) * standardError;
  return { ...estimated(value, [value - reach, value + reach], WALD), standardError };
}

/**
 * Calibration in the large: a in logit P(y = 1) = a + logit p (slope held at 1). 0 is ideal; above
 * 0 the risks are too low. Wald interval; with repeated groups a bootstrap of groups.
 * @example calibrationInTheLarge(probabilities, labels).standardError
 */
export function calibrationInTheLarge(
  probabilities: Numbers,
  labels: Numbers,
  options: IntervalOptions = {},
): Coefficient {
  const rows = probabilityRows("calibration in the large", probabilities, labels);
  if (rows.events === 0 || rows.others === 0) return nothing(ONE_CLASS);
  const offset = logits(rows);
  const once = onceEach(offset.length);
  const whole = logisticFit({ labels: rows.labels, offset, weights: once });
  if (whole === null) return nothing(UNSETTLED);
  if (!hasRepeatedGroups(offset.length, options.groups)) {
    return wald(whole.intercept, whole.interceptError, options.level);
  }
  const refit = logisticRefits({ labels: rows.labels, offset, weights: once }, whole);
  const statistic: Statistic = (weights) => refit(weights)?.intercept ?? null;
  const estimate = bootstrap({ ...options, rows: offset.length }, statistic);
  return { ...estimate, standardError: null };
}

/** Slope and intercept fitted together; both exist or neither. */
export interface CalibrationLine {
  readonly slope: Coefficient;
  readonly intercept: Coefficient;
}

/**
 * Calibration slope b and joint intercept a in logit P(y = 1) = a + b logit p (Cox 1958). b = 1 is
 * ideal; below 1 the predictions are too extreme. `null` where p separates the classes or is constant.
 * @example calibrationSlope(probabilities, labels).slope.value
 */
export function calibrationSlope(
  probabilities: Numbers,
  labels: Numbers,
  options: IntervalOptions = {},
): CalibrationLine {
  const rows = probabilityRows("calibration slope", probabilities, labels);
  const neither = (reason: string) => ({ slope: nothing(reason), intercept: nothing(reason) });
  if (rows.events === 0 || rows.others === 0) return neither(ONE_CLASS);
  const x = logits(rows);
  if (x.every((value) => value === x[0])) return neither("all predicted probabilities are equal");
  const once = onceEach(x.length);
  if (separated(x, rows.labels, once)) return neither(SEPARATED);
  const whole = logisticFit({ labels: rows.labels, x, weights: once });
  if (whole === null) return neither(UNSETTLED);
  if (!hasRepeatedGroups(x.length, options.groups)) {
    return {
      slope: wald(whole.slope, whole.slopeError, options.level),
      intercept: wald(whole.intercept, whole.interceptError, options.level),
    };
  }
  const refit = logisticRefits({ labels: rows.labels, x, weights: once }, whole);
  const { slope, intercept } = bootstrapAll({ ...options, rows: x.length }, (weights) => {
    const apart = separated(x, rows.labels, weights);
    const line = apart ? null : refit(weights);
    return { slope: line?.slope ?? null, intercept: line?.intercept ?? null };
  });
  return {
    slope: { ...slope, standardError: null },
    intercept: { ...intercept, standardError: null },
  };
}

/**
 * Observed over expected events Σy / Σp; 1 is ideal. Interval on the log scale with
 * se = √((1 - O/n) / O) (Debray et al. 2017); with repeated groups a bootstrap of groups.
 * @example observedOverExpected([0.5, 0.3], [1, 0]).value // 1.25
 */
export function observedOverExpected(
  probabilities: Numbers,
  labels: Numbers,
  options: IntervalOptions = {},
): Estimate {
  const rows = probabilityRows("O/E", probabilities, labels);
  const method = "normal on the log scale";
  const statistic: Statistic = (weights) => {
    let [observed, expected] = [0, 0];
    for (let i = 0; i < weights.length; i++) {
      observed += weights[i]! * rows.labels[i]!;
      expected += weights[i]! * rows.scores[i]!;
    }
    return expected === 0 ? null : observed / expected;
  };
  const ratio = statistic(onceEach(rows.scores.length));
  if (ratio === null) return missing(method, "no event is expected: all probabilities are 0");
  if (rows.events === 0) return withoutInterval(ratio, method, "no event was observed");
  if (rows.others === 0) return withoutInterval(ratio, method, "every row has the event");
  if (hasRepeatedGroups(rows.scores.length, options.groups)) {
    return bootstrap({ ...options, rows: rows.scores.length }, statistic);
  }
  const error = Math.sqrt((1 - rows.events / rows.scores.length) / rows.events);
  const factor = exp(standardErrors(options.level) * error);
  return estimated(ratio, [ratio / factor, ratio * factor], method);
}
