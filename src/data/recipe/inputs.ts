/** What one column becomes, as the training rows fit it. */
import { InputError } from "../../base/errors.ts";
import { conjoined, quoted } from "../findings.ts";
import { type ColumnFacts, countLevels } from "../kinds.ts";
import { alphabetOf } from "../sequence.ts";
import { type Column, levelsOf, numbersOf, type Table, valuesAt } from "../table.ts";
import { fitKmers } from "./kmers.ts";
import { fitNumberStep, type NumberStep, type NumberStepPlan, throughSteps } from "./numbers.ts";
import type { Checked, OrdinalPlan } from "./plan.ts";
import type { NumberInput, OrdinalInput, RecipeInput } from "./types.ts";

interface From {
  readonly table: Table;
  readonly column: Column;
  readonly facts: ColumnFacts;
  /** The training rows. */
  readonly rows: Int32Array;
  readonly asked: Checked;
}

/** What a column becomes; `null` where its kind is no feature. */
export function fitInput(from: From): RecipeInput | null {
  const { table, column, facts, rows, asked } = from;
  const { name, kind, levels } = facts;
  const indicator = asked.indicators && facts.missing > 0;
  if (kind === "number") return fitNumber(from);
  const ordinal = asked.ordinal.find((plan) => plan.column === name);
  if (ordinal && (kind === "category" || kind === "binary")) return fitOrdinal(from, ordinal);
  const numeric = numbersOf(table, column).strange === 0;
  if (kind === "category") return { kind, name, levels, numeric, indicator };
  if (kind !== "binary" && kind !== "sequence") return null;
  const counts = countLevels(levelsOf(table, column, numeric), rows);
  if (kind === "binary") {
    const [first, second] = levels as [string, string];
    const commoner = counts.get(second)! > counts.get(first)! ? 1 : 0;
    return { kind, name, levels: [first, second], numeric, commoner, indicator };
  }
  const values = [...counts.keys()];
  const alphabet = alphabetOf(values);
  if (asked.kmers === null) return { kind, name, length: values[0]!.length, alphabet };
  const present = Array.from(rows, (row) => column.cells[row]!).filter((cell) => cell !== null);
  return fitKmers(name, present, { k: asked.kmers, alphabet });
}

/** The place of each level, from 0; the median of places stands for the missing. */
function fitOrdinal({ table, column, facts, rows, asked }: From, plan: OrdinalPlan): OrdinalInput {
  const { name } = column;
  const { levels = facts.levels } = plan;
  const strange = facts.levels.filter((level) => !levels.includes(level));
  if (strange.length > 0)
    throw new InputError(
      `${table.name}: ${quoted(name)} is ${conjoined(strange.map(quoted))} too, which the told order lacks. Put it in its place.`,
    );
  const numeric = numbersOf(table, column).strange === 0;
  const levelAt = levelsOf(table, column, numeric);
  const places = Float64Array.from({ length: rows.length }, (_, i) => {
    const level = levelAt(rows[i]!);
    return level === null ? Number.NaN : levels.indexOf(level);
  });
  const median = medianOf(places);
  const { mean, deviation } = spread(fill(places, median));
  const indicator = asked.indicators && facts.missing > 0;
  return { kind: "ordinal", name, levels, numeric, median, mean, deviation, indicator };
}

/** Mean and deviation √(Σ(x − mean)² / n). */
function spread(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Mean and deviation where the median stands for the missing; of the present if they are imputed. */
function fitNumber({ table, column, facts, rows, asked }: From): NumberInput {
  const { name } = column;
  const { low, high } = facts.range!;
  const { values, steps, median } = stepped(numbersOf(table, column).values, rows, {
    plans: asked.numberSteps.filter(({ columns }) => columns?.includes(name) ?? true),
    median: facts.range!.median,
  });
  const { mean, deviation } = spread(asked.impute ? presentOf(values) : fill(values, median));
  if (!Number.isFinite(deviation + median) || (deviation === 0 && steps.length === 0))
    throw new InputError(
      `${table.name}: column ${quoted(name)} runs from ${low} to ${high}, which float64 cannot ` +
        `standardize. Rescale it, or leave it out with --ignore.`,
    );
  const indicator = asked.indicators && facts.missing > 0;
  return {
    ...{ kind: "number", name },
    ...(steps.length > 0 ? { steps } : {}),
    // winsorizing may leave one value
    ...{ median, mean, deviation: deviation || 1, low, high, indicator },
  };
}

/** The values of the training rows after each step, and the median of those. */
function stepped(
  all: Float64Array,
  rows: Int32Array,
  from: { readonly plans: readonly NumberStepPlan[]; readonly median: number },
): { values: Float64Array; steps: NumberStep[]; median: number } {
  let values = valuesAt(all, rows);
  let { median } = from;
  const steps: NumberStep[] = [];
  for (const plan of from.plans) {
    const step = fitNumberStep(plan, presentOf(values).sort());
    steps.push(step);
    values = values.map((value) => throughSteps([step], value));
    median = medianOf(values);
  }
  return { values, steps, median };
}

function medianOf(values: Float64Array): number {
  const sorted = presentOf(values).sort();
  const last = sorted.length - 1;
  return (sorted[last >> 1]! + sorted[(last + 1) >> 1]!) / 2;
}

/** Without the missing; `filter` would list them as objects first, which columns on disk are too long for. */
function presentOf(values: Float64Array): Float64Array {
  const present = new Float64Array(values.length);
  let count = 0;
  for (const value of values) if (!Number.isNaN(value)) present[count++] = value;
  return present.subarray(0, count);
}

/** Puts `value` where there is none, in place. */
function fill(values: Float64Array, value: number): Float64Array {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i]!)) values[i] = value;
  return values;
}
