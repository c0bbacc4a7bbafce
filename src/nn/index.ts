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
export {
  type ConvolutionLayerOptions,
  convolution1d,
  convolution2d,
  convolution3d,
} from "./convolution.ts";
export { dropout } from "./dropout.ts";
export { fromSpec } from "./from-spec.ts";
export type { AnyLayer, Context, Keeps, Layer, Params, Summary, Windowed } from "./layer.ts";
export { linear } from "./linear.ts";
export { mlp } from "./mlp.ts";
export {
  firePerceptrons,
  type LearnedPerceptrons,
  learnPerceptrons,
  type PerceptronOptions,
  type Perceptrons,
} from "./perceptron.ts";
export {
  averagePool1d,
  averagePool2d,
  averagePool3d,
  flatten,
  globalAveragePool,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from "./pooling.ts";
export { gru, lstm, type Recurrent, type RecurrentOptions, recurrent } from "./recurrent.ts";
export { sequential } from "./sequential.ts";
export type { ActivationName, Spec } from "./spec.ts";
