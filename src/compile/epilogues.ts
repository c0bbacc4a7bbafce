/** Elementwise work on a product or a convolution, done on each piece of it as soon as that is complete. */
import { sizeOf } from "../base/shape.ts";
import type { Collapsed } from "./collapse.ts";
import {
  type Buffer,
  type ConvolutionKernel,
  type Index,
  type Kernel,
  type MapKernel,
  operandsOf,
  readsOf,
  type Store,
  valuesOf,
  type WithResult,
  writesOf,
} from "./kernel.ts";
import { flatten, sameIndex, variable } from "./movement.ts";

export const hasResult = (kernel: Kernel): kernel is WithResult =>
  kernel.kind === "product" || kernel.kind === "convolution";

/** The elementwise work of a kernel, its own or on its result. */
export const mapOf = (kernel: Kernel): MapKernel | undefined =>
  kernel.kind === "map" ? kernel : hasResult(kernel) ? kernel.epilogue : undefined;

/**
 * What `store` of a map may lie over, if nobody needs that later: it is read, by the map alone, only
 * where the store is written.
 */
export function replacedBy(kernel: Kernel, store: Store): Buffer[] {
  const map = mapOf(kernel);
  if (!map || map.clears.length > 0) return [];
  if (map.stores.some((other) => other !== store && other.buffer === store.buffer)) return [];
  const operands = hasResult(kernel) ? operandsOf(kernel) : [];
  const loads = valuesOf(map.stores.map(({ value }) => value)).flatMap((v) =>
    v.kind === "load" ? [v] : [],
  );
  const isReplaced = (buffer: Buffer) =>
    sizeOf(buffer.shape) === sizeOf(store.buffer.shape) &&
    !operands.includes(buffer) &&
    loads.every((load) => load.buffer !== buffer || sameIndex(load.index, store.index));
  const found = [...new Set(loads.map(({ buffer }) => buffer))].filter(isReplaced);
  // a result first: what follows it is done while it is near
  return hasResult(kernel) && found.includes(kernel.out) ? [kernel.out, ...found] : found;
}

/** A result as planes of rows and columns: images, channels and positions of a convolution. */
export function planesOf(kernel: WithResult): readonly [number, number, number] {
  if (kernel.kind === "product") return [kernel.size.batch, kernel.size.m, kernel.size.n];
  const { batch, groups, outputs } = kernel.size;
  return [batch, groups * outputs, sizeOf(kernel.out.shape.slice(2))];
}

/** A piece of a loop that lies within one of planes, rows and columns. */
interface Piece {
  readonly loop: number;
  readonly step: number;
  readonly length: number;
}

/** Loops cut so that each piece lies within one of `groups`, outermost first; `null` where that cannot be. */
function piecesOf(loops: readonly number[], groups: readonly number[]): Piece[][] | null {
  const pieces: Piece[][] = groups.map(() => []);
  let [loop, step, left] = [loops.length, 1, 1];
  for (let group = groups.length - 1; group >= 0; group -= 1)
    for (let open = groups[group]!; open > 1; ) {
      while (left === 1) [loop, step, left] = [loop - 1, 1, loops[loop - 1]!];
      const length = Math.min(open, left);
      if (open % length > 0 || left % length > 0) return null;
      pieces[group]!.unshift({ loop, step, length });
      [open, step, left] = [open / length, step * length, left / length];
    }
  return pieces;
}

const indicesOf = ({ stores }: MapKernel): Index[] => [
  ...stores.map(({ index }) => index),
  ...valuesOf(stores.map(({ value }) => value)).flatMap((v) =>
    v.kind === "load" || v.kind === "coordinate" ? [v.index] : [],
  ),
];

/** A map as loops over planes, rows and columns; `null` where some index is no sum over these three. */
export function overPlanes(map: MapKernel, planes: readonly number[]): Collapsed | null {
  const pieces = piecesOf(map.loops, planes);
  const coefficient = ({ coefficients }: Index, { loop, step }: Piece) =>
    coefficients[loop]! * step;
  const walksAsOne = (index: Index) =>
    pieces?.every((group) =>
      group.every((piece, i) => {
        const inner = group[i + 1];
        return !inner || coefficient(index, piece) === coefficient(index, inner) * inner.length;
      }),
    );
  if (!pieces || !indicesOf(map).every(walksAsOne)) return null;
  const coefficients = (index: Index) =>
    pieces.map((group) => {
      const inner = group.at(-1);
      return inner ? coefficient(index, inner) : 0;
    });
  return { outer: planes, reduced: [], coefficients };
}

/** Whether a map reads a result element by element, and may so follow each piece of it. */
function fits(kernel: WithResult, map: MapKernel): boolean {
  const { out } = kernel;
  if (kernel.epilogue || map.clears.length > 0 || sizeOf(map.loops) !== sizeOf(out.shape))
    return false;
  if (kernel.kind === "product" ? kernel.size.k === 0 : !isOnePass(kernel)) return false;
  if (isWide(map, sizeOf(out.shape))) return false;
  const inOrder = elementOf(map);
  const loads = valuesOf(map.stores.map(({ value }) => value));
  const alike = loads.every(
    (v) => v.kind !== "load" || v.buffer !== out || sameIndex(v.index, inOrder),
  );
  return alike && overPlanes(map, planesOf(kernel)) !== null;
}

/** The most arrays of so many elements that are gone through while packed panels stay in the cache. */
const [mostArrays, elements] = [4, 1 << 14];

/** Whether a map drives the panels of a product out of the cache: an update by a large gradient does. */
function isWide(map: MapKernel, size: number): boolean {
  const arrays = new Set([...readsOf(map), ...writesOf(map)]);
  const full = [...arrays].filter(({ shape }) => sizeOf(shape) === size);
  return size > elements && full.length > mostArrays;
}

/** The index of the same element in an array that has as many. */
const elementOf = ({ loops }: MapKernel): Index =>
  flatten(
    loops,
    loops.map((_, loop) => variable(loops.length, loop)),
    loops.length,
  );

/** Positions of several phases lie in turns: no piece of the result is complete before the last. */
const isOnePass = ({ phases }: ConvolutionKernel): boolean =>
  phases.length === 1 && phases[0]!.blocks > 0;

/**
 * Kernels with each map that is the first to read a product, or a convolution, as its epilogue. Both
 * take the place of the map: all that it reads beside the result is there by then. `spoils` says
 * whether a buffer lies where operands do that are still needed as it is stored.
 */
export function withEpilogues(
  kernels: readonly Kernel[],
  spoils: (stored: Buffer, operands: readonly Buffer[]) => boolean,
): Kernel[] {
  const made: (Kernel | null)[] = [...kernels];
  /** The last kernel that wrote a buffer, and whether it was read since. */
  const fresh = new Map<Buffer, number>();
  kernels.forEach((kernel, i) => {
    const reads = readsOf(kernel);
    // the latest of several results that a map reads: the others are complete before it
    const own = Math.max(-1, ...reads.map((buffer) => fresh.get(buffer) ?? -1));
    const from = made[own];
    const fitting = from && hasResult(from) && kernel.kind === "map" && fits(from, kernel);
    if (fitting && !writesOf(kernel).some((buffer) => spoils(buffer, operandsOf(from)))) {
      made[own] = null;
      made[i] = { ...from, epilogue: kernel };
    }
    for (const buffer of reads) fresh.delete(buffer);
    if (hasResult(kernel)) fresh.set(kernel.out, i);
  });
  return made.flatMap((kernel) => kernel ?? []);
}
