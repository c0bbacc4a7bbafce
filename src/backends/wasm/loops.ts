/** Maps and reductions as WebAssembly: loop nests around SIMD bodies. */
import { bytesPerElement } from "../../base/dtype.ts";
import { sizeOf } from "../../base/shape.ts";
import { alongColumns, type Collapsed, collapse, type Loop } from "../../compile/collapse.ts";
import { costOf } from "../../compile/cost.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type MapKernel,
  type ReduceKernel,
  valuesOf,
} from "../../compile/kernel.ts";
import { type AddressOf, Body, type Nest, type Strides, type Width } from "./body.ts";
import type { Code, Local } from "./encode.ts";
import { handOut, largestShare, lineElements, type Part, type Range, rangeOf } from "./part.ts";
import { Reduction, startsAt } from "./reduction.ts";

/** Loops `loop` … `depth` − 1 around `body`. */
export function nested(
  code: Code,
  nest: Nest,
  depth: number,
  body: () => void,
  loop: number,
): void {
  if (loop === depth) {
    body();
    return;
  }
  const range = rangeOfLoop(nest, loop) ?? { from: 0, to: nest.lengths[loop]! * bytesPerElement };
  code.forRange({ local: nest.counters[loop]!, ...range, step: bytesPerElement }, () =>
    nested(code, nest, depth, body, loop + 1),
  );
}

const rangeOfLoop = ({ split }: Nest, loop: number) =>
  split?.loop === loop ? split.range : undefined;

/** Where so many vectors start that lie side by side. */
const startsOf = (vectors: number): number[] => Array.from({ length: vectors }, (_, i) => 4 * i);
/** How many vectors V8 makes one of. */
const pairedIn = (code: Code): number => code.bits / 128;

/**
 * One loop, or a range of it from a whole cache line on: `together` times the vectors that V8 makes
 * one of in a step, then those alone, then one by one, and then element by element.
 */
export function vectorized(
  code: Code,
  counter: Local,
  loop: { readonly length: number; readonly range?: Range | undefined; readonly together?: number },
  body: (width: Width, starts: readonly number[]) => void,
): void {
  const { length, range, together = 1 } = loop;
  const paired = pairedIn(code);
  const steps = [...new Set([4 * paired * together, 4 * paired, 4, 1])];
  stepped(code, counter, { length, range, steps }, (step) =>
    body(step === 1 ? 1 : 4, startsOf(Math.ceil(step / 4))),
  );
}

/** A loop in steps of so many elements, each a divisor of the one before: the longest while it fits. */
function stepped(
  code: Code,
  counter: Local,
  given: { length: number; range: Range | undefined; steps: readonly number[] },
  body: (step: number) => void,
): void {
  const { length, range, steps } = given;
  const end = code.local("i32");
  if (range) code.value(range.from).set(counter);
  let [done, left] = [0, length];
  for (const step of steps) {
    const by = step * bytesPerElement;
    if (!range) {
      const to = done + left - (left % step);
      const bytes = { from: done * bytesPerElement, to: to * bytesPerElement };
      code.forRange({ local: counter, ...bytes, step: by }, () => body(step));
      done = to;
    } else if (left >= step) {
      // as many whole steps as there are
      code.value(range.to).value(range.to).get(counter).op("i32.sub");
      code
        .i32(by - 1)
        .op("i32.and")
        .op("i32.sub")
        .set(end);
      code.forRange({ local: counter, from: counter, to: end, step: by }, () => body(step));
    }
    // a range is whole cache lines, but for the end of the loop
    left = range && step > lineElements ? length : length % step;
  }
}

/** A piece of so many nanoseconds is worth taking. */
const leastPiece = 4000;

/** The loops of a kernel, of which 0 … `kept` − 1 may be split among threads; the first counters may be given. */
export function inNest(
  code: Code,
  lengths: readonly number[],
  given: {
    readonly kernel: Kernel;
    /** The loop of which a part is whole cache lines. */
    readonly vector: number;
    /** Another, of which a part is a multiple of so many steps. */
    readonly together?: { readonly loop: number; readonly steps: number };
    readonly kept: number;
    readonly part: Part | undefined;
    readonly counters?: readonly Local[] | undefined;
  },
  body: (nest: Nest) => void,
): void {
  const { vector, kept, part, kernel, together } = given;
  const counters = lengths.map((_, loop) => given.counters?.[loop] ?? code.local("i32"));
  const nest = { lengths, counters, vector, inner: lengths.length - 1 };
  if (!part) {
    body(nest);
    return;
  }
  const unit = (loop: number) =>
    loop === vector ? lineElements : loop === together?.loop ? together.steps : 1;
  const balances = lengths.slice(0, kept).map((length, i) => {
    const pieces = Math.ceil(length / unit(i));
    return pieces / largestShare(pieces, part);
  });
  // the outermost that leaves hardly anyone idle: neighbors in memory should be one thread's
  const loop = balances.findIndex((balance) => balance >= 0.95 * Math.max(...balances));
  const length = lengths[loop]!;
  const least = Math.ceil((length * leastPiece) / costOf(kernel));
  const pieces = { length, unit: unit(loop), scale: bytesPerElement, least, word: 0 };
  handOut(code, part, pieces, (range) => body({ ...nest, split: { loop, range } }));
}

/** Where a kernel's buffers lie, and what of its work is done. */
export interface Setting {
  readonly addressOf: AddressOf;
  /** How far buffers have moved with the steps of loops around; none if left out. */
  readonly strides?: Strides | undefined;
  /** What one of several threads does; all if left out. */
  readonly part?: Part | undefined;
  /** Loops around that several kernels share. */
  readonly rows?: Rows | undefined;
}

