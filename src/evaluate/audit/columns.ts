/** Columns that know the answer: proxies, counters of rows, imputation by class, scaling of all rows. */
import { levelsOf, numbersOf, requireColumn } from "../../data/table.ts";
import { onceEach } from "../../metrics/bootstrap.ts";
import { weightedAuroc } from "../../metrics/delong.ts";
import { binaryRows } from "../../metrics/rows.ts";
import type { Prepared } from "../types.ts";
import type { Check, Suspicion } from "./types.ts";
import { listed, percentOf, quoted } from "./words.ts";

/** A column's numbers in rows that learn, and the place of each row's label. */
interface Learned {
  readonly name: string;
  readonly values: Float64Array;
  readonly labels: Float64Array;
}

/** Columns that the network takes as numbers, over training and validation rows without gaps. */
function learnedNumbers({ table, target, split, recipe }: Prepared): Learned[] {
  const rows = [...split.training, ...split.validation];
  return recipe.inputs
    .filter(({ kind }) => kind === "number")
    .map(({ name }) => {
      const { values } = numbersOf(table, requireColumn(table, name));
      const present = rows.filter((row) => !Number.isNaN(values[row]!));
      return {
        name,
        values: Float64Array.from(present, (row) => values[row]!),
        labels: Float64Array.from(present, (row) => target.values[row]!),
      };
    });
}

/** AUROC of a column alone for a label against the others, whichever way it points. */
function aurocAlone({ values, labels }: Learned, label: number): number {
  const rows = binaryRows(
    "audit",
    values,
    labels.map((each) => Number(each === label)),
  );
  const area = weightedAuroc(rows)(onceEach(values.length)) ?? 0.5;
  return Math.max(area, 1 - area);
}

const labelsOf = ({ target }: Prepared) =>
  target.task === "binary" ? [1] : target.labels.map((_, k) => k);

/** Words of names that tell what was known only afterwards. */
const afterwards =
  /(^|[_\W])(death|died|dead|deceased|survival|outcome|discharge|disposition|followup|follow_up|futime|los|treatment|therapy|postop|post_op|relapse|recurrence|readmi\w*|autopsy|days_to|time_to|end_date|result|diagnos\w*|score_final)([_\W]|$)/i;

/** So good alone is suspicious; honest columns of an easy task pass it too, so it takes a name as well. */
const suspicious = 0.95;
const all = 0.9995;

/** Levels with fewer rows each, on average, would fit by chance. */
const rowsPerLevel = 20;

/** The categories among the features, each level as the share of a label in its learned rows. */
function learnedShares({ table, target, split, recipe }: Prepared, label: number): Learned[] {
  const rows = [...split.training, ...split.validation];
  return recipe.inputs.flatMap((input): Learned[] => {
    if (input.kind !== "binary" && input.kind !== "category") return [];
    if (input.levels.length * rowsPerLevel > rows.length) return [];
    const levelAt = levelsOf(table, requireColumn(table, input.name), input.numeric);
    const counts = new Map<string | null, { rows: number; events: number }>();
    for (const row of rows) {
      const count = counts.get(levelAt(row)) ?? { rows: 0, events: 0 };
      count.rows++;
      if (target.values[row] === label) count.events++;
      counts.set(levelAt(row), count);
    }
    const share = (row: number) => {
      const { rows: all, events } = counts.get(levelAt(row))!;
      return events / all;
    };
    return [
      {
        name: input.name,
        values: Float64Array.from(rows, share),
        labels: Float64Array.from(rows, (row) => target.values[row]!),
      },
    ];
  });
}

/** The best AUROC that each column reaches alone, for any label. */
function areasAlone(prepared: Prepared): Map<string, number> {
  const areas = new Map<string, number>();
  const numbers = learnedNumbers(prepared);
  for (const label of labelsOf(prepared))
    for (const column of [...numbers, ...learnedShares(prepared, label)]) {
      const area = aurocAlone(column, label);
      areas.set(column.name, Math.max(area, areas.get(column.name) ?? 0));
    }
  return areas;
}

/** A column that predicts alone (L2). */
export const singleFeatures: Check = (prepared) => {
  if (prepared.target.task === "regression") return [];
  return [...areasAlone(prepared)].flatMap(([name, area]): Suspicion[] => {
    if (area < suspicious) return [];
    const named = afterwards.test(name);
    const severity = named || area >= all ? "severe" : "warning";
    const why = named ? " and its name tells of what is known only afterwards" : "";
    return [
      {
        ...{ check: "single feature", type: "L2", severity, columns: [name], rows: [] },
        detail: `${quoted(name)} alone reaches an AUROC of ${area.toFixed(3)}${why}: is it known when the prediction is made, and no other name of the target?`,
        remedy: { kind: "ignore", columns: [name] },
      },
    ];
  });
};

/** How often the commonest number occurs, and which it is. */
function commonest(values: readonly number[]): { value: number; count: number } {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = { value: Number.NaN, count: 0 };
  for (const [value, count] of counts) if (count > best.count) best = { value, count };
  return best;
}

const fewestConstant = 5;
/** On a scale of few values every value repeats. */
const fewestDistinct = 20;

