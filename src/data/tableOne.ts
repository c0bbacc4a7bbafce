/** Table 1 of a study: each column by outcome or by part, with standardized mean differences. */
import { InputError } from "../base/errors.ts";
import { type ColumnFacts, countLevels } from "./kinds.ts";
import { levelsOf, numbersOf, requireColumn, rowsWhere, type Table, valuesAt } from "./table.ts";

/** One group's numbers of a column. */
export type GroupSummary = {
  readonly rows: number;
  readonly missing: number;
} & (
  | { readonly kind: "number"; readonly mean: number; readonly deviation: number }
  | { readonly kind: "levels"; readonly counts: readonly number[] }
);

export interface TableOneRow {
  readonly column: string;
  /** Of a category; none of a number. */
  readonly levels: readonly string[];
  /** One for each group. */
  readonly groups: readonly GroupSummary[];
  /**
   * The largest |standardized mean difference| of two groups; `null` where it does not exist, as of
   * groups that differ and do not vary.
   */
  readonly difference: number | null;
}

export interface TableOne {
  readonly names: readonly string[];
  readonly sizes: readonly number[];
  readonly rows: readonly TableOneRow[];
}

/**
 * Mean and deviation of numbers, counts of levels, in each group of rows; and the largest standardized
 * mean difference between two groups: (m₁ − m₂) / √((s₁² + s₂²) / 2) for numbers, for levels the
 * Mahalanobis distance of the shares (Yang & Dalton 2012). Above 0.1 is commonly called unbalanced.
 *
 *     tableOne(table, describeColumns(table), [{ name: "benign", rows: a }, { name: "malignant", rows: b }]);
 */
export function tableOne(
  table: Table,
  facts: readonly ColumnFacts[],
  groups: readonly { readonly name: string; readonly rows: Int32Array }[],
): TableOne {
  if (groups.length < 1) throw new InputError("Table 1 needs at least one group of rows.");
  const shown = facts.filter(({ kind }) => ["number", "binary", "category"].includes(kind));
  return {
    names: groups.map(({ name }) => name),
    sizes: groups.map(({ rows }) => rows.length),
    rows: shown.map(({ name, kind, levels }) => {
      const summaries = groups.map(({ rows }) =>
        kind === "number" ? numbersIn(table, name, rows) : levelsIn(table, name, levels, rows),
      );
      return {
        column: name,
        levels: kind === "number" ? [] : levels,
        groups: summaries,
        difference: largestDifference(summaries),
      };
    }),
  };
}

function numbersIn(table: Table, name: string, rows: Int32Array): GroupSummary {
  const { values } = numbersOf(table, requireColumn(table, name));
  const present = valuesAt(
    values,
    rowsWhere(rows, (row) => !Number.isNaN(values[row]!)),
  );
  const mean = present.reduce((sum, x) => sum + x, 0) / present.length;
  const squares = present.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
  const deviation = Math.sqrt(squares / (present.length - 1));
  const missing = rows.length - present.length;
  return { kind: "number", rows: rows.length, missing, mean, deviation };
}

function levelsIn(
  table: Table,
  name: string,
  levels: readonly string[],
  rows: Int32Array,
): GroupSummary {
  const column = requireColumn(table, name);
  const found = countLevels(levelsOf(table, column, numbersOf(table, column).strange === 0), rows);
  const counts = levels.map((level) => found.get(level) ?? 0);
  const missing = rows.length - counts.reduce((sum, count) => sum + count, 0);
  return { kind: "levels", rows: rows.length, missing, counts };
}

function largestDifference(groups: readonly GroupSummary[]): number | null {
  let most: number | null = null;
  groups.forEach((first, i) => {
    for (const second of groups.slice(i + 1)) {
      const found = differenceOf(first, second);
      if (found !== null) most = Math.max(most ?? 0, found);
    }
  });
  return most === Infinity ? null : most;
}

function differenceOf(a: GroupSummary, b: GroupSummary): number | null {
  if (a.kind === "number" && b.kind === "number") {
    const spread = Math.sqrt((a.deviation * a.deviation + b.deviation * b.deviation) / 2);
    const gap = Math.abs(a.mean - b.mean);
    if (Number.isNaN(spread) || Number.isNaN(gap)) return null;
    return gap === 0 ? 0 : gap / spread;
  }
  if (a.kind !== "levels" || b.kind !== "levels") return null;
  const [p, q] = [sharesOf(a.counts), sharesOf(b.counts)];
  return p && q ? mahalanobis(p, q) : null;
}

function sharesOf(counts: readonly number[]): number[] | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? null : counts.map((count) => count / total);
}

/**
 * √((p − q)ᵀ S⁻¹ (p − q)) without the last level, S the mean of both groups' covariances of shares;
 * endless where a level tells the groups apart for certain.
 */
function mahalanobis(p: readonly number[], q: readonly number[]): number {
  // levels that neither group has tell nothing
  const kept = p.flatMap((share, k) => (share > 0 || q[k]! > 0 ? [k] : [])).slice(0, -1);
  const size = kept.length;
  const covariance = (i: number, j: number) => {
    const of = (shares: readonly number[]) =>
      i === j ? shares[i]! * (1 - shares[i]!) : -shares[i]! * shares[j]!;
    return (of(p) + of(q)) / 2;
  };
  const rows = kept.map((i) =>
    Float64Array.of(...kept.map((j) => covariance(i, j)), p[i]! - q[i]!),
  );
  // Gauss elimination of [S | d]; then d · S⁻¹ d
  for (let k = 0; k < size; k++) {
    const head = rows[k]!;
    if (!(head[k]! > 1e-12)) return Infinity;
    for (let row = k + 1; row < size; row++) {
      const factor = rows[row]![k]! / head[k]!;
      for (let j = k; j <= size; j++) rows[row]![j]! -= factor * head[j]!;
    }
  }
  // S = LDLᵀ: after elimination the last column is L⁻¹ d
  const square = rows.reduce((sum, row, k) => sum + (row[size]! * row[size]!) / row[k]!, 0);
  return Math.sqrt(square);
}
