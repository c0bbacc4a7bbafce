/** The multi-layer perceptron. */
import { activations } from "./activations.ts";
import { dropout as dropoutLayer } from "./dropout.ts";
import type { AnyLayer, Layer } from "./layer.ts";
import { linear } from "./linear.ts";
import { chained } from "./sequential.ts";
import type { ActivationName } from "./spec.ts";

/**
 * Hidden layers of the given widths, each with its activation and dropout, then a linear layer;
 * the output is logits, or numbers for a regression. No hidden layer makes a linear model.
 *
 *     mlp({ inputs: 30, hidden: [32, 16], outputs: 1, activation: "relu", dropout: 0.1 });
 */
export function mlp<const In extends number, const Out extends number>(options: {
  readonly inputs: In;
  readonly hidden: readonly number[];
  readonly outputs: Out;
  readonly activation?: ActivationName;
  readonly dropout?: number;
}): Layer<In, Out> {
  const { inputs, hidden, outputs, activation = "relu", dropout = 0 } = options;
  const layers: AnyLayer[] = [];
  let width: number = inputs;
  for (const next of hidden) {
    layers.push(linear(width, next), activations[activation]);
    if (dropout > 0) layers.push(dropoutLayer(dropout));
    width = next;
  }
  return chained([...layers, linear(width, outputs)]) as Layer<In, Out>;
}
