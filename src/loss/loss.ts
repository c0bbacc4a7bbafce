/** What a loss is, and the mean that training takes of its values. */
import { ShapeError } from "../base/errors.ts";
import { type Shape, sameShape, sizeOf, spellShape } from "../base/shape.ts";
import { div, mul } from "../tensor/elementwise.ts";
import { sum } from "../tensor/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** From what the network gives [rows, …] and what is true, one value a row [rows]. */
export type Loss = (outputs: Tensor, targets: Tensor) => Tensor;

/** The number of rows, once both tensors are seen to have one shape. */
export function rowsOf(name: string, outputs: Tensor, targets: Tensor): number {
  const [rows] = outputs.shape;
  if (rows !== undefined && sameShape(outputs.shape, targets.shape)) return rows;
  throw new ShapeError(
    `${name}: outputs ${spellShape(outputs.shape)}, targets ${spellShape(targets.shape)}. Both need the same shape [rows, …]; reshape() one.`,
  );
}

/** The mean of each row's values: [rows, …] to [rows]. */
export function meanOfRow(values: Tensor, rows: number): Tensor {
  const width = sizeOf(values.shape.slice(1));
  if (width === 1) return values.reshape([rows]);
  return div(sum(values.reshape([rows, width]), 1) as Tensor, width);
}

/**
 * Σ w·ℓ / Σ w: the number that training makes small. A row of weight 0 does not count, so a last
 * batch may be padded; class weights and unequal shards enter the same way.
 *
 *     weightedMean(binaryCrossEntropy(logits, y), weights);
 */
export function weightedMean(losses: Tensor<Shape>, weights: Tensor<Shape>): Tensor<[], "f32"> {
  if (!sameShape(losses.shape, weights.shape))
    throw new ShapeError(
      `weightedMean: losses ${spellShape(losses.shape)}, weights ${spellShape(weights.shape)}. Give one weight a row.`,
    );
  return div(sum(mul(losses, weights)), sum(weights)) as Tensor<[], "f32">;
}
