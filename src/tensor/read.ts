/** From tensors to plain numbers. */
import type { HostArray } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { mapTree } from "../base/tree.ts";
import type { Nested, NestedNumbers } from "./shapes.ts";
import { isTensor, type Tensor, type Tensors } from "./tensor.ts";
import { hostValues } from "./trees.ts";

/** The tree with nested arrays in place of tensors. */
type Values<T> =
  T extends Tensor<infer S> ? Nested<S> : { -readonly [Name in keyof T]: Values<T[Name]> };

/** A flat array cut into nested ones, one level an axis. */
export function nest(flat: HostArray, shape: Shape): NestedNumbers {
  const [length, ...rest] = shape;
  if (length === undefined) return flat[0]!;
  const size = sizeOf(rest);
  return Array.from({ length }, (_, i) => nest(flat.subarray(i * size, (i + 1) * size), rest));
}

/**
 * The numbers of a tensor, or of a tree of them, as nested arrays; all are computed in one program.
 * `bool` reads as 0 and 1.
 *
 *     await read(matmul(tensor([[1, 2]]), tensor([[3], [4]]))); // [[11]]
 */
export async function read<const T extends Tensors>(tree: T): Promise<Values<T>> {
  const values = hostValues(tree);
  return mapTree(tree as Tensors, isTensor, ({ shape }, path) =>
    nest(values.get(path)!, shape),
  ) as Values<T>;
}
