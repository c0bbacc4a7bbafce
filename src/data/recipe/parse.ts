/** A recipe from JSON that may be broken or from a later release. */
import { InputError } from "../../base/errors.ts";
import { type Recipe, type RecipeInput, recipeFormat } from "./types.ts";

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const finite: Check = Number.isFinite;
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const pair: Check = (value) => texts(value) && (value as string[]).length === 2;
const positive: Check = (value) => finite(value) && (value as number) > 0;
const place: Check = (value) => value === 0 || value === 1;

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

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

const isInput = (value: unknown): boolean =>
  isFields(value) &&
  Object.hasOwn(inputs, String(value.kind)) &&
  Object.entries(inputs[value.kind as RecipeInput["kind"]]).every(([key, check]) =>
    check(value[key]),
  );

const isLeftOut = (value: unknown): boolean =>
  isFields(value) && text(value.name) && text(value.kind) && text(value.reason);

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
    recipe.format === recipeFormat &&
    texts(missing) &&
    Array.isArray(listed) &&
    listed.length > 0 &&
    listed.every(isInput) &&
    Array.isArray(leftOut) &&
    leftOut.every(isLeftOut);
  if (whole) return value as Recipe;
  throw new InputError(`${source}: the recipe is broken. Train the model again.`);
}
