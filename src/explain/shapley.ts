/** Shapley values of columns against a background of rows: exact, or by weighted samples of subsets. */
import { InputError } from "../base/errors.ts";
import { stream } from "../base/random.ts";
import type { OutputFunction } from "./outputs.ts";

export interface ShapleyOptions {
  /** Rows [b × width] whose values stand in for what is not known: 20 to 100 training rows. */
  readonly background: Float32Array;
  /** The column of each feature; features of one column come and go together. */
  readonly columnOf: readonly number[];
}

export interface KernelOptions extends ShapleyOptions {
  /** Subsets to look at, 2048 by default; all of them where there are no more. */
  readonly subsets?: number;
  readonly seed?: number;
}

export interface Shapley {
  /** [rows × columns], adding up to f(x) − base in each row. */
  readonly values: Float64Array;
  readonly columns: number;
  /** Mean output of the background. */
  readonly base: number;
  readonly outputs: Float64Array;
}

/** So many columns are exact: 4096 subsets. */
export const mostExact = 12;

interface Game {
  readonly f: OutputFunction;
  readonly options: ShapleyOptions;
  readonly columns: number;
}

function gameOf(f: OutputFunction, options: ShapleyOptions): Game {
  const { background, columnOf } = options;
  if (columnOf.length !== f.width)
    throw new InputError(`Shapley: ${columnOf.length} columns told for ${f.width} features.`);
  if (background.length === 0 || background.length % f.width !== 0)
    throw new InputError(
      `Shapley: a background of ${background.length} numbers is no rows of ${f.width} features.`,
    );
  return { f, options, columns: Math.max(...columnOf) + 1 };
}

/** Mean output over the background where the columns of each subset are the row's own. */
function worths(
  { f, options }: Game,
  row: Float32Array,
  subsets: readonly Uint8Array[],
): Float64Array {
  const { background, columnOf } = options;
  const { width } = f;
  const others = background.length / width;
  const means = new Float64Array(subsets.length);
  const most = Math.max(1, Math.floor(4096 / others));
  for (let start = 0; start < subsets.length; start += most) {
    const some = subsets.slice(start, start + most);
    const mixed = new Float32Array(some.length * background.length);
    some.forEach((subset, s) => {
      const own = mixed.subarray(s * background.length, (s + 1) * background.length);
      own.set(background);
      for (let k = 0; k < width; k++)
        if (subset[columnOf[k]!]) for (let b = 0; b < others; b++) own[b * width + k] = row[k]!;
    });
    f.values(mixed).forEach((value, i) => {
      means[start + Math.floor(i / others)]! += value / others;
    });
  }
  return means;
}

/** The subset that a number's bits name. */
const subsetOf = (bits: number, columns: number) =>
  Uint8Array.from({ length: columns }, (_, column) => (bits >> column) & 1);

function eachRow(
  game: Game,
  x: Float32Array,
  explain: (row: Float32Array, output: number, base: number) => Float64Array,
): Shapley {
  const { f, options, columns } = game;
  const outputs = Float64Array.from(f.values(x));
  const known = f.values(options.background);
  const base = known.reduce((sum, value) => sum + value, 0) / known.length;
  const values = new Float64Array(outputs.length * columns);
  outputs.forEach((output, i) => {
    const row = x.subarray(i * f.width, (i + 1) * f.width);
    values.set(explain(row, output, base), i * columns);
  });
  return { values, columns, base, outputs };
}

/**
 * Exact interventional Shapley values (Shapley 1953; Lundberg & Lee 2017): the mean change of the
 * output as a column becomes known, over all orders, by all 2^M subsets. Throws an `InputError` for
 * more than 12 columns.
 *
 *     exactShapley(f, rows, { background, columnOf }).values; // [rows × columns]
 */
export function exactShapley(f: OutputFunction, x: Float32Array, options: ShapleyOptions): Shapley {
  const game = gameOf(f, options);
  const { columns } = game;
  if (columns > mostExact)
    throw new InputError(
      `Shapley: ${columns} columns have too many subsets for exact values (at most ${mostExact}); use kernelShapley.`,
    );
  const count = 1 << columns;
  const subsets = Array.from({ length: count }, (_, bits) => subsetOf(bits, columns));
  const sizes = subsets.map((subset) => subset.reduce((sum, one) => sum + one, 0));
  // |S|! (M − |S| − 1)! / M! = 1 / (M · C(M − 1, |S|))
  const weight = Array.from(
    { length: columns },
    (_, size) => 1 / (columns * choose(columns - 1, size)),
  );
  return eachRow(game, x, (row) => {
    const worth = worths(game, row, subsets);
    return Float64Array.from({ length: columns }, (_, column) => {
      let sum = 0;
      for (let bits = 0; bits < count; bits++)
        if (((bits >> column) & 1) === 0)
          sum += weight[sizes[bits]!]! * (worth[bits | (1 << column)]! - worth[bits]!);
      return sum;
    });
  });
}

