/** Training, validation and test rows; folds. Everything follows from the seed. */
import { InputError } from "../base/errors.ts";
import { stream } from "../base/random.ts";
import { counted } from "./findings.ts";
import type { Groups } from "./groups.ts";
import { dealFolds, dealShares, placeGroups } from "./partition.ts";
import { groupingOf, requireClasses, requireGroups, requireRows, strataOf } from "./strata.ts";
import { rowsWhere } from "./table.ts";
import type { Target } from "./target.ts";

export interface Split {
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export interface SplitOptions {
  readonly target: Target;
  /** Rows to split; those with a target unless told. */
  readonly rows?: Int32Array;
  /** No group lands on two sides. */
  readonly groups?: Groups;
  /** Share of the rows that is tested, 0.2 unless told; 0 where the test rows are elsewhere. */
  readonly test?: number;
  /** Share of the other rows that validates, 0.2 unless told. */
  readonly validation?: number;
  readonly seed: number;
  /** Which of several splits of one seed, such as the number of a fold. */
  readonly index?: number;
}

/** Which part a class that is in few groups goes to first: training, test, validation. */
const precedence = [0, 2, 1];

/**
 * Splits rows at random with each class (or tenth of a number) in every part in its share.
 * InputErrors: too few rows or groups, a class in one group only.
 *
 *     const { training, validation, test } = splitRows({ target, seed: 0 });
 */
export function splitRows(options: SplitOptions): Split {
  const { target, rows = target.rows, groups, seed, index = 0 } = options;
  const { test = 0.2, validation = 0.2 } = options;
  const shares = [(1 - test) * (1 - validation), (1 - test) * validation, test];
  if (!shares.every((share) => share >= 0 && share <= 1) || shares[0] === 0)
    throw new InputError(
      `split: test ${test} and validation ${validation} are no shares. Give each from 0 to below 1.`,
    );
  const parts = shares.filter((share) => share > 0).length;
  const strata = strataOf(target, rows);
  const random = stream({ seed, purpose: "split", index });
  let of: Int32Array;
  if (groups) {
    const grouping = groupingOf(groups, rows);
    requireGroups({ target, strata, groups, grouping, parts, perClass: test > 0 ? 2 : 1 });
    const places = placeGroups(strata, grouping, { shares, precedence, stream: random });
    of = grouping.of.map((group) => places[group]!);
  } else {
    requireRows({ target, strata, parts, perClass: 1 });
    of = dealShares(strata, shares, random);
  }
  const part = (number: number) => rowsWhere(rows, (_, entry) => of[entry] === number);
  const split = { training: part(0), validation: part(1), test: part(2) };
  requireClasses(target, rows, test > 0 ? [split.training, split.test] : [split.training]);
  return split;
}

export interface Fold {
  readonly repeat: number;
  readonly fold: number;
  readonly training: Int32Array;
  readonly held: Int32Array;
}

export interface FoldOptions {
  readonly target: Target;
  /** Rows to fold; those with a target unless told. */
  readonly rows?: Int32Array;
  /** No group lands in two folds. */
  readonly groups?: Groups;
  readonly folds: number;
  readonly repeats?: number;
  readonly seed: number;
}

/**
 * Stratified K-fold cross-validation, repeated with other folds each time: in each repeat every row
 * is held out once. InputErrors: fewer groups than folds, a class in fewer rows or groups.
 *
 *     for (const { training, held } of kFold({ target, folds: 5, repeats: 10, seed: 0 })) …
 */
export function kFold(options: FoldOptions): Fold[] {
  const { target, rows = target.rows, groups, folds, repeats = 1, seed } = options;
  if (!Number.isInteger(folds) || folds < 2 || !Number.isInteger(repeats) || repeats < 1)
    throw new InputError(
      `folds: ${folds} folds, ${counted(repeats, "repeat")}. Take 2 folds and 1 repeat or more.`,
    );
  const strata = strataOf(target, rows);
  const grouping = groups && groupingOf(groups, rows);
  const needs = { target, strata, parts: folds, perClass: folds };
  if (groups && grouping) requireGroups({ ...needs, groups, grouping });
  else requireRows(needs);
  const shares = Array.from({ length: folds }, () => 1 / folds);
  return Array.from({ length: repeats }, (_, repeat) => {
    const random = stream({ seed, purpose: "folds", index: repeat });
    let of: Int32Array;
    if (grouping) {
      const places = placeGroups(strata, grouping, {
        shares,
        precedence: shares.map((_, fold) => fold),
        stream: random,
      });
      of = grouping.of.map((group) => places[group]!);
    } else of = dealFolds(strata, folds, random);
    const made = shares.map((_, fold) => ({
      repeat,
      fold,
      training: rows.filter((_, entry) => of[entry] !== fold),
      held: rows.filter((_, entry) => of[entry] === fold),
    }));
    requireClasses(
      target,
      rows,
      made.map(({ held }) => held),
    );
    return made;
  }).flat();
}
