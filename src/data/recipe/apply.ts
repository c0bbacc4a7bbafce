/** Columns to features by a fitted recipe, with what was met on the way. */
import type { Finding } from "../findings.ts";
import { allRows, type Table } from "../table.ts";
import { encode } from "./encode.ts";
import { encodedFeatures, recipeFeatures } from "./features.ts";
import { afterStep } from "./steps.ts";
import { imputedMatrix } from "./together.ts";
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
  const { impute, steps = [] } = recipe;
  if (!impute && steps.length === 0) {
    const values = new Float32Array(rows.length * names.length);
    return { values, ...about, findings: encode(recipe, table, { rows, values }) };
  }
  const width = encodedFeatures(recipe).length;
  const encoded = new Float64Array(rows.length * width);
  const findings = encode(recipe, table, { rows, values: encoded, gaps: impute !== undefined });
  const whole = imputedMatrix(recipe, { values: encoded, rows: rows.length, width });
  const { values } = steps.reduce(afterStep, whole);
  return { values: Float32Array.from(values), ...about, findings };
}
