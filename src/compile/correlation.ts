/**
 * Convolutions of few results and long sums, as the gradients of small kernels are: every result is
 * an array times a window of another, so results are made side by side, one for each group or output.
 */
import { sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import { extent } from "../graph/windows.ts";
import type { ArrayView, CorrelationAxis, GroupedView } from "./kernel.ts";

/** The most results of one output, and elements of one image that all lanes have. */
const mostResults = 64;
const mostElements = 1 << 18;
const leastTerms = 64;
const fewestLanes = 4;
const mostLanes = 8;

const axesOf = (y: Node<"convolution">): CorrelationAxis[] =>
  y.arg.axes.map(({ stride, kernelDilation, low }, i) => {
    const [results, window] = [y.shape[i + 2]!, y.src[1].shape[i + 2]!];
    const length = (results - 1) * stride + extent(window, kernelDilation);
    const [before, skipped] = [Math.max(0, low), Math.max(0, -low)];
    const inside = Math.max(0, Math.min(y.src[0].shape[i + 2]! - skipped, length - before));
    return { results, window, stride, dilation: kernelDilation, length, before, skipped, inside };
  });

const isReadable = ({ strides }: ArrayView) =>
  strides.at(-1) === 1 && strides.every((stride) => stride >= 0);

/** The axes of a convolution whose few results are better made side by side, else `null`. */
export function correlationAxes(
  y: Node<"convolution">,
  views: { readonly x: GroupedView; readonly kernel: ArrayView },
): CorrelationAxis[] | null {
  const [batch, outputs, ...results] = y.shape as [number, number, ...number[]];
  const [, channels, ...window] = y.src[1].shape as [number, number, ...number[]];
  const { groups, axes: steps } = y.arg;
  const perGroup = outputs / groups;
  const byGroup = perGroup === 1 && batch === 1;
  if (batch > 4 || batch * sizeOf(results) > mostResults) return null;
  if ((byGroup ? groups : perGroup) < fewestLanes) return null;
  if (channels * sizeOf(window) < leastTerms || sizeOf(window) <= sizeOf(results)) return null;
  if (steps.some(({ inputDilation }) => inputDilation > 1)) return null;
  if (views.x.groupStride < 0 || !isReadable(views.x) || !isReadable(views.kernel)) return null;
  const axes = axesOf(y);
  const elements = Math.max(sizeOf(axes.map(({ length }) => length)), sizeOf(window));
  return elements * mostLanes > mostElements ? null : axes;
}
