/** What the numbers of one column go through before they are standardized: logarithm, winsorizing. */
import { log1p } from "../../base/math.ts";
import { quantile } from "../../metrics/quantile.ts";

/** A step of one column, as the training rows fitted it. */
export type NumberStep =
  /** ln(max(x, low) + shift): finite below the lowest training value too. */
  | { readonly kind: "log"; readonly shift: number; readonly low: number }
  /** Held between two values. */
  | { readonly kind: "winsorize"; readonly low: number; readonly high: number };

/** What was asked for. */
export type NumberStepPlan =
  | {
      readonly kind: "log";
      /** The columns of numbers it is for; all unless told. */
      readonly columns?: readonly string[];
    }
  | {
      readonly kind: "winsorize";
      /** The share of training values beyond each limit. */
      readonly share: number;
      readonly columns?: readonly string[];
    };

/**
 * Fits one step to the sorted training values. The logarithm adds 1, so that 0 stays 0; below 0 it
 * adds what makes the lowest training value 0. Winsorizing cuts at the quantiles `share` and
 * 1 − `share`, linear between order statistics (type 7 of Hyndman & Fan 1996, NumPy's default).
 */
export function fitNumberStep(plan: NumberStepPlan, sorted: Float64Array): NumberStep {
  const low = sorted[0]!;
  if (plan.kind === "log") return { kind: "log", shift: low < 0 ? 1 - low : 1, low };
  const { share } = plan;
  return { kind: "winsorize", low: quantile(sorted, share), high: quantile(sorted, 1 - share) };
}

/** One value through the steps of its column; a gap (NaN) stays one. */
export const throughSteps = (steps: readonly NumberStep[], value: number): number =>
  steps.reduce(
    (x, step) =>
      step.kind === "log"
        ? log1p(Math.max(x, step.low) + (step.shift - 1))
        : Math.max(step.low, Math.min(step.high, x)),
    value,
  );
