/** Functions of functions: gradients. */
import { ShapeError } from "../base/errors.ts";
import { spellShape } from "../base/shape.ts";
import { grad as gradients } from "../grad/grad.ts";
import { reshape } from "../graph/build.ts";
import { substitute } from "../graph/scan.ts";
import { Tensor, type Tensors } from "./tensor.ts";
import { mapTensors, placeholders, tensorsOf } from "./trees.ts";

/** A scalar tensor computed from a tree of tensors, and from whatever else it takes. */
export type Scored<P extends Tensors, Rest extends readonly unknown[]> = (
  params: P,
  ...rest: Rest
) => Tensor;

let calls = 0;

/**
 * The value of `f` at `params` and its gradient for each of them, in one graph that shares its nodes.
 * The gradients have the tree's paths and shapes, and can be differentiated again.
 * Throws a `ShapeError` if `f` gives more than one number.
 *
 *     const { value, gradients } = valueAndGrad((w: Tensor) => sum(square(w)))(tensor([1, 2]));
 *     await read(gradients); // [2, 4]
 */
export function valueAndGrad<P extends Tensors, Rest extends readonly unknown[]>(
  f: Scored<P, Rest>,
): (params: P, ...rest: Rest) => { value: Tensor<[], "f32">; gradients: P } {
  return (params, ...rest) => {
    // Inputs stand in for the parameters, so that one tensor used for two parameters, or a parameter
    // computed from another, still has gradients of its own.
    const inputs = placeholders(params, `grad ${calls++}: `);
    const value = f(inputs, ...rest).node;
    const wrt = tensorsOf(inputs).map(([, { node }]) => node);
    const found = gradients(single(value), wrt);
    const given = tensorsOf(params).map(([, { node }], i) => [wrt[i]!, node] as const);
    const [root, ...results] = substitute([reshape(value, []), ...found], new Map(given));
    let next = 0;
    return {
      value: new Tensor(root!),
      gradients: mapTensors(params, () => new Tensor(results[next++]!)),
    };
  };
}

const single = (value: Tensor["node"]) => {
  if (value.shape.every((length) => length === 1)) return value;
  throw new ShapeError(
    `grad: the function gives ${spellShape(value.shape)}, a gradient needs one number. Take its mean() or sum().`,
  );
};

/**
 * The gradient of a scalar function for its first argument, a tensor or a tree of them.
 *
 *     await read(grad((w: Tensor) => sum(square(w)))(tensor([1, 2]))); // [2, 4]
 */
export function grad<P extends Tensors, Rest extends readonly unknown[]>(
  f: Scored<P, Rest>,
): (params: P, ...rest: Rest) => P {
  const both = valueAndGrad(f);
  return (params, ...rest) => both(params, ...rest).gradients;
}
