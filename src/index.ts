/** Golgi: deep learning for biomedical data. */
import * as data from "./data/index.ts";
import * as explain from "./explain/index.ts";
import * as loss from "./loss/index.ts";
import * as metrics from "./metrics/index.ts";
import * as nn from "./nn/index.ts";
import * as optim from "./optim/index.ts";
import * as train from "./train/index.ts";

export type { Session } from "./backends/backend.ts";
export {
  blasSession,
  type WasmOptions,
  type WasmSession,
  wasmSession,
} from "./backends/wasm/session.ts";
export { availableThreads } from "./backends/wasm/threads/pool.ts";
export { InputError, InternalError, ShapeError } from "./base/errors.ts";
export { type Audit, audit } from "./evaluate/audit/audit.ts";
export { type CopiesProof, type Proof, type ProveOptions, prove } from "./evaluate/audit/prove.ts";
export {
  proveSelection,
  type SelectionProof,
  type SelectionProofOptions,
} from "./evaluate/audit/selection.ts";
export type { CheckName, Remedy, Severity, Suspicion } from "./evaluate/audit/types.ts";
export type { Checkpoints } from "./evaluate/checkpoints.ts";
export { evaluate, type PrintedEvaluation } from "./evaluate/evaluate.ts";
export type { DropoutEvidence } from "./evaluate/evidence/dropout.ts";
export type { EnsembleEvidence } from "./evaluate/evidence/ensemble.ts";
export { type EvidenceSource, evidenceOf } from "./evaluate/evidence/evidence.ts";
export type { ConformalRule, Frozen } from "./evaluate/evidence/frozen.ts";
export type { ThresholdChoice } from "./evaluate/evidence/rule.ts";
export type { Subgrouping } from "./evaluate/evidence/subgrouping.ts";
export type {
  BinaryCurves,
  BinaryEvidence,
  BinnedEvidence,
  BinPoint,
  CalibrationEvidence,
  ClassEvidence,
  ConformalEvidence,
  DecisionCurvePoint,
  DecisionEvidence,
  Evidence,
  EvidenceRows,
  GroupCoverage,
  Held,
  OperatingEvidence,
  OutcomeHistogram,
  RecalibrationEvidence,
  RegressionEvidence,
  SubgroupEvidence,
  SubgroupGap,
  SubgroupLevel,
} from "./evaluate/evidence/types.ts";
export type { FoldEvidence } from "./evaluate/fold-evidence.ts";
export { inspectModel, type ModelFacts, planModel } from "./evaluate/inspect.ts";
export { dropoutJson, evaluationOf, metricsOf } from "./evaluate/metrics-file.ts";
export {
  type Evaluated,
  type EvaluateOptions,
  evaluateTable,
  type Predicted,
  predictTable,
} from "./evaluate/model.ts";
export { networkGraph } from "./evaluate/network.ts";
export {
  identifierColumns,
  type PredictionTable,
  predictionLines,
  predictionTable,
} from "./evaluate/predictions-table.ts";
export { prepare } from "./evaluate/prepare.ts";
export {
  type Luck,
  type LuckDraw,
  type LuckOptions,
  luck,
  type Spread,
} from "./evaluate/protocols/luck.ts";
export type { OptimismEvidence } from "./evaluate/protocols/optimism.ts";
export { rowsHash } from "./evaluate/protocols/rowsHash.ts";
export { fromRun, manifestOf, type Reading, type RunFacts, toRunContents } from "./evaluate/run.ts";
export { defaults } from "./evaluate/settings.ts";
export { study } from "./evaluate/study.ts";
export type {
  BaselineComparison,
  BaselineName,
  ConfusionMatrix,
  CrossValidation,
  Evaluation,
  FittedModel,
  FoldMean,
  FoldResult,
  ForwardFacts,
  NetworkFacts,
  NetworkSettings,
  Predictions,
  Prepared,
  Searched,
  SearchResult,
  SearchTrial,
  SiteResult,
  SiteValidation,
  Statistics,
  Study,
  StudyEvent,
  StudyFinding,
  StudyOptions,
  StudyRunOptions,
} from "./evaluate/types.ts";
export type { NodeLine } from "./graph/print.ts";
export { type ReportOptions, type ReportSource, reportOf } from "./report/index.ts";
export {
  abs,
  add,
  cast,
  concatenate,
  detach,
  div,
  equal,
  erf,
  exp,
  expand,
  full,
  type GraphLine,
  gather,
  grad,
  greater,
  greaterEqual,
  inspectGraph,
  jit,
  less,
  lessEqual,
  log,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  oneHot,
  ones,
  permute,
  read,
  relu,
  reshape,
  scan,
  sigmoid,
  slice,
  softmax,
  softplus,
  spellGraph,
  sqrt,
  square,
  sub,
  sum,
  Tensor,
  tanh,
  tensor,
  transpose,
  valueAndGrad,
  variance,
  where,
  zeros,
} from "./tensor/index.ts";
export type { TrainingPlan } from "./train/plan.ts";
export { data, explain, loss, metrics, nn, optim, train };
