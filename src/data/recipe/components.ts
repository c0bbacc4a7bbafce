/** Principal components: the directions along which the training rows differ most. */
import { eigenSymmetric, signed } from "../../base/eigen.ts";
import { InputError } from "../../base/errors.ts";
import { columnMeans, type Matrix } from "./matrix.ts";

/** Features become their scores along some directions. */
export interface ComponentsStep {
  readonly kind: "components";
  /** Of each feature before, over the training rows. */
  readonly means: readonly number[];
  /** Unit vectors over the features before; of each the largest entry is positive. */
  readonly directions: readonly (readonly number[])[];
  /** The share of the variance that each explains. */
  readonly shares: readonly number[];
  /** Deviation of the first scores: all are divided by it, so the first have deviation 1. */
  readonly scale: number;
}

const most = 2000;
/** A direction of less than this share of the first's variance is rounding. */
const rounding = 1e-12;

/**
 * Eigenvectors of XᵀX / n of the centered features, or of fewer rows than features those of XXᵀ / n
 * carried over; as scikit-learn's `PCA`, its sign included.
 */
export function fitComponents(count: number, matrix: Matrix): ComponentsStep {
  const { rows, width } = matrix;
  const size = Math.min(rows, width);
  if (size > most)
    throw new InputError(
      `pca: ${rows} rows of ${width} features; one of both may be at most ${most}. Keep fewer features first, as with variable=${most}.`,
    );
  const means = columnMeans(matrix);
  const centered = matrix.values.map((value, i) => value - means[i % width]!);
  const wide = rows < width;
  const { values, vectors } = eigenSymmetric(products(centered, rows, width, wide), size);
  const rank = values.filter((value) => value > rounding * values[0]!).length;
  if (rank === 0) throw new InputError("pca: the features do not vary. Leave pca out.");
  const total = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const found = vectors.slice(0, Math.min(count, rank));
  const directions = wide ? found.map((u) => signed(carried(u, centered, width))) : found;
  return {
    ...{ kind: "components", means: [...means] },
    directions: directions.map((direction) => [...direction]),
    shares: directions.map((_, k) => values[k]! / total),
    scale: Math.sqrt(values[0]!),
  };
}

/** XᵀX / n [width × width], or of a wide X XXᵀ / n [rows × rows]. */
function products(x: Float64Array, rows: number, width: number, wide: boolean): Float64Array {
  const size = wide ? rows : width;
  const sums = new Float64Array(size * size);
  if (wide)
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k < width; k++) sum += x[i * width + k]! * x[j * width + k]!;
        sums[i * size + j] = sum;
      }
  else
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < size; i++) {
        const value = x[row * width + i]!;
        for (let j = 0; j <= i; j++) sums[i * size + j]! += value * x[row * width + j]!;
      }
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      sums[i * size + j]! /= rows;
      sums[j * size + i] = sums[i * size + j]!;
    }
  return sums;
}

/** Xᵀu, of length 1. */
function carried(u: Float64Array, x: Float64Array, width: number): Float64Array {
  const direction = new Float64Array(width);
  for (let row = 0; row < u.length; row++)
    for (let k = 0; k < width; k++) direction[k]! += u[row]! * x[row * width + k]!;
  const length = Math.sqrt(direction.reduce((sum, entry) => sum + entry * entry, 0));
  return direction.map((entry) => entry / length);
}

/** (x − means) · direction / scale, for each direction. */
export function applyComponents(
  { values, rows, width }: Matrix,
  { means, directions, scale }: ComponentsStep,
): Matrix {
  const scores = new Float64Array(rows * directions.length);
  for (let row = 0; row < rows; row++)
    directions.forEach((direction, c) => {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (values[row * width + k]! - means[k]!) * direction[k]!;
      scores[row * directions.length + c] = sum / scale;
    });
  return { values: scores, rows, width: directions.length };
}
