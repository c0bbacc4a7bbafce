/** Columns to features by a fitted recipe, with what was met on the way. */
import type { Finding } from "../findings.ts";
import { allRows, type Table } from "../table.ts";
import { encode } from "./encode.ts";
import { encodedFeatures, recipeFeatures } from "./features.ts";
import { afterStep } from "./steps.ts";
import type { Recipe } from "./types.ts";

export interface Features {
  /** float32 [rows, width], row after row. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly width: number;
  readonly names: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * The features of some rows (all unless told). Missing, unseen and out-of-range values have the
 * recipe's answer and a finding each; a missing column or text for a number is an InputError.
 *
 *     const { values, width } = applyRecipe(recipe, table, test);
 */
export function applyRecipe(recipe: Recipe, table: Table, rows = allRows(table.rows)): Features {
  const names = recipeFeatures(recipe);
  const about = { rows: rows.length, width: names.length, names };
  if (!recipe.steps) {
    const values = new Float32Array(rows.length * names.length);
    return { values, ...about, findings: encode(recipe, table, rows, values) };
  }
  const width = encodedFeatures(recipe).length;
  const encoded = new Float64Array(rows.length * width);
  const findings = encode(recipe, table, rows, encoded);
  const { values } = recipe.steps.reduce(afterStep, {
    values: encoded,
    rows: rows.length,
    width,
  });
  return { values: Float32Array.from(values), ...about, findings };
}
