/** What was fitted on the validation rows, on rows that nothing was fitted on. */
import { bootstrap, hasRepeatedGroups } from "../../metrics/bootstrap.ts";
import { missing } from "../../metrics/estimate.ts";
import {
  binnedCalibration,
  brier as brierOf,
  type CalibrationCurve,
  calibrationCurve,
  classBrier,
  classLogLoss,
  coverageOf,
  type Estimate,
  calibrationInTheLarge as interceptOf,
  logLoss as logLossOf,
  type Recalibration,
  recalibrate,
  recalibrateClasses,
  setsWithin,
  calibrationSlope as slopeOf,
} from "../../metrics/index.ts";
import { proportion } from "../../metrics/proportion.ts";
import { positives } from "../interpret.ts";
import type { Predictions, Statistics } from "../types.ts";
import type { Interval } from "./curves.ts";
import type { ConformalRule } from "./frozen.ts";
import type { Subgrouping } from "./subgrouping.ts";
import type { ConformalEvidence, GroupCoverage, RecalibrationEvidence } from "./types.ts";

interface Judged {
  readonly predictions: Predictions;
  readonly truth: Float64Array;
  readonly interval: Interval;
}

/** Before and after are read beside each other: few resamples do. */
const few = 200;
/** Of the curve's places every fourth. */
const sparse = 4;

/** What is known already of the probabilities as they are. */
interface Known {
  readonly statistics: Statistics | undefined;
  readonly curve: Pick<CalibrationCurve, "ici" | "points"> | undefined;
}

export function recalibrationEvidence(
  { predictions, truth, interval }: Judged,
  maps: readonly Recalibration[],
  known: Known,
): RecalibrationEvidence[] {
  const quick = { ...interval, resamples: few };
  if (predictions.task === "regression" || maps.length === 0) return [];
  if (predictions.task === "binary") {
    const p = positives(predictions);
    return [null, ...maps].map((map) =>
      map
        ? afterBinary(map.kind, { p: recalibrate(map, p), truth, quick })
        : afterBinary("none", { p, truth, quick, ...known }),
    );
  }
  const classes = predictions.labels.length;
  const own = predictions.probabilities!;
  const scaled = maps.flatMap((map) => (map.kind === "temperature" ? [map] : []));
  return [null, ...scaled].map((map) =>
    afterClasses(map?.kind ?? "none", {
      given: {
        probabilities: map ? recalibrateClasses(map, own, classes) : own,
        labels: truth,
        classes,
      },
      quick,
    }),
  );
}

const plain = ({ value, low, high, method, reason }: Estimate): Estimate => ({
  ...{ value, low, high, method },
  ...(reason === undefined ? {} : { reason }),
});

function afterBinary(
  kind: RecalibrationEvidence["kind"],
  from: { p: Float64Array; truth: Float64Array; quick: Interval } & Partial<Known>,
): RecalibrationEvidence {
  const { p, truth, quick, statistics, curve = calibrationCurve(p, truth, quick) } = from;
  const { brier, logLoss, calibrationSlope, calibrationIntercept } = statistics ?? {};
  return {
    kind,
    brier: brier ?? brierOf(p, truth, quick),
    logLoss: logLoss ?? logLossOf(p, truth, quick),
    ece: binnedCalibration(p, truth, { ...quick, binning: "mass" }).ece,
    variant: "10 bins of equal mass",
    slope: calibrationSlope ?? plain(slopeOf(p, truth, quick).slope),
    intercept: calibrationIntercept ?? plain(interceptOf(p, truth, quick)),
    ici: curve.ici,
    points: curve.points.filter((_, i) => i % sparse === 0),
  };
}

function afterClasses(
  kind: RecalibrationEvidence["kind"],
  from: {
    given: { probabilities: Float64Array; labels: Float64Array; classes: number };
    quick: Interval;
  },
): RecalibrationEvidence {
  const { given, quick } = from;
  const { probabilities, labels, classes } = given;
  const sure = new Float64Array(labels.length);
  const right = new Float64Array(labels.length);
  labels.forEach((label, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    const most = Math.max(...own);
    sure[row] = most;
    right[row] = Number(own.indexOf(most) === label);
  });
  return {
    kind,
    brier: classBrier(given, quick),
    logLoss: classLogLoss(given, quick),
    ece: binnedCalibration(sure, right, { ...quick, bins: 15 }).ece,
    variant: "15 bins of equal width over the called class's probability",
  };
}

