/**
 * Convolutions of few terms: windows are multiplied where they lie, in a padded copy of one image.
 * A position along an axis is one of a class: those that meet the same elements of the window.
 */

import { sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { DirectAxis, DirectClass } from "./kernel.ts";

/** The most terms of a sum, outputs of a group, and of these times channels. */
const mostTerms = 160;
const mostOutputs = 16;
const mostPairs = 16;
/** The most elements of one padded image. */
const mostElements = 1 << 16;

const modulo = (a: number, n: number) => a - n * Math.floor(a / n);
const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** The classes of one axis, their places counted from the first element of x. */
function classesOf(y: Node<"convolution">, axis: number): DirectClass[] {
  const { stride, low, inputDilation: dilation, kernelDilation } = y.arg.axes[axis]!;
  const [positions, window] = [y.shape[axis + 2]!, y.src[1].shape[axis + 2]!];
  const common = divisor(stride, dilation);
  const every = dilation / common;
  return range(Math.min(every, positions)).map((first) => {
    const rest = modulo(first * stride - low, dilation);
    const start = (first * stride - low - rest) / dilation;
    const terms = range(window).filter((q) => modulo(q * kernelDilation + rest, dilation) === 0);
    return {
      ...{ first, every, count: Math.ceil((positions - first) / every) },
      ...{ step: stride / common },
      terms: terms.map((q) => ({ q, at: start + (q * kernelDilation + rest) / dilation })),
    };
  });
}

/** An axis of the padded copy: it starts where the first window does. */
function axisOf(y: Node<"convolution">, axis: number): DirectAxis {
  const classes = classesOf(y, axis);
  const ends = classes.flatMap(({ terms, count, step }) =>
    terms.flatMap(({ at }) => [at, at + (count - 1) * step]),
  );
  const base = Math.min(...ends, 0);
  const moved = classes.map((each) => ({
    ...each,
    terms: each.terms.map(({ q, at }) => ({ q, at: at - base })),
  }));
  const length = Math.max(...ends, 0) - base + 1;
  const inside = Math.min(y.src[0].shape[axis + 2]!, length + base);
  return { classes: moved, length, before: -base, inside };
}

/** The axes of a convolution that is better done where its windows lie, else `null`. */
export function directAxes(y: Node<"convolution">): DirectAxis[] | null {
  const [outputs, channels, ...window] = y.src[1].shape as [number, number, ...number[]];
  const each = outputs / y.arg.groups;
  if (channels * sizeOf(window) > mostTerms || each > mostOutputs) return null;
  if (each * channels > mostPairs) return null;
  const axes = y.arg.axes.map((_, axis) => axisOf(y, axis));
  return channels * sizeOf(axes.map(({ length }) => length)) > mostElements ? null : axes;
}
