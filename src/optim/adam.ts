/** Adam and AdamW: the mean gradient, divided by its root mean square. */
import { add, div, mul, sqrt, square, sub } from "../tensor/elementwise.ts";
import {
  type CommonOptions,
  decays,
  type Moment,
  type Optimizer,
  optimizer,
  type Renewed,
  type Rule,
} from "./optimizer.ts";

export interface AdamOptions extends CommonOptions {
  /** β₁, how much of the mean gradient is kept at each step (default 0.9). */
  readonly beta1?: number;
  /** β₂, how much of the mean square is kept (default 0.999). */
  readonly beta2?: number;
  /** Added to the root, against division by 0 (default 1e-8). */
  readonly epsilon?: number;
}

const defaults = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², w ← w − η/(1 − β₁ᵗ) m / (√v/√(1 − β₂ᵗ) + ε). */
const rule = ({ beta1, beta2, epsilon }: typeof defaults): Rule => ({
  buffers: ["mean", "squares"],
  corrections: { meanCorrection: beta1, squaresCorrection: beta2 },
  step({ gradient, parameter, buffers, corrections, learningRate }: Moment): Renewed {
    const mean = add(mul(buffers.mean!, beta1), mul(gradient, 1 - beta1));
    const squares = add(mul(buffers.squares!, beta2), mul(square(gradient), 1 - beta2));
    const root = div(sqrt(squares), sqrt(corrections.squaresCorrection!));
    const rate = div(learningRate, corrections.meanCorrection!);
    const change = mul(rate, div(mean, add(root, epsilon)));
    return { parameter: sub(parameter, change), buffers: { mean, squares } };
  },
});

/**
 * Adam (Kingma & Ba 2015, arXiv:1412.6980); η is 0.001 by default, weight decay joins the gradient.
 *
 *     adam({ learningRate: 1e-3 });
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const settings = { ...defaults, ...options };
  return optimizer("adam", settings, rule(settings), options);
}

/**
 * AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101): Adam after w ← (1 − η λ) w; λ is 0.01 by default.
 *
 *     adamW({ learningRate: 1e-3, weightDecay: 0.05 });
 */
export function adamW(options: AdamOptions = {}): Optimizer {
  const settings = { ...defaults, weightDecay: 1e-2, ...options };
  const adamRule = rule(settings);
  const step = ({ parameter, learningRate, ...rest }: Moment) => {
    if (!decays(parameter, settings.decayBiases ?? true))
      return adamRule.step({ parameter, learningRate, ...rest });
    const kept = sub(1, mul(learningRate, settings.weightDecay));
    return adamRule.step({ parameter: mul(parameter, kept), learningRate, ...rest });
  };
  const { clipNorm } = options;
  const common = clipNorm === undefined ? {} : { clipNorm };
  return optimizer("adamW", settings, { ...adamRule, step }, common);
}
