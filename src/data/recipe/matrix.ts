/** A matrix in float64, row after row, and what steps ask of its columns. */

export interface Matrix {
  /** [rows × width]. */
  readonly values: Float64Array;
  readonly rows: number;
  readonly width: number;
}

/** Some columns of a matrix, in the order told. */
export function takeColumns({ values, rows, width }: Matrix, places: readonly number[]): Matrix {
  const taken = new Float64Array(rows * places.length);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < places.length; k++)
      taken[row * places.length + k] = values[row * width + places[k]!]!;
  return { values: taken, rows, width: places.length };
}

/** Sums of the columns. */
function columnSums({ values, rows, width }: Matrix, of: (value: number, k: number) => number) {
  const sums = new Float64Array(width);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < width; k++) sums[k]! += of(values[row * width + k]!, k);
  return sums;
}

/** Mean of each column. */
export const columnMeans = (matrix: Matrix): Float64Array =>
  columnSums(matrix, (value) => value).map((sum) => sum / matrix.rows);

/** Σ(x − mean)² of each column. */
export function columnSquares(matrix: Matrix, means = columnMeans(matrix)): Float64Array {
  return columnSums(matrix, (value, k) => (value - means[k]!) * (value - means[k]!));
}
