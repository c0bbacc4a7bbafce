/** The loss of a number. */
import type { Shape } from "../base/shape.ts";
import { square, sub } from "../tensor/elementwise.ts";
import type { Must, Same } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { meanOfRow, rowsOf } from "./loss.ts";

/**
 * (ŷ − y)² of equal shapes [rows, outputs], the mean of a row's outputs: [rows].
 *
 *     meanSquaredError(model.apply(params, x), y);
 */
export function meanSquaredError<A extends Shape, B extends Shape>(
  predictions: Tensor<A>,
  targets: Tensor<B> & Must<Same<A, B>>,
): Tensor<[A[0]], "f32"> {
  const [prediction, y]: Tensor[] = [predictions as Tensor, targets as Tensor];
  const rows = rowsOf("meanSquaredError", prediction!, y!);
  return meanOfRow(square(sub(prediction!, y!)), rows) as never;
}
