/** Layers as plain JSON, as a model file keeps them. */

/** Names of the layers that learn nothing and keep the shape. */
export type ActivationName =
  | "identity"
  | "relu"
  | "leakyRelu"
  | "sigmoid"
  | "tanh"
  | "gelu"
  | "softplus"
  | "step"
  | "softmax";

export interface LinearSpec {
  readonly layer: "linear";
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
}
export interface DropoutSpec {
  readonly layer: "dropout";
  readonly probability: number;
}
/** Names of the layers that step through time. */
export type RecurrentName = "recurrent" | "lstm" | "gru";

export interface RecurrentSpec<N extends RecurrentName> {
  readonly layer: N;
  readonly inputs: number;
  readonly hidden: number;
  readonly output: "last" | "all";
  readonly bias: boolean;
  readonly reverse: boolean;
}
export interface SequentialSpec {
  readonly layer: "sequential";
  readonly layers: readonly Spec[];
}
/** Numbers of each spatial axis are lists, one an axis. */
export interface ConvolutionSpec {
  readonly layer: "convolution1d" | "convolution2d" | "convolution3d";
  readonly inputs: number;
  readonly outputs: number;
  readonly window: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly bias: boolean;
}
export interface PoolSpec {
  readonly layer: `${"maxPool" | "averagePool"}${1 | 2 | 3}d`;
  readonly window: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
}
/** Names of the layers that have no setting and change the axes behind the first. */
export type PlainWindowedName = "flatten" | "globalAveragePool";
export interface PlainWindowedSpec {
  readonly layer: PlainWindowedName;
}
export interface ActivationSpec {
  readonly layer: ActivationName;
}
export type Spec =
  | LinearSpec
  | ConvolutionSpec
  | PoolSpec
  | PlainWindowedSpec
  | DropoutSpec
  | RecurrentSpec<"recurrent">
  | RecurrentSpec<"lstm">
  | RecurrentSpec<"gru">
  | SequentialSpec
  | ActivationSpec;
