/** Layers one after the other. */
import { InputError } from "../base/errors.ts";
import type { Must } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AnyLayer, Chain, Context, Params } from "./layer.ts";
import { join } from "./place.ts";

/** Widths are known here too where they are not literals; the ends of the chain are its own. */
function widths(layers: readonly AnyLayer[]): [number | null, number | null] {
  let [first, now]: [number | null, number | null] = [null, null];
  let open = true;
  for (const { inputs, outputs, windowed } of layers) {
    if (windowed) {
      open = false;
      now = outputs;
      continue;
    }
    if (inputs === null) continue;
    if (now !== null && inputs !== now)
      throw new InputError(
        `sequential: a layer takes ${inputs} features, the one before gives ${now}. Make them equal.`,
      );
    if (open) first ??= inputs;
    now = outputs;
  }
  return [first, now];
}

/**
 * Each layer on the output of the one before; parameters by place, so that paths are PyTorch's
 * ("0.weight"). Widths that do not fit are refused, literal ones already in the editor.
 *
 *     const model = sequential(linear(30, 16), relu, linear(16, 1));
 *     const params = model.init(7); // { "0": { weight, bias }, "1": {}, "2": { weight, bias } }
 */
export function sequential<const L extends readonly AnyLayer[]>(
  ...layers: L & Must<Chain<L>>
): Chain<L> extends infer R extends AnyLayer ? R : never {
  return chained(layers as readonly AnyLayer[]) as never;
}

/** `sequential` of layers whose widths the types do not know. */
export function chained(layers: readonly AnyLayer[]): AnyLayer {
  const [inputs, outputs] = widths(layers);
  return {
    spec: { layer: "sequential", layers: layers.map(({ spec }) => spec) },
    summary: (path = "") => layers.flatMap((layer, i) => layer.summary(join(path, `${i}`))),
    inputs,
    outputs,
    ...(layers.some(({ windowed }) => windowed) ? { windowed: true } : {}),
    init: (seed, path = "") =>
      Object.fromEntries(layers.map((layer, i) => [i, layer.init(seed, join(path, `${i}`))])),
    apply: (params: Params, x: Tensor, context: Context = {}) =>
      layers.reduce(
        (y, layer, i) =>
          layer.apply((params[i] ?? {}) as Params, y, {
            ...context,
            path: join(context.path ?? "", `${i}`),
          }),
        x,
      ),
  };
}
