/** Fits what all features go through together, on the training rows, one step after the other. */
import { type Table, valuesAt } from "../table.ts";
import { encode } from "./encode.ts";
import { encodedFeatures, inputFeatures, numberPlaces } from "./features.ts";
import type { FitOptions } from "./fit.ts";
import { fillGaps, fitImputer, type ImputePlan } from "./impute.ts";
import { type Matrix, takeColumns } from "./matrix.ts";
import {
  afterStep,
  type Fitting,
  fitStep,
  type KeepStep,
  type MatrixStep,
  type MatrixStepPlan,
  scalesAfter,
} from "./steps.ts";
import type { LeftOut, Recipe, RecipeInput } from "./types.ts";

interface Together extends Pick<FitOptions, "rows" | "target"> {
  readonly matrixSteps: readonly MatrixStepPlan[];
  readonly impute: ImputePlan | null;
}

/** The recipe with imputer and steps; columns that no feature needs any more are left out. */
export function fitTogether(table: Table, recipe: Recipe, options: Together): Recipe {
  const { rows, target, matrixSteps, impute } = options;
  const whole: Recipe = { ...recipe, format: recipe.dictionary ? recipe.format : 2 };
  if (matrixSteps.length === 0 && !impute) return whole;
  const width = encodedFeatures(recipe).length;
  const values = new Float64Array(rows.length * width);
  encode(recipe, table, { rows, values, gaps: impute !== null });
  const matrix = { values, rows: rows.length, width };
  const imputed = impute ? imputing(whole, impute, matrix) : whole;
  const outcome = target && {
    task: target.task,
    values: valuesAt(target.values, rows),
  };
  const steps = fitSteps(matrixSteps, {
    matrix: imputed.impute ? imputedMatrix(imputed, matrix) : matrix,
    scales: Float64Array.from(recipe.inputs.flatMap(scalesOf)),
    outcome: outcome ?? null,
  });
  if (steps.length === 0) return imputed;
  // an imputer needs every column
  return imputed.impute ? { ...imputed, steps } : pruned(imputed, steps);
}

function fitSteps(plans: readonly MatrixStepPlan[], first: Fitting): MatrixStep[] {
  let fitting = first;
  return plans.map((plan) => {
    const step = fitStep(plan, fitting);
    const { matrix, scales } = fitting;
    fitting = {
      ...fitting,
      matrix: afterStep(matrix, step),
      scales: scalesAfter(scales, step),
    };
    return step;
  });
}

/** The recipe with an imputer fitted on its columns of numbers. */
function imputing(recipe: Recipe, plan: ImputePlan, matrix: Matrix): Recipe {
  const places = numberPlaces(recipe);
  if (places.length < 2) return recipe; // nothing to tell a gap from
  const start = recipe.inputs.flatMap((input) =>
    input.kind === "number" ? [(input.median - input.mean) / input.deviation] : [],
  );
  return { ...recipe, impute: fitImputer(plan, takeColumns(matrix, places), start) };
}

/** The features of the columns with their gaps filled; without an imputer as they are. */
export function imputedMatrix(recipe: Recipe, matrix: Matrix): Matrix {
  if (!recipe.impute) return matrix;
  const places = numberPlaces(recipe);
  const numbers = takeColumns(matrix, places);
  fillGaps(recipe.impute, numbers);
  const values = matrix.values.slice();
  for (let row = 0; row < matrix.rows; row++)
    places.forEach((place, k) => {
      values[row * matrix.width + place] = numbers.values[row * numbers.width + k]!;
    });
  return { ...matrix, values };
}

/** What each feature of an input was divided by. */
const scalesOf = (input: RecipeInput): number[] =>
  inputFeatures(input).map((_, k) => scaleOf(input, k));

function scaleOf(input: RecipeInput, k: number): number {
  if (input.kind === "kmers") return input.deviations[k]!;
  return (input.kind === "number" || input.kind === "ordinal") && k === 0 ? input.deviation : 1;
}

/** Without the columns of which the filters that come first keep nothing in the end. */
function pruned(recipe: Recipe, steps: readonly MatrixStep[]): Recipe {
  const others = steps.findIndex(({ kind }) => kind !== "keep");
  const filters = steps
    .slice(0, others < 0 ? steps.length : others)
    .filter((step) => step.kind === "keep");
  if (filters.length === 0) return { ...recipe, steps };
  const stays = filters.reduce<readonly number[]>(
    (kept, { places }) => places.map((place) => kept[place]!),
    [...encodedFeatures(recipe).keys()],
  );
  const { inputs, lost, places } = withFeatures(recipe, new Set(stays));
  const reason = `not among the ${filters.map(({ why }) => why).join(", then ")}`;
  const gone = lost.map(({ name }): LeftOut => ({ name, kind: "not selected", reason }));
  return {
    ...recipe,
    inputs,
    leftOut: [...recipe.leftOut, ...gone],
    steps: [...narrowed(filters, places), ...steps.slice(filters.length)],
  };
}

/** The filters over what is left of the features: only the first still takes anything away. */
function narrowed(filters: readonly KeepStep[], left: ReadonlyMap<number, number>): KeepStep[] {
  let composed: readonly number[] | null = null;
  return filters.map((step): KeepStep => {
    const before: readonly number[] | null = composed;
    const origins = step.places.map((place) => before?.[place] ?? place);
    const own = [...origins.keys()].filter((k) => left.has(origins[k]!));
    const places = own.map((k, i) => (before ? i : left.get(origins[k]!)!));
    composed = origins;
    return { ...step, places, p: step.p && own.map((k) => step.p![k]!) };
  });
}

/** The columns with any of some features, the others, and where those features are then. */
function withFeatures({ inputs }: Recipe, stays: ReadonlySet<number>) {
  const [kept, lost]: [RecipeInput[], RecipeInput[]] = [[], []];
  const places = new Map<number, number>();
  let [before, after] = [0, 0];
  for (const input of inputs) {
    const own = inputFeatures(input).map((_, k) => k);
    const staying = own.filter((k) => stays.has(before + k));
    for (const k of staying) places.set(before + k, after + k);
    before += own.length;
    if (staying.length > 0) after += own.length;
    (staying.length > 0 ? kept : lost).push(input);
  }
  return { inputs: kept, lost, places };
}
