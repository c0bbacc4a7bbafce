/** Stochastic gradient descent, plain or with momentum. */
import { InputError } from "../base/errors.ts";
import { add, mul, sub } from "../tensor/elementwise.ts";
import { type CommonOptions, type Optimizer, optimizer } from "./optimizer.ts";

export interface SgdOptions extends CommonOptions {
  /** μ, the part of the last step's direction that is kept (default 0). */
  readonly momentum?: number;
  /** Look ahead along the new direction (default: no). */
  readonly nesterov?: boolean;
}

/**
 * w ← w − η d, where d = g without momentum; with it v ← μ v + g and d = v, or d = g + μ v with
 * Nesterov's look ahead (Sutskever et al. 2013, as PyTorch writes it). η is 0.001 by default.
 *
 *     sgd({ learningRate: 0.1, momentum: 0.9 });
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate = 1e-3, momentum = 0, nesterov = false } = options;
  if (nesterov && momentum === 0)
    throw new InputError("sgd: nesterov needs momentum. Give momentum: 0.9, or leave it out.");
  const settings = { ...options, learningRate, momentum, nesterov };
  const buffers = momentum === 0 ? [] : ["velocity"];
  return optimizer(
    "sgd",
    settings,
    {
      buffers,
      step({ gradient, parameter, buffers: { velocity: last }, learningRate: rate }) {
        if (!last) return { parameter: sub(parameter, mul(gradient, rate)), buffers: {} };
        const velocity = add(mul(last, momentum), gradient);
        const direction = nesterov ? add(gradient, mul(velocity, momentum)) : velocity;
        return { parameter: sub(parameter, mul(direction, rate)), buffers: { velocity } };
      },
    },
    options,
  );
}

/** `sgd` with momentum 0.9. */
export const momentum = (options: SgdOptions = {}): Optimizer => sgd({ momentum: 0.9, ...options });

/** `sgd` with momentum 0.9 and Nesterov's look ahead. */
export const nesterov = (options: SgdOptions = {}): Optimizer =>
  sgd({ momentum: 0.9, nesterov: true, ...options });
