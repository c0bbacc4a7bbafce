/**
 * exp, log, tanh, erf, sigmoid and softplus in float32, without branches, written once for any
 * machine of lanes. Coefficients: test/goldens/elementary/fit.py. Distance from the float64 result
 * rounded to float32, over every float32 there is, subnormal ones included: at most 1 ulp for exp and
 * log, 2 for tanh, erf and sigmoid, 3 for softplus.
 */

import type { Lanes } from "./lanes.ts";

const log2E = Math.LOG2E;
const ln2 = Math.LN2;
/** ln 2 in two floats; the first has 15 bits, so that its product with an exponent is exact. */
const ln2High = 0.693145751953125;
const ln2Low = 1.428606765330187e-6;

const signBit = -0x80000000;

/** Adding this rounds to an integer (ties to even) and leaves it in the low bits of the result. */
const rounder = 0xc00000;

/** c₀ + c₁x + c₂x² + …, from the last coefficient down. */
function horner<V>(m: Lanes<V>, x: V, coefficients: readonly number[]): V {
  let sum = m.float(coefficients.at(-1)!);
  for (let place = coefficients.length - 2; place >= 0; place--) {
    sum = m.add(m.mul(sum, x), m.float(coefficients[place]!));
  }
  return sum;
}

/** c₀ + c₁x + … + c₇x⁷ in pairs, and pairs of those (Estrin's scheme), which can run side by side. */
function septic<V>(m: Lanes<V>, x: V, coefficients: readonly number[]): V {
  const square = m.mul(x, x);
  const pair = (i: number) =>
    m.add(m.float(coefficients[i]!), m.mul(x, m.float(coefficients[i + 1]!)));
  const four = (i: number) => m.add(pair(i), m.mul(square, pair(i + 2)));
  return m.add(four(0), m.mul(m.mul(square, square), four(4)));
}

/** eʳ − 1 for |r| ≤ ln 2 / 2: r + r² q(r), with q in two chains that can run side by side. */
function tail<V>(m: Lanes<V>, r: V): V {
  const square = m.mul(r, r);
  const low = horner(m, r, [0.4999999701976776, 0.1666654646396637]);
  const middle = horner(m, r, [0.04166743904352188, 0.008366256952285767]);
  const high = m.add(middle, m.mul(square, m.float(0.0013870327966287732)));
  return m.add(r, m.mul(square, m.add(low, m.mul(square, high))));
}

/**
 * eˣ for −104 ≤ x ≤ 89: x = n ln 2 + r, then (1 + tail r) · 2ⁿ by two factors of about 2^(n/2), as n
 * runs from −150 to 128. The rounder leaves n + 254, twice the exponent bias, for both of them.
 */
function power<V>(m: Lanes<V>, x: V): V {
  const shift = m.float(rounder + 254);
  const rounded = m.add(m.mul(x, m.float(log2E)), shift);
  const n = m.sub(rounded, shift);
  const high = m.sub(x, m.mul(n, m.float(ln2High)));
  const r = m.sub(high, m.mul(n, m.float(ln2Low)));
  const first = m.shiftLeft(m.shiftRight(rounded, 1), 23);
  const second = m.subInt(m.shiftLeft(rounded, 23), first);
  return m.mul(m.mul(m.add(m.float(1), tail(m, r)), first), second);
}

/** eˣ; 0 below −104, Infinity above 88.73. */
export function exp<V>(m: Lanes<V>, x: V): V {
  return power(m, m.pmin(m.pmax(x, m.float(-104)), m.float(89)));
}

/** e^−|x|, at most 1. */
function powerOfMinus<V>(m: Lanes<V>, x: V): V {
  return power(m, m.pmax(m.or(x, m.int(signBit)), m.float(-104)));
}

/**
 * 2ⁿ and 2ⁿ tail r, whose sum is eˣ, for −40 ≤ x ≤ 0: apart, they keep 1 − eˣ exact near 0. The
 * product n ln 2 is exact to n = −7, beyond which its error is too small to matter.
 */
function powerParts<V>(m: Lanes<V>, x: V): readonly [scale: V, rest: V] {
  const shift = m.float(rounder + 127);
  const rounded = m.add(m.mul(x, m.float(log2E)), shift);
  const r = m.sub(x, m.mul(m.sub(rounded, shift), m.float(ln2)));
  const scale = m.shiftLeft(rounded, 23);
  return [scale, m.mul(scale, tail(m, r))];
}

