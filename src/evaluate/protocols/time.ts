/** Splits by time: what is judged comes later than all that was learned from. */
import { InputError } from "../../base/errors.ts";
import { quoted } from "../../data/findings.ts";
import type { Groups, Table } from "../../data/index.ts";
import { numbersOf, requireColumn } from "../../data/table.ts";

/** When each row of a table was, on a scale that only orders. */
export interface Moments {
  readonly column: string;
  readonly of: Float64Array;
  /** The moment of a row as the table writes it. */
  readonly spell: (row: number) => string;
}

const clock = String.raw`(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?: ?Z)?)?`;
const yearFirst = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2})${clock})?$`);
const dayFirst = new RegExp(String.raw`^(\d{1,2})\.(\d{1,2})\.(\d{4})${clock}$`);

/** A number that orders dates; NaN where a cell writes none, or one of two meanings (3/4/2024). */
export function momentOf(cell: string): number {
  const [, day, month, year, ...late] = dayFirst.exec(cell) ?? [];
  const [, ...early] = yearFirst.exec(cell) ?? [];
  const [y, m, d = "1", ...time] = year === undefined ? early : [year, month, day, ...late];
  if (y === undefined || !(Number(m) >= 1 && Number(m) <= 12 && Number(d) >= 1 && Number(d) <= 31))
    return Number.NaN;
  const [hours = 0, minutes = 0, seconds = 0] = time.map((part) => Number(part ?? 0));
  const days = (Number(y) * 12 + Number(m)) * 31 + Number(d);
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/**
 * Reads the time column of the rows that matter: numbers, or dates that name the year first
 * (2024-05-31) or have points (31.05.2024). Anything else is an `InputError`.
 */
export function readMoments(table: Table, name: string, rows: Int32Array): Moments {
  const column = requireColumn(table, name);
  const { values } = numbersOf(table, column);
  const numeric = rows.every((row) => !Number.isNaN(values[row]!));
  const of = new Float64Array(table.rows).fill(Number.NaN);
  for (const row of rows) {
    const cell = column.cells[row]!;
    of[row] = numeric ? values[row]! : momentOf(cell ?? "");
    if (!Number.isNaN(of[row]!)) continue;
    throw new InputError(
      `${table.name}, line ${table.lines[row]}: the time column ${quoted(name)} is ` +
        `${cell === null ? "empty" : quoted(cell)}. Write a number or a date such as 2024-05-31, ` +
        `or leave the line out.`,
    );
  }
  return { column: name, of, spell: (row) => column.cells[row]! };
}

/** Rows that may be learned from, rows that come later, and where the time is cut. */
export interface Forward {
  readonly learning: Int32Array;
  readonly later: Int32Array;
  /** Rows of groups that began before the cut and went on after it: on neither side. */
  readonly leftOut: Int32Array;
  /** A row of the first later moment. */
  readonly cut: number;
}

interface Timed {
  readonly moments: Moments;
  readonly rows: Int32Array;
  readonly groups: Groups | null;
}

/** When each row's group was first seen; of rows without groups their own moment. */
function starts({ moments, rows, groups }: Timed): Float64Array {
  if (!groups) return Float64Array.from(rows, (row) => moments.of[row]!);
  const first = new Map<number, number>();
  for (const row of rows) {
    const group = groups.of[row]!;
    first.set(group, Math.min(first.get(group) ?? Number.POSITIVE_INFINITY, moments.of[row]!));
  }
  return Float64Array.from(rows, (row) => first.get(groups.of[row]!)!);
}

/** The split at a moment: earlier rows, and all rows of who was first seen at it or later. */
function cutAt({ moments, rows, groups }: Timed, moment: number): Forward {
  const begun = starts({ moments, rows, groups });
  const place = (row: number, i: number) =>
    begun[i]! >= moment ? "later" : moments.of[row]! < moment ? "learning" : "leftOut";
  const of = (part: string) => rows.filter((row, i) => place(row, i) === part);
  const cut = rows.find((row) => moments.of[row] === moment)!;
  return { learning: of("learning"), later: of("later"), leftOut: of("leftOut"), cut };
}

/**
 * Cuts the rows in time so that about `share` of those kept come later. Rows of one moment stay
 * together. With groups the later side has those first seen from the cut on; the others keep their
 * rows from before it, and what they have after it is left out: so no group is on two sides and
 * nothing learned from is later than what is judged. An `InputError` where all begin at one time.
 *
 *     const { learning, later } = splitForward({ moments, rows, groups: null }, 0.2);
 */
export function splitForward(timed: Timed, share: number): Forward {
  const { moments, rows, groups } = timed;
  const begun = starts(timed).sort();
  const own = Float64Array.from(rows, (row) => moments.of[row]!).sort();
  let [best, moment, early] = [Number.POSITIVE_INFINITY, Number.NaN, 0];
  begun.forEach((start, i) => {
    if (i === 0 || start === begun[i - 1]) return;
    while (own[early]! < start) early++;
    const later = rows.length - i;
    const distance = Math.abs(later / (later + early) - share);
    if (distance < best) [best, moment] = [distance, start];
  });
  if (Number.isNaN(moment))
    throw new InputError(
      `${groups ? `every group of ${quoted(groups.column)} begins` : "every row is"} at the same ` +
        `${quoted(moments.column)}, so no side is later. Choose a column of calendar time.`,
    );
  return cutAt(timed, moment);
}

/**
 * Folds forward in time, as scikit-learn's `TimeSeriesSplit` but that rows of one moment stay
 * together: of K + 1 stretches of about as many rows, each but the first is judged by what was learned from all
 * before it. An `InputError` where the moments are too few.
 *
 *     for (const { learning, later } of foldsForward({ moments, rows, groups: null }, 5)) …
 */
export function foldsForward(timed: Timed, folds: number): Forward[] {
  const { moments, rows } = timed;
  const begun = starts(timed).sort();
  const size = Math.floor(rows.length / (folds + 1));
  const cuts = Array.from({ length: folds }, (_, i) => begun[rows.length - (folds - i) * size]!);
  if (size < 1 || begun[0] === cuts[0] || new Set(cuts).size < folds)
    throw new InputError(
      `${quoted(moments.column)} has too few different times for ${folds} folds forward in time. ` +
        `Take fewer folds.`,
    );
  return cuts.map((moment, i) => {
    const forward = cutAt(timed, moment);
    const end = cuts[i + 1];
    if (end === undefined) return forward;
    const next = new Set(cutAt(timed, end).later);
    return { ...forward, later: forward.later.filter((row) => !next.has(row)) };
  });
}
