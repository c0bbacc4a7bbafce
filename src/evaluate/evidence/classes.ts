/** Several classes: each against the rest, and how sure the calls were. */
import {
  auroc,
  averagePrecision,
  binnedCalibration,
  classAgreement,
  classBrier,
} from "../../metrics/index.ts";
import type { Predictions } from "../types.ts";
import { binaryCurves, binnedOf, type Interval } from "./curves.ts";
import { decisionOf } from "./decision.ts";
import type { ClassEvidence, EvidenceRows, Held } from "./types.ts";

interface Classified {
  readonly predictions: Predictions;
  readonly truth: Float64Array;
  readonly baseline?: Predictions;
}

export function classEvidence(
  { predictions, truth, baseline }: Classified,
  interval: Interval,
): Omit<ClassEvidence, keyof (EvidenceRows & Held)> {
  const { labels, probabilities, values } = predictions;
  const classes = labels.length;
  const of = (said: Predictions, k: number) =>
    truth.map((_, row) => said.probabilities![row * classes + k]!);
  const given = { probabilities: probabilities!, labels: truth, classes };
  const { balancedAccuracy, macroF1, mcc, kappa } = classAgreement(given, interval);
  const confidence = values.map((call, row) => probabilities![row * classes + call]!);
  const right = values.map((call, row) => Number(call === truth[row]));
  return {
    task: "classes",
    classes: labels.map((label, k) => {
      const p = of(predictions, k);
      const y = truth.map((each) => Number(each === k));
      return {
        ...binaryCurves({ label, p, y }, interval),
        auroc: auroc(p, y, interval),
        auprc: averagePrecision(p, y, interval),
        decision: decisionOf(p, y, { interval, baseline: baseline && of(baseline, k) }),
      };
    }),
    confidence: binnedOf(
      "15 bins of equal width over the called class's probability",
      binnedCalibration(confidence, right, { ...interval, bins: 15 }),
      interval,
    ),
    brier: classBrier(given, interval),
    ...{ balancedAccuracy, macroF1, mcc, kappa },
  };
}
