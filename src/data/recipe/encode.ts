/** Each column to its features by a fitted recipe, with what was met on the way. */
import { InputError } from "../../base/errors.ts";
import { conjoined, counted, type Finding, listed, quoted } from "../findings.ts";
import { letterShares } from "../sequence.ts";
import { type Column, levelsOf, requireNumbers, type Table } from "../table.ts";
import { inputFeatures } from "./features.ts";
import { countKmers } from "./kmers.ts";
import { throughSteps } from "./numbers.ts";
import type {
  BinaryInput,
  CategoryInput,
  KmersInput,
  NumberInput,
  OrdinalInput,
  Recipe,
  RecipeInput,
  SequenceInput,
} from "./types.ts";

/** What an input writes: feature `k` (from 0, its own) of the `i`-th of the rows asked for. */
type Write = (i: number, k: number, value: number) => void;

/** A number this many deviations off is cut there, so that float32 stays finite. */
const farthest = 1e6;

interface Into {
  readonly rows: Int32Array;
  readonly values: Float32Array | Float64Array;
  /** Gaps of numbers stay NaN, for an imputer. */
  readonly gaps?: boolean;
}

/**
 * Writes the features of the columns of some rows, before the steps that all go through together,
 * into `values` [rows × width]; missing, unseen and out-of-range values are findings.
 */
export function encode(recipe: Pick<Recipe, "inputs">, table: Table, into: Into): Finding[] {
  const { rows, values } = into;
  const columns = requireColumns(recipe, table);
  const width = values.length / Math.max(rows.length, 1);
  const findings: Finding[] = [];
  let offset = 0;
  recipe.inputs.forEach((input, c) => {
    const begin = offset;
    const write: Write = (i, k, value) => {
      values[i * width + begin + k] = value;
    };
    findings.push(...applyInput(input, { ...into, table, column: columns[c]! }, write));
    offset += inputFeatures(input).length;
  });
  return findings;
}

function requireColumns(recipe: Pick<Recipe, "inputs">, table: Table): Column[] {
  const known = new Map(table.columns.map((column) => [column.name, column]));
  const columns = recipe.inputs.map((input) => known.get(input.name));
  const lacking = recipe.inputs.filter((_, i) => !columns[i]).map(({ name }) => quoted(name));
  if (lacking.length === 0) return columns as Column[];
  throw new InputError(
    `${table.name} lacks ${conjoined(lacking)}, which the model needs. ` +
      `Columns found: ${listed(table.columns.map((column) => column.name))}.`,
  );
}

interface From extends Into {
  readonly table: Table;
  readonly column: Column;
}

function applyInput(input: RecipeInput, from: From, write: Write): Finding[] {
  const { table, column, rows } = from;
  switch (input.kind) {
    case "number":
      return applyNumber(input, from, write);
    case "binary":
      return applyBinary(input, levelsOf(table, column, input.numeric), rows, write);
    case "category":
      return applyCategory(input, levelsOf(table, column, input.numeric), rows, write);
    case "ordinal":
      return applyOrdinal(input, levelsOf(table, column, input.numeric), rows, write);
    case "sequence":
      return applySequence(input, table, column, rows, write);
    case "kmers":
      return applyKmers(input, column, rows, write);
  }
}

/** The feature of one value, a gap (NaN) included: through its steps, then (x − mean) / deviation. */
export function numberFeature(
  { steps, median, mean, deviation }: NumberInput,
  value: number,
): number {
  const x = Number.isNaN(value) ? median : steps ? throughSteps(steps, value) : value;
  return Math.max(-farthest, Math.min(farthest, (x - mean) / deviation));
}

function applyNumber(
  input: NumberInput,
  { table, column, rows, gaps = false }: From,
  write: Write,
): Finding[] {
  const values = requireNumbers(table, column, "the model reads as numbers");
  const { low, high, indicator } = input;
  const outside: number[] = [];
  let missing = 0;
  rows.forEach((row, i) => {
    const value = values[row]!;
    const present = !Number.isNaN(value);
    if (!present) missing++;
    else if (value < low || value > high) outside.push(row);
    write(i, 0, present || !gaps ? numberFeature(input, value) : Number.NaN);
    if (indicator && !present) write(i, 1, 1);
  });
  const median = `taken as the training median${input.steps ? "" : ` ${input.median}`}`;
  const answer = gaps ? "filled from its other columns" : median;
  const findings = missingFound(input.name, missing, answer);
  if (outside.length > 0) findings.push(outOfRange(input, outside));
  return findings;
}

type LevelAt = (row: number) => string | null;

function applyBinary(
  input: BinaryInput,
  levelAt: LevelAt,
  rows: Int32Array,
  write: Write,
): Finding[] {
  const { name, levels, commoner, indicator } = input;
  const unseen = new Map<string, number>();
  let missing = 0;
  rows.forEach((row, i) => {
    const level = levelAt(row);
    const place = level === null ? -1 : levels.indexOf(level);
    write(i, 0, place < 0 ? commoner : place);
    if (level === null) {
      missing++;
      if (indicator) write(i, 1, 1);
    } else if (place < 0) unseen.set(level, (unseen.get(level) ?? 0) + 1);
  });
  const answer = `taken as ${quoted(levels[commoner]!)}, the commoner value in training`;
  return [...missingFound(name, missing, answer), ...unseenFound(name, unseen, answer)];
}

