/** The error function and the normal distribution in float64. */
import { polynomial } from "./bits.ts";
import { exp, log } from "./exponential.ts";

/** Taylor series of erf(x) / x in x², for |x| ≤ 0.5 (test/goldens/math/coefficients.py). */
const ERF_SERIES = [
  1.1283791670955126, -0.37612638903183754, 0.11283791670955126, -0.026866170645131252,
  0.005223977625442188, -0.0008548327023450853, 0.00012055332981789664, -1.492565035840625e-5,
  1.6462114365889248e-6, -1.6365844691234924e-7, 1.4807192815879218e-8, -1.2290555301717928e-9,
  9.422759064650411e-11, -6.7113668551641105e-12,
];

/** Chebyshev series in t = (x - 3.5) / (x + 3.5) of (1 + 2x) exp(x²) erfc(x), x ≥ 0 (same script). */
const CHEBYSHEV = [
  1.177632731636124, -0.001630177283414629, -0.08733682573463146, 0.05800974837029327,
  -0.024340115396182225, 0.007529483715635749, -0.0017438817577112521, 0.00028269829816555584,
  -2.31849116112635e-5, -2.111766698133041e-6, 8.765760156892822e-7, -6.105702635086118e-8,
  -1.7116664716341917e-8, 3.391360268611259e-9, 2.54661619366046e-10, -1.2482784079516295e-10,
  -2.2122757753433792e-12, 4.4272603638230294e-12, -3.367266128031013e-14, -1.6519256000923578e-13,
  1.9024103044538835e-15, 6.601187937172832e-15, 2.880282449409004e-17, -2.7791709635743296e-16,
];

/** exp(x²) erfc(x) for x ≥ 0, by Clenshaw's recurrence. */
function scaledErfc(x: number): number {
  const t = 1 - 7 / (x + 3.5);
  let next = 0;
  let current = 0;
  for (let k = CHEBYSHEV.length - 1; k > 0; k--) {
    const previous = 2 * t * current - next + CHEBYSHEV[k]!;
    next = current;
    current = previous;
  }
  return (t * current - next + CHEBYSHEV[0]!) / (1 + 2 * x);
}

/** exp(-factor · x²) with x² formed without error; factor is 1 or ½. */
function gaussian(x: number, factor: number): number {
  const high = Math.fround(x);
  const low = (x - high) * (x + high);
  return exp(-factor * high * high) * exp(-factor * low);
}

/**
 * Error function, within 2 ulp.
 * @example erf(1) // 0.8427007929497149
 */
export function erf(x: number): number {
  if (Math.abs(x) <= 0.5) return x * polynomial(ERF_SERIES, x * x);
  return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
}

/**
 * Complementary error function 1 - erf(x), within 4 ulp out to its underflow near 27.
 * @example erfc(5) // 1.5374597944280349e-12
 */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < -0.5) return 2 - erfc(-x);
  if (x <= 0.5) return 1 - erf(x);
  if (x > 27.3) return 0;
  return gaussian(x, 1) * scaledErfc(x);
}

/**
 * Standard normal distribution function P(Z ≤ x), within 4 ulp in both tails.
 * @example normalCdf(-1.96) // 0.0249978951482204
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 0.7) return 1 - normalCdf(-x);
  if (x >= -0.7) return 0.5 + 0.5 * erf(x * Math.SQRT1_2);
  return x < -39 ? 0 : 0.5 * gaussian(x, 0.5) * scaledErfc(-x * Math.SQRT1_2);
}

const SQRT_TWO_PI = 2.5066282746310002;

/** Halley's method from Abramowitz and Stegun 26.2.23, for 0 < p ≤ ½; keeps digits near p = ½. */
function lowerQuantile(p: number): number {
  const t = Math.sqrt(-2 * log(p));
  const start =
    (2.515517 + t * (0.802853 + t * 0.010328)) /
    (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  let x = start - t;
  for (let step = 0; step < 3; step++) {
    const excess = p > 0.25 ? 0.5 * erf(x * Math.SQRT1_2) - (p - 0.5) : normalCdf(x) - p;
    const newton = (excess * SQRT_TWO_PI) / gaussian(x, 0.5);
    x -= newton / (1 + (x * newton) / 2);
  }
  return x;
}

/**
 * The x with P(Z ≤ x) = p, within 4 ulp; NaN outside [0, 1].
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  return p > 0.5 ? -lowerQuantile(1 - p) : lowerQuantile(p);
}
