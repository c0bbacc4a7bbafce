/** Windows that slide along axes: what convolutions and pooling carry, and how many places they have. */
import { ShapeError } from "../base/errors.ts";
import { type Shape, spellShape } from "../base/shape.ts";

/** How a convolution walks one spatial axis. */
export interface ConvolutionAxis {
  /** From one window to the next. */
  readonly stride: number;
  /** Zeros before the first element and after the last; below 0 that many are left out. */
  readonly low: number;
  readonly high: number;
  /** From one element of the input to the next; nothing lies between. */
  readonly inputDilation: number;
  /** From one element of the window to the next. */
  readonly kernelDilation: number;
}
export interface ConvolutionArg {
  readonly axes: readonly ConvolutionAxis[];
  /** Channels and outputs fall into this many groups; each output sees the channels of its own. */
  readonly groups: number;
}

/** A window of `length` neighbors that moves by `stride` over an axis widened by `low` and `high`. */
export interface WindowAxis {
  readonly length: number;
  readonly stride: number;
  readonly low: number;
  readonly high: number;
}

/** What `count` elements, each `step` after the one before, reach over. */
export const extent = (count: number, step: number): number => (count - 1) * step + 1;

/** How many windows fit, 0 or less if none does. */
const places = (span: number, window: number, stride: number): number =>
  Math.floor((span - window) / stride) + 1;

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;

const fail = (op: string, problem: string, remedy: string): never => {
  throw new ShapeError(`${op}: ${problem}. ${remedy}`);
};

/** [batch, outputs, ...places] of x [batch, channels, ...lengths], kernel [outputs, channels / groups, ...window]. */
export function convolutionShape(x: Shape, kernel: Shape, { axes, groups }: ConvolutionArg): Shape {
  const op = "convolution";
  const spelled = `${spellShape(x)} with kernel ${spellShape(kernel)}`;
  if (axes.length === 0 || x.length !== axes.length + 2 || kernel.length !== x.length)
    fail(
      op,
      `${spelled} over ${axes.length} spatial axes`,
      "Needs [batch, channels, ...lengths] and [outputs, channels / groups, ...window].",
    );
  const [batch, channels, ...lengths] = x as [number, number, ...number[]];
  const [outputs, inner, ...window] = kernel as [number, number, ...number[]];
  if (!isCount(groups) || channels % groups !== 0 || outputs % groups !== 0)
    fail(op, `${spelled} in ${groups} groups`, "Groups divide the channels and the outputs.");
  if (inner * groups !== channels)
    fail(
      op,
      `${spelled}: ${channels} channels in ${groups} group(s), the kernel takes ${inner}`,
      `Give a kernel [outputs, ${channels / groups}, ...window].`,
    );
  const spatial = axes.map((axis, i) => {
    const steps = [axis.stride, axis.inputDilation, axis.kernelDilation];
    if (!steps.every(isCount) || ![axis.low, axis.high].every(Number.isSafeInteger))
      fail(
        op,
        `axis ${i} with ${JSON.stringify(axis)}`,
        "Strides and dilations are whole numbers from 1 up, paddings whole numbers.",
      );
    if (lengths[i]! < 1 || window[i]! < 1)
      fail(op, `${spelled}: spatial axis ${i} is empty`, "Lengths and windows count from 1 up.");
    const span = axis.low + extent(lengths[i]!, axis.inputDilation) + axis.high;
    const count = places(span, extent(window[i]!, axis.kernelDilation), axis.stride);
    return count >= 1
      ? count
      : fail(
          op,
          `${spelled}: the window reaches over ${extent(window[i]!, axis.kernelDilation)} on spatial axis ${i}, the padded input has ${span}`,
          "Use a smaller window or dilation, or more padding.",
        );
  });
  return [batch, outputs, ...spatial];
}

/** The shape after windows over the last axes of x, each of which must hold an element of x. */
export function windowsShape(x: Shape, axes: readonly WindowAxis[]): Shape {
  const op = "windowArgmax";
  if (axes.length === 0 || axes.length > x.length)
    fail(op, `${axes.length} windows for ${spellShape(x)}`, "Give one or more, one an axis.");
  const leading = x.length - axes.length;
  const spatial = axes.map(({ length, stride, low, high }, i) => {
    const size = x[leading + i]!;
    if (![length, stride].every(isCount) || ![low, high].every((p) => isCount(p + 1)))
      fail(
        op,
        `window ${length}, stride ${stride}, padding ${low} and ${high}`,
        "Windows and strides are whole numbers from 1 up, paddings from 0 up.",
      );
    if (low >= length || high >= length)
      fail(
        op,
        `padding ${low} and ${high} for a window of ${length}`,
        "Pad by less than a window.",
      );
    const count = size < 1 ? 0 : places(low + size + high, length, stride);
    return count >= 1
      ? count
      : fail(
          op,
          `a window of ${length} on an axis of ${size} padded by ${low} and ${high}`,
          "Use a smaller window or more padding.",
        );
  });
  return [...x.slice(0, leading), ...spatial];
}
