/** The oracle's convolution and its choice of the largest in each window: plain loops. */
import { type Shape, sizeOf, stridesOf } from "../base/shape.ts";
import type { ConvolutionArg, WindowAxis } from "./windows.ts";

type Coordinates = readonly number[];

/** All coordinates of `shape`, in row-major order. */
function* everyPlace(shape: Shape): Generator<Coordinates> {
  const [length, ...rest] = shape;
  if (length === undefined) yield [];
  else for (let i = 0; i < length; i++) for (const inner of everyPlace(rest)) yield [i, ...inner];
}

const flat = (coordinates: Coordinates, strides: readonly number[]) =>
  coordinates.reduce((total, c, axis) => total + c * strides[axis]!, 0);

interface Operand {
  readonly shape: Shape;
  readonly values: Float64Array;
}

/**
 * Each output is one sum over (channel in the group, ...window), row-major, of kernel times input.
 * Padding is zeros, multiplied as any other element; where a dilated input has nothing the term is +0.
 */
export function convolve(
  dot: (a: Float64Array, b: Float64Array) => number,
  { axes, groups }: ConvolutionArg,
  out: Shape,
  x: Operand,
  kernel: Operand,
): Float64Array {
  const [outputs, inner, ...window] = kernel.shape as [number, number, ...number[]];
  const [xStrides, kernelStrides] = [stridesOf(x.shape), stridesOf(kernel.shape)];
  const terms = [...everyPlace([inner, ...window])];
  const results: number[] = [];
  for (const [row, output, ...place] of everyPlace(out) as Iterable<
    [number, number, ...number[]]
  >) {
    const first = Math.floor(output / (outputs / groups)) * inner;
    const [a, b] = [new Float64Array(terms.length), new Float64Array(terms.length)];
    terms.forEach((term, k) => {
      const [channel, ...offset] = term as [number, ...number[]];
      const at = axes.map((axis, i) => {
        const steps = place[i]! * axis.stride + offset[i]! * axis.kernelDilation - axis.low;
        return steps / axis.inputDilation;
      });
      if (!at.every(Number.isInteger)) return; // both stay 0
      a[k] = kernel.values[flat([output, ...term], kernelStrides)]!;
      if (at.every((i, axis) => i >= 0 && i < x.shape[axis + 2]!))
        b[k] = x.values[flat([row, first + channel, ...at], xStrides)]!;
    });
    results.push(dot(a, b));
  }
  return Float64Array.from(results);
}

/** For each window the place in x of its first largest element; a NaN is larger than any number. */
export function argmaxInWindows(
  axes: readonly WindowAxis[],
  out: Shape,
  { shape, values }: Operand,
): Float64Array {
  const strides = stridesOf(shape);
  const leading = shape.length - axes.length;
  const results: number[] = [];
  for (const place of everyPlace(out)) {
    let [best, largest] = [-1, -Infinity];
    for (const offset of everyPlace(axes.map(({ length }) => length))) {
      const at = axes.map(({ stride, low }, i) => place[leading + i]! * stride + offset[i]! - low);
      if (!at.every((i, axis) => i >= 0 && i < shape[leading + axis]!)) continue;
      const found = flat([...place.slice(0, leading), ...at], strides);
      const value = values[found]!;
      if (best >= 0 && !(value > largest || Number.isNaN(value))) continue;
      [best, largest] = [found, value];
    }
    results.push(best);
  }
  return Float64Array.from(results);
}

/** The axes named run backwards. */
export function reversed(axes: readonly number[], { shape, values }: Operand): Float64Array {
  const strides = stridesOf(shape);
  const out = new Float64Array(sizeOf(shape));
  let next = 0;
  for (const place of everyPlace(shape)) {
    const from = place.map((c, axis) => (axes.includes(axis) ? shape[axis]! - 1 - c : c));
    out[next++] = values[flat(from, strides)]!;
  }
  return out;
}
