/** The layer of weighted sums: y = x Wᵀ + b. */
import { InputError, ShapeError } from "../base/errors.ts";
import { type Shape, spellShape } from "../base/shape.ts";
import { add } from "../tensor/elementwise.ts";
import { matmul } from "../tensor/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Layer } from "./layer.ts";
import { isWidth, parameter, uniform } from "./parameters.ts";
import { join } from "./place.ts";

/**
 * x [..., inputs] becomes x Wᵀ + b [..., outputs]; weight [outputs, inputs], bias [outputs].
 * Both start uniform on ±1/√inputs, as PyTorch's nn.Linear.
 * Throws an `InputError` if a width is not a whole number from 1 up.
 *
 *     const layer = linear(30, 16);
 *     layer.apply(layer.init(7), x);
 */
export function linear<const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  { bias = true }: { readonly bias?: boolean } = {},
): Layer<In, Out> {
  if (!isWidth(inputs) || !isWidth(outputs))
    throw new InputError(
      `linear: ${inputs} inputs and ${outputs} outputs. Give whole numbers from 1 up.`,
    );
  const bound = 1 / Math.sqrt(inputs);
  const parameters = outputs * (inputs + (bias ? 1 : 0));
  return {
    spec: { layer: "linear", inputs, outputs, bias },
    summary: (path = "") => [{ path, name: "linear", inputs, outputs, parameters }],
    inputs,
    outputs,
    init(seed, path = "") {
      const draw = (name: string, shape: Shape) => uniform(seed, join(path, name), shape, bound);
      const weight = draw("weight", [outputs, inputs]);
      return bias ? { weight, bias: draw("bias", [outputs]) } : { weight };
    },
    apply(params, x, { path = "" } = {}) {
      if (x.shape.at(-1) !== inputs)
        throw new ShapeError(
          `linear: takes ${inputs} features on the last axis, got ${spellShape(x.shape)}. Check the width of the layer before, or of the data.`,
        );
      const given = (name: string, shape: Shape) =>
        parameter("linear", params, { path: join(path, name), name, shape });
      const rows = x.shape.length === 1 ? x.reshape([1, inputs]) : (x as Tensor);
      const product: Tensor = matmul(rows, given("weight", [outputs, inputs]).transpose());
      const sum = bias ? add(product, given("bias", [outputs])) : product;
      return sum.reshape([...x.shape.slice(0, -1), outputs]) as never;
    },
  };
}
