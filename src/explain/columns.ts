/** The columns behind a recipe's features. */
import { type Recipe, recipeFeatures } from "../data/index.ts";
import { inputFeatures } from "../data/recipe/types.ts";

/** The place of each feature's column among `names`. */
export interface FeatureColumns {
  readonly names: readonly string[];
  readonly columnOf: readonly number[];
  readonly features: readonly string[];
}

/**
 * The columns of the table that the network's features come from, in the recipe's order.
 *
 *     const { names, columnOf } = featureColumns(model.recipe);
 */
export const featureColumns = (recipe: Recipe): FeatureColumns => ({
  names: recipe.inputs.map(({ name }) => name),
  columnOf: recipe.inputs.flatMap((input, place) => inputFeatures(input).map(() => place)),
  features: recipeFeatures(recipe),
});