export interface Rows {
  /** How many loops of the kernel these stand for, and what remains of them. */
  readonly depth: number;
  readonly rows: readonly Loop[];
  readonly counters: readonly Local[];
}

const none: Pick<Rows, "counters"> = { counters: [] };

/** Sets a buffer to zero. */
export function emitClear(code: Code, buffer: Buffer, { addressOf, strides, part }: Setting): void {
  const length = sizeOf(buffer.shape);
  const all = { length, unit: lineElements, scale: bytesPerElement };
  const { from, to } = rangeOf(code, part, all);
  const stride = strides?.get(buffer);
  code.i32(addressOf(buffer));
  if (stride) code.get(stride).op("i32.add");
  if (part) code.value(from).op("i32.add");
  code.i32(0).value(to);
  if (part) code.value(from).op("i32.sub");
  code.op("memory.fill");
}

/** A map, or one thread's part of it; what it clears is clear already. */
export function emitMap(
  code: Code,
  kernel: MapKernel,
  { addressOf, strides, part, rows }: Setting,
): void {
  const collapsed = collapse(kernel, rows);
  if (collapsed.outer.includes(0)) return;
  const { counters } = rows ?? none;
  const all = collapsed.outer;
  const lengths = all.length > counters.length ? all : [...all, 1];
  const vector = lengths.length - 1;
  inNest(code, lengths, { kernel, vector, kept: lengths.length, part, counters }, (nest) => {
    const body = new Body({ code, nest, addressOf, strides, collapsed });
    const { before, each, together } = storing(code, kernel, body);
    const loops = () => {
      before();
      const range = rangeOfLoop(nest, nest.inner);
      const loop = { length: lengths.at(-1)!, range, together };
      vectorized(code, nest.counters[nest.inner]!, loop, each);
    };
    nested(code, nest, nest.inner, loops, counters.length);
  });
}

/** What a map does before its innermost loop, and in each step of it: for so many vectors together. */
export function storing(
  code: Code,
  { stores }: MapKernel,
  body: Body,
): {
  readonly together: number;
  before(): void;
  each(width: Width, starts: readonly number[]): void;
} {
  const values = stores.map(({ value }) => value);
  const places = stores.map(({ index }) => index);
  const together = body.isChain(values) ? 4 : 1;
  const starts = startsAt(startsOf(pairedIn(code) * together));
  return {
    together,
    before: () => body.hoist(values, places, { width: 4, starts }),
    each: (width, starts) => {
      body.moved();
      // all loads before the first store: a result may lie where another value is read
      const shifts = starts.map((vector) => ({ vector }));
      const results = body.evaluateAll(values, width, shifts);
      stores.forEach((store, i) => {
        // the higher address first: V8 then needs one store for two
        for (const [at, vector] of [...starts.entries()].reverse())
          body.store(store, results[at]![i]!, width, { vector });
      });
    },
  };
}

/** A reduction, or one thread's part of its results: at least one axis is kept if there is a part. */
export function emitReduce(
  code: Code,
  kernel: ReduceKernel,
  { addressOf, strides, part, rows }: Setting,
): void {
  const { counters } = rows ?? none;
  const collapsed = withReducedLoop(collapse(kernel, rows));
  if (collapsed.outer.includes(0)) return;
  const lengths = [...collapsed.outer, collapsed.reduced[0]!];
  const columns = collapsed.outer.length > counters.length && alongColumns(kernel, collapsed);
  const vector = lengths.length - (columns ? 2 : 1);
  // rows lie along a loop of their own, or there is one alone
  const loop = lengths.length - 2;
  const steps = columns || loop < counters.length ? 1 : rowsAtOnce(kernel);
  const together = { loop, steps };
  const given = { kernel, vector, together, kept: loop + 1, part, counters };
  inNest(code, lengths, given, (nest) => {
    const body = new Body({ code, nest, addressOf, strides, collapsed });
    const reduction = new Reduction(code, kernel, nest, body);
    const setting = { reduction, loop, steps, columns, fixed: loop < counters.length };
    const each = () => emitResults(code, nest, setting);
    nested(code, nest, Math.max(loop, counters.length), each, counters.length);
  });
}

/** The innermost loop of results: side by side, or so many rows at once. */
function emitResults(
  code: Code,
  nest: Nest,
  { reduction, loop, steps, columns, fixed }: Results,
): void {
  const [counter, length] = [nest.counters[loop]!, nest.lengths[loop]!];
  const range = rangeOfLoop(nest, loop);
  if (columns)
    vectorized(code, counter, { length, range }, (width, neighbors) =>
      reduction.columns(width, neighbors),
    );
  else if (fixed) reduction.rows(1);
  else
    stepped(code, counter, { length, range, steps: steps > 1 ? [steps, 1] : [1] }, (count) =>
      reduction.rows(count),
    );
}

interface Results {
  readonly reduction: Reduction;
  readonly loop: number;
  /** Rows that are reduced together. */
  readonly steps: number;
  /** Whether results lie side by side in memory. */
  readonly columns: boolean;
  /** Whether the loop is one around the kernel. */
  readonly fixed: boolean;
}

/** Two sums run side by side, as each addition waits for the one before; V8 has no registers for four. */
const rowsAtOnce = ({ op, value }: ReduceKernel): number =>
  op === "sum" && valuesOf([value]).length <= 12 ? 2 : 1;

/** A reduction always has one reduced loop, if only of one step. */
function withReducedLoop(collapsed: Collapsed): Collapsed {
  if (collapsed.reduced.length === 1) return collapsed;
  const coefficients = (index: Index) => [...collapsed.coefficients(index), 0];
  return { ...collapsed, reduced: [1], coefficients };
}
