/** Fills the gaps of numbers from the other numbers of the row: by like rows, or by regressions. */
import { InputError } from "../../base/errors.ts";
import type { Matrix } from "./matrix.ts";
import { ridge } from "./ridge.ts";

/** Means of the nearest training rows that have the value. */
interface NearestImputer {
  readonly kind: "knn";
  readonly neighbors: number;
  /** Training rows, standardized; `null` for a gap. */
  readonly donors: readonly (readonly (number | null)[])[];
}

/** One regression of a column on all others. */
interface Regression {
  readonly column: number;
  readonly intercept: number;
  /** Of every column, 0 of its own. */
  readonly weights: readonly number[];
}

/** Regressions in turn, each column on the others as they were filled last. */
interface IterativeImputer {
  readonly kind: "iterative";
  /** What gaps are at first, and the limits of what they may become, all standardized. */
  readonly start: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly rounds: readonly (readonly Regression[])[];
}

export type Imputer = NearestImputer | IterativeImputer;

/** What was asked for. */
export type ImputePlan =
  | { readonly kind: "knn"; readonly neighbors: number }
  | { readonly kind: "iterative"; readonly rounds: number };

const mostDonors = 2000;
const mostColumns = 200;
/** Ridge penalty λ, scikit-learn's default. */
const penalty = 1;

/** Fits on standardized numbers [rows × columns] of the training rows, NaN where there is a gap. */
export function fitImputer(plan: ImputePlan, numbers: Matrix, start: readonly number[]): Imputer {
  if (plan.kind === "iterative") return fitIterative(plan.rounds, numbers, start);
  const { rows } = numbers;
  const count = Math.min(rows, mostDonors);
  const donors = Array.from({ length: count }, (_, i) => {
    const row = Math.floor((i * rows) / count);
    return Array.from(rowOf(numbers, row), (x) => (Number.isNaN(x) ? null : x));
  });
  return { kind: "knn", neighbors: plan.neighbors, donors };
}

const rowOf = ({ values, width }: Matrix, row: number) =>
  values.subarray(row * width, (row + 1) * width);

/** Fills the gaps of standardized numbers in place. */
export function fillGaps(imputer: Imputer, numbers: Matrix): void {
  for (let row = 0; row < numbers.rows; row++) {
    const own = rowOf(numbers, row);
    if (!own.some(Number.isNaN)) continue;
    if (imputer.kind === "knn") fillByNearest(imputer, own);
    else fillByRegressions(imputer, own);
  }
}

/**
 * Troyanskaya et al. 2001; the distance is scikit-learn's: √(columns / shared · Σ(x − y)²) over the
 * columns that both have. Of equally near rows the first; the mean (0) where none has the value.
 */
function fillByNearest({ donors, neighbors }: NearestImputer, own: Float64Array): void {
  const near = donors
    .map((donor, place) => ({ donor, place, distance: distanceOf(own, donor) }))
    .filter(({ distance }) => !Number.isNaN(distance))
    .sort((a, b) => a.distance - b.distance || a.place - b.place);
  const gaps = [...own.keys()].filter((k) => Number.isNaN(own[k]!));
  for (const k of gaps) {
    const found: number[] = [];
    for (let i = 0; i < near.length && found.length < neighbors; i++) {
      const value = near[i]!.donor[k]!;
      if (value !== null) found.push(value);
    }
    own[k] = found.length === 0 ? 0 : found.reduce((sum, x) => sum + x, 0) / found.length;
  }
}

/** Mean squared difference over shared columns; NaN where none is shared. */
function distanceOf(own: Float64Array, donor: readonly (number | null)[]): number {
  let [sum, shared] = [0, 0];
  for (let k = 0; k < own.length; k++) {
    const [x, y] = [own[k]!, donor[k]!];
    if (y === null || Number.isNaN(x)) continue;
    sum += (x - y) * (x - y);
    shared++;
  }
  return sum / shared;
}

/** The limits of the values there are. */
function limits(numbers: Matrix): { low: number[]; high: number[] } {
  const low = new Array<number>(numbers.width).fill(Number.POSITIVE_INFINITY);
  const high = new Array<number>(numbers.width).fill(Number.NEGATIVE_INFINITY);
  numbers.values.forEach((x, i) => {
    const k = i % numbers.width;
    if (x < low[k]!) low[k] = x;
    if (x > high[k]!) high[k] = x;
  });
  return { low, high };
}

/**
 * Chained ridge regressions (van Buuren & Groothuis-Oudshoorn 2011, without drawing), the column with
 * the fewest gaps first; scikit-learn's `IterativeImputer` with `Ridge`, held within what training saw.
 */
function fitIterative(count: number, numbers: Matrix, start: readonly number[]): IterativeImputer {
  const { rows, width, values } = numbers;
  if (width > mostColumns)
    throw new InputError(
      `Iterative imputation of ${width} columns of numbers; more than ${mostColumns} take too long. Impute by knn, or leave columns out.`,
    );
  const gaps = Array.from({ length: width }, (_, k) =>
    Array.from({ length: rows }, (_, row) => row).filter((row) =>
      Number.isNaN(values[row * width + k]!),
    ),
  );
  const order = [...gaps.keys()]
    .filter((k) => gaps[k]!.length > 0)
    .sort((a, b) => gaps[a]!.length - gaps[b]!.length || a - b);
  const filled = {
    ...numbers,
    values: values.map((x, i) => (Number.isNaN(x) ? start[i % width]! : x)),
  };
  const imputer = { kind: "iterative" as const, start, ...limits(numbers) };
  const rounds: Regression[][] = [];
  for (let round = 0; round < count; round++)
    rounds.push(
      order.map((column) => {
        const regression = regress(filled, column, new Set(gaps[column]!));
        for (const row of gaps[column]!) predict(imputer, regression, rowOf(filled, row));
        return regression;
      }),
    );
  return { ...imputer, rounds };
}

/** A column on all others, over the rows that have it. */
function regress({ values, rows, width }: Matrix, column: number, gaps: ReadonlySet<number>) {
  const known = Array.from({ length: rows }, (_, row) => row).filter((row) => !gaps.has(row));
  const x = new Float64Array(known.length * width);
  known.forEach((row, i) => {
    x.set(values.subarray(row * width, (row + 1) * width), i * width);
    x[i * width + column] = 0;
  });
  const y = Float64Array.from(known, (row) => values[row * width + column]!);
  return { column, ...ridge({ values: x, rows: known.length, width }, y, penalty) };
}

/** Sets one column of a row to what the others say. */
function predict(
  { low, high }: Pick<IterativeImputer, "low" | "high">,
  { column, intercept, weights }: Regression,
  own: Float64Array,
): void {
  let sum = intercept;
  for (let k = 0; k < own.length; k++) if (k !== column) sum += weights[k]! * own[k]!;
  own[column] = Math.max(low[column]!, Math.min(high[column]!, sum));
}

function fillByRegressions(imputer: IterativeImputer, own: Float64Array): void {
  const gaps = own.map((x) => Number(Number.isNaN(x)));
  gaps.forEach((gap, k) => {
    if (gap) own[k] = imputer.start[k]!;
  });
  for (const round of imputer.rounds)
    for (const regression of round) if (gaps[regression.column]) predict(imputer, regression, own);
}
