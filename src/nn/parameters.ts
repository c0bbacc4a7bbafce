/** Parameters of layers: how they are drawn, and how a layer finds those it was given. */
import { InputError, ShapeError } from "../base/errors.ts";
import { stream } from "../base/random.ts";
import { type Shape, sameShape, sizeOf, spellShape } from "../base/shape.ts";
import { tensor } from "../tensor/create.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import type { Params } from "./layer.ts";
import { join, placeOf } from "./place.ts";

/** Uniform on ±bound, drawn in float64 by (seed, "initialization", path) and rounded to float32. */
export function uniform(seed: number, path: string, shape: Shape, bound: number): Tensor {
  const draws = stream({ seed, purpose: "initialization", index: placeOf(path) });
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    () => (2 * draws.nextFloat() - 1) * bound,
  );
  return tensor(data, { shape });
}

/** A layer's parameter by its name; throws a `ShapeError` where it is missing or of another shape. */
export function parameterOf(
  params: Params,
  { layer, path, name, shape }: { layer: string; path: string; name: string; shape: Shape },
): Tensor {
  const found = params[name];
  if (isTensor(found) && sameShape(found.shape, shape)) return found;
  const what = isTensor(found) ? spellShape(found.shape) : "missing";
  throw new ShapeError(
    `${layer}: parameter “${join(path, name)}” is ${what}, needs ${spellShape(shape)}. Give the parameters that init() made for this network.`,
  );
}

/** Throws an `InputError` unless both are whole numbers from 1 up. */
export function checkWidths(layer: string, inputs: number, outputs: number): void {
  if ([inputs, outputs].every((length) => Number.isSafeInteger(length) && length > 0)) return;
  throw new InputError(
    `${layer}: ${inputs} inputs and ${outputs} outputs. Give whole numbers from 1 up.`,
  );
}
