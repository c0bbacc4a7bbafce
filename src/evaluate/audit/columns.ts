/** Columns that know the answer: proxies, counters of rows, imputation by class, scaling of all rows. */
import { runsOf } from "../../data/kinds.ts";
import { joinedRows, numbersOf, requireColumn } from "../../data/table.ts";
import type { Prepared } from "../types.ts";
import { areaOf, areaOfLevels, learnedByLabel, numberColumns, sortedByLabel } from "./learned.ts";
import type { Check, Suspicion } from "./types.ts";
import { listed, percentOf, quoted } from "./words.ts";

const labelsOf = ({ target }: Prepared) =>
  target.task === "binary" ? [1] : target.labels.map((_, k) => k);

/** Words of names that tell what was known only afterwards. */
const afterwards =
  /(^|[_\W])(death|died|dead|deceased|survival|outcome|discharge|disposition|followup|follow_up|futime|los|treatment|therapy|postop|post_op|relapse|recurrence|readmi\w*|autopsy|days_to|time_to|end_date|result|diagnos\w*|score_final)([_\W]|$)/i;

/** So good alone is suspicious; honest columns of an easy task pass it too, so it takes a name as well. */
const suspicious = 0.95;
const all = 0.9995;

/** The best AUROC that each column reaches alone, for any label. */
function areasAlone(prepared: Prepared): Map<string, number> {
  const byLabel = learnedByLabel(prepared);
  const areas = new Map<string, number>();
  for (const input of prepared.recipe.inputs) {
    const area = areaAlone(prepared, input, byLabel);
    if (area) areas.set(input.name, Math.max(...labelsOf(prepared).map(area)));
  }
  return areas;
}

/** A column's AUROC for a label; `null` where it is neither a number nor a category of few levels. */
function areaAlone(
  prepared: Prepared,
  input: Prepared["recipe"]["inputs"][number],
  byLabel: readonly Int32Array[],
): ((label: number) => number) | null {
  if (input.kind === "binary" || input.kind === "category")
    return areaOfLevels(prepared, input, byLabel);
  if (input.kind !== "number") return null;
  const sorted = sortedByLabel(prepared, input.name, byLabel);
  return (label) => areaOf(sorted, label);
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

/** How often the commonest number occurs, which it is, and how many lie below it. */
function commonest(sorted: Float64Array) {
  let best = { value: Number.NaN, count: 0, below: 0 };
  let below = 0;
  for (const { value, count } of runsOf(sorted)) {
    if (count > best.count) best = { value, count, below };
    below += count;
  }
  return best;
}

const fewestConstant = 5;
/** On a scale of few values every value repeats. */
const fewestDistinct = 20;

/** A value that many rows of one class have, in the middle of them, and hardly any of the others. */
function constantOf(
  own: Float64Array,
  others: readonly Float64Array[],
): { value: number; count: number } | null {
  const { value, count, below } = commonest(own);
  const above = own.length - below - count;
  const clear = count >= fewestConstant && count >= 0.04 * own.length;
  const inside = below > 0.2 * own.length && above > 0.2 * own.length; // medians and means lie there
  if (!clear || !inside) return null;
  let [elsewhere, all] = [0, 0];
  for (const sorted of others) {
    all += sorted.length;
    for (const x of sorted) if (x === value) elsewhere++;
  }
  const expected = (elsewhere / Math.max(1, all)) * own.length;
  return count > 8 * (expected + 0.5) ? { value, count } : null;
}

/** Distinct values, as many as matter. */
function firstValues(sorted: Float64Array): number[] {
  const values: number[] = [];
  for (const { value } of runsOf(sorted)) {
    if (values.length === fewestDistinct) break;
    values.push(value);
  }
  return values;
}

/**
 * A value that many rows of one class have and hardly any of another, in several classes and each with
 * its own: gaps filled by the class's median before the table came here (L1.2).
 */
export const classConstants: Check = (prepared) => {
  const { labels: names, task } = prepared.target;
  if (task === "regression") return [];
  const byLabel = learnedByLabel(prepared);
  return numberColumns(prepared).flatMap((name): Suspicion[] => {
    const sorted = sortedByLabel(prepared, name, byLabel);
    const found = names.flatMap((label, k) => {
      const others = sorted.filter((_, other) => other !== k);
      const constant = constantOf(sorted[k]!, others);
      return constant ? [{ label, ...constant }] : [];
    });
    if (new Set(found.map(({ value }) => value)).size < 2) return [];
    if (new Set(sorted.flatMap(firstValues)).size < fewestDistinct) return [];
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
  const { table, target, split } = prepared;
  const rows = joinedRows([split.training, split.validation, split.test]);
  if (prepared.test.table !== table || rows.length < 20) return [];
  return numberColumns(prepared).flatMap((name): Suspicion[] => {
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
export const scaledBefore: Check = (prepared) => {
  const names = numberColumns(prepared);
  const { table } = prepared;
  const scaled = names.filter((name) => {
    const { values } = numbersOf(table, requireColumn(table, name));
    let [count, sum, squares] = [0, 0, 0];
    for (const x of values) if (!Number.isNaN(x)) [count, sum] = [count + 1, sum + x];
    const mean = sum / count;
    if (!(Math.abs(mean) < 1e-3)) return false;
    for (const x of values) if (!Number.isNaN(x)) squares += (x - mean) * (x - mean);
    return Math.abs(Math.sqrt(squares / count) - 1) < 2 / count;
  });
  const numbers = names.length;
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
  const columns = numberColumns(prepared);
  const rows = prepared.split.training.length + prepared.split.validation.length;
  if (columns.length < manyColumns || rows > 200) return [];
  // where nothing is known an area lies within two standard errors of 0.5
  const error = 1 / Math.sqrt(3 * Math.max(rows / 2, 1));
  const byLabel = learnedByLabel(prepared);
  const telling = columns.filter(
    (name) => areaOf(sortedByLabel(prepared, name, byLabel), 1) > 0.5 + 2 * error,
  );
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
