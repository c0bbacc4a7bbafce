/** The place of the largest element in each window: four windows at once where they lie inside. */
import { sizeOf, stridesOf } from "../../base/shape.ts";
import type { WindowArgmaxKernel } from "../../compile/kernel.ts";
import type { WindowAxis } from "../../graph/windows.ts";
import type { AddressOf, Width } from "./body.ts";
import type { Code, Local } from "./encode.ts";
import { advance, bytesPerFloat, locals, transpose4 } from "./gemm/vectors.ts";
import { type Part, rangeOf } from "./part.ts";

/** One axis that windows move along. */
interface Axis extends WindowAxis {
  /** Elements of x, and from one to the next in memory. */
  readonly size: number;
  readonly step: number;
  /** The window, and its first element in x, below 0 where it lies outside. */
  readonly window: Local;
  readonly start: Local;
}

interface Search {
  readonly axes: readonly Axis[];
  readonly x: number;
  /** The image's first element in x. */
  readonly image: Local;
  readonly best: Local;
  readonly place: Local;
}

export function emitWindowArgmax(
  code: Code,
  kernel: WindowArgmaxKernel,
  addressOf: AddressOf,
  part?: Part,
): void {
  const { shape, x, out, largest } = kernel;
  const leading = shape.length - kernel.axes.length;
  const sizes = shape.slice(leading);
  const steps = stridesOf(sizes);
  const axes = kernel.axes.map((axis, i): Axis => {
    const [window, start] = locals(code, "i32", 2) as [Local, Local];
    return { ...axis, size: sizes[i]!, step: steps[i]!, window, start };
  });
  const [image, images, to] = locals(code, "i32", 3) as [Local, Local, Local];
  const [best, place] = locals(code, "v128", 2) as [Local, Local];
  const search = { axes, x: addressOf(x), image, best, place };
  const range = rangeOf(code, part, { length: sizeOf(shape.slice(0, leading)) });
  const startAt = (local: Local, step: number) =>
    code.value(range.from).i32(step).op("i32.mul").set(local);
  const results = [{ from: place, offset: addressOf(out) }];
  if (largest) results.push({ from: best, offset: addressOf(largest) });
  startAt(to, bytesPerFloat * sizeOf(out.shape.slice(leading)));
  startAt(image, sizeOf(sizes));
  code.forRange({ local: images, ...range, step: 1 }, () => {
    overWindows(code, search, out.shape.slice(leading), {
      back: (windows) => advance(code, to, -bytesPerFloat * windows),
      store(width) {
        for (const { from, offset } of results) {
          code.get(to).get(from);
          if (width === 4) code.store("v128.store", { offset });
          else code.laneAccess("v128.store32_lane", 0, { offset });
        }
        advance(code, to, width * bytesPerFloat);
      },
    });
    advance(code, image, sizeOf(sizes));
  });
}

/** What becomes of windows: stored, or walked again. */
interface Output {
  store(width: Width): void;
  back(windows: number): void;
}

/** Row-major over the windows; along the last axis those inside x four at a time, the last with what is before. */
function overWindows(
  code: Code,
  search: Search,
  counts: readonly number[],
  { store, back }: Output,
): void {
  const last = search.axes.length - 1;
  const along = (axis: number, from: number, to: number, width: Width, body: () => void) => {
    const { window, start, stride, low } = search.axes[axis]!;
    code.forRange({ local: window, from, to, step: width }, () => {
      code.get(window).i32(stride).op("i32.mul").i32(low).op("i32.sub").set(start);
      body();
    });
  };
  const row = () => {
    const { low, stride, length, size } = search.axes[last]!;
    const first = Math.min(counts[last]!, Math.ceil(low / stride));
    const within = Math.floor((size + low - length) / stride) + 1 - first;
    const inside = Math.max(0, Math.min(within, counts[last]! - first));
    const [middle, end] = [first + 4 * Math.floor(inside / 4), first + inside];
    const each = (from: number, to: number, width: Width) =>
      along(last, from, to, width, () => {
        searchWindow(code, search, width);
        store(width);
      });
    each(0, first, 1);
    each(first, middle, 4);
    if (middle > first && end > middle) {
      back(4 - (end - middle));
      each(end - 4, end, 4);
    } else each(middle, end, 1);
    each(end, counts[last]!, 1);
  };
  const nest = (axis: number) => {
    if (axis < last) along(axis, 0, counts[axis]!, 1, () => nest(axis + 1));
    else row();
  };
  nest(0);
}

/** An element of the window along one axis: pushes its place on that axis. */
type Element = () => Code;

