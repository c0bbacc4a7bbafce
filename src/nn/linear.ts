/** The layer of weighted sums: y = x Wᵀ + b. */
import { InputError, ShapeError } from "../base/errors.ts";
import { stream } from "../base/random.ts";
import { type Shape, sameShape, sizeOf, spellShape } from "../base/shape.ts";
import { tensor } from "../tensor/create.ts";
import { add } from "../tensor/elementwise.ts";
import { matmul } from "../tensor/movement.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import type { Layer, Params } from "./layer.ts";
import { join, placeOf } from "./place.ts";

/** Uniform on ±bound, drawn in float64 by (seed, "initialization", path) and rounded to float32. */
function uniform(seed: number, path: string, shape: Shape, bound: number): Tensor {
  const draws = stream({ seed, purpose: "initialization", index: placeOf(path) });
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    () => (2 * draws.nextFloat() - 1) * bound,
  );
  return tensor(data, { shape });
}

function parameter(params: Params, path: string, name: string, shape: Shape): Tensor {
  const found = params[name];
  if (isTensor(found) && sameShape(found.shape, shape)) return found;
  const what = isTensor(found) ? spellShape(found.shape) : "missing";
  throw new ShapeError(
    `linear: parameter “${path}” is ${what}, needs ${spellShape(shape)}. Give the parameters that init() made for this network.`,
  );
}

const isWidth = (length: number) => Number.isSafeInteger(length) && length > 0;

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
        parameter(params, join(path, name), name, shape);
      const rows = x.shape.length === 1 ? x.reshape([1, inputs]) : (x as Tensor);
      const product: Tensor = matmul(rows, given("weight", [outputs, inputs]).transpose());
      const sum = bias ? add(product, given("bias", [outputs])) : product;
      return sum.reshape([...x.shape.slice(0, -1), outputs]) as never;
    },
  };
}
