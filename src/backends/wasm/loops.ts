/** Maps and reductions as WebAssembly: loop nests around SIMD bodies. */
import { bytesPerElement } from "../../base/dtype.ts";
import { sizeOf } from "../../base/shape.ts";
import { type Collapsed, collapse } from "../../compile/collapse.ts";
import {
  type Buffer,
  type Index,
  type MapKernel,
  type ReduceKernel,
  valuesOf,
} from "../../compile/kernel.ts";
import { type AddressOf, Body, type Nest, type Shift, type Strides, type Width } from "./body.ts";
import type { Code, Local, VectorBits } from "./encode.ts";
import { largestShare, lineElements, type Part, type Range, rangeOf } from "./part.ts";

/** Lanes of a reduction's defined order: element j is added to lane j mod 8. */
const reductionLanes = 8;

/** Loops 0 … `depth` − 1 around `body`. */
function nested(code: Code, nest: Nest, depth: number, body: () => void, loop = 0): void {
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

/** Where vectors start beside the first one, in a step of the vector loop. */
const neighborsOf: Readonly<Record<VectorBits, readonly number[]>> = {
  128: [0],
  256: [0, 4],
};

/** One loop, or a range of it: two vectors at a time in 256 bits, then one by one, and then element by element. */
export function vectorized(
  code: Code,
  counter: Local,
  length: number,
  body: (width: Width, neighbors: readonly number[]) => void,
  range?: Range,
): void {
  const neighbors = neighborsOf[code.bits];
  if (range) {
    vectorizedRange(code, counter, { length, ...range }, body);
    return;
  }
  const part = (from: number, step: number, to: number, run: () => void) => {
    const end = from + step * Math.floor((to - from) / step);
    const [start, stop] = [from * bytesPerElement, end * bytesPerElement];
    const by = step * bytesPerElement;
    code.forRange({ local: counter, from: start, to: stop, step: by }, run);
    return end;
  };
  const paired = part(0, 4 * neighbors.length, length, () => body(4, neighbors));
  const whole = part(paired, 4, length, () => body(4, [0]));
  part(whole, 1, length, () => body(1, [0]));
}

/** The same from a whole cache line on, up to one or to the end. */
function vectorizedRange(
  code: Code,
  counter: Local,
  { length, from, to }: Range & { readonly length: number },
  body: (width: Width, neighbors: readonly number[]) => void,
): void {
  const neighbors = neighborsOf[code.bits];
  const end = code.local("i32");
  code.value(from).set(counter);
  const part = (step: number, run: () => void) => {
    const by = step * bytesPerElement;
    code.value(to).i32(-by).op("i32.and").set(end);
    code.forRange({ local: counter, from: counter, to: end, step: by }, run);
  };
  part(4 * neighbors.length, () => body(4, neighbors));
  if (length % (4 * neighbors.length) >= 4) part(4, () => body(4, [0]));
  if (length % 4 > 0) part(1, () => body(1, [0]));
}

/** Loops 0 … `kept` − 1 may be split among threads. */
function nestOf(
  code: Code,
  lengths: readonly number[],
  { vector, kept, part }: { vector: number; kept: number; part: Part | undefined },
): Nest {
  const counters = lengths.map(() => code.local("i32"));
  const nest = { lengths, counters, vector, inner: lengths.length - 1 };
  if (!part) return nest;
  const unit = (loop: number) => (loop === vector ? lineElements : 1);
  const balances = lengths.slice(0, kept).map((length, i) => {
    const pieces = Math.ceil(length / unit(i));
    return pieces / largestShare(pieces, part);
  });
  // the outermost that leaves hardly anyone idle: neighbors in memory should be one thread's
  const loop = balances.findIndex((balance) => balance >= 0.95 * Math.max(...balances));
  const range = { length: lengths[loop]!, unit: unit(loop), scale: bytesPerElement };
  return { ...nest, split: { loop, range: rangeOf(code, part, range) } };
}

/** Where a kernel's buffers lie, and what of its work is done. */
export interface Setting {
  readonly addressOf: AddressOf;
  /** How far buffers have moved with the steps of loops around; none if left out. */
  readonly strides?: Strides | undefined;
  /** What one of several threads does; all if left out. */
  readonly part?: Part | undefined;
}

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
  { addressOf, strides, part }: Setting,
): void {
  const collapsed = collapse(kernel);
  if (collapsed.outer.includes(0)) return;
  const lengths = collapsed.outer.length > 0 ? collapsed.outer : [1];
  const nest = nestOf(code, lengths, { vector: lengths.length - 1, kept: lengths.length, part });
  const body = new Body({ code, nest, addressOf, strides, collapsed });
  const values = kernel.stores.map(({ value }) => value);
  nested(code, nest, nest.inner, () => {
    const places = kernel.stores.map(({ index }) => index);
    body.hoist(values, places, { width: 4, neighbors: neighborsOf[code.bits] });
    const each = (width: Width, starts: readonly number[]) => {
      body.moved();
      // all loads before the first store: a result may lie where another value is read
      const results = starts.map((vector) => body.evaluate(values, width, { vector }));
      kernel.stores.forEach((store, i) => {
        // the higher address first: V8 then needs one store for two
        for (const [at, vector] of [...starts.entries()].reverse())
          body.store(store, results[at]![i]!, width, { vector });
      });
    };
    const range = rangeOfLoop(nest, nest.inner);
    vectorized(code, nest.counters[nest.inner]!, lengths.at(-1)!, each, range);
  });
}

