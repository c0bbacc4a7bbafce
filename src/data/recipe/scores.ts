/** How much each feature alone tells of the target: one test a feature, for selection. */
import { betaLower } from "../../base/math.ts";
import { columnMeans, columnSquares, type Matrix } from "./matrix.ts";

/** A test of each feature; a larger statistic tells more. */
export interface Scores {
  readonly test: "F-test" | "Welch’s t-test" | "correlation";
  /** F, |t|, or the F of a correlation; −1 where a feature does not vary. */
  readonly statistics: Float64Array;
  /** Degrees of freedom: of the numerator, and of the denominator for each feature. */
  readonly freedom: readonly [above: number, below: Float64Array];
}

/** P(F ≥ f) of Fisher's distribution: I_x(n/2, m/2) at x = n / (n + m·f). */
const fisherTail = (f: number, above: number, below: number): number =>
  f === Number.POSITIVE_INFINITY ? 0 : betaLower(below / 2, above / 2, below / (below + above * f));

/** The p value of one feature. */
export function pValue({ test, statistics, freedom }: Scores, k: number): number {
  const [above, below] = freedom;
  const statistic = statistics[k]!;
  if (statistic < 0) return 1;
  return fisherTail(
    test === "Welch’s t-test" ? statistic * statistic : statistic,
    above,
    below[k]!,
  );
}

/** The ratio of what a target explains to what it leaves; −1 where nothing varies. */
const ratio = (explained: number, left: number, total: number): number =>
  total === 0 ? -1 : left <= 1e-14 * total ? Number.POSITIVE_INFINITY : explained / left;

/** Rows, means and sums of squares of each class. */
function byClass(matrix: Matrix, labels: Float64Array) {
  const { values, width } = matrix;
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  return classes.map((label) => {
    const rows = Array.from(labels.keys()).filter((row) => labels[row] === label);
    const own = new Float64Array(rows.length * width);
    rows.forEach((row, i) => {
      own.set(values.subarray(row * width, (row + 1) * width), i * width);
    });
    const part = { values: own, rows: rows.length, width };
    const means = columnMeans(part);
    return { rows: rows.length, means, squares: columnSquares(part, means) };
  });
}

/**
 * Fisher's F of an analysis of variance between the classes, as scikit-learn's `f_classif`:
 * (Σ n_c (mean_c − mean)² / (C − 1)) / (Σ squares within / (n − C)).
 */
export function fisherScores(matrix: Matrix, labels: Float64Array): Scores {
  const classes = byClass(matrix, labels);
  const means = columnMeans(matrix);
  const total = columnSquares(matrix, means);
  const [above, below] = [classes.length - 1, matrix.rows - classes.length];
  const statistics = means.map((mean, k) => {
    const between = classes.reduce(
      (sum, { rows, means }) => sum + rows * (means[k]! - mean) * (means[k]! - mean),
      0,
    );
    const within = classes.reduce((sum, { squares }) => sum + squares[k]!, 0);
    return ratio(between / above, within / below, total[k]!);
  });
  return {
    test: "F-test",
    statistics,
    freedom: [above, new Float64Array(matrix.width).fill(below)],
  };
}

/** |t| of Welch (1947) between two classes, with Satterthwaite's degrees of freedom. */
export function welchScores(matrix: Matrix, labels: Float64Array): Scores {
  const [first, second] = byClass(matrix, labels);
  const total = columnSquares(matrix);
  const below = new Float64Array(matrix.width).fill(1);
  const statistics = total.map((all, k) => {
    const parts = [first!, second!].map(
      ({ rows, squares }) => squares[k]! / Math.max(rows - 1, 1) / rows,
    );
    const error = parts[0]! + parts[1]!;
    const gap = Math.abs(first!.means[k]! - second!.means[k]!);
    const t = ratio(gap, Math.sqrt(error), Math.sqrt(all));
    if (Number.isFinite(t) && t >= 0)
      below[k] =
        (error * error) /
        ((parts[0]! * parts[0]!) / Math.max(first!.rows - 1, 1) +
          (parts[1]! * parts[1]!) / Math.max(second!.rows - 1, 1));
    return t;
  });
  return { test: "Welch’s t-test", statistics, freedom: [1, below] };
}

/** F = r² (n − 2) / (1 − r²) of the correlation with a number, as scikit-learn's `f_regression`. */
export function correlationScores(matrix: Matrix, target: Float64Array): Scores {
  const { values, rows, width } = matrix;
  const means = columnMeans(matrix);
  const squares = columnSquares(matrix, means);
  const mean = target.reduce((sum, y) => sum + y, 0) / rows;
  const spread = target.reduce((sum, y) => sum + (y - mean) * (y - mean), 0);
  const products = new Float64Array(width);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < width; k++)
      products[k]! += (values[row * width + k]! - means[k]!) * (target[row]! - mean);
  const statistics = products.map((product, k) => {
    const explained = (product * product) / (squares[k]! * spread);
    return ratio(explained * (rows - 2), 1 - explained, squares[k]! === 0 ? 0 : 1);
  });
  const below = new Float64Array(width).fill(rows - 2);
  return { test: "correlation", statistics, freedom: [1, below] };
}
