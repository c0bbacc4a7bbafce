/** Ridge regression in float64 (Hoerl & Kennard 1970). */
import { columnMeans, type Matrix } from "./matrix.ts";

/**
 * Weights that make Σ(y − intercept − x·w)² + λ Σ w² least; the intercept is free.
 *
 *     ridge(x, y, 1).weights;
 */
export function ridge(
  x: Matrix,
  y: Float64Array,
  penalty: number,
): { readonly intercept: number; readonly weights: number[] } {
  const { rows, width } = x;
  const means = columnMeans(x);
  const mean = y.reduce((sum, value) => sum + value, 0) / rows;
  const a = new Float64Array(width * width);
  const b = new Float64Array(width);
  const own = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < width; k++) own[k] = x.values[row * width + k]! - means[k]!;
    for (let i = 0; i < width; i++) {
      b[i]! += own[i]! * (y[row]! - mean);
      for (let j = 0; j <= i; j++) a[i * width + j]! += own[i]! * own[j]!;
    }
  }
  for (let k = 0; k < width; k++) a[k * width + k]! += penalty;
  factor(a, width);
  const weights = solve(a, b, width);
  const intercept = weights.reduce((left, weight, k) => left - weight * means[k]!, mean);
  return { intercept, weights };
}

/** Cholesky: L with LLᵀ = a, in the lower triangle of a. */
function factor(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
}

/** x with LLᵀx = b. */
function solve(l: Float64Array, b: Float64Array, n: number): number[] {
  const x = Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  return x;
}
