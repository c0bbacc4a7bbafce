/** McNemar's test: do two models differ in which rows they get right? */
import { InputError } from "../base/errors.ts";
import { betaLower, chiSquareTail } from "../base/math.ts";
import { bootstrapDifference, hasRepeatedGroups, weightedMean } from "./bootstrap.ts";
import {
  type Comparison,
  type IntervalOptions,
  type Numbers,
  noComparison,
  standardErrors,
} from "./estimate.ts";
import { finite, sameLength } from "./rows.ts";

export interface McNemar {
  /** Continuity-corrected χ² with one degree of freedom; `null` for the exact test. */
  readonly statistic: number | null;
  readonly p: number;
  readonly method: string;
}

const FEW = 25;

/**
 * Two-sided test from the discordant counts: exact binomial where b + c < 25, else
 * χ² = (|b - c| - 1)² / (b + c) (Edwards 1948).
 * @example mcnemar(22, 14).p // 0.24334500914876297
 */
export function mcnemar(onlyFirst: number, onlySecond: number): McNemar {
  const discordant = onlyFirst + onlySecond;
  if (!(Number.isInteger(discordant) && onlyFirst >= 0 && onlySecond >= 0)) {
    throw new InputError(`McNemar: ${onlyFirst} and ${onlySecond}; give two whole counts.`);
  }
  if (discordant < FEW) {
    const fewer = Math.min(onlyFirst, onlySecond);
    const tail = onlyFirst === onlySecond ? 0.5 : betaLower(discordant - fewer, fewer + 1, 0.5);
    return { statistic: null, p: Math.min(1, 2 * tail), method: "McNemar, exact" };
  }
  const excess = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1);
  const statistic = (excess * excess) / discordant;
  return { statistic, p: chiSquareTail(statistic, 1), method: "McNemar, continuity corrected" };
}

/**
 * Difference in accuracy of two models, given 1 where each was right: McNemar's p with Bonett and
 * Price's adjusted Wald interval (2012); with repeated groups a paired bootstrap of groups.
 * @example compareAccuracy([1, 1, 0], [1, 0, 0]).difference // 0.3333333333333333
 */
export function compareAccuracy(
  firstCorrect: Numbers,
  secondCorrect: Numbers,
  options: IntervalOptions = {},
): Comparison {
  sameLength("accuracy of two models", firstCorrect, secondCorrect);
  const first = finite("first model's correct rows", firstCorrect);
  const second = finite("second model's correct rows", secondCorrect);
  const rows = first.length;
  if (rows === 0) return noComparison("McNemar", "there are no rows");
  if (hasRepeatedGroups(rows, options.groups)) {
    return bootstrapDifference({ ...options, rows }, weightedMean(first), weightedMean(second));
  }
  let [onlyFirst, onlySecond] = [0, 0];
  for (let i = 0; i < rows; i++) {
    if (first[i]! > second[i]!) onlyFirst++;
    if (second[i]! > first[i]!) onlySecond++;
  }
  const { p, method } = mcnemar(onlyFirst, onlySecond);
  const [b, c] = [(onlyFirst + 1) / (rows + 2), (onlySecond + 1) / (rows + 2)];
  const reach = standardErrors(options.level) * Math.sqrt((b + c - (b - c) * (b - c)) / (rows + 2));
  const difference = (onlyFirst - onlySecond) / rows;
  const low = Math.max(-1, b - c - reach);
  const high = Math.min(1, b - c + reach);
  return { difference, low, high, p, method: `${method}; interval Bonett-Price` };
}
