/** Permutation importance: what is lost when a column is shuffled among the rows. */
import { InputError } from "../base/errors.ts";
import { stream } from "../base/random.ts";
import type { Part } from "../data/index.ts";
import { predictPart } from "../evaluate/learn.ts";
import type { FittedModel, Predictions } from "../evaluate/types.ts";
import { bootstrapAll, type Statistic } from "../metrics/bootstrap.ts";
import { weightedAuroc } from "../metrics/delong.ts";
import type { Estimate, IntervalOptions } from "../metrics/estimate.ts";
import { weightedR2 } from "../metrics/regression.ts";
import { binaryRows } from "../metrics/rows.ts";
import { featureColumns } from "./columns.ts";

export interface ImportanceOptions extends IntervalOptions {
  /** How often each column is shuffled, 10 by default. */
  readonly repeats?: number;
}

/** The loss of one column. */
export interface Importance {
  readonly column: string;
  /** The statistic as it is minus its mean over the shuffles, with its interval over the rows. */
  readonly drop: Estimate;
}

/** What is lost: AUROC, its mean over the classes, or R². */
const statisticNames = { binary: "auroc", classes: "auroc", regression: "r2" } as const;

function statisticOf(
  { task, labels, rows, probabilities, values }: Predictions,
  truth: Float64Array,
): Statistic {
  if (task === "regression")
    return weightedR2(
      values.map((value, row) => value - truth[row]!),
      truth,
    );
  const classes = task === "binary" ? [1] : labels.map((_, k) => k);
  const areas = classes
    .filter((k) => truth.includes(k))
    .map((k) => {
      const scores = Float64Array.from(
        { length: rows },
        (_, row) => probabilities![row * labels.length + k]!,
      );
      return weightedAuroc(
        binaryRows(
          "importance",
          scores,
          truth.map((y) => Number(y === k)),
        ),
      );
    });
  return mean(areas);
}

/** `null` where one of them is. */
function mean(statistics: readonly Statistic[]): Statistic {
  return (weights) => {
    let sum = 0;
    for (const statistic of statistics) {
      const value = statistic(weights);
      if (value === null) return null;
      sum += value;
    }
    return statistics.length === 0 ? null : sum / statistics.length;
  };
}

/** Feature values that are predicted together, at most: the shuffles of some columns. */
const together = 4e6;

/** A column of the table by its place, and the features that it became. */
interface Shuffled {
  readonly place: number;
  readonly features: readonly number[];
}

/** The statistic after each shuffle of each column; all of them are predicted in one pass. */
function broken(
  model: FittedModel,
  part: Part,
  { columns, repeats, seed }: { columns: readonly Shuffled[]; repeats: number; seed: number },
): Statistic[][] {
  const { shape, data } = part.inputs.table;
  const [width] = shape;
  const all = new Float32Array(columns.length * repeats * data.length);
  columns.forEach(({ place, features }, i) => {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const draws = stream({ seed, purpose: "importance", epoch: repeat, index: place });
      const order = draws.permutation(part.rows);
      const moved = all.subarray((i * repeats + repeat) * data.length).subarray(0, data.length);
      moved.set(data);
      for (let row = 0; row < part.rows; row++)
        for (const k of features) moved[row * width + k] = data[order[row]! * width + k]!;
    }
  });
  const rows = columns.length * repeats * part.rows;
  const predicted = predictPart(model, { rows, inputs: { table: { shape, data: all } } });
  return columns.map((_, i) =>
    Array.from({ length: repeats }, (_, repeat) =>
      statisticOf(rowsOf(predicted, (i * repeats + repeat) * part.rows, part.rows), part.truth),
    ),
  );
}

/** Predictions of some rows that follow one another. */
function rowsOf(predictions: Predictions, start: number, rows: number): Predictions {
  const { probabilities, values, labels } = predictions;
  const [from, to] = [start, start + rows].map((row) => row * labels.length);
  return {
    ...predictions,
    rows,
    values: values.subarray(start, start + rows),
    probabilities: probabilities?.subarray(from, to) ?? null,
  };
}

/**
 * For each column of the model, how much AUROC (its mean over classes) or R² is lost on held-out rows
 * when the column is shuffled among them (Breiman 2001; Fisher, Rudin & Dominici 2019): mean over the
 * repeats, bootstrap interval over rows, or groups where they repeat. Columns that tell the same stand
 * in for each other, so each may look idle.
 *
 *     permutationImportance(model, part, { repeats: 10 })[0]; // { column, drop: { value, low, high } }
 */
export function permutationImportance(
  model: FittedModel,
  part: Part,
  { repeats = 10, ...interval }: ImportanceOptions = {},
): { readonly statistic: "auroc" | "r2"; readonly columns: readonly Importance[] } {
  if (!(Number.isInteger(repeats) && repeats >= 1))
    throw new InputError(`permutation importance: ${repeats} repeats; ask for 1 or more, as 10.`);
  const { names, columnOf } = featureColumns(model.recipe);
  const { seed = 0 } = interval;
  const intact = statisticOf(predictPart(model, part), part.truth);
  const groups = part.groups ? { groups: part.groups } : {};
  const design = { resamples: 500, ...groups, ...interval, rows: part.rows };
  const strata = part.target.task === "regression" ? {} : { strata: part.truth };
  const shuffles = names.map((_, place) => ({
    place,
    features: columnOf.flatMap((of, k) => (of === place ? [k] : [])),
  }));
  const most = Math.max(1, Math.floor(together / (repeats * part.inputs.table.data.length || 1)));
  const columns: Importance[] = [];
  for (let start = 0; start < names.length; start += most) {
    const some = shuffles.slice(start, start + most);
    const lost = broken(model, part, { columns: some, repeats, seed }).map(mean);
    const drops = bootstrapAll({ ...design, ...strata }, (weights) => {
      const before = intact(weights);
      const dropOf = (statistic: Statistic) => {
        const after = statistic(weights);
        return before === null || after === null ? null : before - after;
      };
      return Object.fromEntries(lost.map((each, i) => [i, dropOf(each)]));
    });
    columns.push(...some.map(({ place }, i) => ({ column: names[place]!, drop: drops[i]! })));
  }
  return { statistic: statisticNames[part.target.task], columns };
}
