/** What a table holds, column by column: values, what is missing and with whom, what goes together. */
import { quantile } from "../metrics/quantile.ts";
import {
  type ColumnFacts,
  countLevels,
  describeColumn,
  type KindOptions,
  sortedNumbers,
} from "./kinds.ts";
import { eachPart } from "./stored/blocks.ts";
import {
  allRows,
  type Column,
  levelsOf,
  missingIn,
  numbersOf,
  type Table,
  valuesAt,
} from "./table.ts";
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

export interface ProfileOptions extends KindOptions {
  readonly target?: Target;
  /** What is already known of the columns, by the same rows. */
  readonly columns?: readonly ColumnFacts[];
}

/**
 * Describes every column of a table, and of a target with classes what is missing with each class.
 *
 *     profile(await data.read("wdbc.csv")).columns[1].numbers;
 */
export function profile(
  table: Table,
  { target, columns: known, ...options }: ProfileOptions = {},
): Profile {
  const rows = options.rows ?? target?.rows ?? allRows(table.rows);
  const columns = table.columns.map((column, i): ColumnProfile => {
    const facts = known?.[i] ?? describeColumn(table, column, { ...options, rows });
    return {
      ...facts,
      unit: unitOf(table, column.name),
      numbers: facts.kind === "number" ? summaryOf(numbersOf(table, column).values, rows) : null,
      counts: countsOf(table, column, facts, rows),
      missingByLabel: target ? sharesByLabel(target, rows, missingIn(column)) : [],
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

/** How often each level occurs; none of a column without levels. */
function countsOf(table: Table, column: Column, { levels }: ColumnFacts, rows: Int32Array) {
  if (levels.length === 0) return [];
  const levelAt = levelsOf(table, column, numbersOf(table, column).strange === 0);
  const counts = countLevels(levelAt, rows);
  return levels.map((level) => ({ level, rows: counts.get(level) ?? 0 }));
}

const unitOf = ({ dictionary }: Table, name: string): string | null =>
  dictionary?.fields.find((field) => field.name === name)?.unit ??
  /[([]\s*([^()[\]]{1,12})\s*[)\]]\s*$/.exec(name)?.[1] ??
  null;

function summaryOf(values: Float64Array, rows: Int32Array): NumberSummary {
  const sorted = sortedNumbers(values, rows);
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

/** Column by column: a row that misses one more goes on from its pattern to the next. */
function patternsOf(table: Table, rows: Int32Array): MissingPattern[] {
  const patterns: (readonly string[])[] = [[]];
  const of = new Int32Array(rows.length);
  for (const column of table.columns) {
    const missing = missingIn(column);
    const next = new Map<number, number>();
    for (let i = 0; i < rows.length; i++) {
      if (!missing(rows[i]!)) continue;
      const from = of[i]!;
      let to = next.get(from);
      if (to === undefined) {
        to = patterns.length;
        next.set(from, to);
        patterns.push([...patterns[from]!, column.name]);
      }
      of[i] = to;
    }
  }
  const counts = new Map<number, number>();
  for (const pattern of of) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  return [...counts]
    .map(([pattern, count]) => ({ columns: patterns[pattern]!, rows: count }))
    .sort((a, b) => b.rows - a.rows)
    .slice(0, mostPatterns);
}

function correlationsOf(table: Table, names: readonly string[], rows: Int32Array): Correlation[] {
  if (names.length > mostPaired) return [];
  const pairs = names.flatMap((first, i) =>
    names.slice(i + 1).map((second, j) => ({ first, second, i, j: i + 1 + j, sums: noSums() })),
  );
  const places = names.map((name) => table.columns.findIndex((column) => column.name === name));
  eachPart(table, rows, (part, inPart) => {
    const columns = places.map((place) =>
      valuesAt(numbersOf(part, part.columns[place]!).values, inPart),
    );
    for (const { i, j, sums } of pairs) addPairs(sums, columns[i]!, columns[j]!);
  });
  return pairs
    .flatMap(({ first, second, sums }) => {
      const r = pearson(sums);
      return r === null ? [] : [{ first, second, r }];
    })
    .sort((a, b) => Math.abs(b.r) - Math.abs(a.r))
    .slice(0, mostCorrelations);
}

/** Of rows that have both: how many, means, and sums of squares and products about them. */
const noSums = () => ({ count: 0, meanX: 0, meanY: 0, xx: 0, yy: 0, xy: 0 });

/** Welford's running means (1962). */
function addPairs(sums: ReturnType<typeof noSums>, x: Float64Array, y: Float64Array): void {
  let { count, meanX, meanY, xx, yy, xy } = sums;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]!) || Number.isNaN(y[i]!)) continue;
    count++;
    const dx = x[i]! - meanX;
    const dy = y[i]! - meanY;
    meanX += dx / count;
    meanY += dy / count;
    xx += dx * (x[i]! - meanX);
    yy += dy * (y[i]! - meanY);
    xy += dx * (y[i]! - meanY);
  }
  Object.assign(sums, { count, meanX, meanY, xx, yy, xy });
}

/** `null` where one of the two does not vary. */
const pearson = ({ xx, yy, xy }: ReturnType<typeof noSums>): number | null =>
  xx > 0 && yy > 0 ? xy / (Math.sqrt(xx) * Math.sqrt(yy)) : null;
