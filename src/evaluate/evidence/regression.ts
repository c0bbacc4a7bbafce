/** A number: the smooth of observed on predicted, the residuals, the limits of agreement. */
import { concordance, histogram, regressionCurve } from "../../metrics/index.ts";
import { quantile } from "../../metrics/quantile.ts";
import { mostCurves, resamplesFor } from "../resamples.ts";
import type { Interval } from "./curves.ts";
import type { EvidenceRows, Held, RegressionEvidence } from "./types.ts";

const shares = [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975];
const mostShown = 1000;

export function regressionEvidence(
  predicted: Float64Array,
  observed: Float64Array,
  interval: Interval,
): Omit<RegressionEvidence, keyof (EvidenceRows & Held)> {
  const rows = observed.length;
  const few = Math.min(interval.resamples, resamplesFor(rows, mostCurves));
  const { slope, intercept, bias, lower, upper, pearson, spearman, ...rest } = concordance(
    predicted,
    observed,
    interval,
  );
  const shown = Math.min(rows, mostShown);
  return {
    task: "regression",
    calibration: {
      points: regressionCurve(predicted, observed, { ...interval, resamples: few }),
      slope,
      intercept,
    },
    scatter: Array.from({ length: shown }, (_, i) => {
      const row = Math.floor((i * rows) / shown);
      return { predicted: predicted[row]!, observed: observed[row]! };
    }),
    residuals: residualsOf(predicted.map((x, row) => x - observed[row]!)),
    agreement: { bias, lower, upper },
    pearson,
    spearman,
    concordance: rest.concordance,
  };
}

function residualsOf(errors: Float64Array): RegressionEvidence["residuals"] {
  const rows = errors.length;
  const mean = errors.reduce((sum, error) => sum + error, 0) / rows;
  const squares = errors.reduce((sum, error) => sum + (error - mean) * (error - mean), 0);
  const sorted = Float64Array.from(errors).sort();
  return {
    ...histogram(errors),
    mean,
    deviation: rows > 1 ? Math.sqrt(squares / (rows - 1)) : null,
    quantiles: shares.map((share) => ({ share, value: quantile(sorted, share) })),
  };
}