/** Leaves the first largest of each window in `best`, and its place in `place`. */
function searchWindow(code: Code, search: Search, width: Width): void {
  const { axes, best, place } = search;
  // the first element that exists is the one to beat
  const first = axes.map(({ start }) => () => {
    code.get(start).i32(0).get(start).i32(0);
    return code.op("i32.gt_s").op("select");
  });
  code.f32x4(Number.NEGATIVE_INFINITY).set(best);
  placesOf(code, search, elementAt(code, search, first)).set(place);
  const visit = (axis: number, elements: readonly Element[]): void => {
    const at = axes[axis]!;
    const isLast = axis === axes.length - 1;
    if (width === 4 && isLast) {
      for (const candidate of fourWindows(code, search, [...elements, () => code.get(at.start)]))
        compare(code, search, candidate);
      return;
    }
    for (let q = 0; q < at.length; q += 1) {
      const element = () => code.get(at.start).i32(q).op("i32.add");
      const deeper = () => {
        if (isLast) compare(code, search, oneWindow(code, search, [...elements, element]));
        else visit(axis + 1, [...elements, element]);
      };
      element()
        .i32(at.size)
        .op("i32.lt_u")
        .if(() => deeper());
    }
  };
  visit(0, []);
}

/** The number of an element of x, in a local. */
function elementAt(code: Code, search: Search, elements: readonly Element[]): Local {
  const at = code.local("i32");
  code.get(search.image);
  elements.forEach((element, axis) => {
    element().i32(search.axes[axis]!.step).op("i32.mul").op("i32.add");
  });
  code.set(at);
  return at;
}

/** Pushes the numbers of the same element of four neighboring windows. */
function placesOf(code: Code, { axes }: Search, at: Local): Code {
  const { stride } = axes.at(-1)!;
  code
    .get(at)
    .op("i32x4.splat")
    .v128(0, stride, 2 * stride, 3 * stride);
  return code.op("i32x4.add");
}

interface Candidate {
  readonly value: Local;
  readonly place: Local;
}

/** An element of one window, and its place in x. */
function oneWindow(code: Code, search: Search, elements: readonly Element[]): Candidate {
  const [value, place] = locals(code, "v128", 2) as [Local, Local];
  const at = elementAt(code, search, elements);
  code.get(at).op("i32x4.splat").set(place).get(at).i32(2).op("i32.shl");
  code.load("v128.load32_splat", { offset: search.x }).set(value);
  return { value, place };
}

/** The elements of one row of four neighboring windows. */
function fourWindows(code: Code, search: Search, elements: readonly Element[]): Candidate[] {
  const { stride, length } = search.axes.at(-1)!;
  const at = elementAt(code, search, elements);
  const start = code.local("v128");
  placesOf(code, search, at).set(start);
  code.get(at).i32(2).op("i32.shl").set(at);
  return strided(code, { at, offset: search.x, stride, length }).map((value, q) => {
    const place = code.local("v128");
    code.get(start).v128(q, q, q, q).op("i32x4.add").set(place);
    return { value, place };
  });
}

interface Strided {
  readonly at: Local;
  readonly offset: number;
  readonly stride: number;
  readonly length: number;
}

/** Element q of four windows a stride apart, for each q. */
function strided(code: Code, { at, offset, stride, length }: Strided): Local[] {
  const values = locals(code, "v128", 4 * Math.ceil(length / 4));
  const load = (element: number) =>
    code.get(at).load("v128.load", { offset: offset + bytesPerFloat * element });
  for (let q = 0; q < length; q += stride === 4 ? 4 : 1) {
    const value = values[q]!;
    if (stride === 1) load(q).set(value);
    else if (stride === 2) {
      load(q - (q % 2));
      load(q - (q % 2) + 4);
      const odd = q % 2;
      code.shuffle32(odd, odd + 2, odd + 4, odd + 6).set(value);
    } else if (stride === 4) {
      const four = values.slice(q, q + 4);
      four.forEach((each, lane) => void load(q + 4 * lane).set(each));
      transpose4(code, four, locals(code, "v128", 4));
    } else
      for (let lane = 0; lane < 4; lane += 1) {
        const access = { offset: offset + bytesPerFloat * (q + lane * stride) };
        if (lane === 0) code.get(at).load("v128.load32_zero", access);
        else code.get(at).get(value).laneAccess("v128.load32_lane", lane, access);
        code.set(value);
      }
  }
  return values.slice(0, length);
}

/** Takes what is larger than the best so far, or no number. */
function compare(code: Code, { best, place }: Search, candidate: Candidate): void {
  const wins = code.local("v128");
  const { value } = candidate;
  code.get(value).get(best).op("f32x4.gt").get(value).get(value).op("f32x4.ne").op("v128.or");
  code.set(wins);
  code.get(value).get(best).get(wins).op("v128.bitselect").set(best);
  code.get(candidate.place).get(place).get(wins).op("v128.bitselect").set(place);
}
