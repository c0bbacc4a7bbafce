/** What a table holds, column by column: values, what is missing and with whom, what goes together. */
import { quantile } from "../metrics/quantile.ts";
import { type ColumnFacts, countLevels, describeColumn, type KindOptions } from "./kinds.ts";
import { allRows, levelsOf, numbersOf, type Table, valuesAt } from "./table.ts";
import type { Target } from "./target.ts";

/** Of a column of numbers. */
export interface NumberSummary {
  readonly mean: number;
  /** √(Σ (x − mean)² / (n − 1)); 0 for one row. */
  readonly deviation: number;
  readonly quartiles: readonly [first: number, median: number, third: number];
  readonly low: number;
  readonly high: number;
  /** Counts in bins of equal width from `low` to `high`. */
  readonly histogram: readonly number[];
}

export interface ColumnProfile extends ColumnFacts {
  /** `kg` of `weight (kg)` or `weight [kg]`, or as the dictionary tells; else `null`. */
  readonly unit: string | null;
  readonly numbers: NumberSummary | null;
  /** Rows of each value of a binary or category column. */
  readonly counts: readonly { readonly level: string; readonly rows: number }[];
  /** Share that is missing in the rows of each label of the target; none without a target of classes. */
  readonly missingByLabel: readonly number[];
}

/** Columns that are missing together, and in how many rows. */
export interface MissingPattern {
  readonly columns: readonly string[];
  readonly rows: number;
}

export interface Correlation {
  readonly first: string;
  readonly second: string;
  /** Pearson's, over rows that have both. */
  readonly r: number;
}

export interface Profile {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  /** The commonest first; complete rows have no columns. */
  readonly patterns: readonly MissingPattern[];
  /** The strongest of all pairs of numbers, by |r|. */
  readonly correlations: readonly Correlation[];
}

const bins = 10;
const mostPatterns = 10;
const mostCorrelations = 20;
/** Pairs of more columns than this are not looked at. */
const mostPaired = 400;

/**
 * Describes every column of a table, and of a target with classes what is missing with each class.
 *
 *     profile(await data.read("wdbc.csv")).columns[1].numbers;
 */
export function profile(
  table: Table,
  { target, ...options }: KindOptions & { readonly target?: Target } = {},
): Profile {
  const rows = options.rows ?? target?.rows ?? allRows(table.rows);
  const columns = table.columns.map((column): ColumnProfile => {
    const facts = describeColumn(table, column, { ...options, rows });
    const numeric = facts.kind === "number";
    const discrete = facts.levels.length > 0;
    const levelAt = levelsOf(table, column, numbersOf(table, column).strange === 0);
    const counts = discrete ? countLevels(levelAt, rows) : new Map<string, number>();
    const missing = (row: number) => levelAt(row) === null;
    return {
      ...facts,
      unit: unitOf(table, column.name),
      numbers: numeric ? summaryOf(numbersOf(table, column).values, rows) : null,
      counts: facts.levels.map((level) => ({ level, rows: counts.get(level) ?? 0 })),
      missingByLabel: target ? sharesByLabel(target, rows, missing) : [],
    };
  });
  return {
    rows: rows.length,
    columns,
    patterns: patternsOf(table, rows),
    correlations: correlationsOf(
      table,
      columns.filter(({ numbers }) => numbers).map(({ name }) => name),
      rows,
    ),
  };
}

const unitOf = ({ dictionary }: Table, name: string): string | null =>
  dictionary?.fields.find((field) => field.name === name)?.unit ??
  /[([]\s*([^()[\]]{1,12})\s*[)\]]\s*$/.exec(name)?.[1] ??
  null;

function summaryOf(values: Float64Array, rows: Int32Array): NumberSummary {
  const sorted = valuesAt(values, rows)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const histogram = new Array<number>(bins).fill(0);
  for (const value of sorted)
    histogram[Math.min(bins - 1, Math.floor((bins * (value - low)) / (high - low)))]!++;
  return {
    ...{ mean, low, high, histogram },
    deviation: sorted.length > 1 ? Math.sqrt(squares / (sorted.length - 1)) : 0,
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)],
  };
}

/** The share of each label's rows for which `test` holds; none for a regression. */
function sharesByLabel(target: Target, rows: Int32Array, test: (row: number) => boolean): number[] {
  const counts = target.labels.map(() => ({ rows: 0, held: 0 }));
  for (const row of rows) {
    const count = counts[target.values[row]!];
    if (!count) continue;
    count.rows++;
    if (test(row)) count.held++;
  }
  return counts.map(({ rows: all, held }) => (all === 0 ? 0 : held / all));
}

function patternsOf(table: Table, rows: Int32Array): MissingPattern[] {
  const counts = new Map<string, { columns: string[]; rows: number }>();
  for (const row of rows) {
    const columns = table.columns.flatMap(({ name, cells }) => (cells[row] === null ? [name] : []));
    const key = JSON.stringify(columns);
    const known = counts.get(key);
    if (known) known.rows++;
    else counts.set(key, { columns, rows: 1 });
  }
  return [...counts.values()].sort((a, b) => b.rows - a.rows).slice(0, mostPatterns);
}

function correlationsOf(table: Table, names: readonly string[], rows: Int32Array): Correlation[] {
  if (names.length > mostPaired) return [];
  const columns = names.map((name) => {
    const { values } = numbersOf(table, table.columns.find((column) => column.name === name)!);
    return valuesAt(values, rows);
  });
  const pairs: Correlation[] = [];
  columns.forEach((x, i) => {
    for (let j = i + 1; j < columns.length; j++) {
      const r = pearson(x, columns[j]!);
      if (r !== null) pairs.push({ first: names[i]!, second: names[j]!, r });
    }
  });
  return pairs.sort((a, b) => Math.abs(b.r) - Math.abs(a.r)).slice(0, mostCorrelations);
}

/** Over rows that have both; `null` where one of them does not vary. */
function pearson(x: Float64Array, y: Float64Array): number | null {
  let [count, meanX, meanY] = [0, 0, 0];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]!) || Number.isNaN(y[i]!)) continue;
    count++;
    // Welford's running means (1962)
    const dx = x[i]! - meanX;
    const dy = y[i]! - meanY;
    meanX += dx / count;
    meanY += dy / count;
    xx += dx * (x[i]! - meanX);
    yy += dy * (y[i]! - meanY);
    xy += dx * (y[i]! - meanY);
  }
  return xx > 0 && yy > 0 ? xy / (Math.sqrt(xx) * Math.sqrt(yy)) : null;
}
