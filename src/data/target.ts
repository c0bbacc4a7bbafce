/** What is to be predicted: found or told, as one number a row. */
import { InputError } from "../base/errors.ts";
import { conjoined, counted, type Finding, listed, quoted } from "./findings.ts";
import { countDistinct, countLevels, sortedNumbers } from "./kinds.ts";
import { positiveLabel } from "./positive.ts";
import {
  allRows,
  byCodeUnit,
  type Column,
  levelsOf,
  missingIn,
  numbersOf,
  requireColumn,
  requireNumbers,
  rowsWhere,
  type Table,
} from "./table.ts";

export type Task = "binary" | "classes" | "regression";

/** How a column is read as a target; plain JSON, saved with the model. */
export interface TargetRecipe {
  readonly task: Task;
  readonly column: string;
  /** binary: [negative, positive]; classes: sorted; regression: none. */
  readonly labels: readonly string[];
  /** For each label the values of the column that mean it. */
  readonly meanings: readonly (readonly string[])[];
  /** Values are numbers: `1.0` and `1` are the same. */
  readonly numeric: boolean;
}

/** A table's targets. */
export interface Target extends TargetRecipe {
  /** One a row of the table: the place of its label, or the number itself; NaN where there is none. */
  readonly values: Float64Array;
  /** The rows that have a target. */
  readonly rows: Int32Array;
  readonly findings: readonly Finding[];
}

export interface TargetOptions {
  readonly column: string;
  /** The label that counts as 1. With `task: "binary"` the others, however many, are 0. */
  readonly positive?: string;
  readonly task?: Task;
}

/** Whole numbers of at most so many values, ten rows or more each, are classes. */
const mostWholeClasses = 10;
const rowsPerWholeClass = 10;
const fewestRows = 3;

/**
 * Reads the target column: two labels are binary, more are classes, numbers of many values are a
 * regression. InputErrors: no such column, one class, a class of under 3 rows, an unknown label.
 *
 *     const target = chooseTarget(table, { column: "Diagnosis", positive: "M" });
 */
export function chooseTarget(table: Table, options: TargetOptions): Target {
  const column = requireColumn(table, options.column);
  const numeric = numbersOf(table, column).strange === 0;
  if (numeric && isMeasured(table, column, options))
    return read(
      { task: "regression", column: column.name, numeric, labels: [], meanings: [] },
      table,
    );
  const counts = countLevels(levelsOf(table, column, numeric), allRows(table.rows));
  const facts = { table, column, numeric, counts };
  if (counts.size < 2)
    throw new InputError(
      `${table.name}: the target ${quoted(column.name)} ${counts.size === 0 ? "is missing" : `is ${quoted([...counts.keys()][0]!)}`} ` +
        `in every row. Choose a column with two values or more.`,
    );
  const { task, finding } = chooseTask(facts, options);
  const base = { task, column: column.name, numeric };
  if (task === "regression") {
    requireNumbers(table, column, "is the target of a regression");
    return read({ ...base, labels: [], meanings: [] }, table, finding);
  }
  const classes = chooseLabels(facts, task, options.positive);
  checkClasses(facts, classes.labels, classes.meanings);
  return read({ ...base, ...classes }, table, finding ?? classes.finding);
}

/** Numbers of too many values to be classes: their levels are not even listed, which takes memory. */
function isMeasured(table: Table, column: Column, { task, positive }: TargetOptions): boolean {
  if (positive !== undefined || (task !== undefined && task !== "regression")) return false;
  const sorted = sortedNumbers(numbersOf(table, column).values, allRows(table.rows));
  return countDistinct(sorted) > mostWholeClasses;
}

interface Facts {
  readonly table: Table;
  readonly column: Column;
  readonly numeric: boolean;
  readonly counts: ReadonlyMap<string, number>;
}

function chooseTask(
  { table, column, numeric, counts }: Facts,
  { task, positive }: TargetOptions,
): { task: Task; finding?: Finding } {
  const { name } = column;
  if (task === "binary" && counts.size > 2 && positive === undefined)
    throw new InputError(
      `${table.name}: the target ${quoted(name)} has ${counts.size} values, not two. Name the one ` +
        `that counts with --positive, or take --task classes.`,
    );
  if (task) return { task };
  if (counts.size === 2) return { task: "binary" };
  if (positive !== undefined)
    throw new InputError(
      `${table.name}: the target ${quoted(name)} has ${counts.size} values. To set ` +
        `${quoted(positive)} against all others, add --task binary.`,
    );
  if (!numeric) return { task: "classes" };
  const values = [...counts.keys()].map(Number);
  let present = 0;
  for (const count of counts.values()) present += count;
  const whole = values.every(Number.isInteger) && values.length <= mostWholeClasses;
  if (!whole || present < rowsPerWholeClass * values.length) return { task: "regression" };
  const message =
    `${name} is taken as ${values.length} classes (${listed(sortLevels([...counts.keys()], true))}); ` +
    `--task regression to predict it as a number`;
  return {
    task: "classes",
    finding: { kind: "task found", level: "note", column: name, task: "classes", message },
  };
}

