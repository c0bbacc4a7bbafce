/** The loss of a yes or no. */
import type { Shape } from "../base/shape.ts";
import { mul, softplus, sub } from "../tensor/elementwise.ts";
import type { Must, Same } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { meanOfRow, rowsOf } from "./loss.ts";

/**
 * −y log σ(z) − (1 − y) log(1 − σ(z)) from logits z [rows, outputs] and y in [0, 1] of the same
 * shape, the mean of a row's outputs: [rows]. Computed as softplus(z) − y z, so that it is finite
 * for every z and that its gradient is σ(z) − y, to the bit.
 *
 *     binaryCrossEntropy(model.apply(params, x), y);
 */
export function binaryCrossEntropy<A extends Shape, B extends Shape>(
  logits: Tensor<A>,
  targets: Tensor<B> & Must<Same<A, B>>,
): Tensor<[A[0]], "f32"> {
  const [z, y]: Tensor[] = [logits as Tensor, targets as Tensor];
  const rows = rowsOf("binaryCrossEntropy", z!, y!);
  return meanOfRow(sub(softplus(z!), mul(y!, z!)), rows) as never;
}