/** `magnitude` ≥ 0 with the sign of `x`. */
function withSign<V>(m: Lanes<V>, magnitude: V, x: V): V {
  return m.or(magnitude, m.and(x, m.int(signBit)));
}

/** (1 − e^−2|x|) / (1 + e^−2|x|) with the sign of x. */
export function tanh<V>(m: Lanes<V>, x: V): V {
  const one = m.float(1);
  const [scale, rest] = powerParts(m, m.mul(m.pmin(m.abs(x), m.float(10)), m.float(-2)));
  const above = m.sub(m.sub(one, scale), rest);
  const below = m.add(m.add(one, scale), rest);
  return withSign(m, m.div(above, below), x);
}

/**
 * y − a y³ + b y⁵ with y = x + x p(x²): flat where it is 1, so that an error of y counts little there.
 * Beyond ±3.9 it is ±1. Written so that -0 stays.
 */
export function erf<V>(m: Lanes<V>, x: V): V {
  const inside = m.pmax(m.pmin(x, m.float(3.9)), m.float(-3.9));
  const p = septic(
    m,
    m.mul(inside, inside),
    [
      0.12837916612625122, -0.10368601977825165, 0.00813395157456398, -0.0004729412030428648,
      2.059251710306853e-5, -6.7248004143039e-7, 1.553083173178038e-8, -1.947287747716686e-10,
    ],
  );
  const y = m.add(inside, m.mul(inside, p));
  const square = m.mul(y, y);
  const cubic = m.mul(y, m.float(0.18962961435317993));
  const quintic = m.mul(m.mul(y, m.float(0.01618172600865364)), square);
  return m.sub(y, m.mul(square, m.sub(cubic, quintic)));
}

/** 1 / (1 + e⁻ˣ), as eˣ / (1 + eˣ) below 0, so that nothing overflows. */
export function sigmoid<V>(m: Lanes<V>, x: V): V {
  const e = powerOfMinus(m, x);
  const one = m.float(1);
  return m.div(m.select(m.less(x, m.float(0)), e, one), m.add(one, e));
}

/** log(1 + eˣ) = max(x, 0) + log(1 + e), e = e^−|x|; log(1 + e) = 2 atanh(w/2), w = e / (1 + e/2). */
export function softplus<V>(m: Lanes<V>, x: V): V {
  const e = powerOfMinus(m, x);
  const w = m.div(e, m.add(m.float(1), m.mul(e, m.float(0.5))));
  const z = m.mul(w, w);
  const q = horner(
    m,
    z,
    [0.08333301544189453, 0.012506796978414059, 0.0021873603109270334, 0.0005474498029798269],
  );
  return m.add(m.pmax(x, m.float(0)), m.add(w, m.mul(w, m.mul(z, q))));
}

const smallestNormal = 1.1754943508222875e-38;
const rootHalf = 0x3f3504f3;

/**
 * x = 2ᵏ (1 + f) with 1 + f from √½ to √2; log(1 + f) = f − f²/2 + s (f²/2 + R(s²)), s = f / (2 + f),
 * R(s²) = 2 atanh(s)/s − 2. Subnormal numbers are scaled by 2²³ first.
 */
export function log<V>(m: Lanes<V>, x: V): V {
  const small = m.less(x, m.float(smallestNormal));
  const normal = m.select(small, m.mul(x, m.float(0x800000)), x);
  const above = m.subInt(normal, m.int(rootHalf));
  const k = m.add(m.fromInt(m.shiftRight(above, 23)), m.and(small, m.float(-23)));
  const significand = m.addInt(m.and(above, m.int(0x7fffff)), m.int(rootHalf));
  const f = m.sub(significand, m.float(1));

  const s = m.div(f, m.add(f, m.float(2)));
  const z = m.mul(s, s);
  const r = m.mul(z, horner(m, z, [0.6666677594184875, 0.39977583289146423, 0.2987079918384552]));
  const half = m.mul(m.mul(f, f), m.float(0.5));
  const fraction = m.sub(f, m.sub(half, m.mul(s, m.add(half, r))));
  const finite = m.add(m.mul(k, m.float(ln2)), fraction);

  const zero = m.float(0);
  const infinity = m.float(Number.POSITIVE_INFINITY);
  const positive = m.select(m.less(x, infinity), finite, x); // Infinity and NaN stay
  const atZero = m.select(m.equal(x, zero), m.float(Number.NEGATIVE_INFINITY), positive);
  return m.or(atZero, m.less(x, zero)); // a mask of ones is a NaN
}
