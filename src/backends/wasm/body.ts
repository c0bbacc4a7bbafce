/** A loop body in SIMD: addresses, what is hoisted out of the innermost loop, and the terms. */
import { bytesPerElement } from "../../base/dtype.ts";
import type { Collapsed } from "../../compile/collapse.ts";
import type { Buffer, Index, Value } from "../../compile/kernel.ts";
import type { Code, Local } from "./encode.ts";
import { type Term, TermTable } from "./lanes.ts";
import type { Range } from "./part.ts";

/** Four neighbors along the vector loop at once, or one element (in every lane). */
export type Width = 4 | 1;

/** The loops around a body. A counter holds 4 × the loop variable: bytes, for a stride of 1. */
export interface Nest {
  readonly lengths: readonly number[];
  readonly counters: readonly Local[];
  /** The loop whose neighbors fill the lanes. */
  readonly vector: number;
  /** The innermost loop: what does not depend on it is computed before it. */
  readonly inner: number;
  /** The loop of which a thread runs its part alone; in counter steps. */
  readonly split?: { readonly loop: number; readonly range: Range } | undefined;
}

export type AddressOf = (buffer: Buffer) => number;
/** Bytes that the steps of loops around a kernel add to the addresses of buffers. */
export type Strides = ReadonlyMap<Buffer, Local>;

/** How far ahead of the counters: elements along the innermost loop, the vector loop, and that around the innermost. */
export interface Shift {
  readonly inner?: number;
  readonly vector?: number;
  readonly outer?: number;
}

const start: Shift = {};
const startKey = ({ vector = 0, outer = 0 }: Shift) => `${vector} ${outer}`;

export interface Place {
  readonly buffer: Buffer;
  readonly index: Index;
}

export class Body {
  readonly #code: Code;
  readonly #nest: Nest;
  readonly #addressOf: AddressOf;
  readonly #strides: Strides | undefined;
  readonly #collapsed: Collapsed;
  readonly #terms = new TermTable();
  /** Locals set before the innermost loop: address parts by coefficients, and terms by place. */
  readonly #bases = new Map<string, Local>();
  /** Addresses of this step: V8 pairs only accesses whose addresses are one value. */
  readonly #addresses = new Map<string, Local>();
  readonly #hoisted = new Map<string, Map<Term, Local>>();
  /** Of each loop: whether a term changes within it. */
  readonly #varies = new Map<number, Map<Term, boolean>>();
  readonly #baseKeys = new Map<Index, string>();
  /** Vectors that nobody reads any more, and those read until counters move. */
  readonly #free: Local[] = [];
  readonly #results = new Set<Local>();

  constructor(options: {
    code: Code;
    nest: Nest;
    addressOf: AddressOf;
    strides: Strides | undefined;
    collapsed: Collapsed;
  }) {
    this.#code = options.code;
    this.#nest = options.nest;
    this.#addressOf = options.addressOf;
    this.#strides = options.strides;
    this.#collapsed = options.collapsed;
  }

