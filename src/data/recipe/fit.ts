/** Learns a recipe from the training rows, and from nothing else. */
import { InputError } from "../../base/errors.ts";
import { listed, quoted } from "../findings.ts";
import { type ColumnFacts, countLevels, describeColumn } from "../kinds.ts";
import { alphabetOf } from "../sequence.ts";
import { type Column, levelsOf, numbersOf, requireColumn, type Table } from "../table.ts";
import {
  type LeftOut,
  type NumberInput,
  type Recipe,
  type RecipeInput,
  recipeFormat,
} from "./types.ts";

export interface FitOptions {
  /** The training rows. */
  readonly rows: Int32Array;
  /** Columns that are never features, each with the reason. */
  readonly exclude?: ReadonlyMap<string, string>;
  /** Columns told to be numbers. */
  readonly numbers?: readonly string[];
}

/**
 * Fits how columns become features: numbers are imputed by the median and standardized, categories
 * one-hot, sequences one-hot by place; identifiers, dates, text and constants are left out.
 *
 *     const exclude = new Map([["Diagnosis", "the target"]]);
 *     const recipe = fitRecipe(table, { rows: training, exclude });
 */
export function fitRecipe(table: Table, options: FitOptions): Recipe {
  const { rows, exclude = new Map<string, string>(), numbers = [] } = options;
  for (const name of [...exclude.keys(), ...numbers]) requireColumn(table, name);
  const inputs: RecipeInput[] = [];
  const leftOut: LeftOut[] = [];
  for (const column of table.columns) {
    const { name } = column;
    const excluded = exclude.get(name);
    if (excluded !== undefined) leftOut.push({ name, kind: "excluded", reason: excluded });
    else {
      const facts = describeColumn(table, column, { rows, numbers });
      const input = fitInput(table, column, facts, rows);
      if (input) inputs.push(input);
      else leftOut.push({ name, kind: facts.kind, reason: facts.reason });
    }
  }
  if (inputs.length > 0) return { format: recipeFormat, missing: table.missing, inputs, leftOut };
  const reasons = leftOut.map(({ name, reason }) => `${quoted(name)} (${reason})`);
  throw new InputError(
    `${table.name} has no column to learn from: ${listed(reasons, 5)}. Add one, or ignore fewer.`,
  );
}

/** What a column becomes; `null` where its kind is no feature. */
function fitInput(
  table: Table,
  column: Column,
  facts: ColumnFacts,
  rows: Int32Array,
): RecipeInput | null {
  const { name, kind, levels } = facts;
  const indicator = facts.missing > 0;
  if (kind === "number") return fitNumber(table, column, facts, rows);
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
): NumberInput {
  const { name } = column;
  const { low, median, high } = facts.range!;
  const { values } = numbersOf(table, column);
  const filled = (row: number) => (Number.isNaN(values[row]!) ? median : values[row]!);
  const mean = rows.reduce((sum, row) => sum + filled(row), 0) / rows.length;
  const squares = rows.reduce((sum, row) => sum + (filled(row) - mean) * (filled(row) - mean), 0);
  const deviation = Math.sqrt(squares / rows.length);
  if (!Number.isFinite(deviation + median) || deviation === 0)
    throw new InputError(
      `${table.name}: column ${quoted(name)} runs from ${low} to ${high}, which float64 cannot ` +
        `standardize. Rescale it, or leave it out with --ignore.`,
    );
  return { kind: "number", name, median, mean, deviation, low, high, indicator: facts.missing > 0 };
}
