/** One thread's part of a kernel: a range of outputs, so that no sum is ever split. */
import type { Code, Local } from "./encode.ts";

/** The number of this thread, from 0, and how many share the work. */
export interface Part {
  readonly thread: Local;
  readonly threads: Local;
  /** How many will share it as a rule. */
  readonly expected: number;
}

/** How many pieces fall to the thread that has most of them. */
export const largestShare = (pieces: number, { expected }: Part): number =>
  Math.ceil(pieces / expected);

/** From a loop's counter up to, without, another. */
export interface Range {
  readonly from: number | Local;
  readonly to: number | Local;
}

/** Elements of one cache line: two threads should not write the same one. */
export const lineElements = 16;

/** More threads than this are of no use, and the products of `rangeOf` could overflow. */
export const mostThreads = 32;

interface Loop {
  readonly length: number;
  /** Parts start at multiples of this; 1 if left out. */
  readonly unit?: number;
  /** Counter steps of one element; 1 if left out. */
  readonly scale?: number;
}

/** A thread's range of a loop, in counter steps; the whole loop where there is no part. */
export function rangeOf(code: Code, part: Part | undefined, loop: Loop): Range {
  const { length, unit = 1, scale = 1 } = loop;
  const end = length * scale;
  if (!part) return { from: 0, to: end };
  const { thread, threads } = part;
  const [from, to] = [code.local("i32"), code.local("i32")];
  const atMostEnd = (local: Local) =>
    code.get(local).i32(end).get(local).i32(end).op("i32.lt_u").op("select").set(local);
  // ceil(units / threads) units each; the last threads may be left with less, or nothing
  code
    .i32(Math.ceil(length / unit) - 1)
    .get(threads)
    .op("i32.add");
  code
    .get(threads)
    .op("i32.div_u")
    .i32(unit * scale)
    .op("i32.mul")
    .tee(to);
  code.get(thread).op("i32.mul").set(from);
  atMostEnd(from).get(from).get(to).op("i32.add").set(to);
  atMostEnd(to);
  return { from, to };
}
