/**
 * A machine of 32-bit lanes, the vocabulary in which float32 functions are written once and run
 * anywhere: by scalar arithmetic (lanes32.ts), or by an emitter whose `V` names a vector.
 *
 * `V` holds a float32, an int32 or a mask (all ones or zero) without saying which, as WebAssembly's
 * v128 does. Every float operation rounds to float32 once; there is no fused multiply-add.
 */
export interface Lanes<V> {
  /** A float constant in every lane, rounded to float32. */
  float(value: number): V;
  /** An int32 constant in every lane. */
  int(value: number): V;

  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  mul(a: V, b: V): V;
  div(a: V, b: V): V;
  abs(a: V): V;
  /** `b < a ? b : a`, f32x4.pmin (not f32x4.min): a NaN in `a` stays. */
  pmin(a: V, b: V): V;
  /** `a < b ? b : a`, f32x4.pmax (not f32x4.max): a NaN in `a` stays. */
  pmax(a: V, b: V): V;

  /** The mask of `a < b` for floats, zero where either is NaN. */
  less(a: V, b: V): V;
  /** The mask of `a = b` for floats, zero where either is NaN; -0 equals 0. */
  equal(a: V, b: V): V;
  /** Bit for bit `(a & mask) | (b & ~mask)`. */
  select(mask: V, a: V, b: V): V;
  and(a: V, b: V): V;
  or(a: V, b: V): V;

  /** int32 addition modulo 2³². */
  addInt(a: V, b: V): V;
  /** int32 subtraction modulo 2³². */
  subInt(a: V, b: V): V;
  shiftLeft(a: V, count: number): V;
  /** Arithmetic: the sign bit fills. */
  shiftRight(a: V, count: number): V;
  /** int32 to the nearest float32, ties to even. */
  fromInt(a: V): V;
}
