/** Reductions as WebAssembly: one or a few outputs, whose terms lie side by side or one below the other. */
import { bytesPerElement } from "../../base/dtype.ts";
import type { ReduceKernel } from "../../compile/kernel.ts";
import type { Body, Nest, Shift, Width } from "./body.ts";
import type { Code, Local } from "./encode.ts";
import type { Mnemonic } from "./opcodes.ts";

/** Lanes of a reduction's defined order: element j is added to lane j mod 8. */
const reductionLanes = 8;

/** How a reduction combines two vectors, two of numbers alone, and what it starts from. */
const combine = {
  sum: { op: "f32x4.add", numbers: "f32x4.add", start: 0 },
  max: { op: "f32x4.max", numbers: "f32x4.pmax", start: -Infinity },
} as const;

/** The lanes of one output. */
interface Totals {
  readonly start: Shift;
  readonly low: Local;
  readonly high: Local;
  readonly flags: Flags | null;
}

/**
 * What a maximum by one comparison a vector leaves out, and `f32x4.max` takes eight instructions for:
 * whether a term was not a number, and the bits that all terms have. A maximum of 0 is -0 only if
 * all terms have the sign bit.
 */
interface Flags {
  readonly unordered: Local;
  readonly common: Local;
}

export const startsAt = (neighbors: readonly number[]): Shift[] =>
  neighbors.map((vector) => ({ vector }));

export class Reduction {
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

