/** What the features of a recipe are called, and which column each comes from. */
import { namesAfter } from "./steps.ts";
import type { Recipe, RecipeInput } from "./types.ts";

/** The features one input becomes, in order: `["stage=1", "stage=2", "stage missing"]`. */
export function inputFeatures(input: RecipeInput): string[] {
  const { name } = input;
  if (input.kind === "sequence")
    return Array.from({ length: input.length }, (_, place) =>
      Array.from(input.alphabet, (letter) => `${name}[${place + 1}]=${letter}`),
    ).flat();
  if (input.kind === "kmers") return input.kmers.map((word) => `${name}:${word}`);
  const indicator = input.indicator ? [`${name} missing`] : [];
  if (input.kind === "number" || input.kind === "ordinal") return [name, ...indicator];
  if (input.kind === "binary") return [`${name}=${input.levels[1]}`, ...indicator];
  return [...input.levels.map((level) => `${name}=${level}`), ...indicator];
}

/** The features of the columns, before the steps that all features go through together. */
export const encodedFeatures = ({ inputs }: Pick<Recipe, "inputs">): string[] =>
  inputs.flatMap(inputFeatures);

/** Every feature of a recipe, in the order of its columns in the matrix. */
export const recipeFeatures = (recipe: Recipe): string[] =>
  (recipe.steps ?? []).reduce<readonly string[]>(namesAfter, encodedFeatures(recipe)) as string[];

/**
 * For each feature of a recipe its place among the features of the columns; `null` where features are
 * mixed to components.
 */
export function featurePlaces(recipe: Recipe): readonly number[] | null {
  let places: readonly number[] = [...encodedFeatures(recipe).keys()];
  for (const step of recipe.steps ?? []) {
    if (step.kind === "components") return null;
    places = step.places.map((place) => places[place]!);
  }
  return places;
}

/** Places of the columns of numbers among the features of the columns. */
export function numberPlaces({ inputs }: Pick<Recipe, "inputs">): number[] {
  let place = 0;
  return inputs.flatMap((input) => {
    const own = place;
    place += inputFeatures(input).length;
    return input.kind === "number" ? [own] : [];
  });
}
