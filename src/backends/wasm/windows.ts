/** The place of the largest element in each window: four windows at once where they lie inside. */
import { sizeOf, stridesOf } from "../../base/shape.ts";
import type { WindowArgmaxKernel } from "../../compile/kernel.ts";
import type { WindowAxis } from "../../graph/windows.ts";
import type { AddressOf, Width } from "./body.ts";
import type { Code, Local } from "./encode.ts";
import { bytesPerFloat, locals } from "./gemm/vectors.ts";
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
  const { x, out } = kernel;
  const leading = x.shape.length - kernel.axes.length;
  const sizes = x.shape.slice(leading);
  const steps = stridesOf(sizes);
  const axes = kernel.axes.map((axis, i): Axis => {
    const [window, start] = locals(code, "i32", 2) as [Local, Local];
    return { ...axis, size: sizes[i]!, step: steps[i]!, window, start };
  });
  const [image, images, to] = locals(code, "i32", 3) as [Local, Local, Local];
  const [best, place] = locals(code, "v128", 2) as [Local, Local];
  const search = { axes, x: addressOf(x), image, best, place };
  const range = rangeOf(code, part, { length: sizeOf(x.shape.slice(0, leading)) });
  const startAt = (local: Local, start: number, step: number) => {
    code.value(range.from).i32(step).op("i32.mul");
    code.i32(start).op("i32.add").set(local);
  };
  startAt(to, addressOf(out), bytesPerFloat * sizeOf(out.shape.slice(leading)));
  startAt(image, 0, sizeOf(sizes));
  code.forRange({ local: images, ...range, step: 1 }, () => {
    overWindows(code, search, out.shape.slice(leading), (width) => {
      code.get(to).get(place);
      if (width === 4) code.store("v128.store");
      else code.laneAccess("v128.store32_lane", 0);
      code
        .get(to)
        .i32(width * bytesPerFloat)
        .op("i32.add")
        .set(to);
    });
    code.get(image).i32(sizeOf(sizes)).op("i32.add").set(image);
  });
}

/** Row-major over the windows; along the last axis those inside x four at a time. */
function overWindows(
  code: Code,
  search: Search,
  counts: readonly number[],
  store: (width: Width) => void,
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
    const inside = Math.max(0, Math.floor((size + low - length) / stride) + 1 - first);
    const middle = first + 4 * Math.floor(inside / 4);
    const ranges = [
      [0, first, 1],
      [first, middle, 4],
      [middle, counts[last]!, 1],
    ] as const;
    for (const [from, to, width] of ranges)
      along(last, from, to, width, () => {
        searchWindow(code, search, width);
        store(width);
      });
  };
  const nest = (axis: number) => {
    if (axis < last) along(axis, 0, counts[axis]!, 1, () => nest(axis + 1));
    else row();
  };
  nest(0);
}

/** An element of the window along one axis: pushes its place on that axis. */
type Element = () => Code;

/** Leaves the place of the first largest of each window in `place`. */
function searchWindow(code: Code, search: Search, width: Width): void {
  const { axes, best, place } = search;
  // the first element that exists is the one to beat
  const first = axes.map(({ start }) => () => {
    code.get(start).i32(0).get(start).i32(0);
    return code.op("i32.gt_s").op("select");
  });
  const candidate = fetch(code, search, first, width);
  code.get(candidate.value).set(best).get(candidate.place).set(place);
  const visit = (axis: number, elements: readonly Element[]): void => {
    const at = axes[axis];
    if (!at) {
      compare(code, search, fetch(code, search, elements, width));
      return;
    }
    for (let q = 0; q < at.length; q += 1) {
      const element = () => code.get(at.start).i32(q).op("i32.add");
      const deeper = () => visit(axis + 1, [...elements, element]);
      if (width === 4 && axis === axes.length - 1) deeper();
      else
        element()
          .i32(at.size)
          .op("i32.lt_u")
          .if(() => deeper());
    }
  };
  visit(0, []);
}

interface Candidate {
  readonly value: Local;
  readonly place: Local;
}

/** The same element of each of four windows (or of one), and its place in x. */
function fetch(code: Code, search: Search, elements: readonly Element[], width: Width): Candidate {
  const at = code.local("i32");
  const [value, place] = locals(code, "v128", 2) as [Local, Local];
  code.get(search.image);
  elements.forEach((element, axis) => {
    element().i32(search.axes[axis]!.step).op("i32.mul").op("i32.add");
  });
  const { stride } = search.axes.at(-1)!;
  code
    .tee(at)
    .op("i32x4.splat")
    .v128(0, stride, 2 * stride, 3 * stride)
    .op("i32x4.add")
    .set(place);
  code.get(at).i32(2).op("i32.shl").set(at);
  const offset = search.x;
  if (width === 1) code.get(at).load("v128.load32_splat", { offset }).set(value);
  else if (stride === 1) code.get(at).load("v128.load", { offset }).set(value);
  else {
    code.get(at).load("v128.load32_zero", { offset }).set(value);
    for (let lane = 1; lane < 4; lane += 1) {
      code.get(at).get(value);
      code.laneAccess("v128.load32_lane", lane, { offset: offset + bytesPerFloat * lane * stride });
      code.set(value);
    }
  }
  return { value, place };
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
