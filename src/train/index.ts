/** Training: samples in, weights out, events on the way. */
export type { EpochEvent, StartEvent, StopEvent, StopReason, TrainingEvent } from "./events.ts";
export {
  type Build,
  type FitOptions,
  fit,
  outputsFor,
  paramsFrom,
  predict,
  type Trained,
  type Weights,
} from "./fit.ts";
export { type Block, type LabeledSamples, type Samples, tableSamples } from "./samples.ts";
