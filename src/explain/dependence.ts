/** Partial dependence: what the model says as one column alone takes other values. */
import { InputError } from "../base/errors.ts";
import { inputFeatures, type Recipe, type RecipeInput } from "../data/index.ts";
import { numberFeature } from "../data/recipe/encode.ts";
import { featurePlaces } from "../data/recipe/features.ts";
import type { OutputFunction } from "./outputs.ts";

export interface DependencePoint {
  /** The number, or the level of a category. */
  readonly value: number | string;
  /** Mean over the rows: partial dependence (Friedman 2001). */
  readonly mean: number;
  /** Each row's own: individual conditional expectation (Goldstein et al. 2015). */
  readonly rows: Float32Array;
}

export interface Dependence {
  readonly column: string;
  /** What the numbers are: `probability of M`. */
  readonly output: string;
  readonly points: readonly DependencePoint[];
}

export interface DependenceOptions {
  /** Values of a number, evenly from the lowest to the highest of training; 21 by default. */
  readonly points?: number;
}

/** What a column's features are at each of its values. */
function settings(input: RecipeInput, points: number): [number | string, Float32Array][] {
  const width = inputFeatures(input).length;
  const features = (...values: number[]) => {
    const all = new Float32Array(width);
    all.set(values);
    return all;
  };
  if (input.kind === "sequence" || input.kind === "kmers")
    throw new InputError(
      `“${input.name}” is a sequence, which has no partial dependence. Ask for a number or a category.`,
    );
  if (input.kind === "number") {
    const { low, high } = input;
    return Array.from({ length: points }, (_, i) => {
      const value = low + ((high - low) * i) / Math.max(points - 1, 1);
      return [value, features(numberFeature(input, value))];
    });
  }
  if (input.kind === "ordinal") {
    const { levels, mean, deviation } = input;
    return levels.map((level, place) => [level, features((place - mean) / deviation)]);
  }
  if (input.kind === "binary")
    return input.levels
      .map((level, place) => [level, features(place)] as const)
      .map(([a, b]) => [a, b]);
  return input.levels.map((level, place) => {
    const own = new Float32Array(width);
    own[place] = 1;
    return [level, own];
  });
}

/**
 * The model's output as one column is set to each of its values in all rows, the others left as they
 * are. Where columns hang together this asks about rows that do not exist: read it with care.
 *
 *     dependence(f, model.recipe, { column: "mean_radius", rows: features.values }).points;
 */
export function dependence(
  f: OutputFunction,
  recipe: Recipe,
  { column, rows, points = 21 }: DependenceOptions & { column: string; rows: Float32Array },
): Dependence {
  const place = recipe.inputs.findIndex(({ name }) => name === column);
  const input = recipe.inputs[place];
  if (!input)
    throw new InputError(
      `The model takes no column “${column}”. It takes ${recipe.inputs.map(({ name }) => name).join(", ")}.`,
    );
  if (!(Number.isInteger(points) && points >= 2))
    throw new InputError(`partial dependence: ${points} points; ask for 2 or more.`);
  const start = recipe.inputs.slice(0, place).flatMap(inputFeatures).length;
  const [own, kept] = [inputFeatures(input).length, featurePlaces(recipe)];
  if (!kept)
    throw new InputError(
      "The model takes principal components, which mix the columns: none has a dependence of its own.",
    );
  const moved = kept.flatMap((from, to) =>
    from >= start && from < start + own ? [[from - start, to] as const] : [],
  );
  return {
    ...{ column, output: f.name },
    points: settings(input, points).map(([value, features]) => {
      const changed = rows.slice();
      for (let row = 0; row < changed.length; row += f.width)
        for (const [from, to] of moved) changed[row + to] = features[from]!;
      const outputs = f.values(changed);
      return {
        value,
        mean: outputs.reduce((sum, each) => sum + each, 0) / outputs.length,
        rows: outputs,
      };
    }),
  };
}
