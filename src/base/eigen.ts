/** Eigenvalues and vectors of a symmetric matrix in float64, from arithmetic and square roots alone. */

export interface Eigen {
  /** Descending. */
  readonly values: Float64Array;
  /** The unit vector of each value; of two signs the one whose largest entry is positive. */
  readonly vectors: readonly Float64Array[];
}

/** Columns of the transformation so far, the diagonal and what is beside it. */
interface Work {
  readonly v: Float64Array[];
  readonly d: Float64Array;
  readonly e: Float64Array;
}

const length2 = (a: number, b: number) => {
  const most = Math.max(Math.abs(a), Math.abs(b));
  if (most === 0) return 0;
  return most * Math.sqrt((a / most) * (a / most) + (b / most) * (b / most));
};

/**
 * Householder's tridiagonal form, then implicit QL (Bowdler, Martin, Reinsch & Wilkinson 1968, as in
 * EISPACK's tred2 and tql2). `matrix` is [n × n], row after row; only its symmetric part is meant.
 *
 *     eigenSymmetric(Float64Array.of(2, 1, 1, 2), 2).values; // [3, 1]
 */
export function eigenSymmetric(matrix: Float64Array, n: number): Eigen {
  const v = Array.from({ length: n }, (_, j) => matrix.slice(j * n, (j + 1) * n));
  const work = { v, d: new Float64Array(n), e: new Float64Array(n) };
  tridiagonal(work, n);
  accumulate(work, n);
  diagonal(work, n);
  const order = [...work.d.keys()].sort((a, b) => work.d[b]! - work.d[a]! || a - b);
  return {
    values: Float64Array.from(order, (k) => work.d[k]!),
    vectors: order.map((k) => signed(v[k]!)),
  };
}

/** The vector, or its negative, whose first largest entry is positive. */
export function signed(vector: Float64Array): Float64Array {
  const largest = vector.reduce(
    (most, x) => (Math.abs(x) > Math.abs(most) * (1 + 1e-12) ? x : most),
    0,
  );
  return largest < 0 ? vector.map((x) => -x) : vector;
}

function tridiagonal({ v, d, e }: Work, n: number): void {
  for (let j = 0; j < n; j++) d[j] = v[j]![n - 1]!;
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]!);
    if (scale > 0) {
      d[i] = reflect({ v, d, e }, i, scale);
      continue;
    }
    e[i] = d[i - 1]!;
    for (let j = 0; j < i; j++) {
      d[j] = v[j]![i - 1]!;
      v[j]![i] = 0;
      v[i]![j] = 0;
    }
    d[i] = 0;
  }
}

/** One of Householder's reflections; returns its squared length. */
function reflect({ v, d, e }: Work, i: number, scale: number): number {
  let h = 0;
  for (let k = 0; k < i; k++) {
    d[k]! /= scale;
    h += d[k]! * d[k]!;
  }
  const last = d[i - 1]!;
  const g = last > 0 ? -Math.sqrt(h) : Math.sqrt(h);
  e[i] = scale * g;
  h -= last * g;
  d[i - 1] = last - g;
  e.fill(0, 0, i);
  for (let j = 0; j < i; j++) {
    const [own, f] = [v[j]!, d[j]!];
    v[i]![j] = f;
    let sum = e[j]! + own[j]! * f;
    for (let k = j + 1; k < i; k++) {
      sum += own[k]! * d[k]!;
      e[k]! += own[k]! * f;
    }
    e[j] = sum;
  }
  let f = 0;
  for (let j = 0; j < i; j++) {
    e[j]! /= h;
    f += e[j]! * d[j]!;
  }
  for (let j = 0; j < i; j++) e[j]! -= (f / (h + h)) * d[j]!;
  for (let j = 0; j < i; j++) {
    const own = v[j]!;
    for (let k = j; k < i; k++) own[k]! -= d[j]! * e[k]! + e[j]! * d[k]!;
    d[j] = own[i - 1]!;
    own[i] = 0;
  }
  return h;
}

/** The product of the reflections. */
function accumulate({ v, d, e }: Work, n: number): void {
  for (let i = 0; i < n - 1; i++) {
    const [own, next, h] = [v[i]!, v[i + 1]!, d[i + 1]!];
    own[n - 1] = own[i]!;
    own[i] = 1;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = next[k]! / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += next[k]! * v[j]![k]!;
        for (let k = 0; k <= i; k++) v[j]![k]! -= g * d[k]!;
      }
    }
    next.fill(0, 0, i + 1);
  }
  for (let j = 0; j < n; j++) {
    d[j] = v[j]![n - 1]!;
    v[j]![n - 1] = 0;
  }
  v[n - 1]![n - 1] = 1;
  e[0] = 0;
}

const epsilon = 2.220446049250313e-16;

/** QL with implicit shifts until nothing is left beside the diagonal. */
function diagonal(work: Work, n: number): void {
  const { d, e } = work;
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  let [shift, largest] = [0, 0];
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > epsilon * largest) m++;
    for (let turn = 0; m > l && Math.abs(e[l]!) > epsilon * largest && turn < 100; turn++)
      shift += sweep(work, l, m, n);
    d[l]! += shift;
    e[l] = 0;
  }
}

/** One sweep of plane rotations from m up to l; returns the shift it took off the diagonal. */
function sweep({ v, d, e }: Work, l: number, m: number, n: number): number {
  const g = d[l]!;
  const half = (d[l + 1]! - g) / (2 * e[l]!);
  const r = half < 0 ? half - length2(half, 1) : half + length2(half, 1);
  d[l] = e[l]! / r;
  d[l + 1] = e[l]! * r;
  const [after, h, beside] = [d[l + 1]!, g - d[l]!, e[l + 1]!];
  for (let i = l + 2; i < n; i++) d[i]! -= h;
  let p = d[m]!;
  let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0];
  for (let i = m - 1; i >= l; i--) {
    [c3, c2, s2] = [c2, c, s];
    const [turned, kept] = [c * e[i]!, c * p];
    const radius = length2(p, e[i]!);
    e[i + 1] = s * radius;
    s = e[i]! / radius;
    c = p / radius;
    p = c * d[i]! - s * turned;
    d[i + 1] = kept + s * (c * turned + s * d[i]!);
    rotate(v[i]!, v[i + 1]!, c, s);
  }
  p = (-s * s2 * c3 * beside * e[l]!) / after;
  e[l] = s * p;
  d[l] = c * p;
  return h;
}

function rotate(a: Float64Array, b: Float64Array, c: number, s: number): void {
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k]!, b[k]!];
    b[k] = s * x + c * y;
    a[k] = c * x - s * y;
  }
}