/** How a reduction combines two vectors, and what it starts from. */
const combine = {
  sum: { op: "f32x4.add", start: 0 },
  max: { op: "f32x4.max", start: -Infinity },
} as const;

/** A reduction, or one thread's part of its results: at least one axis is kept if there is a part. */
export function emitReduce(
  code: Code,
  kernel: ReduceKernel,
  { addressOf, strides, part }: Setting,
): void {
  const collapsed = withReducedLoop(collapse(kernel));
  const [length] = collapsed.reduced as [number];
  if (collapsed.outer.includes(0)) return;
  const lengths = [...collapsed.outer, length];
  const columns = alongColumns(kernel, collapsed);
  const vector = lengths.length - (columns ? 2 : 1);
  const nest = nestOf(code, lengths, { vector, kept: lengths.length - 1, part });
  const body = new Body({ code, nest, addressOf, strides, collapsed });
  const reduction = new Reduction(code, kernel, nest, body);
  if (!columns) {
    nested(code, nest, nest.inner, () => reduction.row());
    return;
  }
  const each = (width: Width, neighbors: readonly number[]) => reduction.columns(width, neighbors);
  const range = rangeOfLoop(nest, vector);
  nested(code, nest, vector, () =>
    vectorized(code, nest.counters[vector]!, lengths[vector]!, each, range),
  );
}

/** A reduction always has one reduced loop, if only of one step. */
function withReducedLoop(collapsed: Collapsed): Collapsed {
  if (collapsed.reduced.length === 1) return collapsed;
  const coefficients = (index: Index) => [...collapsed.coefficients(index), 0];
  return { ...collapsed, reduced: [1], coefficients };
}

/** Whether more loads lie side by side along the last kept axis than along the reduced one. */
function alongColumns(kernel: ReduceKernel, collapsed: Collapsed): boolean {
  const last = collapsed.outer.length - 1;
  if (last < 0) return false;
  const strides = valuesOf([kernel.value]).flatMap((v) =>
    v.kind === "load" ? [collapsed.coefficients(v.index)] : [],
  );
  const scattered = (loop: number) => strides.filter((c) => c[loop]! > 1).length;
  return scattered(last) < scattered(last + 1);
}

class Reduction {
  readonly #code: Code;
  readonly #kernel: ReduceKernel;
  readonly #body: Body;
  readonly #length: number;
  readonly #counter: Local;

  constructor(code: Code, kernel: ReduceKernel, nest: Nest, body: Body) {
    this.#code = code;
    this.#kernel = kernel;
    this.#body = body;
    this.#length = nest.lengths[nest.inner]!;
    this.#counter = nest.counters[nest.inner]!;
  }

