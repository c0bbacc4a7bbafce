/** Convolutions of few results and long sums: as many results side by side as a vector has lanes. */
import { sizeOf, stridesOf } from "../../base/shape.ts";
import type { CorrelationKernel } from "../../compile/kernel.ts";
import type { AddressOf } from "./body.ts";
import { copyRun, nest } from "./direct/copy.ts";
import { interleave } from "./direct/interleave.ts";
import { emitSums, flushSums, type Result } from "./direct/sums.ts";
import type { Code, Local, VectorBits } from "./encode.ts";
import { blockLength } from "./gemm/tile.ts";
import { advance, bytesPerFloat, locals } from "./gemm/vectors.ts";
import { type Part, rangeOf } from "./part.ts";

const cacheLine = 64;
const bytes = (elements: number) => bytesPerFloat * elements;
const times = (elements: readonly number[], by: number) => elements.map((n) => n * by);

/** How the results of a kernel lie in lanes: those of so many groups, or of outputs of one group. */
interface Lanes {
  readonly count: number;
  readonly byGroup: boolean;
  /** Blocks of lanes, all groups together, and in each group. */
  readonly blocks: number;
  readonly perGroup: number;
  /** Numbers of one place of the copy of x: one for all lanes, or one a lane. */
  readonly width: number;
}

function lanesOf({ size }: CorrelationKernel, bits: VectorBits): Lanes {
  const byGroup = size.outputs === 1 && size.batch === 1;
  const all = byGroup ? size.groups : size.outputs;
  const count = bits === 256 && all >= 8 ? 8 : 4;
  const perGroup = Math.ceil(all / count);
  const blocks = byGroup ? perGroup : perGroup * size.groups;
  return { count, byGroup, blocks, perGroup, width: byGroup ? count : 1 };
}

/** Where things lie in the scratch of one thread, in bytes. */
function areasOf(kernel: CorrelationKernel, bits: VectorBits) {
  const { size, axes } = kernel;
  const { count, width } = lanesOf(kernel, bits);
  const image = sizeOf(axes.map(({ length }) => length));
  const row = axes.at(-1)!.window;
  const results = size.batch * sizeOf(axes.map((axis) => axis.results));
  const totals = bytes(results * count);
  const panel = totals + bytes(results * count);
  const copy = panel + bytes(row * count);
  // rows of fewer than four are written as four
  const end = copy + bytes(image * width * size.batch);
  return { sums: 0, totals, panel, copy, image: bytes(image * width), end };
}

/** Scratch for one thread, in bytes. */
export function correlationBytes(kernel: CorrelationKernel): number {
  const most = Math.max(areasOf(kernel, 128).end, areasOf(kernel, 256).end);
  return Math.ceil(most / cacheLine) * cacheLine;
}

interface Place {
  readonly addressOf: AddressOf;
  readonly workspace: number;
  readonly part?: Part | undefined;
}

/** Addresses of the areas, and of what a block of lanes reads and writes. */
interface Block {
  readonly sums: Local;
  readonly totals: Local;
  readonly panel: Local;
  readonly copy: Local;
  readonly x: Local;
  readonly window: Local;
  readonly out: Local;
}

export function emitCorrelation(code: Code, kernel: CorrelationKernel, place: Place): void {
  const { part, workspace } = place;
  const lanes = lanesOf(kernel, code.bits);
  const areas = areasOf(kernel, code.bits);
  const [sums, totals, panel, copy, x, window, out] = locals(code, "i32", 7) as Seven;
  code.i32(workspace);
  if (part) code.get(part.thread).i32(correlationBytes(kernel)).op("i32.mul").op("i32.add");
  code.set(sums);
  const starts: readonly [Local, number][] = [
    [totals, areas.totals],
    [panel, areas.panel],
    [copy, areas.copy],
  ];
  for (const [area, offset] of starts) code.get(sums).i32(offset).op("i32.add").set(area);
  code
    .get(copy)
    .i32(0)
    .i32(areas.end - areas.copy)
    .op("memory.fill");
  const block = code.local("i32");
  const range = rangeOf(code, part, { length: lanes.blocks });
  const at = { sums, totals, panel, copy, x, window, out };
  code.forRange({ local: block, ...range, step: 1 }, () => {
    placeBlock(code, kernel, { block, place, at });
    code.get(sums).i32(0).i32(areas.panel).op("memory.fill");
    emitImages(code, kernel, at);
    storeResults(code, kernel, at);
  });
}
type Seven = [Local, Local, Local, Local, Local, Local, Local];

/** Sets the addresses that a block of lanes starts from; the last block ends with the lanes. */
function placeBlock(
  code: Code,
  kernel: CorrelationKernel,
  { block, place, at }: { block: Local; place: Place; at: Block },
): void {
  const { size, x, kernel: window, out, axes } = kernel;
  const { count, byGroup, perGroup } = lanesOf(kernel, code.bits);
  const [group, first] = locals(code, "i32", 2) as [Local, Local];
  const last = (byGroup ? size.groups : size.outputs) - count;
  code.get(block).i32(perGroup).op("i32.rem_u").i32(count).op("i32.mul").set(first);
  code.get(first).i32(last).get(first).i32(last).op("i32.lt_u").op("select").set(first);
  // of x and of the window
  if (byGroup) code.get(first).set(group);
  else {
    code.get(block).i32(perGroup).op("i32.div_u").tee(group);
    code.i32(size.outputs).op("i32.mul").get(first).op("i32.add").set(first);
  }
  const results = sizeOf(axes.map((axis) => axis.results));
  const moves: readonly [Local, Local, number, number][] = [
    [at.x, group, place.addressOf(x.buffer) + bytes(x.offset), x.groupStride],
    [at.window, first, place.addressOf(window.buffer) + bytes(window.offset), window.strides[0]!],
    [at.out, first, place.addressOf(out), results],
  ];
  for (const [local, index, start, stride] of moves)
    code.get(index).i32(bytes(stride)).op("i32.mul").i32(start).op("i32.add").set(local);
}

