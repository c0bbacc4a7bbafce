/** The gamma function's logarithm and the incomplete gamma ratio in float64. */
import { polynomial } from "./bits.ts";
import { exp, log, log1p } from "./exponential.ts";

const HALF_LOG_TWO_PI = 0.9189385332046728;
const SQRT_TWO_PI = 2.5066282746310002;

/** log Γ(2 + z) / z in powers of z, |z| ≤ ½ (test/goldens/math/coefficients.py). */
const NEAR_TWO = [
  0.42278433509846713, 0.3224670334241132, -0.0673523010531981, 0.020580808427784546,
  -0.007385551028673986, 0.0028905103307415234, -0.001192753911703261, 0.0005096695247430425,
  -0.00022315475845357939, 9.945751278180853e-5, -4.492623673813314e-5, 2.050721277567069e-5,
  -9.439488275268397e-6, 4.374866789907488e-6, -2.039215753801366e-6, 9.55141213040742e-7,
  -4.492469198764566e-7, 2.1207184805554665e-7, -1.0043224823968099e-7, 4.7698101693639804e-8,
  -2.2711094608943164e-8, 1.0838659214896955e-8, -5.183475041970047e-9, 2.4836745438024785e-9,
  -1.1921401405860912e-9, 5.731367241678862e-10, -2.7595228851242334e-10,
];

/** B(2k) / (2k (2k - 1)): Stirling's series in 1/x² (same script). */
const STIRLING = [
  0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953,
  0.0008417508417508417, -0.0019175269175269176, 0.00641025641025641, -0.029550653594771242,
];

/**
 * log Γ(x) for x > 0, within 4 ulp, also near its zeros 1 and 2; NaN below 0.
 * @example logGamma(10) // 12.801827480081469
 */
export function logGamma(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN;
  if (x === Infinity) return x;
  if (x < 0.5) return logGamma(1 + x) - log(x);
  if (x < 1.5) return (x - 1) * polynomial(NEAR_TWO, x - 1) - log1p(x - 1);
  if (x > 10) {
    const stirling = polynomial(STIRLING, 1 / (x * x)) / x;
    return (x - 0.5) * (log(x) - 1) + (HALF_LOG_TWO_PI - 0.5 + stirling);
  }
  let product = 1;
  let z = x;
  while (z > 2.5) {
    z -= 1;
    product *= z;
  }
  return (z - 2) * polynomial(NEAR_TWO, z - 2) + log(product);
}

/** log Γ(x + 1) - (x + ½) log x + x - ½ log 2π: what Stirling's formula leaves. */
export function stirlingError(x: number): number {
  if (x > 10) return polynomial(STIRLING, 1 / (x * x)) / x;
  return logGamma(x + 1) - (x + 0.5) * log(x) + x - HALF_LOG_TWO_PI;
}

/** x log(x / m) + m - x, without cancellation near x = m (Loader 2000, bd0). */
export function deviance(x: number, m: number): number {
  const v = (x - m) / (x + m);
  if (Math.abs(v) > 0.5) return x * log(x / m) + m - x;
  let sum = (x - m) * v;
  let power = 2 * x * v;
  for (let j = 1; ; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** x^a e^-x / Γ(a), by Loader's saddle point. */
function gammaKernel(a: number, x: number): number {
  return (exp(-stirlingError(a) - deviance(a, x)) * Math.sqrt(a)) / SQRT_TWO_PI;
}

/** Σ x^n / ((a + 1) … (a + n)). */
function gammaSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** The continued fraction of Γ(a, x) / (x^a e^-x), by Lentz's method. */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 100_000; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    h *= c * d;
    if (Math.abs(c * d - 1) < 2e-16) break;
  }
  return h;
}

/**
 * Upper incomplete gamma ratio Q(a, x) = Γ(a, x) / Γ(a), a > 0, x ≥ 0; relative error near 1e-14.
 * @example gammaUpper(0.5, 2) // 0.04550026389635841
 */
export function gammaUpper(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) return NaN;
  if (x === 0 || x === Infinity) return x === 0 ? 1 : 0;
  if (x < a + 1) return 1 - (gammaKernel(a, x) / a) * gammaSeries(a, x);
  return gammaKernel(a, x) * gammaFraction(a, x);
}

/**
 * P(χ² > x) with the given degrees of freedom.
 * @example chiSquareTail(3.841458820694124, 1) // 0.05
 */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  return gammaUpper(degreesOfFreedom / 2, x / 2);
}
