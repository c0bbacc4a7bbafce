/** Layers from the plain JSON that a model file keeps. */
import { InputError } from "../base/errors.ts";
import { activations } from "./activations.ts";
import { fromConvolutionSpec } from "./convolution.ts";
import { dropout } from "./dropout.ts";
import type { AnyLayer } from "./layer.ts";
import { linear } from "./linear.ts";
import { fromPoolSpec, plainWindowed } from "./pooling.ts";
import { gru, lstm, recurrent } from "./recurrent.ts";
import { chained } from "./sequential.ts";
import type { ActivationName, Spec } from "./spec.ts";

type Composed = Exclude<Spec["layer"], ActivationName>;
type Builders = { readonly [N in Composed]: (spec: Extract<Spec, { layer: N }>) => AnyLayer };

const builders: Builders = {
  linear: ({ inputs, outputs, bias }) => linear(inputs, outputs, { bias }),
  recurrent: ({ inputs, hidden, ...options }) => recurrent(inputs, hidden, options),
  lstm: ({ inputs, hidden, ...options }) => lstm(inputs, hidden, options),
  gru: ({ inputs, hidden, ...options }) => gru(inputs, hidden, options),
  convolution1d: fromConvolutionSpec,
  convolution2d: fromConvolutionSpec,
  convolution3d: fromConvolutionSpec,
  maxPool1d: fromPoolSpec,
  maxPool2d: fromPoolSpec,
  maxPool3d: fromPoolSpec,
  averagePool1d: fromPoolSpec,
  averagePool2d: fromPoolSpec,
  averagePool3d: fromPoolSpec,
  flatten: () => plainWindowed.flatten,
  globalAveragePool: () => plainWindowed.globalAveragePool,
  dropout: ({ probability }) => dropout(probability),
  sequential: ({ layers }) => chained(layers.map(fromSpec)),
};
const has = <T extends object>(table: T, name: string): name is keyof T & string =>
  Object.hasOwn(table, name);

/**
 * The layer that a spec describes: `fromSpec(layer.spec)` computes what `layer` does.
 * Throws an `InputError` for a name that no layer has.
 */
export function fromSpec(spec: Spec): AnyLayer {
  const name: string = spec.layer;
  if (has(activations, name)) return activations[name];
  if (has(builders, name)) return (builders[name] as (spec: Spec) => AnyLayer)(spec);
  const known = [...Object.keys(builders), ...Object.keys(activations)].join(", ");
  throw new InputError(`There is no layer “${name}”. Known layers: ${known}.`);
}
