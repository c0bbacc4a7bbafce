/** Tests of calibration. They answer whether, not how much: read the curve and its ICI first. */
import { InputError } from "../base/errors.ts";
import { chiSquareTail, erfc } from "../base/math.ts";
import type { Numbers } from "./estimate.ts";
import { quantile } from "./quantile.ts";
import { probabilityRows } from "./rows.ts";

export interface CalibrationTest {
  /** z of Spiegelhalter's test, χ² of Hosmer and Lemeshow's; `null` where it does not exist. */
  readonly statistic: number | null;
  readonly p: number | null;
  readonly method: string;
  readonly reason?: string;
}

const none = (method: string, reason: string): CalibrationTest => ({
  ...{ statistic: null, p: null, method, reason },
});

/**
 * Spiegelhalter's z (1986): Σ (y − p)(1 − 2p) / √Σ (1 − 2p)² p (1 − p), two-sided, for independent
 * rows. 0 is what perfect calibration gives in the mean.
 * @example spiegelhalter(probabilities, labels).p
 */
export function spiegelhalter(probabilities: Numbers, labels: Numbers): CalibrationTest {
  const { scores, labels: y } = probabilityRows("Spiegelhalter's test", probabilities, labels);
  const method = "Spiegelhalter's z";
  let [sum, variance] = [0, 0];
  scores.forEach((p, row) => {
    sum += (y[row]! - p) * (1 - 2 * p);
    variance += (1 - 2 * p) * (1 - 2 * p) * p * (1 - p);
  });
  if (variance === 0) return none(method, "every probability is 0, 0.5 or 1");
  const statistic = sum / Math.sqrt(variance);
  return { statistic, p: erfc(Math.abs(statistic) * Math.SQRT1_2), method };
}

/**
 * Hosmer and Lemeshow's χ² over groups of equal mass (10), groups − 2 degrees of freedom.
 * Discouraged (Van Calster et al. 2019): it depends on the groups and says nothing of how much.
 * @example hosmerLemeshow(probabilities, labels).statistic
 */
export function hosmerLemeshow(
  probabilities: Numbers,
  labels: Numbers,
  { groups = 10, newRows = false }: { groups?: number; newRows?: boolean } = {},
): CalibrationTest {
  const { scores, labels: y } = probabilityRows("Hosmer and Lemeshow", probabilities, labels);
  if (!(Number.isInteger(groups) && groups >= 3))
    throw new InputError(`Hosmer and Lemeshow: ${groups} groups; ask for 3 or more, 10 as a rule.`);
  const method = `Hosmer-Lemeshow, ${groups} groups`;
  const sorted = Float64Array.from(scores).sort();
  const edges = Array.from({ length: groups - 1 }, (_, i) => quantile(sorted, (i + 1) / groups));
  const sums = edges.concat(0).map(() => ({ rows: 0, expected: 0, observed: 0 }));
  scores.forEach((p, row) => {
    const group = edges.findIndex((edge) => p <= edge);
    const at = sums[group < 0 ? groups - 1 : group]!;
    at.rows++;
    at.expected += p;
    at.observed += y[row]!;
  });
  const used = sums.filter(({ rows }) => rows > 0);
  if (used.some(({ rows, expected }) => expected === 0 || expected === rows))
    return none(method, "a group expects none or all of its rows to have the event");
  const statistic = used.reduce((sum, { rows, expected, observed }) => {
    const gap = observed - expected;
    return sum + (gap * gap) / (expected * (1 - expected / rows));
  }, 0);
  const freedom = used.length - (newRows ? 0 : 2);
  return { statistic, p: chiSquareTail(statistic, freedom), method };
}