interface Classes {
  readonly labels: readonly string[];
  readonly meanings: readonly (readonly string[])[];
  readonly finding?: Finding;
}

function chooseLabels(
  { table, column, numeric, counts }: Facts,
  task: Task,
  told?: string,
): Classes {
  const levels = sortLevels([...counts.keys()], numeric);
  const positive = numeric && told !== undefined && told !== "" ? String(Number(told)) : told;
  if (positive !== undefined && !counts.has(positive))
    throw new InputError(
      `${table.name}: the target ${quoted(column.name)} is never ${quoted(told!)}. ` +
        `Its values are ${conjoined(levels.map(quoted))}.`,
    );
  if (task === "classes") return { labels: levels, meanings: levels.map((level) => [level]) };
  const chosen =
    positive === undefined ? positiveLabel(levels, counts, numeric) : { label: positive };
  const others = levels.filter((level) => level !== chosen.label);
  const negative = others.length === 1 ? others[0]! : `not ${chosen.label}`;
  const classes = { labels: [negative, chosen.label], meanings: [others, [chosen.label]] };
  if (chosen.reason === undefined) return classes;
  const message = `${chosen.label} counts as positive (${chosen.reason}); --positive to choose`;
  return {
    ...classes,
    finding: { kind: "task found", level: "note", column: column.name, task, message },
  };
}

function checkClasses(
  { table, column, counts }: Facts,
  labels: readonly string[],
  meanings: readonly (readonly string[])[],
): void {
  const sizes = meanings.map((levels) =>
    levels.reduce((sum, level) => sum + counts.get(level)!, 0),
  );
  const small = labels.filter((_, i) => sizes[i]! < fewestRows);
  if (small.length === 0) return;
  const shown = small.map((label) => `${quoted(label)} (${sizes[labels.indexOf(label)]})`);
  throw new InputError(
    `${table.name}: the target ${quoted(column.name)} has ${labels.length} classes, of which ` +
      `${conjoined(shown, 5)} ${small.length === 1 ? "has" : "have"} under ${fewestRows} rows. Merge ` +
      `or leave out small classes, or take --task regression if it is a number.`,
  );
}

/**
 * The targets of another table by a known recipe; labels that it does not know are left out and
 * named, as are rows without a target.
 *
 *     const { rows, values } = readTarget(model.target, secondTable);
 */
export const readTarget = (recipe: TargetRecipe, table: Table): Target => read(recipe, table);

function read(recipe: TargetRecipe, table: Table, finding?: Finding): Target {
  const { task, column: name, labels, meanings, numeric } = recipe;
  const column = requireColumn(table, name);
  const findings: Finding[] = finding ? [finding] : [];
  const foreign = new Map<string, number>();
  let values: Float64Array;
  if (task === "regression")
    values = requireNumbers(table, column, "is the target of a regression");
  else {
    const places = new Map(
      meanings.flatMap((levels, i) => levels.map((level) => [level, i] as const)),
    );
    const levelAt = levelsOf(table, column, numeric);
    values = Float64Array.from({ length: table.rows }, (_, row) => {
      const level = levelAt(row);
      const place = level === null ? undefined : places.get(level);
      if (level !== null && place === undefined) foreign.set(level, (foreign.get(level) ?? 0) + 1);
      return place ?? Number.NaN;
    });
  }
  const rows = rowsWhere(allRows(table.rows), (row) => !Number.isNaN(values[row]!));
  const missing = rowsWhere(allRows(table.rows), missingIn(column)).length;
  if (missing > 0) findings.push(missingTarget(name, missing));
  for (const [label, count] of foreign) findings.push(foreignLabel(name, label, count));
  return { task, column: name, labels, meanings, numeric, values, rows, findings };
}

const missingTarget = (column: string, count: number): Finding => ({
  kind: "missing target",
  level: "warning",
  column,
  count,
  message: `${column} is missing in ${counted(count, "row")}: left out`,
});

const foreignLabel = (column: string, label: string, count: number): Finding => ({
  kind: "foreign label",
  level: "warning",
  label,
  count,
  message: `${column} is ${quoted(label)} in ${counted(count, "row")}, none of the classes learned: left out of the score`,
});

const sortLevels = (levels: string[], numeric: boolean): string[] =>
  levels.sort(numeric ? (a, b) => Number(a) - Number(b) : byCodeUnit);

/** How many of the rows have each label; none for a regression. */
export function countLabels(target: Target, rows: Int32Array): number[] {
  const counts = target.labels.map(() => 0);
  if (counts.length > 0) for (const row of rows) counts[target.values[row]!]!++;
  return counts;
}

/** The rows of each label, under its name; none for a regression. */
export const rowsByLabel = ({ labels, rows, values }: Target) =>
  labels.map((name, k) => ({ name, rows: rowsWhere(rows, (row) => values[row] === k) }));
