/** What pooling by the largest gives back: one value a window, zeros elsewhere, written once. */
import { sizeOf, stridesOf } from "../../base/shape.ts";
import type { WindowFillKernel } from "../../compile/kernel.ts";
import type { AddressOf, Width } from "./body.ts";
import { nest } from "./direct/copy.ts";
import type { Code, Local } from "./encode.ts";
import { advance, bytesPerFloat, locals, transpose4 } from "./gemm/vectors.ts";
import { type Part, rangeOf } from "./part.ts";

/** Lengths of the array, its windows along each axis, and elements of a window. */
function sizesOf({ axes, shape, places }: WindowFillKernel) {
  const leading = shape.length - axes.length;
  return {
    images: sizeOf(shape.slice(0, leading)),
    lengths: shape.slice(leading),
    counts: places.shape.slice(leading),
    windows: axes.map(({ length }) => length),
  };
}

/** Whether windows leave nothing out. */
export function fillsAll(kernel: WindowFillKernel): boolean {
  const { lengths, counts, windows } = sizesOf(kernel);
  return lengths.every((length, i) => length === counts[i]! * windows[i]!);
}

export function emitWindowFill(
  code: Code,
  kernel: WindowFillKernel,
  addressOf: AddressOf,
  part?: Part,
): void {
  const { images, lengths, counts, windows } = sizesOf(kernel);
  const steps = stridesOf(lengths).map((n) => bytesPerFloat * n);
  const ranks = stridesOf(counts).map((n) => bytesPerFloat * n);
  const [image, from, to] = locals(code, "i32", 3) as [Local, Local, Local];
  const range = rangeOf(code, part, { length: images });
  const start = (local: Local, elements: number) =>
    code
      .value(range.from)
      .i32(bytesPerFloat * elements)
      .op("i32.mul")
      .set(local);
  start(from, sizeOf(counts));
  start(to, sizeOf(lengths));
  const [places, values, out] = [kernel.places, kernel.values, kernel.out].map(addressOf);
  const outer = counts.slice(0, -1);
  const pointers = [
    { at: from, steps: ranks.slice(0, -1) },
    { at: to, steps: outer.map((_, i) => windows[i]! * steps[i]!) },
  ];
  const offsets = { places: places!, values: values!, out: out! };
  const last = { count: counts.at(-1)!, length: windows.at(-1)! };
  code.forRange({ local: image, ...range, step: 1 }, () => {
    nest(code, outer, pointers, ([window, element]) => {
      rowOfWindows(code, { ...offsets, ...last, window: window!, element: element! }, (body) =>
        eachRow(windows.slice(0, -1), steps, body),
      );
    });
    advance(code, from, bytesPerFloat * sizeOf(counts));
    advance(code, to, bytesPerFloat * sizeOf(lengths));
  });
}

/** The bytes from the first row of a window to each of its rows. */
function eachRow(
  windows: readonly number[],
  steps: readonly number[],
  body: (offset: number) => void,
): void {
  let offsets = [0];
  windows.forEach((length, axis) => {
    offsets = offsets.flatMap((offset) =>
      Array.from({ length }, (_, q) => offset + q * steps[axis]!),
    );
  });
  for (const offset of offsets) body(offset);
}

interface Row {
  /** Addresses of the three arrays; where the first window and its first element lie in them. */
  readonly places: number;
  readonly values: number;
  readonly out: number;
  readonly window: Local;
  readonly element: Local;
  readonly count: number;
  /** Of a window along the row. */
  readonly length: number;
}
type Rows = (body: (offset: number) => void) => void;

/** Neighboring windows, four at a time; the last four end with the row. */
function rowOfWindows(code: Code, row: Row, rows: Rows): void {
  const { count, length } = row;
  const [window, element, counter] = locals(code, "i32", 3) as [Local, Local, Local];
  code.get(row.window).set(window).get(row.element).set(element);
  const move = (windows: number) => {
    advance(code, window, bytesPerFloat * windows);
    advance(code, element, bytesPerFloat * windows * length);
  };
  const own = { ...row, window, element };
  const steps = Math.floor(count / 4);
  code.forRange({ local: counter, from: 0, to: steps, step: 1 }, () => {
    fill(code, own, rows, 4);
    move(4);
  });
  const rest = count % 4;
  if (rest === 0) return;
  if (steps > 0) {
    move(rest - 4);
    fill(code, own, rows, 4);
    return;
  }
  code.forRange({ local: counter, from: 0, to: rest, step: 1 }, () => {
    fill(code, own, rows, 1);
    move(1);
  });
}

/** All elements of one window, or of four. */
function fill(code: Code, row: Row, rows: Rows, width: Width): void {
  const { window, element, length } = row;
  const [place, value, first] = locals(code, "v128", 3) as [Local, Local, Local];
  const load = width === 4 ? "v128.load" : "v128.load32_splat";
  code.get(window).load(load, { offset: row.places }).set(place);
  // a sum that starts from 0 is never -0
  code.get(window).load(load, { offset: row.values }).f32x4(0).op("f32x4.add").set(value);
  code.get(element).i32(2).op("i32.shr_u").op("i32x4.splat");
  code
    .v128(0, length, 2 * length, 3 * length)
    .op("i32x4.add")
    .set(first);
  rows((offset) => {
    const elements = Array.from({ length }, (_, q) => {
      const at = q + offset / bytesPerFloat;
      const chosen = code.local("v128");
      code.get(first).v128(at, at, at, at).op("i32x4.add").get(place).op("i32x4.eq");
      code.get(value).op("v128.and").set(chosen);
      return chosen;
    });
    storeRow(code, { element, offset: row.out + offset, elements, width });
  });
}

interface Filled {
  readonly element: Local;
  readonly offset: number;
  readonly elements: readonly Local[];
  readonly width: Width;
}

/** Element q of each window at its place. */
function storeRow(code: Code, { element, offset, elements, width }: Filled): void {
  const { length } = elements;
  const store = (at: number) => ({ offset: offset + bytesPerFloat * at });
  if (width === 4 && length === 4) {
    transpose4(code, elements, locals(code, "v128", 4));
    elements.forEach((four, lane) => {
      code
        .get(element)
        .get(four)
        .store("v128.store", store(4 * lane));
    });
  } else if (width === 4 && length === 2) {
    const [even, odd] = elements as [Local, Local];
    code.get(element).get(even).get(odd).shuffle32(0, 4, 1, 5).store("v128.store", store(0));
    code.get(element).get(even).get(odd).shuffle32(2, 6, 3, 7).store("v128.store", store(4));
  } else
    elements.forEach((each, q) => {
      for (let lane = 0; lane < width; lane += 1)
        code
          .get(element)
          .get(each)
          .laneAccess("v128.store32_lane", lane, store(q + lane * length));
    });
}
