/** Parameters: how layers draw them first, and find them in what they are given. */
import { ShapeError } from "../base/errors.ts";
import { stream } from "../base/random.ts";
import { type Shape, sameShape, sizeOf, spellShape } from "../base/shape.ts";
import { tensor, zeros } from "../tensor/create.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import type { Params } from "./layer.ts";
import { placeOf } from "./place.ts";

let drawn = true;

/** What `init` gives, with zeros for the numbers that it would draw: shapes cost no memory. */
export function undrawn<T>(init: () => T): T {
  const before = drawn;
  drawn = false;
  try {
    return init();
  } finally {
    drawn = before;
  }
}

/** Uniform on ±bound, drawn in float64 by (seed, "initialization", path) and rounded to float32. */
export function uniform(seed: number, path: string, shape: Shape, bound: number): Tensor {
  if (!drawn) return zeros(shape) as Tensor;
  const draws = stream({ seed, purpose: "initialization", index: placeOf(path) });
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    () => (2 * draws.nextFloat() - 1) * bound,
  );
  return tensor(data, { shape });
}

/** The parameter `name` of a layer at `path`; throws a `ShapeError` that names the layer if it does not fit. */
export function parameter(
  layer: string,
  params: Params,
  { path, name, shape }: { path: string; name: string; shape: Shape },
): Tensor {
  const found = params[name];
  if (isTensor(found) && sameShape(found.shape, shape)) return found;
  const what = isTensor(found) ? spellShape(found.shape) : "missing";
  throw new ShapeError(
    `${layer}: parameter “${path}” is ${what}, needs ${spellShape(shape)}. Give the parameters that init() made for this network.`,
  );
}

/** Whether a number counts features, channels or places. */
export const isWidth = (length: number): boolean => Number.isSafeInteger(length) && length > 0;
