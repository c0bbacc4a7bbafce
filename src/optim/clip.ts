/** Gradients kept from growing too long. */
import { add, div, minimum, mul, sqrt, square } from "../tensor/elementwise.ts";
import { sum } from "../tensor/reduce.ts";
import type { Tensor, Tensors } from "../tensor/tensor.ts";
import { mapTensors, tensorsOf } from "../tensor/trees.ts";

/**
 * The gradients multiplied by min(1, maximum / (norm + 10⁻⁶)), the norm being that of all of them
 * together, as PyTorch's clip_grad_norm_ (Pascanu et al. 2013, arXiv:1211.5063).
 */
export function clipped<T extends Tensors>(gradients: T, maximum: number): T {
  const squares = tensorsOf(gradients).map(([, gradient]): Tensor => sum(square(gradient)));
  if (squares.length === 0) return gradients;
  const norm: Tensor = sqrt(squares.reduce((a, b) => add(a, b)));
  const factor: Tensor = minimum(div(maximum, add(norm, 1e-6)), 1);
  return mapTensors(gradients, (gradient) => mul(gradient, factor));
}
