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
export interface ActivationSpec {
  readonly layer: ActivationName;
}
export type Spec =
  | LinearSpec
  | DropoutSpec
  | RecurrentSpec<"recurrent">
  | RecurrentSpec<"lstm">
  | RecurrentSpec<"gru">
  | SequentialSpec
  | ActivationSpec;
