/**
 * Backpropagation by the general rule δ, written out by hand for one row and float64: for teaching,
 * and to check `grad`, with which it shares nothing (Rumelhart, Hinton & Williams 1986, Nature 323:533).
 */
import { exp } from "../base/math.ts";

type Vector = readonly number[];
type Matrix = readonly Vector[];

/** Layer l computes z = W a + b and a = f(z); weights [outputs, inputs], biases [outputs]. */
export interface HandLayer {
  readonly weights: Matrix;
  readonly biases: Vector;
}
export type HiddenActivation = "sigmoid" | "tanh" | "relu";
/**
 * The last activation with the loss whose δ is ŷ − y: sigmoid with binary cross-entropy, softmax with
 * categorical cross-entropy, identity with half of the squared error.
 */
export type OutputActivation = "sigmoid" | "softmax" | "identity";

export interface HandGradients {
  readonly outputs: Vector;
  /** δ_l = ∂L/∂z_l, for each layer. */
  readonly deltas: readonly Vector[];
  /** ∂L/∂W_l = δ_l a_{l−1}ᵀ and ∂L/∂b_l = δ_l. */
  readonly layers: readonly HandLayer[];
}

const sigmoid = (z: number) => 1 / (1 + exp(-z));
const tanh = (z: number) => 2 * sigmoid(2 * z) - 1;
const hidden: Readonly<Record<HiddenActivation, (z: number) => number>> = {
  sigmoid,
  tanh,
  relu: (z) => Math.max(z, 0),
};
/** f'(z), by z and a = f(z). */
const slope: Readonly<Record<HiddenActivation, (z: number, a: number) => number>> = {
  sigmoid: (_, a) => a * (1 - a),
  tanh: (_, a) => 1 - a * a,
  relu: (z) => (z > 0 ? 1 : 0),
};
const last: Readonly<Record<OutputActivation, (z: Vector) => Vector>> = {
  identity: (z) => z,
  sigmoid: (z) => z.map(sigmoid),
  softmax: (z) => {
    const raised = z.map((value) => exp(value - Math.max(...z)));
    const total = raised.reduce((sum, value) => sum + value, 0);
    return raised.map((value) => value / total);
  },
};

const affine = ({ weights, biases }: HandLayer, a: Vector): Vector =>
  weights.map((row, i) => row.reduce((sum, w, j) => sum + w * a[j]!, biases[i]!));

/**
 * The forward pass, then δ_L = ŷ − y, δ_l = (W_{l+1}ᵀ δ_{l+1}) ∘ f'(z_l), ∂L/∂W_l = δ_l a_{l−1}ᵀ.
 *
 *     backpropagate([{ weights: [[2, -3]], biases: [-3] }], { x: [-1, -2], y: [1] });
 */
export function backpropagate(
  layers: readonly HandLayer[],
  options: {
    readonly x: Vector;
    readonly y: Vector;
    readonly activation?: HiddenActivation;
    readonly output?: OutputActivation;
  },
): HandGradients {
  const { x, y, activation = "sigmoid", output = "sigmoid" } = options;
  const z: Vector[] = [];
  const a: Vector[] = [x]; // a[l] goes into layer l
  for (const [l, layer] of layers.entries()) {
    z.push(affine(layer, a[l]!));
    const isLast = l === layers.length - 1;
    a.push(isLast ? last[output](z[l]!) : z[l]!.map(hidden[activation]));
  }
  const outputs = a.at(-1)!;
  const deltas: Vector[] = [outputs.map((value, i) => value - y[i]!)];
  for (let l = layers.length - 2; l >= 0; l--) {
    const { weights } = layers[l + 1]!;
    const [next] = deltas as [Vector];
    deltas.unshift(
      z[l]!.map((value, j) => {
        const back = next.reduce((sum, delta, i) => sum + weights[i]![j]! * delta, 0);
        return back * slope[activation](value, a[l + 1]![j]!);
      }),
    );
  }
  return {
    outputs,
    deltas,
    layers: deltas.map((delta, l) => ({
      weights: delta.map((d) => a[l]!.map((value) => d * value)),
      biases: delta,
    })),
  };
}
