/** Intervals of a proportion: Wilson's, which we show, and Clopper and Pearson's exact one. */
import { InputError } from "../base/errors.ts";
import { betaQuantile } from "../base/math.ts";
import {
  checkLevel,
  DEFAULT_LEVEL,
  type Estimate,
  estimated,
  type Interval,
  missing,
  standardErrors,
} from "./estimate.ts";

/**
 * Wilson's score interval (Wilson 1927).
 * @example wilson(66, 109) // [0.5117, 0.6922]
 */
export function wilson(successes: number, total: number, level = DEFAULT_LEVEL): Interval {
  checkCounts(successes, total);
  const z = standardErrors(level);
  const share = successes / total;
  const scale = 1 + (z * z) / total;
  const center = (share + (z * z) / (2 * total)) / scale;
  const spread = (share * (1 - share)) / total + (z * z) / (4 * total * total);
  const reach = (z * Math.sqrt(spread)) / scale;
  return [
    successes === 0 ? 0 : Math.max(0, center - reach),
    successes === total ? 1 : Math.min(1, center + reach),
  ];
}

/**
 * Exact binomial interval (Clopper and Pearson 1934).
 * @example clopperPearson(66, 109) // [0.5073, 0.6978]
 */
export function clopperPearson(successes: number, total: number, level = DEFAULT_LEVEL): Interval {
  checkCounts(successes, total);
  checkLevel(level);
  const tail = (1 - level) / 2;
  const failures = total - successes;
  return [
    successes === 0 ? 0 : betaQuantile(successes, failures + 1, tail),
    failures === 0 ? 1 : 1 - betaQuantile(failures, successes + 1, tail),
  ];
}

function checkCounts(successes: number, total: number): void {
  const whole = Number.isInteger(successes) && Number.isInteger(total);
  if (whole && successes >= 0 && successes <= total && total > 0) return;
  throw new InputError(
    `proportion: ${successes} of ${total}; give whole numbers with 0 <= successes <= total, total > 0.`,
  );
}

const intervals = { wilson, "clopper-pearson": clopperPearson };
const names = { wilson: "Wilson", "clopper-pearson": "Clopper-Pearson" };

export type ProportionMethod = keyof typeof intervals;

/** successes / total with its interval; without any trial `null` and the given reason. */
export function proportion(
  successes: number,
  total: number,
  options: { interval?: ProportionMethod | undefined; level?: number | undefined; none: string },
): Estimate {
  const { interval = "wilson", level = DEFAULT_LEVEL, none } = options;
  if (total === 0) return missing(names[interval], none);
  const ends = intervals[interval](successes, total, level);
  return estimated(successes / total, ends, names[interval]);
}
