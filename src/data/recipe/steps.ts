/** What all features go through together: filters, selection, principal components. */
import { InputError } from "../../base/errors.ts";
import type { Target } from "../target.ts";
import { applyComponents, type ComponentsStep, fitComponents } from "./components.ts";
import { columnSquares, type Matrix, takeColumns } from "./matrix.ts";
import { correlationScores, fisherScores, pValue, type Scores, welchScores } from "./scores.ts";

/** Some of the features stay. */
export interface KeepStep {
  readonly kind: "keep";
  /** Why: `variance above 0.1`, `20 best by F-test`. */
  readonly why: string;
  /** Places of those that stay among the features before, ascending. */
  readonly places: readonly number[];
  /** How many features stayed and how many there were; a later filter may have taken more away. */
  readonly kept: number;
  readonly of: number;
  /** The p value of each that stays, where a test chose them. */
  readonly p: readonly number[] | null;
}

export type MatrixStep = KeepStep | ComponentsStep;

/** What was asked for. */
export type MatrixStepPlan =
  /** Features whose variance, as measured (after logarithm and winsorizing), is above it. */
  | { readonly kind: "variance"; readonly above: number }
  /** So many features of the largest variance, as measured. */
  | { readonly kind: "variable"; readonly count: number }
  /** So many features that tell most of the target, one by one. */
  | { readonly kind: "select"; readonly count: number; readonly test?: "f" | "welch" }
  /** So many principal components instead of all features. */
  | { readonly kind: "pca"; readonly count: number };

/** The training rows as a step sees them. */
export interface Fitting {
  readonly matrix: Matrix;
  /** Deviation by which each feature was divided; 1 where none was. */
  readonly scales: Float64Array;
  /** The task, and the target of the training rows alone; `null` where nobody told a target. */
  readonly outcome: { readonly task: Target["task"]; readonly values: Float64Array } | null;
}

/** Names of the features after a step. */
export const namesAfter = (names: readonly string[], step: MatrixStep): readonly string[] =>
  step.kind === "keep"
    ? step.places.map((place) => names[place]!)
    : step.directions.map((_, k) => `component ${k + 1}`);

/** The features of any rows after a step. */
export const afterStep = (matrix: Matrix, step: MatrixStep): Matrix =>
  step.kind === "keep" ? takeColumns(matrix, step.places) : applyComponents(matrix, step);

/** What each feature was divided by, after a step. */
export const scalesAfter = (scales: Float64Array, step: MatrixStep): Float64Array =>
  step.kind === "keep"
    ? Float64Array.from(step.places, (place) => scales[place]!)
    : new Float64Array(step.directions.length).fill(step.scale);

/** Fits one step on the training rows. */
export function fitStep(plan: MatrixStepPlan, fitting: Fitting): MatrixStep {
  switch (plan.kind) {
    case "variance":
      return keepAbove(plan.above, fitting);
    case "variable":
      return keepVariable(plan.count, fitting);
    case "select":
      return select(plan, fitting);
    case "pca":
      return fitComponents(plan.count, fitting.matrix);
  }
}

/** Variance, over n, of each feature in the units it was measured in. */
const variances = ({ matrix, scales }: Fitting): Float64Array =>
  columnSquares(matrix).map((sum, k) => (sum / matrix.rows) * scales[k]! * scales[k]!);

function keepAbove(above: number, fitting: Fitting): KeepStep {
  const found = variances(fitting);
  const places = [...found.keys()].filter((k) => found[k]! > above);
  if (places.length > 0) return kept(`variance above ${above}`, places, fitting);
  throw new InputError(
    `No feature has a variance above ${above}; the largest is ${Math.max(...found)}. Ask for less.`,
  );
}

const keepVariable = (count: number, fitting: Fitting): KeepStep =>
  kept(`${count} of the largest variance`, best(variances(fitting), count), fitting);

/** Places of the largest, ascending; of equals the first. */
const best = (scores: Float64Array, count: number): number[] =>
  [...scores.keys()]
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);

function select(
  { count, test = "f" }: Extract<MatrixStepPlan, { kind: "select" }>,
  fitting: Fitting,
): KeepStep {
  const scores = scoresOf(test, fitting);
  const places = best(scores.statistics, count);
  const p = places.map((k) => pValue(scores, k));
  return { ...kept(`${count} best by ${scores.test}`, places, fitting), p };
}

function scoresOf(test: "f" | "welch", { matrix, outcome }: Fitting): Scores {
  if (!outcome)
    throw new InputError("Selection needs the target of the training rows. Tell `target`.");
  const { task, values } = outcome;
  if (test === "welch" && task !== "binary")
    throw new InputError(
      `Welch’s t-test compares two classes, and the task is ${task}. Select by select, not by welch.`,
    );
  if (task === "regression") return correlationScores(matrix, values);
  return test === "welch" ? welchScores(matrix, values) : fisherScores(matrix, values);
}

const kept = (why: string, places: readonly number[], { matrix }: Fitting): KeepStep => ({
  kind: "keep",
  why,
  places,
  kept: places.length,
  of: matrix.width,
  p: null,
});
