/** The columns behind a recipe's features. */
import { inputFeatures, type Recipe, type RecipeInput, recipeFeatures } from "../data/index.ts";
import { featurePlaces } from "../data/recipe/features.ts";

/** The place of each feature's column among `names`. */
export interface FeatureColumns {
  readonly names: readonly string[];
  readonly columnOf: readonly number[];
  readonly features: readonly string[];
}

/** The parts of an input that come and go together: the column, or each place of a sequence. */
function partsOf(input: RecipeInput): { readonly name: string; readonly width: number }[] {
  const { kind, name } = input;
  if (kind === "sequence")
    return Array.from({ length: input.length }, (_, place) => ({
      name: `${name}[${place + 1}]`,
      width: input.alphabet.length,
    }));
  if (kind === "kmers") return inputFeatures(input).map((word) => ({ name: word, width: 1 }));
  return [{ name, width: inputFeatures(input).length }];
}

/**
 * The columns of the table that the network's features come from, in the recipe's order; of a sequence
 * each place is one, `sequence[31]`, or each of its words; of components each is one.
 *
 *     const { names, columnOf } = featureColumns(model.recipe);
 */
export function featureColumns(recipe: Recipe): FeatureColumns {
  const places = featurePlaces(recipe);
  const features = recipeFeatures(recipe);
  // components mix columns: each stands for itself
  if (!places) return { names: features, columnOf: [...features.keys()], features };
  const parts = recipe.inputs.flatMap(partsOf);
  const all = parts.flatMap(({ width }, place) => new Array<number>(width).fill(place));
  const kept = places.map((place) => all[place]!);
  // columns of which a step kept nothing have no part in it
  const used = [...new Set(kept)].sort((a, b) => a - b);
  return {
    names: used.map((place) => parts[place]!.name),
    columnOf: kept.map((place) => used.indexOf(place)),
    features,
  };
}
