/** RMSProp: steps divided by the recent size of the gradient. */
import { add, div, mul, sqrt, square, sub } from "../tensor/elementwise.ts";
import { type CommonOptions, type Optimizer, optimizer } from "./optimizer.ts";

export interface RmsPropOptions extends CommonOptions {
  /** How much of the mean square is kept at each step (default 0.99). */
  readonly decay?: number;
  /** Added to the root, against division by 0 (default 1e-8). */
  readonly epsilon?: number;
}

/**
 * s ← ρ s + (1 − ρ) g², w ← w − η g / (√s + ε) (Tieleman & Hinton 2012, Coursera lecture 6.5).
 * η is 0.01 by default.
 *
 *     rmsProp({ learningRate: 0.001 });
 */
export function rmsProp(options: RmsPropOptions = {}): Optimizer {
  const { learningRate = 1e-2, decay = 0.99, epsilon = 1e-8 } = options;
  return optimizer(
    "rmsProp",
    { ...options, learningRate, decay, epsilon },
    {
      buffers: ["squares"],
      step({ gradient, parameter, buffers, learningRate: rate }) {
        const squares = add(mul(buffers.squares!, decay), mul(square(gradient), 1 - decay));
        const change = div(mul(gradient, rate), add(sqrt(squares), epsilon));
        return { parameter: sub(parameter, change), buffers: { squares } };
      },
    },
    options,
  );
}
