/** What the model rests on, computed from the test rows. */
import type { Part } from "../data/index.ts";
import type { FittedModel } from "../evaluate/types.ts";
import { featureColumns } from "../explain/columns.ts";
import { byColumn, integratedGradients } from "../explain/gradients.ts";
import { type Importance, permutationImportance } from "../explain/importance.ts";
import { outputFunction } from "../explain/outputs.ts";
import { randomizationTest, type SanityCheck } from "../explain/sanity.ts";
import type { IntervalOptions } from "../metrics/index.ts";

/** How the rows' outputs are shared out, column by column. */
export interface Attributed {
  /** `probability of M`. */
  readonly output: string;
  /** Mean over the rows of |attribution|, one a column. */
  readonly sizes: Float64Array;
  /** [rows × columns] */
  readonly values: Float64Array;
  /** Largest |output − base − Σ attributions| of a row. */
  readonly gap: number;
  readonly sanity: SanityCheck;
}

export interface Explained {
  readonly columns: readonly string[];
  /** Rows that were explained; of very many the first. */
  readonly rows: number;
  readonly attributed: readonly Attributed[];
  /** `null` where it would take too long. */
  readonly importance: {
    readonly statistic: "auroc" | "r2";
    readonly columns: readonly Importance[];
    readonly repeats: number;
  } | null;
}

const mostExplained = 500;
const mostClasses = 6;
const steps = 64;
/** Rows × columns × outputs from which on permutation importance is left out. */
const mostImportance = 5e6;
/** From so many on, fewer shuffles and resamples do. */
const muchImportance = 6e4;

/** Integrated gradients of each output over the test rows, and permutation importance. */
export function explainedOf(
  model: FittedModel,
  part: Part,
  { seed = 0 }: IntervalOptions = {},
): Explained {
  const { names, columnOf } = featureColumns(model.recipe);
  const rows = Math.min(part.rows, mostExplained);
  const [width] = part.inputs.table.shape;
  const x = part.inputs.table.data.subarray(0, rows * width);
  const { task, labels } = model.target;
  const explained =
    task === "classes"
      ? labels.slice(0, mostClasses)
      : task === "binary"
        ? [labels[1]!]
        : [undefined];
  const attributed = explained.map((label): Attributed => {
    const options = label === undefined ? {} : { label };
    const f = outputFunction(model, options);
    const found = integratedGradients(f, x, { steps });
    const values = byColumn(found, columnOf);
    const sanity = randomizationTest(model, (g) => integratedGradients(g, x, { steps }), {
      ...options,
      seed,
    });
    f.free();
    return {
      output: f.name,
      sizes: meanSizes(values, names.length),
      values,
      gap: largestGap(found.outputs, found.baseline, values),
      sanity,
    };
  });
  return { columns: names, rows, attributed, importance: importanceOf(model, part, seed) };
}

function importanceOf(model: FittedModel, part: Part, seed: number): Explained["importance"] {
  const { names } = featureColumns(model.recipe);
  const outputs = model.target.task === "classes" ? model.target.labels.length : 1;
  const work = part.rows * names.length * outputs;
  if (work > mostImportance) return null;
  const [repeats, resamples] = work > muchImportance ? [3, 100] : [10, 500];
  return { ...permutationImportance(model, part, { seed, repeats, resamples }), repeats };
}

function meanSizes(values: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  values.forEach((value, i) => {
    sums[i % columns]! += Math.abs(value);
  });
  const rows = Math.max(1, values.length / columns);
  return sums.map((sum) => sum / rows);
}

function largestGap(outputs: ArrayLike<number>, base: number, values: Float64Array): number {
  const columns = values.length / outputs.length;
  return Array.from(outputs).reduce((most, output, row) => {
    const all = values.subarray(row * columns, (row + 1) * columns);
    const sum = all.reduce((total, value) => total + value, 0);
    return Math.max(most, Math.abs(output - base - sum));
  }, 0);
}
