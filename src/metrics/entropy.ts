/** Shannon's measures of discrete distributions, in nats or bits. */
import { InputError } from "../base/errors.ts";
import { log, log2 } from "../base/math.ts";
import type { Numbers } from "./estimate.ts";

export interface EntropyOptions {
  /** Nats (natural logarithm, the default) or bits (base 2). */
  readonly unit?: "nats" | "bits" | undefined;
}

/** Row x, column y: P(X = x, Y = y). */
export type Joint = readonly Numbers[];

const logarithm = ({ unit = "nats" }: EntropyOptions) => (unit === "bits" ? log2 : log);

const TOLERANCE = 1e-6;

function checkDistribution(what: string, p: Numbers): void {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    if (!(p[i]! >= 0 && p[i]! <= 1 + TOLERANCE)) {
      throw new InputError(`${what}: entry ${i} is ${p[i]}; probabilities lie between 0 and 1.`);
    }
    sum += p[i]!;
  }
  if (Math.abs(sum - 1) > TOLERANCE) {
    throw new InputError(`${what}: the probabilities sum to ${sum}, not 1; divide by their sum.`);
  }
}

/** Σ -p log q with 0 · log 0 = 0, in the order given. */
function crossed(p: Numbers, q: Numbers, options: EntropyOptions): number {
  const logOf = logarithm(options);
  let sum = 0;
  for (let i = 0; i < p.length; i++) if (p[i]! > 0) sum -= p[i]! * logOf(q[i]!);
  return sum + 0;
}

/**
 * Entropy H(X) = -Σ p log p of a distribution.
 * @example entropy([0.5, 0.5], { unit: "bits" }) // 1
 */
export function entropy(p: Numbers, options: EntropyOptions = {}): number {
  checkDistribution("entropy", p);
  return crossed(p, p, options);
}

function pair(what: string, p: Numbers, q: Numbers): void {
  if (p.length !== q.length) {
    throw new InputError(`${what}: lengths ${p.length} and ${q.length} differ; use one support.`);
  }
  checkDistribution(`${what}, first distribution`, p);
  checkDistribution(`${what}, second distribution`, q);
}

/**
 * Cross-entropy H(p, q) = -Σ p log q; Infinity where q = 0 < p.
 * @example crossEntropy([1, 0], [0.5, 0.5], { unit: "bits" }) // 1
 */
export function crossEntropy(p: Numbers, q: Numbers, options: EntropyOptions = {}): number {
  pair("cross-entropy", p, q);
  return crossed(p, q, options);
}

/**
 * Kullback-Leibler divergence D(p ‖ q) = Σ p log(p / q) ≥ 0; Infinity where q = 0 < p.
 * @example klDivergence([1, 0], [0.5, 0.5], { unit: "bits" }) // 1
 */
export function klDivergence(p: Numbers, q: Numbers, options: EntropyOptions = {}): number {
  pair("Kullback-Leibler divergence", p, q);
  const logOf = logarithm(options);
  let sum = 0;
  for (let i = 0; i < p.length; i++) if (p[i]! > 0) sum += p[i]! * (logOf(p[i]!) - logOf(q[i]!));
  return Math.max(0, sum);
}

interface Table {
  readonly cells: Float64Array;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/** The checked cells and the two marginals P(X), P(Y). */
function marginals(what: string, joint: Joint): Table {
  const width = joint[0]?.length ?? 0;
  const odd = joint.findIndex((row) => row.length !== width);
  if (odd >= 0) {
    throw new InputError(`${what}: row ${odd} has ${joint[odd]!.length} entries, not ${width}.`);
  }
  const cells = Float64Array.from(joint.flatMap((row) => Array.from(row)));
  checkDistribution(what, cells);
  const rows = new Float64Array(joint.length);
  const columns = new Float64Array(width);
  cells.forEach((p, i) => {
    rows[Math.floor(i / width)]! += p;
    columns[i % width]! += p;
  });
  return { cells, rows, columns };
}

/**
 * Joint entropy H(X, Y) = -Σ p(x, y) log p(x, y).
 * @example jointEntropy([[0.25, 0.25], [0.25, 0.25]], { unit: "bits" }) // 2
 */
export function jointEntropy(joint: Joint, options: EntropyOptions = {}): number {
  const { cells } = marginals("joint entropy", joint);
  return crossed(cells, cells, options);
}

/**
 * Conditional entropy H(Y | X) = H(X, Y) - H(X): what is left open about the column once the row
 * is known. Transpose the matrix for H(X | Y).
 * @example conditionalEntropy([[0.5, 0], [0, 0.5]]) // 0
 */
export function conditionalEntropy(joint: Joint, options: EntropyOptions = {}): number {
  const { cells, rows } = marginals("conditional entropy", joint);
  return Math.max(0, crossed(cells, cells, options) - crossed(rows, rows, options));
}

/**
 * Mutual information I(X; Y) = Σ p(x, y) log(p(x, y) / (p(x) p(y))) ≥ 0.
 * @example mutualInformation([[0.5, 0], [0, 0.5]], { unit: "bits" }) // 1
 */
export function mutualInformation(joint: Joint, options: EntropyOptions = {}): number {
  const { cells, rows, columns } = marginals("mutual information", joint);
  const logOf = logarithm(options);
  let sum = 0;
  cells.forEach((p, i) => {
    if (p === 0) return;
    const [x, y] = [rows[Math.floor(i / columns.length)]!, columns[i % columns.length]!];
    sum += p * (logOf(p) - logOf(x) - logOf(y));
  });
  return Math.max(0, sum);
}

/**
 * The distribution that counts stand for: each divided by their sum.
 * @example distribution([3, 1]) // [0.75, 0.25]
 */
export function distribution(counts: Numbers): Float64Array {
  const values = Float64Array.from(counts);
  const sum = values.reduce((total, count) => total + count, 0);
  const bad = values.findIndex((count) => !(count >= 0 && count < Infinity));
  if (bad >= 0) throw new InputError(`counts: entry ${bad} is ${values[bad]}; counts are >= 0.`);
  if (sum === 0) throw new InputError("counts: all are zero; there is nothing to distribute.");
  return values.map((count) => count / sum);
}

/**
 * The joint distribution of two label columns, classes numbered from 0.
 * @example jointDistribution([0, 0, 1], [1, 1, 0]) // [[0, 0.667], [0.333, 0]]
 */
export function jointDistribution(first: Numbers, second: Numbers): Float64Array[] {
  if (first.length !== second.length || first.length === 0) {
    throw new InputError(
      `labels: ${first.length} and ${second.length} rows; give the same number, at least one.`,
    );
  }
  const [x, y] = [Array.from(first), Array.from(second)];
  const bad = [...x, ...y].find((label) => !(Number.isInteger(label) && label >= 0));
  if (bad !== undefined) {
    throw new InputError(`labels: ${bad} is no class; number the classes 0, 1, 2, …`);
  }
  const [height, width] = [x, y].map((labels) => labels.reduce((a, b) => Math.max(a, b), 0) + 1);
  const joint = Array.from({ length: height! }, () => new Float64Array(width!));
  x.forEach((row, i) => {
    joint[row]![y[i]!]! += 1;
  });
  return joint.map((row) => row.map((count) => count / x.length));
}
