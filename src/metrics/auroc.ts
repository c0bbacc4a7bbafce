/** AUROC with an honest interval, and the paired test of two models. */
import { erfc, exp, log } from "../base/math.ts";
import { bootstrap, bootstrapDifference, hasRepeatedGroups } from "./bootstrap.ts";
import { delongCovariance, type Placements, placements, weightedAuroc } from "./delong.ts";
import {
  type Comparison,
  DEFAULT_LEVEL,
  type Estimate,
  estimated,
  type IntervalOptions,
  missing,
  type Numbers,
  noComparison,
  standardErrors,
  withoutInterval,
} from "./estimate.ts";
import { type BinaryRows, binaryRows, ONE_CLASS } from "./rows.ts";

const ONE_ROW = "DeLong's variance needs at least two rows of each class";
const CONSTANT = "all scores are equal, so AUROC is 0.5 by definition and has no interval";

/** θ above which (or below 1 - which) the interval is made on the logit scale. */
const NEAR_THE_EDGE = 0.95;

/**
 * Area under the ROC curve: the chance that an event scores above another row, ties ½.
 *
 * The interval is DeLong's, θ ± z·se. Where θ > 0.95 (or < 0.05), or that interval leaves [0, 1],
 * it is made on the logit scale: logit θ ± z·se / (θ (1 - θ)), and stays inside. At θ = 1 DeLong's
 * variance is 0, which is no certainty: of k disjoint (event, other) pairs all k are ordered right,
 * so the exact binomial (Clopper-Pearson) bound ((1 - level) / 2)^(1/k) holds, k being the smaller
 * class; likewise at 0. With repeated groups the interval is a bootstrap of groups.
 * @example auroc([0.9, 0.4, 0.6, 0.1], [1, 0, 1, 0]).value // 1
 */
export function auroc(scores: Numbers, labels: Numbers, options: IntervalOptions = {}): Estimate {
  const rows = binaryRows("AUROC", scores, labels);
  if (rows.events === 0 || rows.others === 0) return missing("DeLong", ONE_CLASS);
  const placed = placements(rows);
  if (placed.auroc === 1 || placed.auroc === 0) return edgeBound(rows, placed.auroc, options);
  if (rows.scores.every((score) => score === rows.scores[0])) {
    return withoutInterval(placed.auroc, "DeLong", CONSTANT);
  }
  if (hasRepeatedGroups(rows.scores.length, options.groups)) {
    const design = { ...options, rows: rows.scores.length, strata: rows.labels };
    return bootstrap(design, weightedAuroc(rows));
  }
  if (rows.events === 1 || rows.others === 1) {
    return withoutInterval(placed.auroc, "DeLong", ONE_ROW);
  }
  return delongInterval(placed, options.level);
}

function delongInterval(placed: Placements, level: number | undefined): Estimate {
  const theta = placed.auroc;
  const reach = standardErrors(level) * Math.sqrt(delongCovariance(placed, placed));
  const [low, high] = [theta - reach, theta + reach];
  const nearEdge = theta > NEAR_THE_EDGE || theta < 1 - NEAR_THE_EDGE;
  if (!nearEdge && low >= 0 && high <= 1) return estimated(theta, [low, high], "DeLong");
  const center = log(theta / (1 - theta));
  const logitReach = reach / (theta * (1 - theta));
  const ends = [center - logitReach, center + logitReach].map((x) => 1 / (1 + exp(-x)));
  return estimated(theta, [ends[0]!, ends[1]!], "DeLong, logit scale");
}

/** Exact bound where every event is on one side of every other row. */
function edgeBound(rows: BinaryRows, theta: number, options: IntervalOptions): Estimate {
  const { pairs, unit } = independentPairs(rows, options.groups);
  const method = `exact binomial bound from ${pairs} disjoint pairs of ${unit}`;
  if (pairs === 0) return withoutInterval(theta, method, "all rows belong to one group");
  const bound = exp(log((1 - (options.level ?? DEFAULT_LEVEL)) / 2) / pairs);
  return estimated(theta, theta === 1 ? [bound, 1] : [0, 1 - bound], method);
}

/** The most pairs of an event and another row that share neither a row nor a group. */
function independentPairs(rows: BinaryRows, groups: Numbers | undefined) {
  if (groups === undefined || !hasRepeatedGroups(rows.scores.length, groups)) {
    return { pairs: Math.min(rows.events, rows.others), unit: "rows" };
  }
  const withEvents = new Set<number>();
  const withOthers = new Set<number>();
  rows.labels.forEach((label, row) => {
    (label === 1 ? withEvents : withOthers).add(groups[row]!);
  });
  const half = Math.floor(new Set([...withEvents, ...withOthers]).size / 2);
  return { pairs: Math.min(withEvents.size, withOthers.size, half), unit: "groups" };
}

/** A comparison of two areas; the covariance and z of DeLong's test where it was used. */
export interface AurocComparison extends Comparison {
  readonly z: number | null;
  readonly covariance: number | null;
}

/**
 * Paired test of two models' AUROC on the same rows: DeLong's z = (θ₁ - θ₂) / se; with repeated
 * groups a paired bootstrap of groups.
 * @example compareAuroc(network, logistic, labels).p
 */
export function compareAuroc(
  first: Numbers,
  second: Numbers,
  labels: Numbers,
  options: IntervalOptions = {},
): AurocComparison {
  const a = binaryRows("AUROC of the first model", first, labels);
  const b = binaryRows("AUROC of the second model", second, labels);
  const none = { z: null, covariance: null };
  if (a.events === 0 || a.others === 0) return { ...noComparison("DeLong", ONE_CLASS), ...none };
  if (hasRepeatedGroups(a.scores.length, options.groups)) {
    const design = { ...options, rows: a.scores.length, strata: a.labels };
    return { ...bootstrapDifference(design, weightedAuroc(a), weightedAuroc(b)), ...none };
  }
  return delongTest(placements(a), placements(b), options.level);
}

function delongTest(a: Placements, b: Placements, level: number | undefined): AurocComparison {
  const difference = a.auroc - b.auroc;
  const covariance = delongCovariance(a, b);
  const variance = delongCovariance(a, a) + delongCovariance(b, b) - 2 * covariance;
  const method = "DeLong, paired";
  if (!(variance > 1e-15)) {
    const small = a.events.length === 1 || a.others.length === 1;
    const reason = small ? ONE_ROW : "the variance of the difference is zero";
    const gaps = { low: null, high: null, p: null, z: null };
    return { difference, ...gaps, method, reason, covariance: small ? null : covariance };
  }
  const error = Math.sqrt(variance);
  const reach = standardErrors(level) * error;
  const z = difference / error;
  const p = erfc(Math.abs(z) * Math.SQRT1_2);
  return {
    difference,
    low: difference - reach,
    high: difference + reach,
    p,
    method,
    z,
    covariance,
  };
}
