/** Learns a recipe from the training rows, and from nothing else. */
import { InputError } from "../../base/errors.ts";
import { listed, quoted } from "../findings.ts";
import { describeColumn } from "../kinds.ts";
import { requireColumn, type Table } from "../table.ts";
import type { Target } from "../target.ts";
import { fitInput } from "./inputs.ts";
import { type Checked, checkPlan, type RecipePlan } from "./plan.ts";
import { fitTogether } from "./together.ts";
import { type LeftOut, type Recipe, type RecipeInput, recipeFormat } from "./types.ts";

export interface FitOptions {
  /** The training rows. */
  readonly rows: Int32Array;
  /** Columns that are never features, each with the reason. */
  readonly exclude?: ReadonlyMap<string, string>;
  /** Columns told to be numbers. */
  readonly numbers?: readonly string[];
  /** What to do beyond standardizing and one-hot. */
  readonly plan?: RecipePlan;
  /** For a plan that selects by the target; of its values only those of `rows` are read. */
  readonly target?: Pick<Target, "task" | "values">;
}

/**
 * Fits how columns become features: numbers are imputed by the median and standardized, categories
 * one-hot, sequences one-hot by place; identifiers, dates, text and constants are left out. A `plan`
 * adds steps.
 *
 *     const exclude = new Map([["Diagnosis", "the target"]]);
 *     const recipe = fitRecipe(table, { rows: training, exclude });
 */
export function fitRecipe(table: Table, options: FitOptions): Recipe {
  const { rows, exclude = new Map<string, string>(), numbers = [], plan } = options;
  for (const name of [...exclude.keys(), ...numbers]) requireColumn(table, name);
  const asked = checkPlan(plan ?? {});
  const inputs: RecipeInput[] = [];
  const leftOut: LeftOut[] = [];
  for (const column of table.columns) {
    const { name } = column;
    const excluded = exclude.get(name);
    if (excluded !== undefined) leftOut.push({ name, kind: "excluded", reason: excluded });
    else {
      const facts = describeColumn(table, column, { rows, numbers });
      const input = fitInput({ table, column, facts, rows, asked });
      if (input) inputs.push(input);
      else leftOut.push({ name, kind: facts.kind, reason: facts.reason });
    }
  }
  requireInputs(table, inputs, leftOut);
  const { missing, dictionary } = table;
  const recipe: Recipe = dictionary
    ? { format: recipeFormat, missing, dictionary, inputs, leftOut }
    : { format: 1, missing, inputs, leftOut };
  if (asked.plain) return recipe;
  requireUsed(table, asked, inputs);
  return fitTogether(table, recipe, { ...options, ...asked });
}

function requireInputs(
  table: Table,
  inputs: readonly RecipeInput[],
  leftOut: readonly LeftOut[],
): void {
  if (inputs.length > 0) return;
  const reasons = leftOut.map(({ name, reason }) => `${quoted(name)} (${reason})`);
  throw new InputError(
    `${table.name} has no column to learn from: ${listed(reasons, 5)}. Add one, or ignore fewer.`,
  );
}

/** A step told for a column that is no number would silently do nothing. */
function requireUsed(
  table: Table,
  { numberSteps, ordinal }: Checked,
  inputs: readonly RecipeInput[],
): void {
  const isOf = (name: string, wanted: RecipeInput["kind"]) => {
    requireColumn(table, name);
    return inputs.some(({ kind, name: own }) => kind === wanted && own === name);
  };
  for (const { kind, columns = [] } of numberSteps)
    for (const name of columns)
      if (!isOf(name, "number"))
        throw new InputError(
          `${table.name}: ${kind} is for numbers, and ${quoted(name)} is no feature of numbers. Leave it out of ${kind}, or tell it with --number.`,
        );
  for (const { column } of ordinal)
    if (!isOf(column, "ordinal"))
      throw new InputError(
        `${table.name}: only categories can be put in order, and ${quoted(column)} is none. Leave it out of --ordinal.`,
      );
}
