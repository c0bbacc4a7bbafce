/** Adagrad: steps that shrink where gradients were large. */
import { add, div, mul, sqrt, square, sub } from "../tensor/elementwise.ts";
import { type CommonOptions, type Optimizer, optimizer } from "./optimizer.ts";

export interface AdagradOptions extends CommonOptions {
  /** Added to the root, against division by 0 (default 1e-10). */
  readonly epsilon?: number;
}

/**
 * s ← s + g², w ← w − η g / (√s + ε) (Duchi, Hazan & Singer 2011, JMLR 12:2121). η is 0.01 by default.
 *
 *     adagrad({ learningRate: 0.05 });
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const { learningRate = 1e-2, epsilon = 1e-10 } = options;
  return optimizer(
    "adagrad",
    { ...options, learningRate, epsilon },
    {
      buffers: ["squares"],
      step({ gradient, parameter, buffers, learningRate: rate }) {
        const squares = add(buffers.squares!, square(gradient));
        const change = div(mul(gradient, rate), add(sqrt(squares), epsilon));
        return { parameter: sub(parameter, change), buffers: { squares } };
      },
    },
    options,
  );
}
