/** What acting on a model is worth, beside acting on its baseline and on everyone. */
import { decisionCurve } from "../../metrics/index.ts";
import type { Interval } from "./curves.ts";
import type { DecisionEvidence } from "./types.ts";

/** The baseline's curve is drawn without its interval. */
const fewest = 100;

export function decisionOf(
  p: Float64Array,
  truth: Float64Array,
  { interval, baseline }: { interval: Interval; baseline: Float64Array | undefined },
): DecisionEvidence {
  const beside = baseline && decisionCurve(baseline, truth, { resamples: fewest });
  const found = decisionCurve(p, truth, interval);
  return {
    method: found[0]!.netBenefit.method,
    points: found.map(({ threshold, netBenefit, treatAll, avoided }, i) => ({
      threshold,
      netBenefit: netBenefit.value!,
      low: netBenefit.low,
      high: netBenefit.high,
      treatAll,
      baseline: beside?.[i]?.netBenefit.value ?? null,
      avoided: avoided.value!,
    })),
  };
}
