/** A saved model as plain objects, for people: its network, recipe, target and tensors. */
import type { Session } from "../backends/backend.ts";
import {
  imputerText,
  inputFeatures,
  numberStepText,
  type RecipeInput,
  stepText,
} from "../data/index.ts";
import type { Json } from "../io/json.ts";
import { type OptimizerName, optimizers } from "../optim/index.ts";
import { planStep, type TrainingPlan } from "../train/index.ts";
import { networkFacts, tasks } from "./network.ts";
import { defaults } from "./settings.ts";
import type { FittedModel, NetworkFacts } from "./types.ts";

export interface ModelFacts {
  readonly network: NetworkFacts;
  /** Stored parameters by path, in order. */
  readonly tensors: readonly { readonly path: string; readonly shape: readonly number[] }[];
  /** What each column becomes. */
  readonly inputs: readonly {
    readonly column: string;
    readonly features: number;
    readonly text: string;
  }[];
  /** What all features go through together, in order. */
  readonly steps: readonly string[];
  readonly leftOut: readonly { readonly column: string; readonly reason: string }[];
  readonly target: {
    readonly column: string;
    readonly task: FittedModel["target"]["task"];
    readonly labels: readonly string[];
  };
  readonly threshold: number | null;
}

/**
 * Everything about a model that a person may ask.
 *
 *     inspectModel(fromRun(run)).network.parameters; // 513
 */
export function inspectModel(model: FittedModel): ModelFacts {
  const { recipe, target, network, weights, threshold } = model;
  return {
    network: networkFacts(network),
    tensors: Object.entries(weights).map(([path, { shape }]) => ({ path, shape })),
    inputs: recipe.inputs.map((input) => ({
      column: input.name,
      features: inputFeatures(input).length,
      text: textOf(input),
    })),
    steps: [
      ...(recipe.impute ? [imputerText(recipe.impute)] : []),
      ...(recipe.steps ?? []).map(stepText),
    ],
    leftOut: recipe.leftOut.map(({ name, reason }) => ({ column: name, reason })),
    target: { column: target.column, task: target.task, labels: target.labels },
    threshold,
  };
}

/**
 * The training step of a saved model, compiled and timed on this machine, kernel by kernel, with
 * the optimizer and the batch size of its run.
 *
 *     planModel(fromRun(run), run.manifest.settings).kernels[0]; // { text, operations, bytes, microseconds }
 */
export function planModel(
  { network, target }: FittedModel,
  settings: Json,
  { session }: { readonly session?: Session } = {},
): TrainingPlan {
  const told = Object(settings) as Readonly<Record<string, unknown>>;
  const size = Number.isSafeInteger(told.batchSize) ? Number(told.batchSize) : defaults.batchSize;
  const name = String(told.optimizer);
  const known = Object.hasOwn(optimizers, name) ? (name as OptimizerName) : defaults.optimizer;
  const optimizer = optimizers[known as OptimizerName]();
  const { loss } = tasks[target.task];
  return planStep({
    ...{ model: network, loss, optimizer, batchSize: size },
    ...(session ? { session } : {}),
  });
}

function textOf(input: RecipeInput): string {
  const indicator = "indicator" in input && input.indicator ? ", with an indicator of missing" : "";
  switch (input.kind) {
    case "number":
      return `number: ${(input.steps ?? []).map((step) => `${numberStepText(step)}, `).join("")}missing → ${short(input.median)}, (x − ${short(input.mean)}) / ${short(input.deviation)}, trained on ${short(input.low)} … ${short(input.high)}${indicator}`;
    case "binary":
      return `binary: 1 where “${input.levels[1]}”, missing → “${input.levels[input.commoner]}”${indicator}`;
    case "category":
      return `category: one-hot of ${input.levels.join(", ")}${indicator}`;
    case "ordinal":
      return `ordinal: the place in ${input.levels.join(" < ")}, (place − ${short(input.mean)}) / ${short(input.deviation)}, missing → ${short(input.median)}${indicator}`;
    case "kmers":
      return `sequence: counts of ${input.kmers.length} words of ${input.k} letters of ${input.alphabet}, standardized`;
    case "sequence":
      return `sequence: ${input.length} places, one-hot of ${input.alphabet}`;
  }
}

/** Four significant digits. */
const short = (x: number): string => String(Number(x.toPrecision(4)));
