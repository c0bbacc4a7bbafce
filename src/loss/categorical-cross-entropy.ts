/** The loss of one class among several. */
import { ShapeError } from "../base/errors.ts";
import { type Shape, sameShape, spellShape } from "../base/shape.ts";
import { mul, neg } from "../tensor/elementwise.ts";
import { oneHot } from "../tensor/movement.ts";
import { logSoftmax, sum } from "../tensor/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * −Σ y log softmax(z) from logits z [rows, classes] and either i32 class numbers [rows] or
 * probabilities of the classes [rows, classes], such as one-hot rows: [rows].
 *
 *     categoricalCrossEntropy(model.apply(params, x), tensor([2, 0], { dtype: "i32" }));
 */
export function categoricalCrossEntropy<A extends Shape>(
  logits: Tensor<A>,
  targets: Tensor,
): Tensor<[A[0]], "f32"> {
  const z = logits as Tensor;
  const classes = z.shape[1] ?? 0;
  const y = targets.dtype === "i32" ? oneHot(targets, classes) : targets;
  if (z.shape.length !== 2 || !sameShape(z.shape, y.shape))
    throw new ShapeError(
      `categoricalCrossEntropy: logits ${spellShape(z.shape)}, targets ${spellShape(targets.shape)} ${targets.dtype}. Needs logits [rows, classes] and i32 class numbers [rows] or f32 rows [rows, classes].`,
    );
  return neg(sum(mul(y, logSoftmax(z)), 1) as Tensor) as never;
}