function choose(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return product;
}

/** Subsets with their weights in the regression. */
interface Sample {
  readonly subsets: readonly Uint8Array[];
  readonly weights: readonly number[];
}

/** All proper subsets by the kernel (M − 1) / (C(M, s) s (M − s)), or a sample of as many as asked. */
function sampleOf(columns: number, { subsets: most = 2048, seed = 0 }: KernelOptions): Sample {
  const kernel = (size: number) =>
    (columns - 1) / (choose(columns, size) * size * (columns - size));
  if (columns <= 20 && (1 << columns) - 2 <= most) {
    const all = Array.from({ length: (1 << columns) - 2 }, (_, bits) =>
      subsetOf(bits + 1, columns),
    );
    return {
      subsets: all,
      weights: all.map((subset) => kernel(subset.reduce((sum, one) => sum + one, 0))),
    };
  }
  // sizes by their share of the kernel, then a subset of that size and the rest of the columns
  const shares = Array.from({ length: columns - 1 }, (_, i) => 1 / ((i + 1) * (columns - i - 1)));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const draws = stream({ seed, purpose: "shapley" });
  const counts = new Map<string, { subset: Uint8Array; count: number }>();
  for (let drawn = 0; drawn < most; drawn += 2) {
    let at = draws.nextFloat() * total;
    let size = 1;
    while (size < columns - 1 && at >= shares[size - 1]!) at -= shares[size++ - 1]!;
    const order = Array.from({ length: columns }, (_, i) => i);
    const subset = new Uint8Array(columns);
    for (let i = 0; i < size; i++) {
      const j = i + draws.nextInteger(columns - i);
      [order[i], order[j]] = [order[j]!, order[i]!];
      subset[order[i]!] = 1;
    }
    for (const each of [subset, subset.map((one) => 1 - one)]) {
      const key = each.join("");
      const known = counts.get(key) ?? { subset: each, count: 0 };
      counts.set(key, { ...known, count: known.count + 1 });
    }
  }
  const found = [...counts.values()];
  return { subsets: found.map(({ subset }) => subset), weights: found.map(({ count }) => count) };
}

/**
 * Kernel SHAP (Lundberg & Lee 2017): Shapley values as the weighted least squares of the outputs of
 * subsets, sampled in pairs of a subset and its rest; with all subsets the exact values. Values add
 * up to f(x) − base.
 *
 *     kernelShapley(f, rows, { background, columnOf, subsets: 4096 }).values;
 */
export function kernelShapley(f: OutputFunction, x: Float32Array, options: KernelOptions): Shapley {
  const game = gameOf(f, options);
  const { columns } = game;
  if (columns === 1) return eachRow(game, x, (_, output, base) => Float64Array.of(output - base));
  const { subsets, weights } = sampleOf(columns, options);
  return eachRow(game, x, (row, output, base) => {
    const worth = worths(game, row, subsets);
    return constrained({ subsets, weights, columns }, worth, [base, output]);
  });
}

/** Σ w (worth − base − Σ φ z)² least with Σ φ = output − base: the last column carries the rest. */
function constrained(
  { subsets, weights, columns }: Sample & { readonly columns: number },
  worth: Float64Array,
  [base, output]: readonly [number, number],
): Float64Array {
  const free = columns - 1;
  const matrix = Array.from({ length: free }, () => new Float64Array(free + 1));
  subsets.forEach((subset, s) => {
    const last = subset[free]!;
    const y = worth[s]! - base - last * (output - base);
    const z = Array.from({ length: free }, (_, k) => subset[k]! - last);
    for (let i = 0; i < free; i++) {
      if (z[i] === 0) continue;
      const scaled = weights[s]! * z[i]!;
      for (let j = 0; j < free; j++) matrix[i]![j]! += scaled * z[j]!;
      matrix[i]![free]! += scaled * y;
    }
  });
  const solved = solve(matrix);
  const rest = output - base - solved.reduce((sum, value) => sum + value, 0);
  return Float64Array.of(...solved, rest);
}

/** Gauss elimination with pivots of [A | b]; a column without a pivot stays 0. */
function solve(rows: Float64Array[]): Float64Array {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const head = rows[column]!;
    if (Math.abs(head[column]!) < 1e-14) continue;
    for (let row = column + 1; row < size; row++) {
      const factor = rows[row]![column]! / head[column]!;
      for (let k = column; k <= size; k++) rows[row]![k]! -= factor * head[k]!;
    }
  }
  const x = new Float64Array(size);
  for (let row = size - 1; row >= 0; row--) {
    const own = rows[row]!;
    let sum = own[size]!;
    for (let k = row + 1; k < size; k++) sum -= own[k]! * x[k]!;
    x[row] = Math.abs(own[row]!) < 1e-14 ? 0 : sum / own[row]!;
  }
  return x;
}
