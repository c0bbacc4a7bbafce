/** A model's rows explained column by column, from a table as people have it. */
import { InputError } from "../base/errors.ts";
import { allRows, applyRecipe, type Finding, readAlike, type Table } from "../data/index.ts";
import type { FittedModel } from "../evaluate/types.ts";
import { featureColumns } from "./columns.ts";
import { byColumn, gradientInput, integratedGradients, saliency } from "./gradients.ts";
import { type OutputFunction, type OutputOptions, outputFunction } from "./outputs.ts";
import { exactShapley, kernelShapley, mostExact } from "./shapley.ts";

/** How a row's output is shared out among the columns. */
export type Method = "integrated" | "shapley" | "gradientInput" | "saliency";

export interface TableOptions extends OutputOptions {
  /** `integrated` gradients unless told. */
  readonly method?: Method;
  /** Rows of the table, from 0; all unless told, but of a table on disk at most 10 000, evenly spread. */
  readonly rows?: Int32Array;
  /** For `shapley`: the table whose rows stand in for what is not known, at most 50 of them. */
  readonly background?: Table;
  /** For `shapley` of more than 12 columns: subsets looked at, 2048 by default. */
  readonly subsets?: number;
  readonly seed?: number;
}

export interface ExplainedTable {
  readonly method: Method;
  /** What is explained: `probability of M`. */
  readonly output: string;
  readonly columns: readonly string[];
  readonly rows: Int32Array;
  /** [rows × columns]; but for saliency they add up to output − base. */
  readonly values: Float64Array;
  readonly outputs: Float64Array;
  /** The output of a row of which nothing is known; `null` where the method has none. */
  readonly base: number | null;
  /** Largest |output − base − Σ values| of a row; `null` where values need not add up. */
  readonly gap: number | null;
  readonly findings: readonly Finding[];
}

const mostBackground = 50;
/** Rows explained of a table on disk. */
const mostStored = 10_000;
const steps = 64;

/**
 * Shares out the output of each row among the table's columns. Integrated gradients start from the
 * training means; Shapley values from the rows of `background`. Throws an `InputError` where a needed
 * column or the background is missing.
 *
 *     explainTable(model, table, { method: "integrated" }).values; // [rows × columns]
 */
export function explainTable(
  model: FittedModel,
  given: Table,
  options: TableOptions = {},
): ExplainedTable {
  const { method = "integrated", ...rest } = options;
  const { table, findings: read } = readAlike(given, model.recipe);
  const rows = options.rows ?? (table.stored ? spread(table, mostStored) : allRows(table.rows));
  const { values: x, findings } = applyRecipe(model.recipe, table, rows);
  const { names, columnOf } = featureColumns(model.recipe);
  const f = outputFunction(model, rest);
  try {
    const found = methods[method](f, x, { model, columnOf, options });
    const gap = found.base === null ? null : largestGap(found, names.length);
    return {
      method,
      output: f.name,
      columns: names,
      rows,
      ...found,
      gap,
      findings: [...read, ...findings, ...(options.rows ? [] : leftOut(table, rows))],
    };
  } finally {
    f.free();
  }
}

interface Setting {
  readonly model: FittedModel;
  readonly columnOf: readonly number[];
  readonly options: TableOptions;
}
type Shared = Pick<ExplainedTable, "values" | "outputs" | "base">;

const methods: Readonly<
  Record<Method, (f: OutputFunction, x: Float32Array, setting: Setting) => Shared>
> = {
  integrated: (f, x, { columnOf }) => {
    const found = integratedGradients(f, x, { steps });
    return { values: byColumn(found, columnOf), outputs: found.outputs, base: found.baseline };
  },
  gradientInput: (f, x, { columnOf }) => {
    const found = gradientInput(f, x);
    return { values: byColumn(found, columnOf), outputs: found.outputs, base: null };
  },
  saliency: (f, x, { columnOf }) => {
    const found = saliency(f, x);
    return { values: byColumn(found, columnOf), outputs: found.outputs, base: null };
  },
  shapley: (f, x, { model, columnOf, options }) => {
    const { subsets, seed } = options;
    const background = backgroundOf(model, options);
    const exact = Math.max(...columnOf) < mostExact;
    const { values, outputs, base } = exact
      ? exactShapley(f, x, { background, columnOf })
      : kernelShapley(f, x, {
          ...{ background, columnOf },
          ...(subsets === undefined ? {} : { subsets }),
          ...(seed === undefined ? {} : { seed }),
        });
    return { values, outputs, base };
  },
};

/** Rows that are evenly spread over a table, all where it has no more. */
const spread = (table: Table, most: number): Int32Array =>
  allRows(Math.min(most, table.rows)).map((i, _, { length }) =>
    Math.floor((i * table.rows) / length),
  );

function leftOut(table: Table, { length }: Int32Array): Finding[] {
  if (length === table.rows) return [];
  const message = `${length} of ${table.rows} rows are explained, evenly spread; name others`;
  return [{ kind: "stored", level: "note", message }];
}

function backgroundOf({ recipe }: FittedModel, { background }: TableOptions): Float32Array {
  if (!background || background.rows === 0)
    throw new InputError(
      "Shapley values need a background: a table whose rows stand in for what is not known.",
    );
  const rows = spread(background, mostBackground);
  return applyRecipe(recipe, readAlike(background, recipe).table, rows).values;
}

function largestGap({ values, outputs, base }: Shared, columns: number): number {
  return outputs.reduce((most, output, row) => {
    const sum = values
      .subarray(row * columns, (row + 1) * columns)
      .reduce((total, value) => total + value, 0);
    return Math.max(most, Math.abs(output - base! - sum));
  }, 0);
}