  /**
   * Computes, before the innermost loop, all that `values` need and that stays the same within it,
   * for what starts at each of `starts` along the vector loop and that around the innermost.
   */
  hoist(
    values: readonly Value[],
    places: readonly Index[],
    { width, starts = [start] }: { width: Width; starts?: readonly Shift[] },
  ): void {
    this.#hoisted.clear();
    this.moved();
    const roots = values.map((value) => this.#terms.of(value));
    const seen = new Set<Term>();
    const walk = (term: Term) => {
      if (seen.has(term)) return;
      seen.add(term);
      if (term.kind === "source") this.#setBase(term.value.index);
      if ("src" in term) for (const s of term.src) walk(s);
    };
    for (const place of places) this.#setBase(place);
    roots.forEach(walk);
    const { inner, vector: lanes } = this.#nest;
    const varies = (term: Term) => this.#depends(term, inner);
    const feeding = [...seen].flatMap((t) => ("src" in t && varies(t) ? t.src : []));
    const needed = [...new Set([...roots, ...feeding])].filter((term) => !varies(term));
    const uses = countUses(needed);
    for (const shift of starts) {
      const locals = new Map<Term, Local>();
      const hoisted = new Map<Term, Local>();
      this.#hoisted.set(startKey(shift), hoisted);
      const first = this.#hoisted.get(startKey(start))!;
      for (const term of needed) {
        const moves =
          (shift.vector && this.#depends(term, lanes)) ||
          (shift.outer && this.#depends(term, inner - 1));
        const shared = moves ? undefined : first.get(term);
        const local = shared ?? this.#code.local("v128");
        if (!shared) {
          this.#emit(term, { width, shift, uses, locals });
          this.#code.set(local);
        }
        hoisted.set(term, local);
      }
    }
  }

  /** Emits the values at `shift`; they are left in locals until counters move. */
  evaluate(values: readonly Value[], width: Width, shift: Shift = {}): Local[] {
    return this.evaluateAll(values, width, [shift])[0]!;
  }

  /** The same at each of `shifts`, term by term: while one waits for itself, the others run. */
  evaluateAll(values: readonly Value[], width: Width, shifts: readonly Shift[]): Local[][] {
    const roots = values.map((value) => this.#terms.of(value));
    const left = countUses(roots);
    const isLast = (term: Term) => {
      left.set(term, left.get(term)! - 1);
      return left.get(term) === 0;
    };
    const emissions = shifts.map((shift) => ({ width, shift, uses: once, locals: new Map() }));
    for (const term of this.#changing(roots)) {
      const done = "src" in term ? term.src.filter(isLast) : [];
      for (const emission of emissions) {
        this.#emit(term, emission);
        for (const s of done) this.#release(emission.locals.get(s));
        const local = this.#free.pop() ?? this.#code.local("v128");
        this.#code.set(local);
        emission.locals.set(term, local);
      }
    }
    return emissions.map(({ shift, locals }) =>
      roots.map((root) => {
        const result = locals.get(root);
        if (result) this.#results.add(result);
        return result ?? this.#hoistedAt(shift, root)!;
      }),
    );
  }

  /** Whether a step of the innermost loop waits for its own arithmetic: not for memory, and with little beside it. */
  isChain(values: readonly Value[]): boolean {
    const terms = this.#changing(values.map((value) => this.#terms.of(value)));
    const sources = terms.filter(({ kind }) => kind === "source").length;
    return terms.length > 9 * sources && terms.length <= 64;
  }

  /** What changes with the innermost loop, operands first. */
  #changing(roots: readonly Term[]): Term[] {
    const seen = new Set<Term>();
    const walk = (term: Term) => {
      if (seen.has(term) || !this.#depends(term, this.#nest.inner)) return;
      if ("src" in term) term.src.forEach(walk);
      seen.add(term);
    };
    roots.forEach(walk);
    return [...seen];
  }

  #release(local: Local | undefined): void {
    if (local) this.#free.push(local);
  }

  #hoistedAt = (shift: Shift, term: Term) => this.#hoisted.get(startKey(shift))?.get(term);

  /** Stores a vector or its first lane at `index`. */
  store({ buffer, index }: Place, value: Local, width: Width, shift: Shift = {}): void {
    const offset = this.#address(index, shift, buffer) + this.#addressOf(buffer);
    this.#code.get(value);
    const stride = this.#coefficient(index, this.#nest.vector);
    if (width === 1) this.#code.laneAccess("v128.store32_lane", 0, { offset });
    else if (stride === 1) this.#code.store("v128.store", { offset });
    else
      for (let lane = 0; lane < 4; lane++) {
        if (lane > 0) {
          this.#address(index, shift, buffer);
          this.#code.get(value);
        }
        const at = { offset: offset + lane * stride * bytesPerElement };
        this.#code.laneAccess("v128.store32_lane", lane, at);
      }
  }

  #coefficient(index: Index, loop: number): number {
    return this.#collapsed.coefficients(index)[loop] ?? 0;
  }

  /** Whether a term changes within a loop. */
  #depends(term: Term, loop: number): boolean {
    const all = this.#varies.get(loop) ?? new Map<Term, boolean>();
    const known = all.get(term);
    if (known !== undefined) return known;
    const varies =
      term.kind === "source"
        ? this.#coefficient(term.value.index, loop) !== 0
        : "src" in term && term.src.some((s) => this.#depends(s, loop));
    this.#varies.set(loop, all.set(term, varies));
    return varies;
  }

  /** The part of an address that outer loops decide, if any, in a local. */
  #setBase(index: Index): void {
    const key = this.#baseKey(index);
    if (key === "") return;
    const local = this.#bases.get(key) ?? this.#code.local("i32");
    this.#bases.set(key, local);
    this.#code.i32(0);
    this.#outer(index).forEach((coefficient, loop) => {
      if (coefficient === 0) return;
      this.#code.get(this.#nest.counters[loop]!).i32(coefficient).op("i32.mul").op("i32.add");
    });
    this.#code.set(local);
  }

  #outer = (index: Index): number[] =>
    this.#collapsed.coefficients(index).map((c, loop) => (loop === this.#nest.inner ? 0 : c));

  #baseKey(index: Index): string {
    const known = this.#baseKeys.get(index);
    if (known !== undefined) return known;
    const outer = this.#outer(index);
    const key = outer.some((c) => c !== 0) ? outer.join() : "";
    this.#baseKeys.set(index, key);
    return key;
  }

  #static(index: Index, { inner = 0, vector = 0, outer = 0 }: Shift): number {
    const ahead =
      inner * this.#coefficient(index, this.#nest.inner) +
      vector * this.#coefficient(index, this.#nest.vector) +
      outer * this.#coefficient(index, this.#nest.inner - 1);
    return (index.offset + ahead) * bytesPerElement;
  }

  /** Forgets the addresses and results of the step before: call it where counters have moved. */
  moved(): void {
    this.#addresses.clear();
    this.#free.push(...this.#results);
    this.#results.clear();
  }

  /** Pushes 4 × (Σ coefficient · loop variable), and how far the buffer has moved; returns the constant part in bytes. */
  #address(index: Index, shift: Shift, buffer?: Buffer): number {
    const inner = this.#coefficient(index, this.#nest.inner);
    const counter = this.#nest.counters[this.#nest.inner]!;
    const outer = this.#baseKey(index);
    const base = this.#bases.get(outer);
    const stride = buffer && this.#strides?.get(buffer);
    const key = `${inner} ${outer} ${stride?.index ?? ""}`;
    const known = this.#addresses.get(key);
    if (known) this.#code.get(known);
    else if (inner === 0 && !stride) this.#code.value(base ?? 0);
    else if (inner === 1 && !base && !stride) this.#code.get(counter);
    else {
      if (inner === 0) this.#code.i32(0);
      else this.#code.get(counter);
      if (inner !== 0 && inner !== 1) this.#code.i32(inner).op("i32.mul");
      if (base) this.#code.get(base).op("i32.add");
      if (stride) this.#code.get(stride).op("i32.add");
      const local = this.#code.local("i32");
      this.#addresses.set(key, local);
      this.#code.tee(local);
    }
    return this.#static(index, shift);
  }

  /** Leaves a term on the stack; terms used more than once are kept in locals. */
  #emit(term: Term, emission: Emission): void {
    const { width, shift, uses, locals } = emission;
    const known = this.#hoistedAt(shift, term) ?? locals.get(term);
    if (known) {
      this.#code.get(known);
      return;
    }
    if (term.kind === "constant") {
      this.#code.v128(term.word, term.word, term.word, term.word);
      return;
    }
    if (term.kind === "source") {
      const { value } = term;
      if (value.kind === "load") this.#load(value.buffer, value.index, width, shift);
      else this.#coordinate(value.index, width, shift);
    } else {
      for (const s of term.src) this.#emit(s, emission);
      if (term.kind === "shift") this.#code.i32(term.count);
      this.#code.op(term.op);
    }
    if ((uses.get(term) ?? 0) < 2) return;
    const local = this.#code.local("v128");
    this.#code.tee(local);
    locals.set(term, local);
  }

  #load(buffer: Buffer, index: Index, width: Width, shift: Shift): void {
    const stride = this.#coefficient(index, this.#nest.vector);
    if (index.coefficients.some((c) => c < 0)) {
      this.#loadBackwards(buffer, index, width, shift);
      return;
    }
    const offset = this.#address(index, shift, buffer) + this.#addressOf(buffer);
    if (width === 1 || stride === 0) this.#code.load("v128.load32_splat", { offset });
    else if (stride === 1) this.#code.load("v128.load", { offset });
    else {
      this.#code.load("v128.load32_zero", { offset });
      const vector = this.#code.local("v128");
      for (let lane = 1; lane < 4; lane++) {
        this.#code.set(vector);
        this.#address(index, shift, buffer);
        const at = { offset: offset + lane * stride * bytesPerElement };
        this.#code.get(vector).laneAccess("v128.load32_lane", lane, at);
      }
    }
  }

  /** Where a counter is subtracted, the sum is an address only with all its parts. */
  #loadBackwards(buffer: Buffer, index: Index, width: Width, shift: Shift): void {
    const stride = this.#coefficient(index, this.#nest.vector);
    const address = (lane: number) => {
      const rest = this.#address(index, shift, buffer) + this.#addressOf(buffer);
      return this.#code.i32(rest + lane * stride * bytesPerElement).op("i32.add");
    };
    if (width === 1 || stride === 0) {
      address(0).load("v128.load32_splat");
      return;
    }
    const vector = this.#code.local("v128");
    address(0).load("v128.load32_zero").set(vector);
    for (let lane = 1; lane < 4; lane++)
      address(lane).get(vector).laneAccess("v128.load32_lane", lane).set(vector);
    this.#code.get(vector);
  }

  /** The integers offset + Σ coefficient · loop variable, one a lane: what is known is added last. */
  #coordinate(index: Index, width: Width, shift: Shift): void {
    const step = width === 4 ? this.#coefficient(index, this.#nest.vector) : 0;
    const start = this.#static(index, shift) / bytesPerElement;
    const key = `splat ${this.#coefficient(index, this.#nest.inner)} ${this.#baseKey(index)}`;
    const known = this.#addresses.get(key);
    if (known) this.#code.get(known);
    else {
      this.#address(index, shift);
      const splat = this.#code.local("v128");
      this.#code.i32(2).op("i32.shr_s").op("i32x4.splat").tee(splat);
      this.#addresses.set(key, splat);
    }
    this.#code.v128(start, start + step, start + 2 * step, start + 3 * step).op("i32x4.add");
  }
}

interface Emission {
  readonly width: Width;
  readonly shift: Shift;
  readonly uses: ReadonlyMap<Term, number>;
  readonly locals: Map<Term, Local>;
}

/** Of emissions that keep each term themselves. */
const once: ReadonlyMap<Term, number> = new Map();

function countUses(roots: readonly Term[]): Map<Term, number> {
  const uses = new Map<Term, number>();
  const walk = (term: Term) => {
    const before = uses.get(term) ?? 0;
    uses.set(term, before + 1);
    if (before === 0 && "src" in term) for (const s of term.src) walk(s);
  };
  roots.forEach(walk);
  return uses;
}
