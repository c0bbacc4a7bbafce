/** Lane arithmetic as terms: equal terms are one object, and each becomes one SIMD instruction. */
import * as elementary from "../../base/elementary.ts";
import type { Lanes } from "../../base/lanes.ts";
import type { ElementwiseOp, Value } from "../../compile/kernel.ts";
import type { Mnemonic } from "./opcodes.ts";

export type Term = { readonly id: number } & (
  | { readonly kind: "constant"; readonly word: number }
  | { readonly kind: "source"; readonly value: Value & { readonly kind: "load" | "coordinate" } }
  | { readonly kind: "instruction"; readonly op: Mnemonic; readonly src: readonly Term[] }
  | {
      readonly kind: "shift";
      readonly op: Mnemonic;
      readonly src: readonly [Term];
      readonly count: number;
    }
);

const bits = new DataView(new ArrayBuffer(4));
const wordOf = (value: number) => {
  bits.setFloat32(0, value, true);
  return bits.getUint32(0, true);
};

export class TermTable implements Lanes<Term> {
  /** By their first operand, constants by their word. */
  readonly #made = new Map<Term | number, Term[]>();
  #count = 0;
  readonly #ofValue = new Map<Value, Term>();

  /** The term of a loop body's value. */
  of(value: Value): Term {
    const known = this.#ofValue.get(value);
    if (known) return known;
    const term = this.#translate(value);
    this.#ofValue.set(value, term);
    return term;
  }

  #translate(value: Value): Term {
    if (value.kind === "constant") {
      if (value.dtype === "f32") return this.float(value.value);
      return this.int(value.dtype === "bool" ? -Number(value.value !== 0) : value.value);
    }
    if (value.kind !== "compute") return { kind: "source", value, id: this.#count++ };
    return instructions[value.op](
      this,
      value.src.map((s) => this.of(s)),
      value,
    );
  }

  #alike(key: Term | number): Term[] {
    const known = this.#made.get(key);
    if (known) return known;
    const none: Term[] = [];
    this.#made.set(key, none);
    return none;
  }
  #add(alike: Term[], made: Term): Term {
    alike.push(made);
    return made;
  }

  op(op: Mnemonic, ...src: readonly Term[]): Term {
    const alike = this.#alike(src[0]!);
    for (const term of alike)
      if (term.kind === "instruction" && term.op === op && term.src.every((s, i) => s === src[i]))
        return term;
    return this.#add(alike, { kind: "instruction", op, src, id: this.#count++ });
  }
  #shift(op: Mnemonic, a: Term, count: number): Term {
    const alike = this.#alike(a);
    for (const term of alike)
      if (term.kind === "shift" && term.op === op && term.count === count) return term;
    return this.#add(alike, { kind: "shift", op, src: [a], count, id: this.#count++ });
  }
  #constant(word: number): Term {
    const alike = this.#alike(word);
    return alike[0] ?? this.#add(alike, { kind: "constant", word, id: this.#count++ });
  }

  float = (value: number): Term => this.#constant(wordOf(value));
  int = (value: number): Term => this.#constant(value >>> 0);
  add = (a: Term, b: Term): Term => this.op("f32x4.add", a, b);
  sub = (a: Term, b: Term): Term => this.op("f32x4.sub", a, b);
  mul = (a: Term, b: Term): Term => this.op("f32x4.mul", a, b);
  div = (a: Term, b: Term): Term => this.op("f32x4.div", a, b);
  abs = (a: Term): Term => this.op("f32x4.abs", a);
  pmin = (a: Term, b: Term): Term => this.op("f32x4.pmin", a, b);
  pmax = (a: Term, b: Term): Term => this.op("f32x4.pmax", a, b);
  less = (a: Term, b: Term): Term => this.op("f32x4.lt", a, b);
  equal = (a: Term, b: Term): Term => this.op("f32x4.eq", a, b);
  select = (mask: Term, a: Term, b: Term): Term => this.op("v128.bitselect", a, b, mask);
  and = (a: Term, b: Term): Term => this.op("v128.and", a, b);
  or = (a: Term, b: Term): Term => this.op("v128.or", a, b);
  addInt = (a: Term, b: Term): Term => this.op("i32x4.add", a, b);
  subInt = (a: Term, b: Term): Term => this.op("i32x4.sub", a, b);
  shiftLeft = (a: Term, count: number): Term => this.#shift("i32x4.shl", a, count);
  shiftRight = (a: Term, count: number): Term => this.#shift("i32x4.shr_s", a, count);
  fromInt = (a: Term): Term => this.op("f32x4.convert_i32x4_s", a);
}

type Instruction = (
  table: TermTable,
  src: readonly Term[],
  value: Value & { kind: "compute" },
) => Term;

const plain =
  (op: Mnemonic): Instruction =>
  (table, src) =>
    table.op(op, ...src);
const called =
  (f: (lanes: TermTable, x: Term) => Term): Instruction =>
  (table, [x]) =>
    f(table, x!);
const compared =
  (float: Mnemonic, int: Mnemonic): Instruction =>
  (table, src, value) =>
    table.op(value.src[0]!.dtype === "f32" ? float : int, ...src);

/** Conversions; a bool in a register is a mask, all ones or zero. */
const cast: Instruction = (table, [x], { dtype: to, src }) => {
  const from = src[0]!.dtype;
  if (from === to) return x!;
  if (from === "bool") return table.and(x!, to === "f32" ? table.float(1) : table.int(1));
  if (to === "bool") return table.op(from === "f32" ? "f32x4.ne" : "i32x4.ne", x!, table.int(0));
  return to === "f32" ? table.fromInt(x!) : table.op("i32x4.trunc_sat_f32x4_s", x!);
};

const instructions: { readonly [K in ElementwiseOp]: Instruction } = {
  neg: plain("f32x4.neg"),
  sqrt: plain("f32x4.sqrt"),
  exp: called(elementary.exp),
  log: called(elementary.log),
  tanh: called(elementary.tanh),
  erf: called(elementary.erf),
  sigmoid: called(elementary.sigmoid),
  softplus: called(elementary.softplus),
  cast,
  add: plain("f32x4.add"),
  sub: plain("f32x4.sub"),
  mul: plain("f32x4.mul"),
  div: plain("f32x4.div"),
  maximum: plain("f32x4.max"),
  less: compared("f32x4.lt", "i32x4.lt_s"),
  lessEqual: compared("f32x4.le", "i32x4.le_s"),
  equal: compared("f32x4.eq", "i32x4.eq"),
  where: (table, [condition, a, b]) => table.select(condition!, a!, b!),
};
