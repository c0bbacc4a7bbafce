/** Columns of the rows that learn, one at a time, sorted within each label. */
import { sortedNumbers } from "../../data/kinds.ts";
import { levelsOf, numbersOf, requireColumn, rowsWhere } from "../../data/table.ts";
import { onceEach } from "../../metrics/bootstrap.ts";
import { weightedAuroc } from "../../metrics/delong.ts";
import { binaryRows } from "../../metrics/rows.ts";
import { learningRows } from "../sides.ts";
import type { Prepared } from "../types.ts";

/** The learned rows of each label. */
export function learnedByLabel({ target, split }: Prepared): Int32Array[] {
  const rows = learningRows(split);
  return target.labels.map((_, k) => rowsWhere(rows, (row) => target.values[row] === k));
}

/** The columns that the network takes as numbers. */
export const numberColumns = ({ recipe }: Prepared): string[] =>
  recipe.inputs.flatMap(({ kind, name }) => (kind === "number" ? [name] : []));

/** A column's numbers in the rows of each label, ascending, without gaps. */
export function sortedByLabel(
  { table }: Prepared,
  name: string,
  byLabel: readonly Int32Array[],
): Float64Array[] {
  const { values } = numbersOf(table, requireColumn(table, name));
  return byLabel.map((rows) => sortedNumbers(values, rows));
}

/** AUROC of numbers alone for a label against the others, whichever way it points. */
export function areaOf(sorted: readonly Float64Array[], label: number): number {
  const own = sorted[label]!;
  let [won, pairs] = [0, 0];
  sorted.forEach((other, k) => {
    if (k === label) return;
    won += pairsWon(own, other);
    pairs += own.length * other.length;
  });
  return eitherWay(pairs === 0 ? 0.5 : won / pairs);
}

const eitherWay = (area: number) => Math.max(area, 1 - area);

/** Mann & Whitney's U: pairs in which the first is larger; equal ones count half. */
function pairsWon(first: Float64Array, second: Float64Array): number {
  let [won, below, upTo] = [0, 0, 0];
  for (const value of first) {
    while (below < second.length && second[below]! < value) below++;
    if (upTo < below) upTo = below;
    while (upTo < second.length && second[upTo] === value) upTo++;
    won += (below + upTo) / 2;
  }
  return won;
}

/** Levels with fewer rows each, on average, would fit by chance. */
const rowsPerLevel = 20;

/**
 * AUROC of a category alone, each level scored by the label's share of its rows; `null` where its
 * levels have too few.
 */
export function areaOfLevels(
  { table }: Prepared,
  input: { readonly name: string; readonly numeric: boolean; readonly levels: readonly string[] },
  byLabel: readonly Int32Array[],
): ((label: number) => number) | null {
  const all = byLabel.reduce((sum, { length }) => sum + length, 0);
  if (input.levels.length * rowsPerLevel > all) return null;
  const levelAt = levelsOf(table, requireColumn(table, input.name), input.numeric);
  const counts = new Map<string | null, Float64Array>();
  byLabel.forEach((rows, label) => {
    for (const row of rows) {
      const level = levelAt(row);
      const count = counts.get(level) ?? new Float64Array(byLabel.length);
      count[label]!++;
      counts.set(level, count);
    }
  });
  return (label) => {
    const events = [...counts.values()].map((count) => count[label]!);
    const rows = [...counts.values()].map((count) => count.reduce((sum, each) => sum + each, 0));
    const shares = events.map((count, i) => count / rows[i]!);
    // each level once as events and once as others, as often as it occurs
    const labels = [...onceEach(shares.length), ...shares.map(() => 0)];
    const others = rows.map((count, i) => count - events[i]!);
    const area = weightedAuroc(binaryRows("audit", [...shares, ...shares], labels));
    return eitherWay(area(Float64Array.of(...events, ...others)) ?? 0.5);
  };
}