/** A value that many rows of one class have, in the middle of them, and hardly any of the others. */
function constantOf(
  own: readonly number[],
  others: readonly number[],
): { value: number; count: number } | null {
  const { value, count } = commonest(own);
  const elsewhere = others.filter((x) => x === value).length;
  const expected = (elsewhere / Math.max(1, others.length)) * own.length;
  const below = own.filter((x) => x < value).length / own.length;
  const above = own.filter((x) => x > value).length / own.length;
  const clear = count >= fewestConstant && count >= 0.04 * own.length;
  const inside = below > 0.2 && above > 0.2; // medians and means lie there
  return clear && inside && count > 8 * (expected + 0.5) ? { value, count } : null;
}

/**
 * A value that many rows of one class have and hardly any of another, in several classes and each with
 * its own: gaps filled by the class's median before the table came here (L1.2).
 */
export const classConstants: Check = (prepared) => {
  const { labels: names, task } = prepared.target;
  if (task === "regression") return [];
  return learnedNumbers(prepared).flatMap(({ name, values, labels }): Suspicion[] => {
    if (new Set(values).size < fewestDistinct) return [];
    const found = names.flatMap((label, k) => {
      const own = [...values].filter((_, i) => labels[i] === k);
      const others = [...values].filter((_, i) => labels[i] !== k);
      const constant = constantOf(own, others);
      return constant ? [{ label, ...constant }] : [];
    });
    if (new Set(found.map(({ value }) => value)).size < 2) return [];
    const told = found.map(
      ({ label, value, count }) => `${value} in ${count} rows of ${quoted(label)}`,
    );
    return [
      {
        ...{
          check: "class-wise constant",
          type: "L1.2",
          severity: "severe",
          columns: [name],
          rows: [],
        },
        detail: `${quoted(name)} is ${listed(told)} and hardly elsewhere: were gaps filled class by class? Use the table as it was before; Golgi fills gaps within each fold`,
        remedy: { kind: "ignore", columns: [name] },
      },
    ];
  });
};

/** A column that rises with the row's number, where the classes are not in order by chance. */
export const rowCounters: Check = (prepared) => {
  const { table, target, split, recipe } = prepared;
  const rows = Int32Array.from([...split.training, ...split.validation, ...split.test]).sort();
  if (prepared.test.table !== table || rows.length < 20) return [];
  return recipe.inputs.flatMap(({ kind, name }): Suspicion[] => {
    if (kind !== "number") return [];
    const { values } = numbersOf(table, requireColumn(table, name));
    const rising = rows.every((row, i) => i === 0 || values[row]! > values[rows[i - 1]!]!);
    if (!rising || target.column === name) return [];
    return [
      {
        ...{ check: "row counter", type: "L2", severity: "warning", columns: [name], rows: [] },
        detail: `${quoted(name)} rises from each row to the next: a number of the row or of the visit says when, not who; leave it out with --ignore ${name}`,
        remedy: { kind: "ignore", columns: [name] },
      },
    ];
  });
};

/** Numbers with mean 0 and deviation 1 over all rows: scaled before the split (L1.2). */
export const scaledBefore: Check = ({ table, recipe }) => {
  const scaled = recipe.inputs.flatMap(({ kind, name }) => {
    if (kind !== "number") return [];
    const present = numbersOf(table, requireColumn(table, name)).values.filter(
      (x) => !Number.isNaN(x),
    );
    const mean = present.reduce((sum, x) => sum + x, 0) / present.length;
    const spread = present.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / present.length;
    return Math.abs(mean) < 1e-3 && Math.abs(Math.sqrt(spread) - 1) < 2 / present.length
      ? [name]
      : [];
  });
  const numbers = recipe.inputs.filter(({ kind }) => kind === "number").length;
  if (scaled.length === 0 || scaled.length < numbers / 2) return [];
  return [
    {
      ...{
        check: "scaled before the split",
        type: "L1.2",
        severity: "warning",
        columns: scaled,
        rows: [],
      },
      detail: `${percentOf(scaled.length, numbers)} of the columns of numbers have mean 0 and deviation 1 over all rows: they were scaled with the test rows; give the numbers as measured, Golgi scales within each fold`,
      remedy: null,
    },
  ];
};

const manyColumns = 20;

/** Every one of many columns tells of the outcome: they were chosen by all rows (L1.3). */
export const selectedBefore: Check = (prepared) => {
  // of several classes some always differ in everything
  if (prepared.target.task !== "binary") return [];
  const columns = learnedNumbers(prepared);
  const rows = prepared.split.training.length + prepared.split.validation.length;
  if (columns.length < manyColumns || rows > 200) return [];
  // where nothing is known an area lies within two standard errors of 0.5
  const error = 1 / Math.sqrt(3 * Math.max(rows / 2, 1));
  const telling = columns.filter((column) => aurocAlone(column, 1) > 0.5 + 2 * error);
  if (telling.length < 0.95 * columns.length) return [];
  return [
    {
      ...{
        check: "selected before the split",
        type: "L1.3",
        severity: "warning",
        columns: [],
        rows: [],
      },
      detail: `${telling.length} of ${columns.length} columns tell of the outcome in only ${rows} rows: were they selected with the test rows? Give all columns, and select within the fold`,
      remedy: null,
    },
  ];
};
