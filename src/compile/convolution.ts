/**
 * A convolution as a matrix product: C[o, (n, p)] = Σ over (c, q) of kernel[o, (c, q)] · x[(c, q), (n, p)].
 *
 * Where an element of x lies is a sum of one number of (n, p) and one of (c, q), so two short tables
 * say it all, whatever strides, dilations and axes there are. Whether it lies outside x is the same:
 * one side has a bit for each row of places that may fall outside, the other a mask of those that do.
 */
import { sameShape, sizeOf, stridesOf } from "../base/shape.ts";
import { isOp, literalOf, type Node } from "../graph/node.ts";
import type { Literal } from "../graph/ops.ts";
import type { ConvolutionAxis } from "../graph/windows.ts";
import type { ArrayView, ConvolutionKernel, ConvolutionPhase, GroupedView } from "./kernel.ts";

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
const bytes = (elements: number) => elements * bytesPerElement;
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

/** Places in x, in the result or the kernel, and masks of a list of positions or window elements. */
interface Places {
  readonly x: readonly number[];
  readonly other: readonly number[];
  readonly mask: readonly number[];
  /** Numbers among all elements of the window; of no use for positions. */
  readonly rank: readonly number[];
}
/** Positions that meet the same elements of the window. */
interface Class {
  readonly positions: Places;
  readonly window: Places;
}

interface Strides {
  readonly x: number;
  readonly out: number;
  readonly kernel: number;
  readonly rank: number;
}

/** Without dilation of the input all positions are of one class. */
function classesOf(axis: Axis, masks: Outside, strides: Strides): Class[] {
  const { stride, low, inputDilation: dilation, kernelDilation } = axis;
  const rest = (p: number) => modulo(p * stride - low, dilation);
  const all = range(axis.positions);
  return [...new Set(all.map(rest))].map((r) => {
    const positions = all.filter((p) => rest(p) === r);
    const window = range(axis.window).filter((q) => modulo(q * kernelDilation + r, dilation) === 0);
    return {
      positions: {
        x: positions.map((p) => ((p * stride - low - r) / dilation) * strides.x),
        other: positions.map((p) => p * strides.out),
        mask: positions.map((p) => masks.positions[p]!),
        rank: positions.map(() => 0),
      },
      window: {
        x: window.map((q) => ((q * kernelDilation + r) / dilation) * strides.x),
        other: window.map((q) => q * strides.kernel),
        mask: window.map((q) => masks.window[q]!),
        rank: window.map((q) => q * strides.rank),
      },
    };
  });
}

/** The sums of all pairs, the first list outermost; of masks too, which have no bits in common. */
function sums(a: readonly number[], b: readonly number[]): number[] {
  const all: number[] = [];
  for (const i of a) for (const j of b) all.push(i + j);
  return all;
}
const cross = (a: Places, b: Places): Places => ({
  x: sums(a.x, b.x),
  other: sums(a.other, b.other),
  mask: sums(a.mask, b.mask),
  rank: sums(a.rank, b.rank),
});

const phasesOf = (classes: readonly (readonly Class[])[]): Class[] => {
  const one: Places = { x: [0], other: [0], mask: [0], rank: [0] };
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
function blockStarts(window: readonly number[], full: number, channels: number): number[] {
  const exists = new Uint8Array(full);
  for (const rank of window) exists[rank] = 1;
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
export type Tables = Pick<ConvolutionKernel, "size" | "phases" | "padded"> & {
  readonly literal: Literal;
};

/** Rows of the batch, groups, outputs and channels of one group. */
export function convolutionSize(y: Node<"convolution">): ConvolutionKernel["size"] {
  const { groups } = y.arg;
  const [batch, outputs] = y.shape as [number, number];
  return { batch, groups, outputs: outputs / groups, channels: y.src[1].shape[1]! };
}

/** How x is read: where groups and their channels were one axis each, there, and nothing is copied. */
export function groupedView(
  y: Node<"convolution">,
  stored: { has(node: Node): boolean },
  view: (operand: Node) => ArrayView,
): GroupedView {
  const x = y.src[0];
  const { groups, channels } = convolutionSize(y);
  const apart = [x.shape[0]!, groups, channels, ...x.shape.slice(2)];
  const inner = isOp(x, "reshape") && !stored.has(x) ? x.src[0] : x;
  if (sameShape(inner.shape, apart)) {
    const { strides, ...place } = view(inner);
    const [row, groupStride, ...rest] = strides as [number, number, ...number[]];
    return { ...place, strides: [row, ...rest], groupStride };
  }
  const found = view(x);
  return { ...found, groupStride: channels * found.strides[1]! };
}

/**
 * The tables of a convolution: for each phase those of its positions (places in x, in the result,
 * masks), of its window (places in x, in the kernel, masks), and the starts of its blocks.
 */
export function convolutionTables(y: Node<"convolution">, { x, kernel }: Views): Tables {
  const size = convolutionSize(y);
  const [, , ...positions] = y.shape;
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
    const starts = blockStarts(phase.window.rank, sizeOf(window), channels);
    for (const { x, other, mask } of [phase.positions, phase.window])
      for (const list of [x.map(bytes), other.map(bytes), mask]) for (const n of list) data.push(n);
    for (const place of starts) data.push(place);
    const counts = { positions: phase.positions.x.length, window: phase.window.x.length };
    return { ...counts, blocks: starts.length - 1, start };
  });
  const literal = { shape: [data.length], dtype: "i32", data: Int32Array.from(data) } as const;
  return { size, phases, padded: bits > 0, literal: literalOf(literal) };
}
