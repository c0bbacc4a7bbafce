/** What a suspicion is worth: the same rows judged with its cause and without. */
import type { Session } from "../../backends/backend.ts";
import { wasmSession } from "../../backends/wasm/session.ts";
import { InputError } from "../../base/errors.ts";
import { readGroups, type Table } from "../../data/index.ts";
import type { Estimate } from "../../metrics/estimate.ts";
import { classAccuracy } from "../../metrics/multiclass.ts";
import { type HeldRows, heldRows, joinHeld, rankOf, takeHeld } from "../judged.ts";
import { prepare } from "../prepare.ts";
import { foldSplits } from "../sides.ts";
import { sourceOf } from "../study.ts";
import type { Prepared, StudyOptions } from "../types.ts";
import type { Remedy } from "./types.ts";

export interface Proof {
  /** `auroc` or `r2`. */
  readonly statistic: string;
  /** As the table came, and without the cause. */
  readonly as: Estimate;
  readonly without: Estimate;
  /** Where copies are left out of the test rows; the others are judged by five-fold cross-validation. */
  readonly copies: CopiesProof | null;
}

/** One training, judged by all test rows, by those that are no copies, and by the copies. */
export interface CopiesProof {
  readonly rows: number;
  readonly of: number;
  /** Shares called right; `null` of a regression. */
  readonly accuracy: {
    readonly as: Estimate;
    readonly without: Estimate;
    readonly copies: Estimate;
  } | null;
}

export interface ProveOptions {
  /** Where to compute (default: WebAssembly). */
  readonly session?: Session;
  /** Resamples of each bootstrap (default 2000). */
  readonly resamples?: number;
  readonly onFold?: (done: number, of: number) => void;
}

const folds = 5;

/**
 * Judges a study with a suspicion's cause and without it: by five-fold cross-validation twice, or where
 * test rows are copies by the test rows with them and without. Intervals resample the groups of both.
 * Throws an `InputError` where nothing can be taken away.
 *
 *     const { as, without } = await prove(table, options, suspicion); // AUROC 0.93, 0.81
 */
export async function prove(
  table: Table,
  options: StudyOptions,
  { remedy, check }: { readonly remedy: Remedy | null; readonly check: string },
  { session = wasmSession(), resamples = 2000, onFold }: ProveOptions = {},
): Promise<Proof> {
  if (!remedy)
    throw new InputError(`“${check}” cannot be proved by leaving something out. Mend the table.`);
  const seed = options.seed ?? 0;
  const rank = (held: HeldRows) => rankOf(held, { seed, resamples });
  if (remedy.kind === "drop rows")
    return proveCopies(prepare(table, options), remedy.rows, { session, rank });
  const sides = sidesOf(options, remedy).map((how) =>
    prepare(table, { ...how, folds, repeats: 1 }),
  );
  const { split } = sides[1]!; // both sides fold the same rows
  const held: HeldRows[] = [];
  for (const [side, prepared] of sides.entries())
    held.push(
      await crossValidated(
        { ...prepared, split },
        {
          ...{ session, unit: unitOf(options, remedy) },
          onFold: (done, of) => onFold?.(side * of + done, 2 * of),
        },
      ),
    );
  const [as, without] = held.map(rank);
  const statistic = held[0]!.said.task === "regression" ? "r2" : "auroc";
  return { statistic, as: as!, without: without!, copies: null };
}

type Told = Exclude<Remedy, { readonly kind: "drop rows" }>;

/** The study with the cause and without it. */
function sidesOf(options: StudyOptions, remedy: Told): readonly [StudyOptions, StudyOptions] {
  const { ignore = [] } = options;
  if (remedy.kind === "ignore")
    return [options, { ...options, ignore: [...ignore, ...remedy.columns] }];
  const { group, time, splitColumn, ...rest } = options;
  // the column says how to split, on neither side what to learn from
  const hidden = { ...rest, ignore: [...ignore, remedy.column] };
  if (remedy.kind === "group") {
    const same = time === undefined ? {} : { time };
    return [
      { ...hidden, ...same },
      { ...rest, ...same, group: remedy.column },
    ];
  }
  const same = group === undefined ? {} : { group };
  return [
    { ...hidden, ...same },
    { ...rest, ...same, time: remedy.column },
  ];
}

/** What intervals resample on both sides. */
const unitOf = ({ group }: StudyOptions, remedy: Told): string | undefined =>
  remedy.kind === "group" ? remedy.column : group;

/** Every fold's held-out rows, by networks of the seeds that `study` gives them. */
async function crossValidated(
  prepared: Prepared,
  options: {
    readonly session: Session;
    readonly unit: string | undefined;
    readonly onFold: (done: number, of: number) => void;
  },
): Promise<HeldRows> {
  const { session, unit, onFold } = options;
  const groups = unit === undefined ? null : readGroups(prepared.table, unit);
  const splits = foldSplits(prepared, prepared.options);
  const held: HeldRows[] = [];
  for (const [index, { split }] of splits.entries()) {
    const settings = { ...prepared.settings, seed: prepared.settings.seed + index + 1 };
    const units = groups ? split.test.map((row) => groups.of[row]!) : split.test;
    held.push(await heldRows(sourceOf(prepared), split, { settings, session, units }));
    onFold(index + 1, splits.length);
  }
  return joinHeld(held);
}

/** The study's own network on its test rows, with the copies and without. */
async function proveCopies(
  prepared: Prepared,
  copies: readonly number[],
  { session, rank }: { readonly session: Session; readonly rank: (held: HeldRows) => Estimate },
): Promise<Proof> {
  const { split, settings, test } = prepared;
  const { groups } = test;
  const units = groups ? split.test.map((row) => groups.of[row]!) : split.test;
  const all = await heldRows(sourceOf(prepared), split, { settings, session, units });
  const known = new Set(copies);
  const places = [...split.test.keys()];
  const others = takeHeld(
    all,
    places.filter((at) => !known.has(split.test[at]!)),
  );
  const twice = takeHeld(
    all,
    places.filter((at) => known.has(split.test[at]!)),
  );
  const regression = all.said.task === "regression";
  return {
    statistic: regression ? "r2" : "auroc",
    as: rank(all),
    without: rank(others),
    copies: {
      ...{ rows: twice.truth.length, of: all.truth.length },
      accuracy: regression
        ? null
        : { as: accuracyOf(all), without: accuracyOf(others), copies: accuracyOf(twice) },
    },
  };
}

/** The share of rows called right, at the model's own threshold. */
function accuracyOf({ said, truth, units }: HeldRows): Estimate {
  const classes = said.labels.length;
  const probabilities = new Float64Array(said.rows * classes);
  said.values.forEach((label, row) => {
    probabilities[row * classes + label] = 1;
  });
  return classAccuracy({ probabilities, labels: truth, classes }, { groups: units });
}
