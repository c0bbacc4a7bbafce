/** Functions of windows that slide over the axes behind batch and channels. */
import { ShapeError } from "../base/errors.ts";
import { type Shape, sizeOf, spellShape } from "../base/shape.ts";
import * as build from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { Tensor } from "./tensor.ts";

/** One number for every spatial axis, or one an axis. */
export type EachAxis = number | readonly number[];

/** The number of each of `count` spatial axes. */
export function eachAxis(name: string, what: string, value: EachAxis, count: number): number[] {
  const list = typeof value === "number" ? new Array<number>(count).fill(value) : [...value];
  if (list.length === count) return list;
  throw new ShapeError(
    `${name}: ${what} [${list}] for ${count} spatial axes. Give one number, or one an axis.`,
  );
}

export interface ConvolutionOptions {
  /** Steps from one window to the next (default 1). */
  readonly stride?: EachAxis;
  /** Zeros before and after each axis (default 0). */
  readonly padding?: EachAxis;
  /** Steps from one element of the window to the next (default 1). */
  readonly dilation?: EachAxis;
  /** Channels and outputs in as many groups that do not see each other (default 1). */
  readonly groups?: number;
}

/**
 * Cross-correlation, as neural networks call convolution: x [batch, channels, ...lengths] with kernel
 * [outputs, channels / groups, ...window] makes [batch, outputs, ...places], on 1, 2 or more axes.
 * Throws a `ShapeError` if the kernel does not fit.
 *
 *     convolution(zeros([8, 3, 28, 28]), zeros([16, 3, 3, 3]), { padding: 1 }); // [8, 16, 28, 28]
 */
export function convolution(
  x: Tensor,
  kernel: Tensor,
  { stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvolutionOptions = {},
): Tensor<Shape, "f32"> {
  const count = kernel.shape.length - 2;
  const each = (what: string, value: EachAxis) => eachAxis("convolution", what, value, count);
  const [strides, paddings] = [each("stride", stride), each("padding", padding)];
  const axes = each("dilation", dilation).map((kernelDilation, i) => ({
    ...{ stride: strides[i]!, low: paddings[i]!, high: paddings[i]! },
    ...{ inputDilation: 1, kernelDilation },
  }));
  return new Tensor(build.convolution(x.node, kernel.node, { axes, groups }));
}

export interface PoolOptions {
  readonly window: EachAxis;
  /** Steps from one window to the next (default: the window, so that none overlap). */
  readonly stride?: EachAxis;
  /** Places before and after each axis that count as nothing or, for averages, as 0 (default 0). */
  readonly padding?: EachAxis;
}

const windowsOf = (
  name: string,
  x: Tensor,
  { window, stride = window, padding = 0 }: PoolOptions,
) => {
  const count = x.shape.length - 2;
  const each = (what: string, value: EachAxis) => eachAxis(name, what, value, count);
  const [strides, paddings] = [each("stride", stride), each("padding", padding)];
  return each("window", window).map((length, i) => ({
    ...{ length, stride: strides[i]! },
    ...{ low: paddings[i]!, high: paddings[i]! },
  }));
};

/** Elements of a flat array at flat places. */
const elementsAt = (x: Node, places: Node): Node =>
  build.reshape(
    build.gather(
      build.reshape(x, [sizeOf(x.shape), 1]),
      build.reshape(places, [sizeOf(places.shape)]),
    ),
    places.shape,
  );

/**
 * The largest of each window over the axes behind batch and channels; NaN if there is one. The
 * gradient goes to the first largest, as in PyTorch.
 *
 *     maxPool(zeros([8, 16, 28, 28]), { window: 2 }); // [8, 16, 14, 14]
 */
export const maxPool = (x: Tensor, options: PoolOptions): Tensor<Shape, "f32"> =>
  new Tensor(elementsAt(x.node, build.windowArgmax(x.node, windowsOf("maxPool", x, options))));

/**
 * The mean of each window over the axes behind batch and channels; padding counts as zeros.
 *
 *     averagePool(zeros([8, 16, 28, 28]), { window: 2 }); // [8, 16, 14, 14]
 */
export function averagePool(x: Tensor, options: PoolOptions): Tensor<Shape, "f32"> {
  const windows = windowsOf("averagePool", x, options);
  const [batch, channels, ...lengths] = x.shape as [number, number, ...number[]];
  const lengthsOf = windows.map(({ length }) => length);
  const axes = windows.map(({ stride, low, high }) => ({
    ...{ stride, low, high },
    ...{ inputDilation: 1, kernelDilation: 1 },
  }));
  const images = build.reshape(x.node, [batch * channels, 1, ...lengths]);
  const ones = build.constant(1, [1, 1, ...lengthsOf]);
  const totals = build.convolution(images, ones, { axes, groups: 1 });
  const means = build.div(totals, build.constant(sizeOf(lengthsOf), totals.shape));
  return new Tensor(build.reshape(means, [batch, channels, ...means.shape.slice(2)]));
}

/** The axes named, counted from the end if negative, run backwards. */
export function reverse<S extends Shape>(
  x: Tensor<S>,
  ...axes: readonly number[]
): Tensor<S, "f32"> {
  const rank = x.shape.length;
  const positive = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  if (positive.some((axis) => !(axis >= 0 && axis < rank)))
    throw new ShapeError(
      `reverse: axes [${axes}] of ${spellShape(x.shape)}. Name axes from 0 to ${rank - 1}.`,
    );
  return new Tensor(build.reverse(x.node, positive));
}
