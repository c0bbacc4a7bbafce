/** Learns a recipe from the training rows, and from nothing else. */
import { InputError } from "../../base/errors.ts";
import { listed, quoted } from "../findings.ts";
import { type ColumnFacts, countLevels, describeColumn } from "../kinds.ts";
import { alphabetOf } from "../sequence.ts";
import { type Column, levelsOf, numbersOf, requireColumn, type Table } from "../table.ts";
import type { Target } from "../target.ts";
import { fitNumberStep, type NumberStep, type NumberStepPlan, throughSteps } from "./numbers.ts";
import { checkPlan, type RecipePlan } from "./plan.ts";
import { fitTogether } from "./together.ts";
import type { LeftOut, NumberInput, Recipe, RecipeInput } from "./types.ts";

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
  const { numberSteps, matrixSteps } = checkPlan(plan ?? {});
  const inputs: RecipeInput[] = [];
  const leftOut: LeftOut[] = [];
  for (const column of table.columns) {
    const { name } = column;
    const excluded = exclude.get(name);
    if (excluded !== undefined) leftOut.push({ name, kind: "excluded", reason: excluded });
    else {
      const facts = describeColumn(table, column, { rows, numbers });
      const input = fitInput(table, column, facts, rows, numberSteps);
      if (input) inputs.push(input);
      else leftOut.push({ name, kind: facts.kind, reason: facts.reason });
    }
  }
  requireInputs(table, inputs, leftOut);
  const recipe: Recipe = { format: 1, missing: table.missing, inputs, leftOut };
  if (numberSteps.length + matrixSteps.length === 0) return recipe;
  requireUsed(table, numberSteps, inputs);
  return fitTogether(table, recipe, { ...options, matrixSteps });
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
  plans: readonly NumberStepPlan[],
  inputs: readonly RecipeInput[],
): void {
  for (const { kind, columns = [] } of plans)
    for (const name of columns) {
      requireColumn(table, name);
      if (inputs.some((input) => input.kind === "number" && input.name === name)) continue;
      throw new InputError(
        `${table.name}: ${kind} is for numbers, and ${quoted(name)} is no feature of numbers. Leave it out of ${kind}, or tell it with --number.`,
      );
    }
}

/** What a column becomes; `null` where its kind is no feature. */
function fitInput(
  table: Table,
  column: Column,
  facts: ColumnFacts,
  rows: Int32Array,
  plans: readonly NumberStepPlan[],
): RecipeInput | null {
  const { name, kind, levels } = facts;
  const indicator = facts.missing > 0;
  if (kind === "number") return fitNumber(table, column, facts, rows, plans);
  const numeric = numbersOf(table, column).strange === 0;
  if (kind === "category") return { kind, name, levels, numeric, indicator };
  if (kind !== "binary" && kind !== "sequence") return null;
  const counts = countLevels(levelsOf(table, column, numeric), rows);
  if (kind === "binary") {
    const [first, second] = levels as [string, string];
    const commoner = counts.get(second)! > counts.get(first)! ? 1 : 0;
    return { kind, name, levels: [first, second], numeric, commoner, indicator };
  }
  const values = [...counts.keys()];
  return { kind, name, length: values[0]!.length, alphabet: alphabetOf(values) };
}

/** Mean and deviation √(Σ(x − mean)² / n) of the values where the median stands for the missing. */
function fitNumber(
  table: Table,
  column: Column,
  facts: ColumnFacts,
  rows: Int32Array,
  plans: readonly NumberStepPlan[],
): NumberInput {
  const { name } = column;
  const { low, high } = facts.range!;
  const own = plans.filter(({ columns }) => columns?.includes(name) ?? true);
  const { values, steps, median } = stepped(numbersOf(table, column).values, rows, {
    plans: own,
    median: facts.range!.median,
  });
  const filled = values.map((value) => (Number.isNaN(value) ? median : value));
  const mean = filled.reduce((sum, value) => sum + value, 0) / rows.length;
  const squares = filled.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const deviation = Math.sqrt(squares / rows.length);
  if (!Number.isFinite(deviation + median) || (deviation === 0 && steps.length === 0))
    throw new InputError(
      `${table.name}: column ${quoted(name)} runs from ${low} to ${high}, which float64 cannot ` +
        `standardize. Rescale it, or leave it out with --ignore.`,
    );
  return {
    ...{ kind: "number", name },
    ...(steps.length > 0 ? { steps } : {}),
    // winsorizing may leave one value
    ...{ median, mean, deviation: deviation || 1, low, high, indicator: facts.missing > 0 },
  };
}

/** The values of the training rows after each step, and the median of those. */
function stepped(
  all: Float64Array,
  rows: Int32Array,
  from: { readonly plans: readonly NumberStepPlan[]; readonly median: number },
): { values: Float64Array; steps: NumberStep[]; median: number } {
  let values = Float64Array.from(rows, (row) => all[row]!);
  let { median } = from;
  const steps: NumberStep[] = [];
  for (const plan of from.plans) {
    const step = fitNumberStep(plan, values.filter((value) => !Number.isNaN(value)).sort());
    steps.push(step);
    values = values.map((value) => throughSteps([step], value));
    median = medianOf(values);
  }
  return { values, steps, median };
}

function medianOf(values: Float64Array): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const last = sorted.length - 1;
  return (sorted[last >> 1]! + sorted[(last + 1) >> 1]!) / 2;
}
