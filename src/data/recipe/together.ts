/** Fits what all features go through together, on the training rows, one step after the other. */
import type { Table } from "../table.ts";
import { encode } from "./encode.ts";
import { encodedFeatures, inputFeatures } from "./features.ts";
import type { FitOptions } from "./fit.ts";
import { afterStep, type Fitting, fitStep, type MatrixStep, type MatrixStepPlan } from "./steps.ts";
import { type LeftOut, type Recipe, type RecipeInput, recipeFormat } from "./types.ts";

interface Together extends Pick<FitOptions, "rows" | "target"> {
  readonly matrixSteps: readonly MatrixStepPlan[];
}

/** The recipe with its steps; columns that no feature needs any more are left out. */
export function fitTogether(table: Table, recipe: Recipe, options: Together): Recipe {
  const { rows, target, matrixSteps } = options;
  const whole = { ...recipe, format: recipeFormat } as const;
  if (matrixSteps.length === 0) return whole;
  const outcome = target && {
    task: target.task,
    values: Float64Array.from(rows, (row) => target.values[row]!),
  };
  const width = encodedFeatures(recipe).length;
  const values = new Float64Array(rows.length * width);
  encode(recipe, table, rows, values);
  let fitting: Fitting = {
    matrix: { values, rows: rows.length, width },
    scales: Float64Array.from(recipe.inputs.flatMap(scalesOf)),
    outcome: outcome ?? null,
  };
  const steps: MatrixStep[] = [];
  for (const plan of matrixSteps) {
    const step = fitStep(plan, fitting);
    steps.push(step);
    fitting = {
      ...fitting,
      matrix: afterStep(fitting.matrix, step),
      scales: Float64Array.from(step.places, (place) => fitting.scales[place]!),
    };
  }
  return pruned(whole, steps);
}

/** What each feature of an input was divided by. */
const scalesOf = (input: RecipeInput): number[] =>
  inputFeatures(input).map((_, k) => (input.kind === "number" && k === 0 ? input.deviation : 1));

/** Without the columns of which the filters that come first keep nothing in the end. */
function pruned(recipe: Recipe, steps: readonly MatrixStep[]): Recipe {
  const others = steps.findIndex(({ kind }) => kind !== "keep");
  const filters = steps.slice(0, others < 0 ? steps.length : others);
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
function narrowed(filters: readonly MatrixStep[], left: ReadonlyMap<number, number>): MatrixStep[] {
  let composed: readonly number[] | null = null;
  return filters.map((step): MatrixStep => {
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
