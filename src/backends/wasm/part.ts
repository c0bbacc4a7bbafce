/** One thread's part of a kernel: a range of outputs, so that no sum is ever split. */
import type { Code, Local } from "./encode.ts";

/** The number of this thread, from 0, and how many share the work. */
export interface Part {
  readonly thread: Local;
  readonly threads: Local;
  /** How many will share it as a rule. */
  readonly expected: number;
  /** Address of `ticketWords` words that are zero when the kernel starts; none if it starts anew in a run. */
  readonly tickets?: number | undefined;
}

/** Pieces of so many loops of a kernel can be handed out. */
export const ticketWords = 16;

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

interface Pieces extends Loop {
  /** Elements of a piece: fewer would not pay. */
  readonly least: number;
  /** Number of the loop in its kernel. */
  readonly word: number;
  /** The same pieces however many threads come to take them; else equal parts may be of those who come. */
  readonly fixed?: boolean;
}

/** A thread's first piece is half of its share; what follows is so many times smaller. */
const finer = 4;

/** The first piece of each thread and those after it, in units; none if equal parts do as well. */
function cutOf(part: Part, { length, unit = 1, least, fixed }: Pieces) {
  const first = Math.round(length / part.expected / 2 / unit);
  const small = Math.max(Math.ceil(least / unit), Math.round(first / finer));
  const units = Math.ceil(length / unit);
  const left = units - first * part.expected;
  const pieces = part.expected + Math.ceil(left / small);
  if (2 * small <= first && left > 0) return { first, small, pieces };
  const equal = Math.ceil(units / part.expected);
  return fixed ? { first: equal, small: equal, pieces: Math.ceil(units / equal) } : undefined;
}

/**
 * A loop in pieces that threads take as they come to them, so that nobody waits long for a core
 * that is slower or has other work: large ones first, as each costs something to begin. In equal
 * parts where it is too short for that.
 *
 * Polychronopoulos and Kuck, Guided self-scheduling, IEEE Transactions on Computers 36(12), 1987.
 */
export function handOut(
  code: Code,
  part: Part | undefined,
  pieces: Pieces,
  body: (range: Range) => void,
): void {
  const { length, unit = 1, scale = 1, word } = pieces;
  const cut = part && cutOf(part, pieces);
  if (!part || part.tickets === undefined || !cut || word >= ticketWords) {
    body(rangeOf(code, part, pieces));
    return;
  }
  const [ticket, from, to] = [code.local("i32"), code.local("i32"), code.local("i32")];
  // ticket × small + min(ticket, threads) × (first − small), in units
  const startOf = () => {
    const { expected } = part;
    code.get(ticket).i32(cut.small).op("i32.mul");
    code.get(ticket).i32(expected).get(ticket).i32(expected).op("i32.lt_u").op("select");
    code
      .i32(cut.first - cut.small)
      .op("i32.mul")
      .op("i32.add");
    return code.i32(unit * scale).op("i32.mul");
  };
  const end = length * scale;
  const words = part.tickets + 4 * word;
  code.block((done) => {
    code.loop((again) => {
      code.i32(words).i32(1).store("i32.atomic.rmw.add").tee(ticket);
      code.i32(cut.pieces).op("i32.ge_u").brIf(done);
      startOf().set(from);
      code.get(ticket).i32(1).op("i32.add").set(ticket);
      startOf().tee(to).i32(end).get(to).i32(end).op("i32.lt_u").op("select").set(to);
      body({ from, to });
      code.br(again);
    });
  });
}
