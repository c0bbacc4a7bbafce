/** Statistics of predictions, each with its interval, on float64 arrays. */
export { type AurocComparison, auroc, compareAuroc } from "./auroc.ts";
export {
  bootstrap,
  bootstrapAll,
  bootstrapDifference,
  type Design,
  type Statistic,
} from "./bootstrap.ts";
export {
  type CalibrationLine,
  type Coefficient,
  calibrationInTheLarge,
  calibrationSlope,
  observedOverExpected,
} from "./calibration.ts";
export {
  atThreshold,
  type Confusion,
  confusion,
  type ThresholdEstimates,
  type ThresholdOptions,
} from "./confusion.ts";
export {
  conditionalEntropy,
  crossEntropy,
  distribution,
  type EntropyOptions,
  entropy,
  type Joint,
  jointDistribution,
  jointEntropy,
  klDivergence,
  mutualInformation,
} from "./entropy.ts";
export type { Comparison, Estimate, Interval, IntervalOptions, Numbers } from "./estimate.ts";
export { compareAccuracy, type McNemar, mcnemar } from "./mcnemar.ts";
export {
  type ClassOptions,
  type ClassRows,
  classAccuracy,
  classLogLoss,
  classRecalls,
  macroAuroc,
  mostLikely,
} from "./multiclass.ts";
export { averagePrecision, brier, logLoss, scaledBrier } from "./probability.ts";
export { clopperPearson, type ProportionMethod, proportion, wilson } from "./proportion.ts";
export { compareRmse, type RegressionEstimates, regression } from "./regression.ts";
export { type Threshold, thresholdAtSensitivity, youdenThreshold } from "./threshold.ts";
