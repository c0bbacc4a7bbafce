/** Which rows learn, which decide when to stop, and which are never seen. */
import { InputError } from "../base/errors.ts";
import {
  countLabels,
  type Groups,
  kFold,
  requireColumn,
  requireGroupsApart,
  type Split,
  splitByColumn,
  splitRows,
  type Table,
  type Target,
} from "../data/index.ts";
import { joinedRows } from "../data/table.ts";
import { foldsForward, readMoments, splitForward } from "./protocols/time.ts";
import { defaults } from "./settings.ts";
import type { ForwardFacts, StudyOptions } from "./types.ts";

interface Source {
  readonly table: Table;
  readonly target: Target;
  readonly groups: Groups | null;
  /** Rows of a test table of its own. */
  readonly testRows: Int32Array | null;
}

/** A study's split, and what a split in time says of itself. */
export interface Sides {
  readonly split: Split;
  readonly forward: ForwardFacts | null;
}

/**
 * The split of a study: test rows from a column, the latest, from a table of their own, or drawn by the seed;
 * validation rows drawn from what is left, unless the column names them.
 */
export function chooseSplit(source: Source, options: StudyOptions): Sides {
  const { table, target, groups, testRows } = source;
  const { splitColumn, time, testFraction = shareOf(table, defaults.testFraction) } = options;
  const alone = (split: Split): Sides => ({ split, forward: null });
  if (testRows) return alone({ ...drawn(source, target.rows, 0, options), test: testRows });
  if (splitColumn === undefined) {
    if (!(testFraction > 0 && testFraction < 1))
      throw new InputError(
        `The test fraction is ${testFraction}. It must lie between 0 and 1, such as 0.2.`,
      );
    if (time === undefined) return alone(drawn(source, target.rows, testFraction, options));
    return inTime(source, time, testFraction, options);
  }
  const told = splitByColumn(table, splitColumn, target.rows);
  if (groups) requireGroupsApart(told, groups);
  if (told.validation.length > 0) return alone(told);
  return alone({ ...drawn(source, told.training, 0, options), test: told.test });
}

/** The latest rows are tested; validation rows are drawn from all times before them. */
function inTime(source: Source, time: string, share: number, options: StudyOptions): Sides {
  const { table, target, groups } = source;
  const moments = readMoments(table, time, target.rows);
  const { learning, later, leftOut, cut } = splitForward(
    { moments, rows: target.rows, groups },
    share,
  );
  requireEarlier(target, learning, moments.spell(cut));
  return {
    split: { ...drawn(source, learning, 0, options), test: later },
    forward: { column: time, from: moments.spell(cut), leftOut: leftOut.length },
  };
}

/** An `InputError` where a class is not there to learn before a time. */
function requireEarlier(target: Target, learning: Int32Array, from: string): void {
  const lacking = target.labels[countLabels(target, learning).indexOf(0)];
  if (lacking !== undefined)
    throw new InputError(
      `No row before ${from} has “${target.column}” = “${lacking}”. Test a smaller share, take fewer folds, or leave the class out.`,
    );
}

/** Rows of a table on disk that validate, and that test: an AUROC of so many is known within 0.01. */
const mostJudged = 10_000;

const shareOf = ({ stored, rows }: Table, share: number): number =>
  stored ? Math.min(share, mostJudged / rows) : share;

const drawn = (
  { table, target, groups }: Source,
  rows: Int32Array,
  test: number,
  { seed = defaults.seed }: StudyOptions,
): Split =>
  splitRows({
    target,
    rows,
    test,
    validation: shareOf(table, defaults.validationFraction),
    seed,
    ...(groups ? { groups } : {}),
  });

/** Training and validation rows together, in file order: what cross-validation folds. */
export const learningRows = ({ training, validation }: Split): Int32Array =>
  joinedRows([training, validation]);

/** A fold's rows: it learns from some, stops by others, and is judged by those held out. */
export interface FoldSplit {
  readonly repeat: number;
  readonly fold: number;
  readonly split: Split;
}

/** All folds of a study, none where no folds are asked for. */
export function foldSplits(
  source: Omit<Source, "testRows"> & { readonly split: Split },
  options: Pick<StudyOptions, "seed" | "folds" | "repeats" | "time">,
): FoldSplit[] {
  const { target, groups, split } = source;
  const { seed = defaults.seed, folds, repeats = defaults.repeats, time } = options;
  if (folds === undefined) return [];
  const common = { target, seed, ...(groups ? { groups } : {}) };
  const share = { test: 0, validation: defaults.validationFraction };
  const rows = learningRows(split);
  const dealt =
    time === undefined
      ? kFold({ ...common, rows, folds, repeats })
      : foldsForward({ moments: readMoments(source.table, time, rows), rows, groups }, folds).map(
          ({ learning, later, cut }, fold) => {
            requireEarlier(target, learning, requireColumn(source.table, time).cells[cut]!);
            return { repeat: 0, fold, training: learning, held: later };
          },
        );
  return dealt.map(({ repeat, fold, training, held }, index) => {
    // index 0 drew the study's own split
    const drawn = splitRows({ ...common, ...share, rows: training, index: index + 1 });
    return { repeat, fold, split: { ...drawn, test: held } };
  });
}
