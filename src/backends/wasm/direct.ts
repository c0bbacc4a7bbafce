/** Convolutions of few terms: each image is copied with its padding, then multiplied where it lies. */
import { sizeOf, stridesOf } from "../../base/shape.ts";
import type { DirectAxis, DirectClass, DirectKernel } from "../../compile/kernel.ts";
import type { AddressOf } from "./body.ts";
import { copyRun, nest } from "./direct/copy.ts";
import { emitRow, type Term } from "./direct/row.ts";
import type { Code, Local } from "./encode.ts";
import { bytesPerFloat, locals } from "./gemm/vectors.ts";
import { type Part, rangeOf } from "./part.ts";

const cacheLine = 64;

/** The padded copy of one image: elements from one to the next along channels and axes. */
interface Copy {
  readonly channel: number;
  /** Of all axes but the last. */
  readonly strides: readonly number[];
  /** Elements of the last axis that lie side by side: every `step`-th. */
  readonly run: number;
  readonly step: number;
}

function copyOf({ axes }: DirectKernel): Copy {
  const last = axes.at(-1)!;
  const step = last.classes[0]!.step;
  const run = Math.ceil(last.length / step);
  const lengths = [...axes.slice(0, -1).map(({ length }) => length), run * step];
  return { channel: sizeOf(lengths), strides: stridesOf(lengths).slice(0, -1), run, step };
}

/** Scratch for one thread, in bytes. */
export function directBytes(kernel: DirectKernel): number {
  const bytes = bytesPerFloat * copyOf(kernel).channel * kernel.size.channels;
  return Math.ceil(bytes / cacheLine) * cacheLine;
}

interface Place {
  readonly addressOf: AddressOf;
  readonly workspace: number;
  readonly part?: Part | undefined;
}

export function emitDirectConvolution(code: Code, kernel: DirectKernel, place: Place): void {
  const { size, x, kernel: weights, out } = kernel;
  const { addressOf, part } = place;
  const [image, copy, source, taps, target] = locals(code, "i32", 5) as Five;
  code.i32(place.workspace);
  if (part) code.get(part.thread).i32(directBytes(kernel)).op("i32.mul").op("i32.add");
  code.tee(copy).i32(0).i32(directBytes(kernel)).op("memory.fill");
  const range = rangeOf(code, part, { length: size.batch * size.groups });
  const results = bytesPerFloat * size.outputs * sizeOf(out.shape.slice(2));
  code.forRange({ local: image, ...range, step: 1 }, () => {
    const row = () => code.get(image).i32(size.groups).op("i32.div_u");
    const group = () => code.get(image).i32(size.groups).op("i32.rem_u");
    const moved = (by: () => Code, stride: number) =>
      by()
        .i32(bytesPerFloat * stride)
        .op("i32.mul");
    moved(row, x.strides[0]!);
    moved(group, x.groupStride).op("i32.add");
    code
      .i32(addressOf(x.buffer) + bytesPerFloat * x.offset)
      .op("i32.add")
      .set(source);
    moved(group, size.outputs * weights.strides[0]!);
    code
      .i32(addressOf(weights.buffer) + bytesPerFloat * weights.offset)
      .op("i32.add")
      .set(taps);
    code.get(image).i32(results).op("i32.mul").i32(addressOf(out)).op("i32.add").set(target);
    copyImage(code, kernel, { source, copy });
    for (const outer of phasesOf(kernel.axes.slice(0, -1)))
      for (const last of sharesOf(kernel.axes.at(-1)!))
        emitPhase(code, kernel, { outer, last, copy, taps, target });
  });
}
type Five = [Local, Local, Local, Local, Local];

