/**
 * A convolution as a matrix product: C[o, (n, p)] = Σ over (c, q) of kernel[o, (c, q)] · x[(c, q), (n, p)].
 *
 * Where an element of x lies is a sum of one number of (n, p) and one of (c, q), so two short tables
 * say it all, whatever strides, dilations and axes there are. Whether it lies outside x is the same:
 * one side has a bit for each row of places that may fall outside, the other a mask of those that do.
 */
import { sizeOf, stridesOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { ConvolutionAxis } from "../graph/windows.ts";
import type { ArrayView, ConvolutionKernel, ConvolutionPhase } from "./kernel.ts";

const bytesPerElement = 4;
/** Length of a block along the sum, as everywhere. */
const blockLength = 256;

/** One spatial axis: how many positions, elements of the window, and elements of x it has. */
interface Axis extends ConvolutionAxis {
  readonly positions: number;
  readonly window: number;
  readonly length: number;
}

const axesOf = (y: Node<"convolution">): Axis[] =>
  y.arg.axes.map((axis, i) => ({
    ...axis,
    positions: y.shape[i + 2]!,
    window: y.src[1].shape[i + 2]!,
    length: y.src[0].shape[i + 2]!,
  }));

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const modulo = (a: number, n: number) => a - n * Math.floor(a / n);

/** The most elements that can have a bit of their own. */
const mostBits = 32;

/** Masks of positions and of elements of the window: two that share a bit meet outside x. */
interface Outside {
  readonly positions: readonly number[];
  readonly window: readonly number[];
  readonly bits: number;
}

function outside({ positions, window, length, ...axis }: Axis, firstBit: number): Outside {
  const meet = (p: number, q: number) => {
    const at = p * axis.stride + q * axis.kernelDilation - axis.low;
    return modulo(at, axis.inputDilation) === 0 && (at < 0 || at >= length * axis.inputDilation);
  };
  const [ps, qs] = [range(positions), range(window)];
  const own = {
    ps: ps.filter((p) => qs.some((q) => meet(p, q))),
    qs: qs.filter((q) => ps.some((p) => meet(p, q))),
  };
  const bits = Math.min(own.ps.length, own.qs.length);
  if (bits > mostBits) return { positions: [], window: [], bits };
  const byWindow = own.qs.length === bits;
  const bit = (list: readonly number[], test: (k: number) => boolean) =>
    list.reduce((mask, k, i) => (test(k) ? mask | (1 << (firstBit + i)) : mask), 0);
  return {
    bits,
    positions: ps.map((p) =>
      bit(byWindow ? own.qs : own.ps, (k) => (byWindow ? meet(p, k) : k === p)),
    ),
    window: qs.map((q) =>
      bit(byWindow ? own.qs : own.ps, (k) => (byWindow ? k === q : meet(k, q))),
    ),
  };
}

/** How many bits it takes to say what lies outside x; a kernel has 32. */
export const outsideBits = (y: Node<"convolution">): number =>
  axesOf(y).reduce((total, axis) => total + outside(axis, 0).bits, 0);

/** One position or element of the window: places in x and in the result or the kernel, and its mask. */
interface Entry {
  readonly x: number;
  readonly other: number;
  readonly mask: number;
  /** Its number among all elements of the window. */
  readonly rank: number;
}
/** Positions of one axis that meet the same elements of its window. */
interface Class {
  readonly positions: readonly Entry[];
  readonly window: readonly Entry[];
}

interface Strides {
  readonly x: number;
  readonly out: number;
  readonly kernel: number;
  readonly rank: number;
}

/** Without dilation of the input all positions are of one class. */
function classesOf(axis: Axis, masks: Outside, strides: Strides): Class[] {
  const { stride, low, inputDilation, kernelDilation } = axis;
  const rest = (p: number) => modulo(p * stride - low, inputDilation);
  const positions = range(axis.positions);
  return [...new Set(positions.map(rest))].map((r) => ({
    positions: positions.flatMap((p) =>
      rest(p) === r
        ? {
            x: ((p * stride - low - r) / inputDilation) * strides.x,
            ...{ other: p * strides.out, mask: masks.positions[p]!, rank: 0 },
          }
        : [],
    ),
    window: range(axis.window).flatMap((q) =>
      modulo(q * kernelDilation + r, inputDilation) === 0
        ? {
            x: ((q * kernelDilation + r) / inputDilation) * strides.x,
            ...{ other: q * strides.kernel, mask: masks.window[q]!, rank: q * strides.rank },
          }
        : [],
    ),
  }));
}

/** Every pair, the first axis outermost. */
const cross = (a: readonly Entry[], b: readonly Entry[]): Entry[] =>
  a.flatMap((i) =>
    b.map((j) => ({
      ...{ x: i.x + j.x, other: i.other + j.other },
      ...{ mask: i.mask | j.mask, rank: i.rank + j.rank },
    })),
  );

const phasesOf = (classes: readonly (readonly Class[])[]): Class[] => {
  const one: Entry[] = [{ x: 0, other: 0, mask: 0, rank: 0 }];
  return classes.reduce<Class[]>(
    (phases, axis) =>
      phases.flatMap((phase) =>
        axis.map(({ positions, window }) => ({
          positions: cross(phase.positions, positions),
          window: cross(phase.window, window),
        })),
      ),
    [{ positions: one, window: one }],
  );
};

/** Where blocks start among the terms that exist, and where the last ends; empty blocks are left out. */
function blockStarts(window: readonly Entry[], full: number, channels: number): number[] {
  const exists = new Uint8Array(full);
  for (const { rank } of window) exists[rank] = 1;
  const before = [0];
  exists.forEach((one, i) => void before.push(before[i]! + one));
  const starts = range(Math.ceil((full * channels) / blockLength) + 1).map((block) => {
    const first = Math.min(block * blockLength, full * channels);
    return Math.floor(first / full) * window.length + before[first % full]!;
  });
  return [...new Set(starts)];
}

interface Views {
  readonly x: ArrayView;
  readonly kernel: ArrayView;
}
type Tables = Pick<ConvolutionKernel, "size" | "phases" | "padded"> & { readonly data: Int32Array };

/**
 * The tables of a convolution: for each phase those of its positions (places in x, in the result,
 * masks), of its window (places in x, in the kernel, masks), and the starts of its blocks.
 */
export function convolutionTables(y: Node<"convolution">, { x, kernel }: Views): Tables {
  const { groups } = y.arg;
  const [batch, outputs, ...positions] = y.shape as [number, number, ...number[]];
  const [, channels, ...window] = y.src[1].shape as [number, number, ...number[]];
  const ranks = stridesOf(window);
  const steps = stridesOf(positions);
  let bits = 0;
  const classes = axesOf(y).map((axis, i) => {
    const masks = outside(axis, bits);
    bits += masks.bits;
    const strides = { x: x.strides[i + 2]!, kernel: kernel.strides[i + 2]! };
    return classesOf(axis, masks, { ...strides, out: steps[i]!, rank: ranks[i]! });
  });
  const data: number[] = [];
  const phases = phasesOf(classes).map((phase): ConvolutionPhase => {
    const start = data.length;
    for (const list of [phase.positions, phase.window]) {
      for (const { x } of list) data.push(x * bytesPerElement);
      for (const { other } of list) data.push(other * bytesPerElement);
      for (const { mask } of list) data.push(mask);
    }
    const starts = blockStarts(phase.window, sizeOf(window), channels);
    for (const place of starts) data.push(place);
    const counts = { positions: phase.positions.length, window: phase.window.length };
    return { ...counts, blocks: starts.length - 1, start };
  });
  const size = { batch, groups, outputs: outputs / groups, channels };
  return { size, phases, padded: bits > 0, data: Int32Array.from(data) };
}
