/** The machine of one lane in plain JavaScript: the definition that every backend's bits must equal. */

import { erf, exp, log, sigmoid, softplus, tanh } from "./elementary.ts";
import type { Lanes } from "./lanes.ts";

const floats = new Float32Array(1);
const ints = new Int32Array(floats.buffer);

/** The int32 that has the bits of `value` rounded to float32. */
function bits(value: number): number {
  floats[0] = value;
  return ints[0]!;
}

/** The float32 that has these bits. */
function float(word: number): number {
  ints[0] = word;
  return floats[0]!;
}

const mask = (holds: boolean) => (holds ? -1 : 0);

/** A lane is held as its bits, an int32: a float64 would not keep those of every NaN. */
export const lanes32: Lanes<number> = {
  float: bits,
  int: (value) => value | 0,
  // The float64 result of one operation on two float32, rounded again, is the float32 result.
  add: (a, b) => bits(float(a) + float(b)),
  sub: (a, b) => bits(float(a) - float(b)),
  mul: (a, b) => bits(float(a) * float(b)),
  div: (a, b) => bits(float(a) / float(b)),
  abs: (a) => a & 0x7fffffff,
  pmin: (a, b) => (float(b) < float(a) ? b : a),
  pmax: (a, b) => (float(a) < float(b) ? b : a),
  less: (a, b) => mask(float(a) < float(b)),
  equal: (a, b) => mask(float(a) === float(b)),
  select: (chosen, a, b) => (a & chosen) | (b & ~chosen),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  addInt: (a, b) => (a + b) | 0,
  subInt: (a, b) => (a - b) | 0,
  shiftLeft: (a, count) => a << count,
  shiftRight: (a, count) => a >> count,
  fromInt: (a) => bits(a),
};

/** eˣ in float32; `x` is rounded to float32 first, here and below: `exp32(1)`. */
export function exp32(x: number): number {
  return float(exp(lanes32, bits(x)));
}

/** The natural logarithm in float32; log 0 = -Infinity, NaN below. */
export function log32(x: number): number {
  return float(log(lanes32, bits(x)));
}

/** The hyperbolic tangent in float32. */
export function tanh32(x: number): number {
  return float(tanh(lanes32, bits(x)));
}

/** The error function 2/√π ∫₀ˣ e^(−t²) dt in float32. */
export function erf32(x: number): number {
  return float(erf(lanes32, bits(x)));
}

/** 1 / (1 + e⁻ˣ) in float32. */
export function sigmoid32(x: number): number {
  return float(sigmoid(lanes32, bits(x)));
}

/** log(1 + eˣ) in float32. */
export function softplus32(x: number): number {
  return float(softplus(lanes32, bits(x)));
}