/** One image, all channels of a group, into the middle of the padded copy. */
function copyImage(
  code: Code,
  { size, axes, x }: DirectKernel,
  { source, copy }: { readonly source: Local; readonly copy: Local },
): void {
  const { channel, strides, run, step } = copyOf({ axes } as DirectKernel);
  const outer = axes.slice(0, -1);
  const [, channelStride, ...steps] = x.strides as [number, number, ...number[]];
  const along = steps.at(-1)!;
  const last = axes.at(-1)!;
  const bytes = (elements: readonly number[]) => elements.map((n) => bytesPerFloat * n);
  const start = outer.reduce((total, { before }, i) => total + before * strides[i]!, 0);
  const pointers = [
    { at: source, steps: bytes([channelStride, ...steps.slice(0, -1)]) },
    { at: copy, steps: bytes([channel, ...strides]) },
  ];
  nest(code, [size.channels, ...outer.map(({ inside }) => inside)], pointers, ([from, to]) => {
    for (let phase = 0; phase < step; phase += 1) {
      const first = (((phase - last.before) % step) + step) % step;
      const count = Math.ceil((last.inside - first) / step);
      const at = start + phase * run + (last.before + first - phase) / step;
      copyRun(code, {
        ...{ from: from!, to: to!, count, stride: bytesPerFloat * step * along },
        ...{ fromOffset: bytesPerFloat * first * along, toOffset: bytesPerFloat * at },
      });
    }
  });
}

/** One class of each axis. */
type Phase = readonly DirectClass[];
const phasesOf = (axes: readonly DirectAxis[]): Phase[] =>
  axes.reduce<Phase[]>(
    (phases, { classes }) => phases.flatMap((phase) => classes.map((each) => [...phase, each])),
    [[]],
  );

/** Classes whose results are stored together: all, where they fill whole vectors by turns. */
function sharesOf({ classes }: DirectAxis): (readonly DirectClass[])[] {
  const { every, count } = classes[0]!;
  const together =
    (every === 2 || every === 4) &&
    count >= 4 &&
    classes.length === every &&
    classes.every((each) => each.count === count);
  return together ? [classes] : classes.map((each) => [each]);
}

interface PhasePlace {
  readonly outer: Phase;
  readonly last: readonly DirectClass[];
  readonly copy: Local;
  readonly taps: Local;
  readonly target: Local;
}

/** All rows of one phase. */
function emitPhase(code: Code, kernel: DirectKernel, place: PhasePlace): void {
  const { size, out } = kernel;
  const { outer, last, copy, taps, target } = place;
  const layout = copyOf(kernel);
  const spatial = out.shape.slice(2);
  const steps = stridesOf(spatial);
  const pointers = [
    { at: copy, steps: outer.map(({ step }, i) => bytesPerFloat * step * layout.strides[i]!) },
    { at: target, steps: outer.map(({ every }, i) => bytesPerFloat * every * steps[i]!) },
  ];
  const along = last[0]!;
  const toOffset = [...outer, along].reduce((total, { first }, i) => total + first * steps[i]!, 0);
  const counts = outer.map(({ count }) => count);
  nest(code, counts, pointers, ([from, to]) => {
    emitRow(code, {
      ...{ from: from!, to: to!, taps },
      classes: last.map((each) => termsOf(kernel, [...outer, each])),
      ...{ count: along.count, every: along.every, toOffset: bytesPerFloat * toOffset },
      ...{ outputs: size.outputs, outputStride: bytesPerFloat * sizeOf(spatial) },
      tapStride: bytesPerFloat * kernel.kernel.strides[0]!,
    });
  });
}

/** The terms of a sum in their order: where they lie in the copy and in the kernel, in bytes. */
function termsOf(kernel: DirectKernel, phase: Phase): Term[] {
  const { strides, channel, run, step } = copyOf(kernel);
  const [, channelTap, ...taps] = kernel.kernel.strides as [number, number, ...number[]];
  const last = phase.length - 1;
  const inCopy = (axis: number, at: number) =>
    axis === last ? (at % step) * run + Math.floor(at / step) : at * strides[axis]!;
  let terms = Array.from({ length: kernel.size.channels }, (_, c) => ({
    x: bytesPerFloat * c * channel,
    tap: bytesPerFloat * c * channelTap,
  }));
  phase.forEach((each, axis) => {
    terms = terms.flatMap(({ x, tap }) =>
      each.terms.map(({ q, at }) => ({
        x: x + bytesPerFloat * inCopy(axis, at),
        tap: tap + bytesPerFloat * q * taps[axis]!,
      })),
    );
  });
  return terms;
}
