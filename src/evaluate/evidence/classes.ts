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
import type { ClassEvidence, EvidenceRows, Held } from "./types.ts";

export function classEvidence(
  { labels, probabilities, values }: Predictions,
  truth: Float64Array,
  interval: Interval,
): Omit<ClassEvidence, keyof (EvidenceRows & Held)> {
  const classes = labels.length;
  const given = { probabilities: probabilities!, labels: truth, classes };
  const { balancedAccuracy, macroF1, mcc, kappa } = classAgreement(given, interval);
  const confidence = values.map((call, row) => probabilities![row * classes + call]!);
  const right = values.map((call, row) => Number(call === truth[row]));
  return {
    task: "classes",
    classes: labels.map((label, k) => {
      const p = truth.map((_, row) => probabilities![row * classes + k]!);
      const y = truth.map((each) => Number(each === k));
      return {
        ...binaryCurves({ label, p, y }, interval),
        auroc: auroc(p, y, interval),
        auprc: averagePrecision(p, y, interval),
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
