/** Functions that fold axes: sums, means, extremes, and the softmax family. */
import { ShapeError } from "../base/errors.ts";
import { type Shape, sizeOf, spellShape } from "../base/shape.ts";
import * as build from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { add, detach, div, exp, log, square, sub } from "./elementwise.ts";
import type { Reduced } from "./shapes.ts";
import { Tensor } from "./tensor.ts";

/** Axes to fold, counted from the end if negative; all of them if left out. */
type Axes = number | readonly number[] | undefined;

interface Keep<K extends boolean> {
  /** Leave folded axes with length 1 (default: drop them). */
  readonly keepDimensions?: K;
}

/** Axes from 0 up, ascending, each once. */
export function axesOf(name: string, shape: Shape, axes: Axes): number[] {
  const rank = shape.length;
  if (axes === undefined) return shape.map((_, axis) => axis);
  const list = [axes].flat() as number[];
  const positive = list.map((axis) => (axis < 0 ? axis + rank : axis));
  const legal = positive.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank);
  if (!legal || new Set(positive).size !== positive.length)
    throw new ShapeError(
      `${name}: axes [${list}] of ${spellShape(shape)}. Name each axis once, from 0 to ${rank - 1} or from -${rank} to -1.`,
    );
  return positive.sort((a, b) => a - b);
}

type Reduction = <
  S extends Shape,
  const A extends Axes = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axes?: A,
  options?: Keep<K>,
) => Tensor<Reduced<S, A, K>, "f32">;
const reduction =
  (name: string, fold: (x: Node, axes: readonly number[]) => Node): Reduction =>
  (x, axes, { keepDimensions = false as never } = {}) => {
    const folded = axesOf(name, x.shape, axes);
    const kept = fold(x.node, folded);
    const shape = x.shape.filter((_, axis) => !folded.includes(axis));
    return new Tensor(keepDimensions ? kept : build.reshape(kept, shape));
  };

const meanOf = (x: Node, axes: readonly number[]): Node => {
  const total = build.sum(x, axes);
  const count = sizeOf(axes.map((axis) => x.shape[axis]!));
  return count === 1 ? total : build.div(total, build.constant(count, total.shape));
};

/**
 * Sum over `axes` (all if left out).
 *
 *     sum(tensor([[1, 2], [3, 4]]), -1); // [3, 7]
 */
export const sum = reduction("sum", build.sum);
/** Arithmetic mean over `axes`; NaN over no elements. */
export const mean = reduction("mean", meanOf);
/** Largest element over `axes`, NaN if there is one; ties share the gradient. */
export const max = reduction("max", build.max);

/**
 * Mean squared deviation from the mean over `axes`, divided by n − `correction`
 * (default 0: the population's variance; 1: the unbiased estimate).
 */
export function variance<
  S extends Shape,
  const A extends Axes = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axes?: A,
  options: Keep<K> & { readonly correction?: number } = {},
): Tensor<Reduced<S, A, K>, "f32"> {
  const count = sizeOf(axesOf("variance", x.shape, axes).map((axis) => x.shape[axis]!));
  const center = mean(x as Tensor, axes, { keepDimensions: true });
  const total = sum(square(sub(x as Tensor, center)), axes, options);
  return div(total as Tensor, count - (options.correction ?? 0)) as Tensor as never;
}

/** log Σ exp(x) over `axes`, without overflow. */
export function logSumExp<
  S extends Shape,
  const A extends Axes = undefined,
  const K extends boolean = false,
>(x: Tensor<S>, axes?: A, options: Keep<K> = {}): Tensor<Reduced<S, A, K>, "f32"> {
  // The largest cancels, whatever it is: its gradient need not flow.
  const top = detach(max(x as Tensor, axes, { keepDimensions: true })) as Tensor;
  const total = sum(exp(sub(x as Tensor, top)), axes, { keepDimensions: true }) as Tensor;
  // Folding again over axes of length 1 drops them.
  return sum(add(log(total), top), axes, options) as Tensor as never;
}

/** exp(x) / Σ exp(x) along one axis (default: the last), without overflow. */
export function softmax<S extends Shape>(x: Tensor<S>, axis = -1): Tensor<S, "f32"> {
  const top = detach(max(x as Tensor, axis, { keepDimensions: true })) as Tensor;
  const raised = exp(sub(x as Tensor, top));
  const total = sum(raised, axis, { keepDimensions: true }) as Tensor;
  return div(raised, total) as Tensor as never;
}

/** log softmax(x) along one axis (default: the last), exact also where the softmax underflows. */
export function logSoftmax<S extends Shape>(x: Tensor<S>, axis = -1): Tensor<S, "f32"> {
  const total = logSumExp(x as Tensor, axis, { keepDimensions: true }) as Tensor;
  return sub(x as Tensor, total) as Tensor as never;
}
