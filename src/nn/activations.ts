/** Layers that learn nothing: a function of every element, or of the last axis. */
import * as elementwise from "../tensor/elementwise.ts";
import { softmax as softmaxOf } from "../tensor/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Keeps } from "./layer.ts";
import type { ActivationName } from "./spec.ts";

const { add, erf: erfOf, greater, lessEqual, mul, where } = elementwise;

const activation = (layer: ActivationName, f: (x: Tensor) => Tensor): Keeps => ({
  spec: { layer },
  summary: (path = "") => [{ path, name: layer, inputs: null, outputs: null, parameters: 0 }],
  inputs: null,
  outputs: null,
  init: () => ({}),
  apply: (_, x) => f(x as Tensor) as never,
});

const rootHalf = Math.SQRT1_2;

/** Every activation by its name. */
export const activations: { readonly [Name in ActivationName]: Keeps } = {
  identity: activation("identity", (x) => x),
  relu: activation("relu", elementwise.relu),
  leakyRelu: activation("leakyRelu", (x) => where(lessEqual(x, 0), mul(x, 0.01), x)),
  sigmoid: activation("sigmoid", elementwise.sigmoid),
  tanh: activation("tanh", elementwise.tanh),
  gelu: activation("gelu", (x) => mul(mul(x, 0.5), add(erfOf(mul(x, rootHalf)), 1))),
  softplus: activation("softplus", elementwise.softplus),
  step: activation("step", (x) => elementwise.cast(greater(x, 0), "f32")),
  softmax: activation("softmax", (x) => softmaxOf(x)),
};

/** x as it is. */
export const identity: Keeps = activations.identity;
/** max(x, 0). */
export const relu: Keeps = activations.relu;
/** x where x > 0, else x / 100. */
export const leakyRelu: Keeps = activations.leakyRelu;
/** 1 / (1 + exp(−x)). */
export const sigmoid: Keeps = activations.sigmoid;
export const tanh: Keeps = activations.tanh;
/** x Φ(x), exact by the error function (Hendrycks & Gimpel 2016, arXiv:1606.08415). */
export const gelu: Keeps = activations.gelu;
/** log(1 + exp(x)). */
export const softplus: Keeps = activations.softplus;
/** The perceptron's: 1 where x > 0, else 0; its gradient is 0 everywhere. */
export const step: Keeps = activations.step;
/** exp(x) / Σ exp(x) along the last axis; losses take logits and need none. */
export const softmax: Keeps = activations.softmax;
