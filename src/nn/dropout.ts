/** Dropout: a different thinned network at every step (Srivastava et al. 2014, JMLR 15:1929). */
import { InputError } from "../base/errors.ts";
import { purposes } from "../base/random.ts";
import { random } from "../graph/build.ts";
import { less, mul, where } from "../tensor/elementwise.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Keeps } from "./layer.ts";
import { join, placeOf } from "./place.ts";

/**
 * While training, each element is 0 with `probability` and else divided by 1 − `probability`, so
 * that its mean stays; otherwise x as it is. Draws from the context's key by the layer's path.
 * Throws an `InputError` if the probability is not in [0, 1), or if training without a key.
 *
 *     nn.sequential(nn.linear(30, 16), nn.relu, nn.dropout(0.1), nn.linear(16, 1));
 */
export function dropout(probability: number): Keeps {
  if (!(probability >= 0 && probability < 1))
    throw new InputError(`dropout: probability ${probability}. Give a number from 0 to below 1.`);
  return {
    spec: { layer: "dropout", probability },
    summary: (path = "") => [
      { path, name: `dropout ${probability}`, inputs: null, outputs: null, parameters: 0 },
    ],
    inputs: null,
    outputs: null,
    init: () => ({}),
    apply(_, x, { training = false, key, path = "" } = {}) {
      if (!training || probability === 0) return x as never;
      if (!key)
        throw new InputError(
          "dropout: training without a random key. Give one in the context: { training: true, key }, an i32 tensor [seed, step].",
        );
      const draws = new Tensor(random(key.node, x.shape, purposeOf(path)));
      const kept = mul(x as Tensor, 1 / (1 - probability));
      return where(less(draws, probability), 0, kept) as never;
    },
  };
}

/** Layers draw apart: the purpose's number below, the layer's place above it, 31 bits in all. */
const purposeOf = (path: string) =>
  ((placeOf(join(path, "dropout")) >>> 9) << 8) | (purposes.indexOf("dropout") + 1);
