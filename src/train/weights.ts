/** Parameters and optimizer state, between the slots of a session, tensors, and files. */
import { InputError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import type { AnyLayer, Params } from "../nn/index.ts";
import type { State } from "../optim/index.ts";
import { mapTensors, type Tensor, tensor } from "../tensor/index.ts";
import type { SlotTree } from "./step.ts";

/** Trained parameters by path: what `weights.safetensors` holds. */
export type Weights = Readonly<
  Record<string, { readonly dtype: "f32"; readonly shape: Shape; readonly data: Float32Array }>
>;

/** Tensors in slots as a file keeps them. */
export const weightsOf = (tree: SlotTree<Params | State>): Weights => {
  const values = tree.read();
  return Object.fromEntries(
    [...tree.slots].map(([path, { shape }]) => [
      path,
      { dtype: "f32", shape, data: values.get(path) as Float32Array },
    ]),
  );
};

/** A file's tensors in the order of the slots; an `InputError` names one that does not fit. */
export const fitting = (tree: SlotTree<Params | State>, weights: Weights): Weights =>
  Object.fromEntries(
    [...tree.slots].map(([path, { shape }]) => {
      const found = weights[path];
      if (found?.shape.join() === shape.join()) return [path, found];
      throw new InputError(
        `The checkpoint does not fit the network: “${path}” needs [${shape}]. Train again.`,
      );
    }),
  );

/** Writes a file's tensors into their slots. */
export function putBack(tree: SlotTree<Params | State>, weights: Weights): void {
  const fit = Object.entries(fitting(tree, weights));
  tree.write(new Map(fit.map(([path, { data }]) => [path, data])));
}

/** A network's parameters as tensors, from its weights; an `InputError` names what does not fit. */
export function paramsFrom(model: AnyLayer, weights: Weights): Params {
  const paths = new Set(Object.keys(weights));
  const params = mapTensors(model.init(0), ({ shape }, path) => {
    const found = weights[path];
    paths.delete(path);
    if (!found || found.shape.join() !== shape.join())
      throw new InputError(
        `The weights do not fit the network: “${path}” needs [${shape}], the file has ${found ? `[${found.shape}]` : "none"}.`,
      );
    return tensor(found.data, { shape }) as Tensor;
  });
  const [unused] = paths;
  if (unused !== undefined)
    throw new InputError(
      `The weights do not fit the network: nothing in it is called “${unused}”.`,
    );
  return params;
}