  /** One output, its terms side by side: eight lanes in two vectors. */
  row(): void {
    this.#hoist(4);
    const totals = this.#start(2);
    const whole = this.#whole();
    this.#loop(whole, () => {
      totals.forEach((total, i) => {
        this.#accumulate(total, 4, { inner: 4 * i });
      });
    });
    this.#at(whole);
    for (let done = whole, i = 0; done < this.#length; done += 4, i++) {
      const rest = Math.min(4, this.#length - done);
      if (rest === 4) this.#accumulate(totals[i]!, 4, { inner: done - whole });
      else this.#accumulatePart(totals[i]!, rest, done - whole);
    }
    this.#finishRow(totals as [Local, Local]);
  }

  /** Outputs side by side, a vector (or one) for each of `neighbors`: vectors for the order's lanes. */
  columns(width: Width, neighbors: readonly number[]): void {
    this.#hoist(width, neighbors);
    const count = Math.max(1, Math.min(reductionLanes, this.#length));
    const groups = neighbors.map((vector) => ({ vector, totals: this.#start(count) }));
    const whole = this.#whole();
    const add = (lane: number) => {
      for (const { vector, totals } of groups)
        this.#accumulate(totals[lane]!, width, { inner: lane, vector });
    };
    this.#loop(whole, () => {
      for (let lane = 0; lane < count; lane++) add(lane);
    });
    this.#at(whole);
    for (let done = whole; done < this.#length; done++) add(done - whole);
    for (const { totals } of groups) this.#combine(totals);
    // the higher address first: V8 then needs one store for two
    for (const { vector, totals } of groups.toReversed()) this.#store(totals[0], width, { vector });
  }

  /** Halves onto halves. Lanes without a term would add +0: nothing, as no total is ever -0. */
  #combine(totals: readonly Local[]): void {
    for (let half = reductionLanes / 2; half >= 1; half /= 2)
      for (let lane = 0; lane < half && lane + half < totals.length; lane++)
        this.#code
          .get(totals[lane]!)
          .get(totals[lane + half]!)
          .op(this.#op)
          .set(totals[lane]!);
  }

  get #op() {
    return combine[this.#kernel.op].op;
  }

  #whole = (): number => this.#length - (this.#length % reductionLanes);

  #hoist(width: Width, neighbors: readonly number[] = [0]): void {
    this.#body.hoist([this.#kernel.value], [this.#kernel.store.index], { width, neighbors });
  }

  #start(count: number): Local[] {
    return Array.from({ length: count }, () => {
      const total = this.#code.local("v128");
      this.#code.f32x4(combine[this.#kernel.op].start).set(total);
      return total;
    });
  }

  #loop(whole: number, body: () => void): void {
    const step = reductionLanes * bytesPerElement;
    const range = { local: this.#counter, from: 0, to: whole * bytesPerElement, step };
    this.#code.forRange(range, () => {
      this.#body.moved();
      body();
    });
  }

  #at(place: number): void {
    this.#code.i32(place * bytesPerElement).set(this.#counter);
    this.#body.moved();
  }

  #accumulate(total: Local, width: Width, shift: Shift): void {
    const [value] = this.#body.evaluate([this.#kernel.value], width, shift);
    this.#code.get(total).get(value!).op(this.#op).set(total);
  }

  /** Fewer than four terms: the other lanes get what changes nothing. */
  #accumulatePart(total: Local, terms: number, shift: number): void {
    const part = this.#code.local("v128");
    this.#code.f32x4(combine[this.#kernel.op].start).set(part);
    for (let lane = 0; lane < terms; lane++) {
      const [value] = this.#body.evaluate([this.#kernel.value], 1, { inner: shift + lane });
      this.#code.get(part).get(value!).lane("f32x4.extract_lane", 0);
      this.#code.lane("f32x4.replace_lane", lane).set(part);
    }
    this.#code.get(total).get(part).op(this.#op).set(total);
  }

  /** Lanes 0 … 3 with 4 … 7, then halves, then neighbors. */
  #finishRow([low, high]: readonly [Local, Local]): void {
    const code = this.#code;
    code.get(low).get(high).op(this.#op).set(low);
    code.get(low).get(low).get(low).shuffle32(2, 3, 2, 3).op(this.#op).set(low);
    code.get(low).get(low).get(low).shuffle32(1, 1, 1, 1).op(this.#op).set(low);
    this.#store(low, 1);
  }

  #store(value: Local | undefined, width: Width, shift: Shift = {}): void {
    if (value) this.#body.store(this.#kernel.store, value, width, shift);
  }
}
