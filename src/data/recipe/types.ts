/** A recipe: how the columns of a table become the numbers a network takes. Plain JSON. */
import type { Kind } from "../kinds.ts";

export interface NumberInput {
  readonly kind: "number";
  readonly name: string;
  /** Of the training rows; missing values become it. */
  readonly median: number;
  /** Of the training rows after imputation; the deviation divides by n. */
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
  /** Missing in some training row: a 0/1 feature says so. */
  readonly indicator: boolean;
}

export interface BinaryInput {
  readonly kind: "binary";
  readonly name: string;
  /** The second is 1. */
  readonly levels: readonly [string, string];
  /** Levels are numbers: `1.0` and `1` are the same. */
  readonly numeric: boolean;
  /** The place of the commoner level, which missing and unseen values become. */
  readonly commoner: number;
  readonly indicator: boolean;
}

export interface CategoryInput {
  readonly kind: "category";
  readonly name: string;
  /** One 0/1 feature each; all are 0 where the value is missing or unseen. */
  readonly levels: readonly string[];
  readonly numeric: boolean;
  readonly indicator: boolean;
}

export interface SequenceInput {
  readonly kind: "sequence";
  readonly name: string;
  readonly length: number;
  readonly alphabet: string;
}

export type RecipeInput = NumberInput | BinaryInput | CategoryInput | SequenceInput;

/** A column that is no feature, and why. */
export interface LeftOut {
  readonly name: string;
  readonly kind: Kind | "excluded";
  readonly reason: string;
}

export interface Recipe {
  readonly format: typeof recipeFormat;
  /** Codes that stood for a missing value in the training table; they do in every other. */
  readonly missing: readonly string[];
  readonly inputs: readonly RecipeInput[];
  readonly leftOut: readonly LeftOut[];
}

export const recipeFormat = 1;

/** The features one input becomes, in order: `["stage=1", "stage=2", "stage missing"]`. */
export function inputFeatures(input: RecipeInput): string[] {
  const { name } = input;
  if (input.kind === "sequence")
    return Array.from({ length: input.length }, (_, place) =>
      Array.from(input.alphabet, (letter) => `${name}[${place + 1}]=${letter}`),
    ).flat();
  const indicator = input.indicator ? [`${name} missing`] : [];
  if (input.kind === "number") return [name, ...indicator];
  if (input.kind === "binary") return [`${name}=${input.levels[1]}`, ...indicator];
  return [...input.levels.map((level) => `${name}=${level}`), ...indicator];
}

/** Every feature of a recipe, in the order of its columns in the matrix. */
export const recipeFeatures = (recipe: Recipe): string[] => recipe.inputs.flatMap(inputFeatures);
