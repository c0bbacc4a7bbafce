/** The exponent and fraction of float64 numbers, read and written as bits. */

const view = new DataView(new ArrayBuffer(8));

/** 2^k for a whole k from -1022 to 1023. */
export function powerOfTwo(k: number): number {
  view.setInt32(0, (k + 1023) << 20);
  view.setInt32(4, 0);
  return view.getFloat64(0);
}

/** y · 2^k, rounded once, for y of ordinary size and any k that exp can meet (-1075 to 1024). */
export function scaleByPowerOfTwo(y: number, k: number): number {
  if (k > 1023) return y * 2 * powerOfTwo(k - 1);
  if (k < -1021) return y * powerOfTwo(k + 200) * powerOfTwo(-200);
  return y * powerOfTwo(k);
}

/** x = fraction · 2^exponent with fraction in [√½, √2), for a positive finite x. */
export function splitFloat(x: number): { fraction: number; exponent: number } {
  const subnormal = x < 2.2250738585072014e-308;
  view.setFloat64(0, subnormal ? x * 18014398509481984 : x);
  const high = view.getInt32(0);
  let exponent = (high >> 20) - 1023 - (subnormal ? 54 : 0);
  view.setInt32(0, (high & 0xfffff) | 0x3ff00000);
  let fraction = view.getFloat64(0);
  if (fraction >= Math.SQRT2) {
    fraction /= 2;
    exponent += 1;
  }
  return { fraction, exponent };
}

/** Σ c[i] x^i by Horner's rule. */
export function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!;
  return sum;
}
