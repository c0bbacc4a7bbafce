/** Explanations by gradients: saliency, gradient × input, integrated gradients. */
import { InputError } from "../base/errors.ts";
import type { OutputFunction } from "./outputs.ts";

/** What each feature has to do with each row's output, [rows × width]. */
export interface Attribution {
  readonly rows: number;
  readonly width: number;
  readonly values: Float64Array;
  /** f(x) of each row. */
  readonly outputs: Float64Array;
}

const rowsOf = (f: OutputFunction, x: Float32Array) => x.length / Math.max(f.width, 1);

/**
 * |∂f/∂x|: how fast the output changes with each feature, standardized as the network sees it
 * (Simonyan, Vedaldi & Zisserman 2014).
 *
 *     saliency(outputFunction(model), features.values).values;
 */
export function saliency(f: OutputFunction, x: Float32Array): Attribution {
  const { values, gradients } = f.gradients(x);
  return {
    ...{ rows: rowsOf(f, x), width: f.width },
    values: Float64Array.from(gradients, Math.abs),
    outputs: Float64Array.from(values),
  };
}

/**
 * x · ∂f/∂x: exact for a linear model, where it is what each feature adds; x = 0 is the training mean
 * of a number.
 *
 *     gradientInput(outputFunction(model, { scale: "output" }), features.values).values;
 */
export function gradientInput(f: OutputFunction, x: Float32Array): Attribution {
  const { values, gradients } = f.gradients(x);
  return {
    ...{ rows: rowsOf(f, x), width: f.width },
    values: Float64Array.from(gradients, (slope, i) => slope * x[i]!),
    outputs: Float64Array.from(values),
  };
}

export interface IntegratedOptions {
  /** [width], the row that stands for “nothing known”; the training means, 0, unless told. */
  readonly baseline?: Float32Array;
  /** Points along the way, 50 by default. */
  readonly steps?: number;
}

export interface IntegratedGradients extends Attribution {
  /** f(baseline). */
  readonly baseline: number;
  /** f(x) − f(baseline) − Σ attributions of each row: 0 if the steps were fine enough. */
  readonly gaps: Float64Array;
}

/** Points that run together, whole rows of them. */
const together = 2048;

/** [rows × steps × width], so many points from the baseline to each row. */
function pathsTo(x: Float32Array, baseline: Float32Array, steps: number): Float32Array {
  const width = baseline.length;
  const points = new Float32Array(x.length * steps);
  for (let start = 0, i = 0; start < x.length; start += width)
    for (let step = 0; step < steps; step++)
      for (let k = 0; k < width; k++, i++)
        points[i] = baseline[k]! + ((step + 0.5) / steps) * (x[start + k]! - baseline[k]!);
  return points;
}

/**
 * (x − x₀) ∫ ∂f(x₀ + a (x − x₀)) da by the midpoint rule (Sundararajan, Taly & Yan 2017): attributions
 * that add up to f(x) − f(x₀), but for the gap that is told. Throws an `InputError` for fewer than
 * one step or a baseline of another width.
 *
 *     integratedGradients(outputFunction(model), features.values, { steps: 100 }).gaps;
 */
export function integratedGradients(
  f: OutputFunction,
  x: Float32Array,
  { baseline = new Float32Array(f.width), steps = 50 }: IntegratedOptions = {},
): IntegratedGradients {
  if (!(Number.isInteger(steps) && steps >= 1))
    throw new InputError(`integrated gradients: ${steps} steps; ask for a whole number, as 50.`);
  const { width } = f;
  if (baseline.length !== width)
    throw new InputError(
      `integrated gradients: a baseline of ${baseline.length} numbers for ${width} features.`,
    );
  const rows = rowsOf(f, x);
  const values = new Float64Array(x.length);
  const most = Math.max(1, Math.floor(together / steps));
  for (let start = 0; start < rows; start += most) {
    const own = x.subarray(start * width, Math.min(rows, start + most) * width);
    const { gradients } = f.gradients(pathsTo(own, baseline, steps));
    for (let row = 0, i = 0; row < own.length / width; row++)
      for (let step = 0; step < steps; step++)
        for (let k = 0; k < width; k++, i++)
          values[(start + row) * width + k]! += gradients[i]! / steps;
  }
  values.forEach((mean, i) => {
    values[i] = mean * (x[i]! - baseline[i % width]!);
  });
  const outputs = Float64Array.from(f.values(x));
  const start = f.values(baseline)[0]!;
  const gaps = outputs.map((output, row) => {
    const sum = values.subarray(row * width, (row + 1) * width).reduce((a, b) => a + b, 0);
    return output - start - sum;
  });
  return { rows, width, values, outputs, baseline: start, gaps };
}

/** Features put together: the attributions of one column's features added up, [rows × columns]. */
export function byColumn(
  { rows, width, values }: Pick<Attribution, "rows" | "width" | "values">,
  columnOf: readonly number[],
): Float64Array {
  const columns = Math.max(...columnOf) + 1;
  const sums = new Float64Array(rows * columns);
  values.forEach((value, i) => {
    sums[Math.floor(i / width) * columns + columnOf[i % width]!]! += value;
  });
  return sums;
}
