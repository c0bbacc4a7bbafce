/** The oracle's convolution and its choice of the largest in each window: plain loops. */
import { type Shape, sizeOf, stridesOf } from "../base/shape.ts";
import type { ConvolutionArg, ConvolutionAxis, WindowAxis } from "./windows.ts";

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

/** Distance in x from its first element to where window element q meets it at position p. */
type Reach = (p: number, q: number) => number;

/** NaN between dilated elements, -Infinity outside x: sums of distances keep both. */
const reachOf =
  (axis: ConvolutionAxis, length: number, stride: number): Reach =>
  (p, q) => {
    const at = (p * axis.stride + q * axis.kernelDilation - axis.low) / axis.inputDilation;
    if (!Number.isInteger(at)) return Number.NaN;
    return at >= 0 && at < length ? at * stride : -Infinity;
  };

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
  const xStrides = stridesOf(x.shape);
  const reach = axes.map((axis, i) => reachOf(axis, x.shape[i + 2]!, xStrides[i + 2]!));
  const places = [...everyPlace(window)];
  const terms = inner * places.length;
  const [a, b] = [new Float64Array(terms), new Float64Array(terms)];
  const result = new Float64Array(sizeOf(out));
  let next = 0;
  for (const [row, output, ...position] of everyPlace(out) as Iterable<
    [number, number, ...number[]]
  >) {
    const first = Math.floor(output / (outputs / groups)) * inner;
    const meets = places.map((q) =>
      reach.reduce((total, distance, i) => total + distance(position[i]!, q[i]!), 0),
    );
    for (let k = 0; k < terms; k++) {
      const distance = meets[k % places.length]!;
      const channel = first + Math.floor(k / places.length);
      const from = row * xStrides[0]! + channel * xStrides[1]! + distance;
      a[k] = Number.isNaN(distance) ? 0 : kernel.values[output * terms + k]!;
      b[k] = distance >= 0 ? x.values[from]! : 0;
    }
    result[next++] = dot(a, b);
  }
  return result;
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
