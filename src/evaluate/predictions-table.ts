/** Predictions as a table: which row, what is true, what was called, and how sure. */
import type { Recipe, Table } from "../data/index.ts";
import type { Cell } from "../io/csv.ts";
import type { Predictions } from "./types.ts";

export interface PredictionTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

interface Source {
  readonly table: Table;
  /** Rows of the table that were predicted, in the order of the predictions; all unless told. */
  readonly rows?: Int32Array;
  /** Columns to show that name a row; those that the table lacks are passed over. */
  readonly identifiers?: readonly string[];
  /** What is true of each row. */
  readonly truth?: Float64Array;
}

/**
 * `predictions.csv`: the line of the file, identifiers, the truth if known, the prediction, and a
 * probability for each class (in a binary task for the positive one).
 */
export function predictionTable(predictions: Predictions, source: Source): PredictionTable {
  const { header, lines } = predictionLines(predictions, source);
  return { header, rows: [...lines] };
}

/**
 * The same, each line made when it is asked for: of millions of rows all would not fit.
 *
 *     for (const cells of predictionLines(predictions, { table }).lines) console.log(cells.join());
 */
export function predictionLines(
  predictions: Predictions,
  source: Source,
): { readonly header: readonly string[]; readonly lines: Iterable<readonly Cell[]> } {
  const { task, labels, probabilities, values } = predictions;
  const { table, rows, identifiers = [], truth } = source;
  const named = table.columns
    .filter(({ name, varied }) => identifiers.includes(name) && !varied)
    .map(({ name, cells }) => ({ name, cells })); // a table on disk reads a column each time
  const shown = task === "binary" ? [1] : labels.map((_, k) => k);
  const spell = (value: number): Cell => (task === "regression" ? value : labels[value]!);
  const header = [
    "line",
    ...named.map(({ name }) => name),
    ...(truth ? ["truth"] : []),
    "prediction",
    ...shown.map((k) => `probability ${labels[k]}`),
  ];
  const lineAt = (i: number): Cell[] => {
    const row = rows ? rows[i]! : i;
    return [
      table.lines[row]!,
      ...named.map(({ cells }) => cells[row]!),
      ...(truth ? [spell(truth[i]!)] : []),
      spell(values[i]!),
      ...shown.map((k) => probabilities![i * labels.length + k]!),
    ];
  };
  function* lines() {
    for (let i = 0; i < predictions.rows; i++) yield lineAt(i);
  }
  return { header, lines: lines() };
}

/** Columns that name a row, as the recipe knows them: found, told, or the group. */
export const identifierColumns = ({ leftOut }: Recipe): string[] =>
  leftOut
    .filter(({ kind, reason }) => kind === "identifier" || namesRow.has(reason))
    .map(({ name }) => name);

/** Reasons to leave a column out that make it a name. */
export const toldIdentifier = "told to be an identifier";
export const theGroup = "the group";
const namesRow: ReadonlySet<string> = new Set([toldIdentifier, theGroup]);
