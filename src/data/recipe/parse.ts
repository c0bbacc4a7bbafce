/** A recipe from JSON that may be broken or from a later release. */
import { InputError } from "../../base/errors.ts";
import { encodedFeatures } from "./features.ts";
import type { NumberStep } from "./numbers.ts";
import type { MatrixStep } from "./steps.ts";
import { type Recipe, type RecipeInput, recipeFormat } from "./types.ts";

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const finite: Check = Number.isFinite;
const place: Check = (value) => value === 0 || value === 1;
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
  sequence: { name: text, length: positive, alphabet: text },
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

const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

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
};

/** Every step is whole and finds the features that it takes. */
function stepsFit({ steps, inputs }: Fields): boolean {
  if (steps === undefined) return true;
  if (!listOf(oneOf(matrixSteps))(steps)) return false;
  let width = encodedFeatures({ inputs: inputs as RecipeInput[] }).length;
  return (steps as MatrixStep[]).every(({ places, p }) => {
    const found = places.every((k, i) => k < width && k > (places[i - 1] ?? -1));
    width = places.length;
    return found && width > 0 && places.every(Number.isInteger) && (p?.length ?? width) === width;
  });
}

/** Checks what `JSON.parse` gave; `source` is the file, for the InputError. */
export function parseRecipe(value: unknown, source: string): Recipe {
  const recipe: Fields = isFields(value) ? value : {};
  if (Number.isInteger(recipe.format) && (recipe.format as number) > recipeFormat)
    throw new InputError(
      `${source}: the recipe has format ${recipe.format}, this release reads up to ${recipeFormat}. ` +
        `Update golgi.`,
    );
  const { missing, inputs: listed, leftOut } = recipe;
  const whole =
    (recipe.format === recipeFormat || recipe.format === 1) &&
    texts(missing) &&
    Array.isArray(listed) &&
    listed.length > 0 &&
    listed.every(isInput) &&
    Array.isArray(leftOut) &&
    leftOut.every(isLeftOut) &&
    stepsFit(recipe);
  if (whole) return value as Recipe;
  throw new InputError(`${source}: the recipe is broken. Train the model again.`);
}
