/** Training: samples in, weights out, events on the way. */
export type { EpochEvent, StartEvent, StopEvent, StopReason, TrainingEvent } from "./events.ts";
export {
  type Build,
  type FitOptions,
  fit,
  outputsFor,
  predict,
  predictDrawn,
  type Trained,
} from "./fit.ts";
export { planStep, type TrainingPlan } from "./plan.ts";
export { type Block, type LabeledSamples, type Samples, tableSamples } from "./samples.ts";
export {
  type Checkpointing,
  decodeState,
  encodeState,
  type FitState,
  type Identity,
} from "./state.ts";
export { paramsFrom, type Weights } from "./weights.ts";
