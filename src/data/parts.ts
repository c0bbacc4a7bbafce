/** From a table to samples: features by a recipe, targets as a network learns them. */

import { InputError } from "../base/errors.ts";
import type { Finding } from "./findings.ts";
import { type Groups, readGroups } from "./groups.ts";
import { applyRecipe } from "./recipe/apply.ts";
import { fitRecipe } from "./recipe/fit.ts";
import type { RecipePlan } from "./recipe/plan.ts";
import type { Recipe } from "./recipe/types.ts";
import { splitRows } from "./split.ts";
import { type Block, storedFeatures } from "./stored/features.ts";
import { type Table, valuesAt } from "./table.ts";
import { chooseTarget, type Target, type TargetRecipe, type Task } from "./target.ts";

/** A regression learns (y − mean) / deviation of its training rows. */
export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** How a target column is read, and how a network's numbers are turned back; plain JSON. */
export interface ModelTarget extends TargetRecipe {
  /** `null` unless the task is a regression. */
  readonly scale: Scale | null;
}

/** Rows of a table as a network takes them. */
export interface Part {
  readonly rows: number;
  readonly inputs: {
    readonly table: Block;
  };
  /** 0 or 1, the number of a class, or the standardized number. */
  readonly targets: Float32Array;
  /** The same in float64 and in the target's own units. */
  readonly truth: Float64Array;
  readonly target: ModelTarget;
  /** The group of each row, where groups were told. */
  readonly groups: Int32Array | null;
  readonly findings: readonly Finding[];
}

/** What stays the same for every part of a split. */
export interface PartSource {
  readonly table: Table;
  readonly target: Target;
  readonly recipe: Recipe;
  readonly scale: Scale | null;
  readonly groups?: Groups | null;
}

/** The rows as features and targets. */
export function partOf(source: PartSource, rows: Int32Array): Part {
  const { table, target, recipe, scale, groups } = source;
  const { block, findings } = featuresOf(recipe, table, rows);
  const truth = valuesAt(target.values, rows);
  const { mean, deviation } = scale ?? { mean: 0, deviation: 1 };
  return {
    rows: rows.length,
    inputs: { table: block },
    targets: Float32Array.from({ length: rows.length }, (_, i) => (truth[i]! - mean) / deviation),
    truth,
    target: modelTarget(target, scale),
    groups: groups ? rows.map((row) => groups.of[row]!) : null,
    findings,
  };
}

/** The features of rows, in memory or on disk as their table is. */
export function featuresOf(
  recipe: Recipe,
  table: Table,
  rows: Int32Array,
): { readonly block: Part["inputs"]["table"]; readonly findings: readonly Finding[] } {
  if (!table.stored) {
    const { values, width, findings } = applyRecipe(recipe, table, rows);
    return { block: { shape: [width], data: values }, findings };
  }
  const { pages, width, findings } = storedFeatures(recipe, table, rows);
  return { block: { shape: [width], data: new Float32Array(), pages }, findings };
}

/** What of a target a model keeps. */
export function modelTarget(target: TargetRecipe, scale: Scale | null): ModelTarget {
  const { task, column, labels, meanings, numeric } = target;
  return { task, column, labels, meanings, numeric, scale };
}

/** Mean and deviation √(Σ(y − ȳ)² / n) of a regression's training rows; else `null`. */
export function fitScale(target: Target, rows: Int32Array): Scale | null {
  if (target.task !== "regression") return null;
  const values = valuesAt(target.values, rows);
  const mean = values.reduce((sum, y) => sum + y, 0) / values.length;
  const squares = values.reduce((sum, y) => sum + (y - mean) * (y - mean), 0);
  const deviation = Math.sqrt(squares / values.length);
  if (deviation > 0 && Number.isFinite(deviation)) return { mean, deviation };
  throw new InputError(
    `The target “${target.column}” does not vary over the ${values.length} training rows. Choose another target, or another seed.`,
  );
}

export interface SplitTableOptions {
  readonly target: string;
  readonly positive?: string;
  readonly task?: Task;
  /** Rows that share a value of this column stay on one side. */
  readonly group?: string;
  readonly ignore?: readonly string[];
  readonly numbers?: readonly string[];
  /** What the recipe does beyond standardizing and one-hot. */
  readonly recipe?: RecipePlan;
  /** Share of the rows that is tested (default 0.2). */
  readonly test?: number;
  /** Share of the other rows that validates (default 0.2). */
  readonly validation?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** A table in three parts, and the recipe that its training rows gave. */
export interface SplitTable {
  readonly training: Part;
  readonly validation: Part;
  readonly test: Part;
  readonly recipe: Recipe;
}

/**
 * Training, validation and test rows of a table, ready for `train.fit`: stratified, no group on two
 * sides, the recipe fitted on the training rows. Bad input is an `InputError`.
 *
 *     const { training, test } = split(table, { target: "Diagnosis", ignore: ["ID"], seed: 7 });
 */
export function split(table: Table, options: SplitTableOptions): SplitTable {
  const { target: column, group, ignore = [], numbers = [], seed = 0, test, validation } = options;
  const { positive, task, recipe: plan = {} } = options;
  const target = chooseTarget(table, {
    column,
    ...(positive === undefined ? {} : { positive }),
    ...(task ? { task } : {}),
  });
  const groups = group === undefined ? null : readGroups(table, group);
  const parts = splitRows({
    target,
    seed,
    ...(groups ? { groups } : {}),
    ...(test === undefined ? {} : { test }),
    ...(validation === undefined ? {} : { validation }),
  });
  const exclude = new Map(ignore.map((name) => [name, "ignored"]));
  if (group !== undefined) exclude.set(group, "the group");
  exclude.set(column, "the target");
  const recipe = fitRecipe(table, { rows: parts.training, exclude, numbers, plan, target });
  const scale = fitScale(target, parts.training);
  const part = (rows: Int32Array) => partOf({ table, target, recipe, scale, groups }, rows);
  return {
    training: part(parts.training),
    validation: part(parts.validation),
    test: part(parts.test),
    recipe,
  };
}
