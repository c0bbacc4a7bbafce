/** A recipe from JSON that may be broken or from a later release. */
import { InputError } from "../../base/errors.ts";
import { isDictionary } from "../redcap/dictionary.ts";
import { encodedFeatures } from "./features.ts";
import type { Imputer } from "./impute.ts";
import type { NumberStep } from "./numbers.ts";
import type { MatrixStep } from "./steps.ts";
import { type Recipe, type RecipeInput, recipeFormat } from "./types.ts";

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const finite: Check = Number.isFinite;
const place: Check = (value) => value === 0 || value === 1;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const pair: Check = (value) => texts(value) && (value as string[]).length === 2;
const positive: Check = (value) => finite(value) && (value as number) > 0;

/** For each kind of input, what each of its fields must be. */
const inputs: { readonly [K in RecipeInput["kind"]]: Readonly<Record<string, Check>> } = {
  number: {
    ...{ name: text, median: finite, mean: finite, deviation: positive },
    ...{ low: finite, high: finite, indicator: flag },
  },
  binary: { name: text, levels: pair, numeric: flag, commoner: place, indicator: flag },
  category: { name: text, levels: texts, numeric: flag, indicator: flag },
  ordinal: {
    ...{ name: text, levels: texts, numeric: flag, median: finite, mean: finite },
    ...{ deviation: positive, indicator: flag },
  },
  sequence: { name: text, length: positive, alphabet: text },
  kmers: {
    ...{ name: text, k: positive, alphabet: text, kmers: texts },
    ...{ means: listOf(finite), deviations: listOf(positive) },
  },
};

/** The same of what may be absent: the steps of a number. */
const numberSteps: { readonly [K in NumberStep["kind"]]: Readonly<Record<string, Check>> } = {
  log: { shift: finite, low: finite },
  winsorize: { low: finite, high: finite },
};

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** One of some kinds, each field as its kind needs it. */
const oneOf =
  (kinds: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check =>
  (value) =>
    isFields(value) &&
    Object.hasOwn(kinds, String(value.kind)) &&
    Object.entries(kinds[String(value.kind)]!).every(([key, check]) => check(value[key]));

const isInput: Check = (value) =>
  oneOf(inputs)(value) &&
  ((value as Fields).steps === undefined || listOf(oneOf(numberSteps))((value as Fields).steps));

const isLeftOut = (value: unknown): boolean =>
  isFields(value) && text(value.name) && text(value.kind) && text(value.reason);

const matrixSteps: { readonly [K in MatrixStep["kind"]]: Readonly<Record<string, Check>> } = {
  keep: {
    ...{ why: text, kept: positive, of: positive, places: listOf(finite) },
    p: (value) => value === null || listOf(finite)(value),
  },
  components: {
    ...{ means: listOf(finite), directions: listOf(listOf(finite)) },
    ...{ shares: listOf(finite), scale: positive },
  },
};

/** Every step is whole and finds the features that it takes. */
function stepsFit({ steps, inputs }: Fields): boolean {
  if (steps === undefined) return true;
  if (!listOf(oneOf(matrixSteps))(steps)) return false;
  let width = encodedFeatures({ inputs: inputs as RecipeInput[] }).length;
  return (steps as MatrixStep[]).every((step) => {
    const before = width;
    width = step.kind === "keep" ? step.places.length : step.directions.length;
    if (width === 0) return false;
    if (step.kind === "components")
      return [step.means, ...step.directions].every(({ length }) => length === before);
    const { places, p } = step;
    return (
      (p?.length ?? width) === width &&
      places.every((k, i) => Number.isInteger(k) && k < before && k > (places[i - 1] ?? -1))
    );
  });
}

const gapOr: Check = (value) => value === null || finite(value);
const imputers: { readonly [K in Imputer["kind"]]: Readonly<Record<string, Check>> } = {
  knn: { neighbors: positive, donors: listOf(listOf(gapOr)) },
  iterative: {
    ...{ start: listOf(finite), low: listOf(finite), high: listOf(finite) },
    rounds: listOf(
      listOf(
        (value) =>
          isFields(value) &&
          Number.isInteger(value.column) &&
          (value.column as number) >= 0 &&
          finite(value.intercept) &&
          listOf(finite)(value.weights),
      ),
    ),
  },
};

/** An imputer is whole and about as many columns as there are of numbers. */
function imputerFits({ impute, inputs }: Fields): boolean {
  if (impute === undefined) return true;
  if (!oneOf(imputers)(impute)) return false;
  const width = (inputs as RecipeInput[]).filter(({ kind }) => kind === "number").length;
  const imputer = impute as Imputer;
  const about =
    imputer.kind === "knn"
      ? imputer.donors
      : [imputer.start, imputer.low, imputer.high, ...weightsOf(imputer.rounds, width)];
  return about.every(({ length }) => length === width);
}

const weightsOf = (rounds: Extract<Imputer, { kind: "iterative" }>["rounds"], width: number) =>
  rounds.flat().map(({ weights, column }) => (column < width ? weights : []));

/** Checks what `JSON.parse` gave; `source` is the file, for the InputError. */
export function parseRecipe(value: unknown, source: string): Recipe {
  const recipe: Fields = isFields(value) ? value : {};
  if (Number.isInteger(recipe.format) && (recipe.format as number) > recipeFormat)
    throw new InputError(
      `${source}: the recipe has format ${recipe.format}, this release reads up to ${recipeFormat}. ` +
        `Update golgi.`,
    );
  const { missing, dictionary, inputs: listed, leftOut } = recipe;
  const whole =
    [1, 2, recipeFormat].includes(recipe.format as number) &&
    texts(missing) &&
    (dictionary === undefined || isDictionary(dictionary)) &&
    Array.isArray(listed) &&
    listed.length > 0 &&
    listed.every(isInput) &&
    Array.isArray(leftOut) &&
    leftOut.every(isLeftOut) &&
    imputerFits(recipe) &&
    stepsFit(recipe);
  if (whole) return value as Recipe;
  throw new InputError(`${source}: the recipe is broken. Train the model again.`);
}
