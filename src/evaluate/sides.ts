/** Which rows learn, which decide when to stop, and which are never seen. */
import { InputError } from "../base/errors.ts";
import {
  type Groups,
  kFold,
  requireGroupsApart,
  type Split,
  splitByColumn,
  splitRows,
  type Table,
  type Target,
} from "../data/index.ts";
import { defaults } from "./settings.ts";
import type { StudyOptions } from "./types.ts";

interface Source {
  readonly table: Table;
  readonly target: Target;
  readonly groups: Groups | null;
  /** Rows of a test table of its own. */
  readonly testRows: Int32Array | null;
}

/**
 * The split of a study: test rows from a column, from a table of their own, or drawn by the seed;
 * validation rows drawn from what is left, unless the column names them.
 */
export function chooseSplit(source: Source, options: StudyOptions): Split {
  const { table, target, groups, testRows } = source;
  const { splitColumn, testFraction = defaults.testFraction } = options;
  if (testRows) return { ...drawn(source, target.rows, 0, options), test: testRows };
  if (splitColumn === undefined) {
    if (!(testFraction > 0 && testFraction < 1))
      throw new InputError(
        `The test fraction is ${testFraction}. It must lie between 0 and 1, such as 0.2.`,
      );
    return drawn(source, target.rows, testFraction, options);
  }
  const told = splitByColumn(table, splitColumn, target.rows);
  if (groups) requireGroupsApart(told, groups);
  if (told.validation.length > 0) return told;
  return { ...drawn(source, told.training, 0, options), test: told.test };
}

const drawn = (
  { target, groups }: Source,
  rows: Int32Array,
  test: number,
  { seed = defaults.seed }: StudyOptions,
): Split =>
  splitRows({
    target,
    rows,
    test,
    validation: defaults.validationFraction,
    seed,
    ...(groups ? { groups } : {}),
  });

/** Training and validation rows together, in file order: what cross-validation folds. */
const learningRows = ({ training, validation }: Split): Int32Array =>
  Int32Array.from([...training, ...validation]).sort();

/** A fold's rows: it learns from some, stops by others, and is judged by those held out. */
export interface FoldSplit {
  readonly repeat: number;
  readonly fold: number;
  readonly split: Split;
}

/** All folds of a study, none where no folds are asked for. */
export function foldSplits(
  source: Pick<Source, "target" | "groups"> & { readonly split: Split },
  options: Pick<StudyOptions, "seed" | "folds" | "repeats">,
): FoldSplit[] {
  const { target, groups, split } = source;
  const { seed = defaults.seed, folds, repeats = defaults.repeats } = options;
  if (folds === undefined) return [];
  const common = { target, seed, ...(groups ? { groups } : {}) };
  const share = { test: 0, validation: defaults.validationFraction };
  return kFold({ ...common, rows: learningRows(split), folds, repeats }).map(
    ({ repeat, fold, training, held }, index) => {
      // index 0 drew the study's own split
      const drawn = splitRows({ ...common, ...share, rows: training, index: index + 1 });
      return { repeat, fold, split: { ...drawn, test: held } };
    },
  );
}