function applyCategory(
  input: CategoryInput,
  levelAt: LevelAt,
  rows: Int32Array,
  write: Write,
): Finding[] {
  const { name, levels, indicator } = input;
  const places = new Map(levels.map((level, place) => [level, place]));
  const unseen = new Map<string, number>();
  let missing = 0;
  rows.forEach((row, i) => {
    const level = levelAt(row);
    const place = level === null ? levels.length : places.get(level);
    if (level === null) missing++;
    if (place === undefined) unseen.set(level!, (unseen.get(level!) ?? 0) + 1);
    else if (level !== null || indicator) write(i, place, 1);
  });
  return [
    ...missingFound(
      name,
      missing,
      indicator ? "a category of its own" : "taken as none of the categories",
    ),
    ...unseenFound(name, unseen, "taken as none of the categories"),
  ];
}

function applyOrdinal(
  input: OrdinalInput,
  levelAt: LevelAt,
  rows: Int32Array,
  write: Write,
): Finding[] {
  const { name, levels, median, mean, deviation, indicator } = input;
  const places = new Map(levels.map((level, place) => [level, place]));
  const unseen = new Map<string, number>();
  let missing = 0;
  rows.forEach((row, i) => {
    const level = levelAt(row);
    const place = level === null ? undefined : places.get(level);
    write(i, 0, ((place ?? median) - mean) / deviation);
    if (level === null) {
      missing++;
      if (indicator) write(i, 1, 1);
    } else if (place === undefined) unseen.set(level, (unseen.get(level) ?? 0) + 1);
  });
  const answer = "taken as the median place in training";
  return [...missingFound(name, missing, answer), ...unseenFound(name, unseen, answer)];
}

function applyKmers(
  input: KmersInput,
  { cells }: Column,
  rows: Int32Array,
  write: Write,
): Finding[] {
  let missing = 0;
  rows.forEach((row, i) => {
    const cell = cells[row]!;
    if (cell === null) missing++;
    else
      countKmers(cell, input).forEach((count, k) => {
        write(i, k, (count - input.means[k]!) / input.deviations[k]!);
      });
  });
  return missingFound(input.name, missing, "its counts taken as the training means");
}

function applySequence(
  input: SequenceInput,
  table: Table,
  column: Column,
  rows: Int32Array,
  write: Write,
): Finding[] {
  const { name, length, alphabet } = input;
  const unseen = new Map<string, number>();
  const shares = new Map<string, readonly number[] | null>();
  const textAt = levelsOf(table, column, false);
  let missing = 0;
  rows.forEach((row, i) => {
    const cell = textAt(row);
    if (cell === null) missing++;
    else if (cell.length !== length) throw otherLength(table, row, input, cell);
    else
      for (let place = 0; place < length; place++) {
        const letter = cell[place]!;
        let share = shares.get(letter);
        if (share === undefined) {
          share = letterShares(letter, alphabet);
          shares.set(letter, share);
        }
        if (share)
          share.forEach((part, k) => {
            if (part) write(i, place * alphabet.length + k, part);
          });
        else unseen.set(letter, (unseen.get(letter) ?? 0) + 1);
      }
  });
  return [
    ...missingFound(name, missing, "taken as no letter anywhere"),
    ...unseenFound(name, unseen, "taken as no letter"),
  ];
}

const otherLength = (table: Table, row: number, input: SequenceInput, cell: string) =>
  new InputError(
    `${table.name}, line ${table.lines[row]}: the sequence in column ${quoted(input.name)} has ` +
      `${counted(cell.length, "letter")} where the model needs ${input.length}. Cut or align it.`,
  );

const missingFound = (column: string, count: number, answer: string): Finding[] =>
  count === 0
    ? []
    : [
        {
          kind: "imputed",
          level: "note",
          column,
          count,
          message: `${column} is missing in ${counted(count, "row")}: ${answer}`,
        },
      ];

const unseenFound = (
  column: string,
  unseen: ReadonlyMap<string, number>,
  answer: string,
): Finding[] =>
  Array.from(unseen, ([value, count]) => ({
    kind: "unseen category",
    level: "warning",
    column,
    value,
    count,
    message: `${column} is ${quoted(value)} ${counted(count, "time")}, never in training: ${answer}`,
  }));

const outOfRange = ({ name, low, high }: NumberInput, rows: readonly number[]): Finding => ({
  kind: "out of range",
  level: "warning",
  column: name,
  count: rows.length,
  rows,
  message:
    `${name} lies outside the training range ${low} … ${high} in ${counted(rows.length, "row")}: ` +
    `the network was never shown such values`,
});
