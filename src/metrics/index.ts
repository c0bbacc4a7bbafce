/** Statistics of predictions, each with its interval, on float64 arrays. */
export { type ClassAgreement, classAgreement, classBrier } from "./agreement.ts";
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
  type CalibrationCurve,
  type CurvePoint,
  calibrationCurve,
  regressionCurve,
} from "./calibrationCurve.ts";
export { type CalibrationTest, hosmerLemeshow, spiegelhalter } from "./calibrationTests.ts";
export { type Concordance, concordance } from "./concordance.ts";
export {
  type ConformalOptions,
  type ConformalScore,
  type ConformalSets,
  type Coverage,
  conformalQuantiles,
  conformalSets,
  conformalWidth,
  coverageOf,
  setsWithin,
} from "./conformal.ts";
export {
  atThreshold,
  type Confusion,
  confusion,
  type ThresholdEstimates,
  type ThresholdOptions,
} from "./confusion.ts";
export { crossValidatedAuroc, type FoldScores } from "./crossValidated.ts";
export {
  type CurveOptions,
  type Histogram,
  histogram,
  type PrecisionRecallPoint,
  precisionRecallCurve,
  type RocPoint,
  rocCurve,
} from "./curves.ts";
export {
  type DecisionCurveOptions,
  type DecisionPoint,
  decisionCurve,
} from "./decisionCurve.ts";
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
export { compareFolds } from "./folds.ts";
export { type LoessOptions, loess } from "./loess.ts";
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
export { type Optimism, type OptimismStatistic, optimism, type Refit } from "./optimism.ts";
export {
  type LikelihoodRatios,
  likelihoodRatios,
  type PredictiveValues,
  predictiveValues,
} from "./prevalence.ts";
export { averagePrecision, brier, logLoss, scaledBrier } from "./probability.ts";
export { clopperPearson, type ProportionMethod, proportion, wilson } from "./proportion.ts";
export {
  isotonic,
  platt,
  type Recalibration,
  recalibrate,
  recalibrateClasses,
  temperature,
} from "./recalibration.ts";
export { compareRmse, type RegressionEstimates, regression } from "./regression.ts";
export {
  type Bin,
  type BinnedCalibration,
  type Binning,
  type BinOptions,
  type BrierParts,
  binnedCalibration,
  brierParts,
} from "./reliability.ts";
export {
  costThreshold,
  type Threshold,
  thresholdAtSensitivity,
  thresholdAtSpecificity,
  youdenThreshold,
} from "./threshold.ts";
export { type Uncertainty, uncertainty } from "./uncertainty.ts";
