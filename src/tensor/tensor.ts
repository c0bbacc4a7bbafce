/** The user's handle on a node of the graph: nothing is computed before it is read. */
import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import type { IsLeaf, Tree } from "../base/tree.ts";
import { reshape, transpose } from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { compute } from "./compute.ts";
import type { Transposed } from "./shapes.ts";

interface HostArrays {
  f32: Float32Array;
  i32: Int32Array;
  bool: Int32Array;
}

/**
 * An array of numbers that is known or can be computed.
 * Made by `tensor(data)` and the functions; building is synchronous, reading is not.
 *
 *     const x = tensor([[0.5, -1.2]]);
 *     await x.transpose().data(); // Float32Array [0.5, -1.2]
 */
export class Tensor<S extends Shape = Shape, D extends DType = DType> {
  readonly node: Node;
  readonly shape: S;
  readonly dtype: D;

  constructor(node: Node) {
    this.node = node;
    this.shape = node.shape as Shape as S;
    this.dtype = node.dtype as D;
  }

  /** The last two axes exchanged. */
  transpose<A extends Shape, E extends DType>(this: Tensor<A, E>): Tensor<Transposed<A>, E> {
    return new Tensor(transpose(this.node));
  }

  /** The same elements in row-major order under another shape of the same size. */
  reshape<const T extends Shape>(shape: T): Tensor<T, D> {
    return new Tensor(reshape(this.node, shape));
  }

  /** The elements in row-major order, computed now; `bool` as 0 and 1. */
  async data(): Promise<HostArrays[D]> {
    return compute([this.node])[0]! as HostArrays[D];
  }
}

export const isTensor: IsLeaf<Tensor> = (value): value is Tensor => value instanceof Tensor;

/** Tensors in records nested in records, as parameters are: `{ "0": { weight, bias } }`. */
export type Tensors = Tree<Tensor>;
