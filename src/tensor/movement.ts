/** Functions that move elements without arithmetic, and the product of matrices. */

import type { DType } from "../base/dtype.ts";
import { InputError, ShapeError } from "../base/errors.ts";
import { broadcastShape, type Shape, sizeOf, spellShape } from "../base/shape.ts";
import * as build from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { grow } from "./elementwise.ts";
import { axesOf } from "./reduce.ts";
import type { MatMul, Must, Ok, Transposed } from "./shapes.ts";
import { Tensor } from "./tensor.ts";

/** The last two axes exchanged. */
export const transpose = <S extends Shape, D extends DType>(
  x: Tensor<S, D>,
): Tensor<Transposed<S>, D> => x.transpose();

/** The same elements in row-major order under another shape of the same size. */
export const reshape = <const S extends Shape, D extends DType>(
  x: Tensor<Shape, D>,
  shape: S,
): Tensor<S, D> => x.reshape(shape);

/** Axis i of the result is axis `order[i]` of x. */
export const permute = <D extends DType>(
  x: Tensor<Shape, D>,
  order: readonly number[],
): Tensor<Shape, D> => new Tensor(build.permute(x.node, order));

/** x repeated along axes of length 1, or along new axes in front, to `shape`. */
export function expand<const S extends Shape, D extends DType>(
  x: Tensor<Shape, D>,
  shape: S,
): Tensor<S, D> {
  if (x.shape.length > shape.length)
    throw new ShapeError(
      `expand: ${spellShape(x.shape)} has more axes than ${spellShape(shape)}. Reshape or sum first.`,
    );
  return new Tensor(grow(x.node, shape));
}

/** [start, end) of an axis, counted from the end if negative; `null` is the whole axis. */
type Range = readonly [start: number, end: number] | null;

/**
 * A block of x; axes without a range are kept whole.
 *
 *     slice(x, [[0, 2], null, [-1, 9]]); // rows 0 and 1, all columns, the last of 9 channels
 */
export function slice<D extends DType>(
  x: Tensor<Shape, D>,
  ranges: readonly Range[],
): Tensor<Shape, D> {
  const from = (at: number, length: number) => (at < 0 ? at + length : at);
  const all = x.shape.map((length, axis): [number, number] => {
    const range = ranges[axis];
    return range ? [from(range[0], length), from(range[1], length)] : [0, length];
  });
  return new Tensor(build.slice(x.node, [...all, ...ranges.slice(all.length)] as typeof all));
}

/** The tensors one after the other along `axis` (default: the first). */
export function concatenate(tensors: readonly Tensor[], axis = 0): Tensor<Shape, "f32"> {
  const [first] = tensors;
  if (!first) throw new InputError("concatenate: no tensors given. Give one or more.");
  const [along] = axesOf("concatenate", first.shape, axis) as [number];
  const length = tensors.reduce((total, { shape }) => total + (shape[along] ?? 0), 0);
  let before = 0;
  const placed = tensors.map(({ node, shape }): Node => {
    const own = shape[along] ?? 0;
    const margins = shape.map((_, i): [number, number] =>
      i === along ? [before, length - before - own] : [0, 0],
    );
    before += own;
    return build.pad(node, margins);
  });
  return new Tensor(placed.reduce(build.add));
}

/** 1 at the place that a label names, else 0: labels i32 [...] make f32 [..., classes]. */
export function oneHot(labels: Tensor, classes: number): Tensor<Shape, "f32"> {
  const shape = [...labels.shape, classes];
  const places = build.iota(shape, shape.length - 1);
  const wanted = build.expand(build.reshape(labels.node, [...labels.shape, 1]), shape);
  return new Tensor(build.cast(build.equal(wanted, places), "f32"));
}

/** Rows of x [n, d] at i32 row numbers [m]: [m, d]; a row that does not exist is zeros. */
export const gather = (x: Tensor, rows: Tensor): Tensor<Shape, "f32"> =>
  new Tensor(build.gather(x.node, rows.node));

/**
 * Matrix product of the last two axes, [..., m, k] x [..., k, n]; the axes before broadcast.
 *
 *     matmul(tensor([[1, 2]]), tensor([[3], [4]])); // [[11]]
 */
export function matmul<const A extends Shape, const B extends Shape>(
  a: Tensor<A>,
  b: Tensor<B> & Must<MatMul<A, B>>,
): Tensor<Ok<MatMul<A, B>>, "f32"> {
  return new Tensor(product(a.node, b.node));
}

function product(a: Node, b: Node): Node {
  const [x, y] = [a.shape, b.shape];
  const spelled = `${spellShape(x)} x ${spellShape(y)}`;
  if (x.length < 2 || y.length < 2)
    throw new ShapeError(
      `matmul: ${spelled}: each operand needs two axes or more. Reshape a vector to [n, 1] or [1, n].`,
    );
  const [inner, columns] = [x.at(-1)!, y.at(-1)!];
  if (y.length === 2 && x.length > 2 && inner === y[0]) {
    const flat = build.reshape(a, [sizeOf(x.slice(0, -1)), inner]);
    return build.reshape(build.matmul(flat, b), [...x.slice(0, -1), columns]);
  }
  const batch = broadcastShape(x.slice(0, -2), y.slice(0, -2));
  if (!batch)
    throw new ShapeError(
      `matmul: ${spelled}: the axes before the last two do not broadcast. From the right, lengths must be equal or one of them 1.`,
    );
  return build.matmul(grow(a, [...batch, ...x.slice(-2)]), grow(b, [...batch, ...y.slice(-2)]));
}
