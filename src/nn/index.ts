/** Layers, and networks made of them. */
export {
  activations,
  gelu,
  identity,
  leakyRelu,
  relu,
  sigmoid,
  softmax,
  softplus,
  step,
  tanh,
} from "./activations.ts";
export {
  backpropagate,
  type HandGradients,
  type HandLayer,
  type HiddenActivation,
  type OutputActivation,
} from "./backpropagation.ts";
export { dropout } from "./dropout.ts";
export { fromSpec } from "./from-spec.ts";
export type { AnyLayer, Context, Keeps, Layer, Params, Summary } from "./layer.ts";
export { linear } from "./linear.ts";
export { mlp } from "./mlp.ts";
export {
  firePerceptrons,
  type LearnedPerceptrons,
  learnPerceptrons,
  type PerceptronOptions,
  type Perceptrons,
} from "./perceptron.ts";
export { gru, lstm, type Recurrent, type RecurrentOptions, recurrent } from "./recurrent.ts";
export { sequential } from "./sequential.ts";
export type { ActivationName, Spec } from "./spec.ts";