export function conformalEvidence(
  judged: Judged,
  rules: readonly ConformalRule[],
  subgroups: readonly Subgrouping[],
): ConformalEvidence[] {
  return rules.map((rule) => {
    const { score } = rule;
    return score === "residual"
      ? intervalCoverage(judged, rule, subgroups)
      : setCoverage(judged, { ...rule, score }, subgroups);
  });
}

/** Share of rows of some kind whose truth is held, with its interval. */
function covered(
  { interval }: Judged,
  held: Float64Array,
  among: (row: number) => boolean,
): Estimate {
  const rows = held.length;
  const inside = held.map((_, row) => Number(among(row)));
  const total = inside.reduce((sum, each) => sum + each, 0);
  const none = "there is no such row";
  if (!hasRepeatedGroups(rows, interval.groups)) {
    const right = held.reduce((sum, each, row) => sum + each * inside[row]!, 0);
    return proportion(right, total, { level: interval.level, none });
  }
  if (total === 0) return missing("bootstrap", none);
  return bootstrap({ ...interval, rows, resamples: few }, (weights) => {
    let [sum, all] = [0, 0];
    for (let row = 0; row < rows; row++) {
      sum += weights[row]! * inside[row]! * held[row]!;
      all += weights[row]! * inside[row]!;
    }
    return all === 0 ? null : sum / all;
  });
}

const within = (
  subgroups: readonly Subgrouping[],
  of: (label: string, among: (row: number) => boolean) => GroupCoverage,
) =>
  subgroups.flatMap(({ column, labels, of: places }) =>
    labels.map((label, place) => ({ column, ...of(label, (row) => places[row] === place) })),
  );

function setCoverage(
  judged: Judged,
  rule: ConformalRule & { readonly score: "lac" | "aps" },
  subgroups: readonly Subgrouping[],
): ConformalEvidence {
  const { predictions, truth } = judged;
  const { labels, probabilities } = predictions;
  const classes = labels.length;
  const sets = setsWithin(
    { probabilities: probabilities!, classes },
    { quantiles: rule.quantiles.map((q) => q ?? Infinity), score: rule.score },
  );
  const held = truth.map((label, row) => sets[row * classes + label]!);
  const of = (label: string, among: (row: number) => boolean): GroupCoverage => {
    const { rows, meanSize } = coverageOf(sets, truth, classes, among);
    return {
      ...{ label, rows, coverage: covered(judged, held, among) },
      meanSize: rows === 0 ? null : meanSize,
    };
  };
  const sizes = Array<number>(classes + 1).fill(0);
  truth.forEach((_, row) => {
    sizes[sets.subarray(row * classes, (row + 1) * classes).reduce((a, b) => a + b, 0)]!++;
  });
  const { coverage, meanSize } = of("", () => true);
  return {
    ...rule,
    coverage,
    meanSize,
    sizes,
    classes: labels.map((label, k) => of(label, (row) => truth[row] === k)),
    subgroups: within(subgroups, of),
  };
}

function intervalCoverage(
  judged: Judged,
  rule: ConformalRule,
  subgroups: readonly Subgrouping[],
): ConformalEvidence {
  const { predictions, truth } = judged;
  const half = rule.quantiles[0] ?? null;
  const meanSize = half === null ? null : 2 * half;
  const held = truth.map((y, row) =>
    Number(half === null || Math.abs(predictions.values[row]! - y) <= half),
  );
  const of = (label: string, among: (row: number) => boolean): GroupCoverage => ({
    label,
    rows: Array.from(truth.keys()).filter(among).length,
    coverage: covered(judged, held, among),
    meanSize,
  });
  const { coverage } = of("", () => true);
  return {
    ...{ ...rule, coverage, meanSize, sizes: [], classes: [] },
    subgroups: within(subgroups, of),
  };
}
