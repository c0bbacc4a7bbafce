/** exp, expm1, log, log1p and log2 in float64 within 1 ulp or so, the same bits in every engine. */
import { polynomial, powerOfTwo, scaleByPowerOfTwo, splitFloat } from "./bits.ts";

/** ln 2 in two parts; the first has 21 zero bits at its end, so k · HIGH is exact. */
const LN2_HIGH = 6.9314718036912382e-1;
const LN2_LOW = 1.9082149292705877e-10;

/** 1/2!, 1/3!, … 1/14!: enough for |r| ≤ ln(2)/2. */
const INVERSE_FACTORIALS = Array.from({ length: 13 }, (_, n) => {
  let factorial = 1;
  for (let i = 2; i <= n + 2; i++) factorial *= i;
  return 1 / factorial;
});

/** 2/3, 2/5, … 2/23: log((1+s)/(1-s)) = 2s + s · Σ 2/(2n+1) s^2n. */
const ATANH_SERIES = [0, ...Array.from({ length: 11 }, (_, n) => 2 / (2 * n + 3))];

/** e^r - 1 for x = k ln 2 + r, where `rest` is the rounding error of r. */
function reducedExpm1(x: number, k: number): number {
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const rest = high - r - low;
  return r + (r * r * polynomial(INVERSE_FACTORIALS, r) + rest);
}

/**
 * e^x, within 1 ulp.
 * @example exp(1) // 2.718281828459045
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const k = Math.floor(x / Math.LN2 + 0.5);
  return scaleByPowerOfTwo(1 + reducedExpm1(x, k), k);
}

/**
 * e^x - 1 without cancellation near 0, within 2 ulp.
 * @example expm1(1e-10) // 1.00000000005e-10
 */
export function expm1(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  if (x < -40) return -1;
  if (x > 40) return exp(x);
  const k = Math.floor(x / Math.LN2 + 0.5);
  const reduced = reducedExpm1(x, k);
  return k === 0 ? reduced : powerOfTwo(k) * (reduced + (1 - powerOfTwo(-k)));
}

/** k ln 2 + log(1 + f) + correction, for 1 + f in [√½, √2). */
function logarithm(f: number, k: number, correction: number): number {
  const s = f / (2 + f);
  const half = 0.5 * f * f;
  const series = s * (half + polynomial(ATANH_SERIES, s * s));
  return k * LN2_HIGH - (half - (series + (k * LN2_LOW + correction)) - f);
}

/**
 * Natural logarithm, within 1 ulp; NaN below 0 and -Infinity at 0.
 * @example log(10) // 2.302585092994046
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const { fraction, exponent } = splitFloat(x);
  return logarithm(fraction - 1, exponent, 0);
}

/**
 * Logarithm to base 2, within 2 ulp and exact at powers of two.
 * @example log2(1 / 8) // -3
 */
export function log2(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const { fraction, exponent } = splitFloat(x);
  return exponent + logarithm(fraction - 1, 0, 0) / Math.LN2;
}

/**
 * log(1 + x) without cancellation near 0, within 1 ulp.
 * @example log1p(1e-10) // 9.9999999995e-11
 */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === 0 || x === Infinity) return x;
  if (x > -0.29 && x < 0.41) return logarithm(x, 0, 0);
  const u = 1 + x;
  const lost = x > 1 ? 1 - (u - x) : x - (u - 1);
  const { fraction, exponent } = splitFloat(u);
  return logarithm(fraction - 1, exponent, lost / u);
}