  /** So many outputs at once, the terms of each side by side: eight lanes in two vectors. */
  rows(count: number): void {
    const starts = Array.from({ length: count }, (_, outer) => ({ outer }));
    this.#hoist(4, starts);
    const all = starts.map((start) => this.#totals(start));
    this.#loop(() => {
      for (const totals of all) {
        this.#take(totals, totals.low, 0);
        this.#take(totals, totals.high, 4);
      }
    });
    this.#afterLoop();
    const rest = this.#length % reductionLanes;
    for (const totals of all) {
      if (rest >= 4) this.#take(totals, totals.low, 0);
      if (rest % 4 > 0) this.#takePart(totals, rest >= 4 ? 4 : 0, rest % 4);
      this.#finishRow(totals);
    }
  }

  /** Outputs side by side, a vector (or one) for each of `neighbors`: vectors for the order's lanes. */
  columns(width: Width, neighbors: readonly number[]): void {
    this.#hoist(width, startsAt(neighbors));
    const count = Math.max(1, Math.min(reductionLanes, this.#length));
    const lanes = () => Array.from({ length: count }, () => this.#filled(this.#start));
    const groups = neighbors.map((vector) => ({ vector, totals: lanes() }));
    const add = (lane: number) => {
      for (const { vector, totals } of groups) {
        const value = this.#evaluate(width, { inner: lane, vector });
        this.#combined(totals[lane]!, value, combine[this.#kernel.op].op);
      }
    };
    this.#loop(() => {
      for (let lane = 0; lane < count; lane++) add(lane);
    });
    this.#afterLoop();
    for (let lane = 0; lane < this.#length % reductionLanes; lane++) add(lane);
    for (const { totals } of groups) this.#halve(totals);
    // the higher address first: V8 then needs one store for two
    for (const { vector, totals } of groups.toReversed()) this.#store(totals[0], width, { vector });
  }

  /** Halves onto halves. Lanes without a term would add +0: nothing, as no total is ever -0. */
  #halve(totals: readonly Local[]): void {
    for (let half = reductionLanes / 2; half >= 1; half /= 2)
      for (let lane = 0; lane < half && lane + half < totals.length; lane++)
        this.#combined(totals[lane]!, totals[lane + half]!, combine[this.#kernel.op].op);
  }

  get #start(): number {
    return combine[this.#kernel.op].start;
  }

  #hoist(width: Width, starts: readonly Shift[]): void {
    this.#body.hoist([this.#kernel.value], [this.#kernel.store.index], { width, starts });
  }

  /** A vector with the same number in all lanes. */
  #filled(value: number): Local {
    const local = this.#code.local("v128");
    this.#code.f32x4(value).set(local);
    return local;
  }

  #totals(start: Shift): Totals {
    const [low, high] = [this.#filled(this.#start), this.#filled(this.#start)];
    const isMaximum = this.#kernel.op === "max";
    const flags = isMaximum
      ? { unordered: this.#filled(0), common: this.#filled(-Infinity) }
      : null;
    return { start, low, high, flags };
  }

  /** All whole eights of terms. */
  #loop(body: () => void): void {
    const whole = this.#length - (this.#length % reductionLanes);
    const [to, step] = [whole * bytesPerElement, reductionLanes * bytesPerElement];
    this.#code.forRange({ local: this.#counter, from: 0, to, step }, () => {
      this.#body.moved();
      body();
    });
  }

  #afterLoop(): void {
    const whole = this.#length - (this.#length % reductionLanes);
    this.#code.i32(whole * bytesPerElement).set(this.#counter);
    this.#body.moved();
  }

  #evaluate = (width: Width, shift: Shift): Local =>
    this.#body.evaluate([this.#kernel.value], width, shift)[0]!;

  #combined(total: Local, value: Local, op: Mnemonic): void {
    this.#code.get(total).get(value).op(op).set(total);
  }

  /** Four terms. */
  #take(totals: Totals, total: Local, inner: number): void {
    this.#add(totals, total, this.#evaluate(4, { ...totals.start, inner }));
  }

  #add({ flags }: Totals, total: Local, value: Local): void {
    this.#combined(total, value, combine[this.#kernel.op].numbers);
    if (!flags) return;
    const { unordered, common } = flags;
    this.#code.get(value).get(value).op("f32x4.ne").get(unordered).op("v128.or").set(unordered);
    this.#combined(common, value, "v128.and");
  }

  /** Fewer than four terms: the other lanes get what changes nothing. */
  #takePart(totals: Totals, inner: number, terms: number): void {
    const part = this.#filled(this.#start);
    for (let lane = 0; lane < terms; lane++) {
      const value = this.#evaluate(1, { ...totals.start, inner: inner + lane });
      this.#code.get(part).get(value).lane("f32x4.extract_lane", 0);
      this.#code.lane("f32x4.replace_lane", lane).set(part);
    }
    this.#add(totals, inner === 0 ? totals.low : totals.high, part);
  }

  /** Lanes 0 … 3 with 4 … 7, then halves, then neighbors. */
  #finishRow({ low, high, flags, start }: Totals): void {
    const { numbers } = combine[this.#kernel.op];
    this.#combined(low, high, numbers);
    this.#folded(low, numbers);
    if (flags) this.#withFlags(low, flags);
    this.#store(low, 1, start);
  }

  /** Lanes 2 and 3 onto 0 and 1, then lane 1 onto 0. */
  #folded(vector: Local, op: Mnemonic): void {
    const code = this.#code;
    code.get(vector).get(vector).get(vector).shuffle32(2, 3, 2, 3).op(op).set(vector);
    code.get(vector).get(vector).get(vector).shuffle32(1, 1, 1, 1).op(op).set(vector);
  }

  /** Of zeros the one that all terms agree on; no number where a term was none. */
  #withFlags(largest: Local, { unordered, common }: Flags): void {
    const code = this.#code;
    this.#folded(unordered, "v128.or");
    this.#folded(common, "v128.and");
    // ±0 lacks no bit but the sign's: where the largest is 0, the sign that all terms have
    code.get(common).f32x4(-0).op("v128.and").get(largest);
    code.get(largest).f32x4(0).op("f32x4.eq").op("v128.bitselect").set(largest);
    code.f32x4(Number.NaN).get(largest).get(unordered).op("v128.bitselect").set(largest);
  }

  #store(value: Local | undefined, width: Width, shift: Shift = {}): void {
    if (value) this.#body.store(this.#kernel.store, value, width, shift);
  }
}