/** Image after image: both are copied, then all results go on summing. */
function emitImages(code: Code, kernel: CorrelationKernel, at: Block): void {
  const { size, x, kernel: window, axes } = kernel;
  const { count, width } = lanesOf(kernel, code.bits);
  const layout = times(stridesOf(axes.map(({ length }) => length)), bytes(width));
  const left = code.local("i32");
  code.i32(blockLength).set(left);
  code.forRange({ local: code.local("i32"), from: 0, to: size.channels, step: 1 }, () => {
    copyImages(code, kernel, at);
    emitSums(code, {
      ...{ sums: at.sums, totals: at.totals, panel: at.panel, copy: at.copy, left },
      ...{ window: at.window, pack: (row: Local) => packRow(code, kernel, at.panel, row) },
      ...{ lanes: count, results: resultsOf(kernel, code.bits), repeats: width === 1 },
      counts: axes.map((axis) => axis.window),
      steps: axes.map(({ dilation }, i) => dilation * layout[i]!),
      windowSteps: times(window.strides.slice(2), bytesPerFloat),
    });
    advance(code, at.x, bytes(x.strides[1]!));
    advance(code, at.window, bytes(window.strides[1]!));
  });
}

/** The image of every lane, or the one of all, into the middle of its padded copy. */
function copyImages(code: Code, kernel: CorrelationKernel, at: Block): void {
  const { size, x, axes } = kernel;
  const { count, byGroup, width } = lanesOf(kernel, code.bits);
  const { image } = areasOf(kernel, code.bits);
  const layout = times(stridesOf(axes.map(({ length }) => length)), bytes(width));
  const [row, , ...strides] = times(x.strides, bytesPerFloat) as [number, number, ...number[]];
  const offset = (each: (axis: (typeof axes)[number]) => number, by: readonly number[]) =>
    axes.reduce((total, axis, i) => total + each(axis) * by[i]!, 0);
  const pointers = [
    { at: at.x, steps: [row, ...strides.slice(0, -1)] },
    { at: at.copy, steps: [image, ...layout.slice(0, -1)] },
  ];
  const offsets = {
    fromOffset: offset(({ skipped }) => skipped, strides),
    toOffset: offset(({ before }) => before, layout),
  };
  const insides = axes.map(({ inside }) => inside);
  nest(code, [size.batch, ...insides.slice(0, -1)], pointers, ([from, to]) => {
    const run = { from: from!, to: to!, ...offsets, count: insides.at(-1)! };
    const laneStride = bytes(x.groupStride);
    if (byGroup) interleave(code, { ...run, lanes: count, laneStride });
    else copyRun(code, { ...run, stride: bytesPerFloat });
  });
}

/** One row of the window of every lane, side by side. */
function packRow(code: Code, kernel: CorrelationKernel, panel: Local, row: Local): void {
  const { kernel: window, axes } = kernel;
  interleave(code, {
    ...{ from: row, to: panel, fromOffset: 0, toOffset: 0, count: axes.at(-1)!.window },
    ...{ lanes: lanesOf(kernel, code.bits).count, laneStride: bytes(window.strides[0]!) },
  });
}

/** Every result of a lane: where its first term lies in the copy, where its sum, in bytes. */
function resultsOf(kernel: CorrelationKernel, bits: VectorBits): Result[] {
  const { size, axes } = kernel;
  const { count, width } = lanesOf(kernel, bits);
  const { image } = areasOf(kernel, bits);
  const layout = times(stridesOf(axes.map(({ length }) => length)), bytes(width));
  let places = Array.from({ length: size.batch }, (_, row) => row * image);
  axes.forEach(({ results, stride }, axis) => {
    places = places.flatMap((x) =>
      Array.from({ length: results }, (_, i) => x + i * stride * layout[axis]!),
    );
  });
  return places.map((x, i) => ({ x, sum: i * bytes(count) }));
}

/** The last block of each sum is added, and all lanes go to their places. */
function storeResults(code: Code, kernel: CorrelationKernel, at: Block): void {
  const { size, axes } = kernel;
  const { count } = lanesOf(kernel, code.bits);
  const results = resultsOf(kernel, code.bits);
  flushSums(code, { ...at, lanes: count }, results);
  const perRow = sizeOf(axes.map((axis) => axis.results));
  results.forEach(({ sum }, i) => {
    const row = Math.floor(i / perRow) * size.groups * size.outputs * perRow;
    for (let lane = 0; lane < count; lane += 1) {
      code
        .get(at.out)
        .get(at.totals)
        .load("f32.load", { offset: sum + bytes(lane) });
      code.store("f32.store", { offset: bytes(row + (i % perRow) + lane * perRow) });
    }
  });
}
