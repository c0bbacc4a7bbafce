/** A recipe: how the columns of a table become the numbers a network takes. Plain JSON. */
import type { Kind } from "../kinds.ts";
import type { DataDictionary } from "../redcap/types.ts";
import type { Imputer } from "./impute.ts";
import type { NumberStep } from "./numbers.ts";
import type { MatrixStep } from "./steps.ts";

export interface NumberInput {
  readonly kind: "number";
  readonly name: string;
  /** What a value goes through first, where steps were asked for. */
  readonly steps?: readonly NumberStep[];
  /** Of the training rows, after the steps; missing values become it, unless the recipe imputes. */
  readonly median: number;
  /** Of the training rows after steps and imputation by the median; the deviation divides by n. */
  readonly mean: number;
  readonly deviation: number;
  /** As measured, before the steps. */
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

/** A category whose levels are in order: the place of the level, standardized. */
export interface OrdinalInput {
  readonly kind: "ordinal";
  readonly name: string;
  /** From the first, place 0, to the last. */
  readonly levels: readonly string[];
  readonly numeric: boolean;
  /** The place that missing and unseen values become. */
  readonly median: number;
  readonly mean: number;
  readonly deviation: number;
  readonly indicator: boolean;
}

export interface SequenceInput {
  readonly kind: "sequence";
  readonly name: string;
  readonly length: number;
  readonly alphabet: string;
}

/** A sequence as how often each of its words of k letters occurs, standardized. */
export interface KmersInput {
  readonly kind: "kmers";
  readonly name: string;
  readonly k: number;
  readonly alphabet: string;
  /** Those of the training rows, sorted; means and deviations are of their counts. */
  readonly kmers: readonly string[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

export type RecipeInput =
  | NumberInput
  | BinaryInput
  | CategoryInput
  | OrdinalInput
  | SequenceInput
  | KmersInput;

/** A column that is no feature, and why. */
export interface LeftOut {
  readonly name: string;
  readonly kind: Kind | "excluded" | "not selected";
  readonly reason: string;
}

export interface Recipe {
  /** 1 where a release without steps reads it too, 2 where one without dictionaries does. */
  readonly format: 1 | 2 | typeof recipeFormat;
  /** Codes that stood for a missing value in the training table; they do in every other. */
  readonly missing: readonly string[];
  /** How the cells of a REDCap export were read; those of every other table are read alike. */
  readonly dictionary?: DataDictionary;
  readonly inputs: readonly RecipeInput[];
  readonly leftOut: readonly LeftOut[];
  /** Fills the gaps of numbers from the other numbers; else they become the median. */
  readonly impute?: Imputer;
  /** What all features go through together, in order. */
  readonly steps?: readonly MatrixStep[];
}

export const recipeFormat = 3;
