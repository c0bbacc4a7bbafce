/** Between a study and its run folder: what is written, and a model from what is read. */
import { InputError } from "../base/errors.ts";
import type { ModelTarget, Scale } from "../data/index.ts";
import { parseRecipe, recipeFeatures } from "../data/index.ts";
import { anyNumber, anyText, type Check, fields, type Json, listOf, orNull } from "../io/json.ts";
import type { Circumstances, DataFile, Manifest, Run, RunContents } from "../io/runFolder.ts";
import { type AnyLayer, fromSpec, type Spec } from "../nn/index.ts";
import { paramsFrom, type Weights } from "../train/index.ts";
import { parseFrozen } from "./evidence/frozen.ts";
import { metricsOf } from "./metrics-file.ts";
import { networkGraph, outputsOf } from "./network.ts";
import { predictionTable } from "./predictions-table.ts";
import type { FittedModel, Prepared, Study } from "./types.ts";

/** What a study does not know of itself. */
export interface RunFacts {
  readonly release: string;
  /** The files that were read, the test rows' own last. */
  readonly data: readonly DataFile[];
  readonly circumstances: Circumstances;
  /** A backend whose bits are its own; left out for WebAssembly. */
  readonly backend?: string;
  readonly reading?: Reading;
}

/** How files were read, where that was told. */
export interface Reading {
  readonly skipRagged?: boolean;
  /** The sheet of a workbook. */
  readonly sheet?: string;
  /** Kept on disk, in blocks of rows. */
  readonly stream?: boolean;
}

/**
 * A study as a run folder holds it; equal studies give equal bytes but for `circumstances`.
 *
 *     await writeRun("runs/wdbc-1", toRunContents(done, { release, data, circumstances }));
 */
export function toRunContents(study: Study, facts: RunFacts): RunContents {
  const { prepared, model, predictions, truth } = study;
  const { test, split, identifiers } = prepared;
  return {
    manifest: manifestOf(prepared, facts),
    circumstances: facts.circumstances,
    model: {
      architecture: model.network.spec as unknown as Json,
      graph: networkGraph(model.network) as unknown as Json,
      recipe: model.recipe as unknown as Json,
      target: model.target as unknown as Json,
      signature: signatureOf(model),
      threshold: model.threshold,
      frozen: model.frozen as unknown as Json,
    },
    weights: model.weights,
    metrics: metricsOf(study),
    predictions: predictionTable(predictions, {
      table: test.table,
      rows: split.test,
      identifiers,
      truth,
    }),
    events: study.events as unknown as Iterable<Json>,
  };
}

/** What decides the weights of a study: known before its first step. */
export function manifestOf(
  { settings, options, table: { dictionary } }: Prepared,
  { release, data, backend, reading }: Omit<RunFacts, "circumstances">,
): Manifest {
  const { testTable, ...told } = options;
  const table = testTable ? { testTable: testTable.name } : {};
  const engine = backend === undefined ? {} : { backend };
  const read = dictionary && { dictionary: { name: dictionary.name, sha256: dictionary.sha256 } };
  const all: Json = JSON.parse(
    JSON.stringify({ ...told, ...table, ...settings, ...engine, ...read, ...reading }),
  );
  return { release, seed: settings.seed, settings: all, data };
}

/** What goes in and comes out, by name, type and shape. */
function signatureOf({ recipe, target, network }: FittedModel): Json {
  const features = recipeFeatures(recipe);
  const meaning = { binary: "logit", classes: "logits", regression: "standardized number" };
  return {
    inputs: { table: { dtype: "f32", shape: [features.length], features } },
    outputs: {
      prediction: { dtype: "f32", shape: [network.outputs ?? 1], meaning: meaning[target.task] },
    },
  };
}

const anyFlag: Check<boolean> = (value, place) => {
  if (typeof value === "boolean") return value;
  throw new InputError(`${place} must be true or false.`);
};
const anyTask: Check<ModelTarget["task"]> = (value, place) => {
  if (value === "binary" || value === "classes" || value === "regression") return value;
  throw new InputError(`${place} must be binary, classes or regression.`);
};
const checkTarget = fields<{ readonly [K in keyof ModelTarget]: ModelTarget[K] }>({
  task: anyTask,
  column: anyText,
  labels: listOf(anyText),
  meanings: listOf(listOf(anyText)),
  numeric: anyFlag,
  scale: orNull(
    fields<{ [K in keyof Scale]: Scale[K] }>({ mean: anyNumber, deviation: anyNumber }),
  ),
});

/**
 * The model of a run folder, ready for `predictTable` and `evaluateTable`; parts that do not fit
 * each other are an `InputError` that names `source`.
 *
 *     const model = fromRun(await readRun("runs/wdbc-1"));
 */
export function fromRun(run: Pick<Run, "model" | "weights">, source = "model.json"): FittedModel {
  const recipe = parseRecipe(run.model.recipe, source);
  const target: ModelTarget = checkTarget(run.model.target, `${source}: the target`);
  const network = networkFrom(run.model.architecture, source);
  const weights = run.weights as Weights;
  const needs = [recipeFeatures(recipe).length, outputsOf(target)];
  if (network.inputs !== needs[0] || network.outputs !== needs[1])
    throw new InputError(
      `${source}: the network maps ${network.inputs} features to ${network.outputs} outputs, recipe and target need ${needs.join(" to ")}. Train again.`,
    );
  paramsFrom(network, weights);
  const frozen = parseFrozen(run.model.frozen, source);
  return { recipe, target, network, weights, threshold: run.model.threshold, frozen };
}

function networkFrom(architecture: Json, source: string): AnyLayer {
  try {
    return fromSpec(architecture as unknown as Spec);
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${source}: ${error.message}`);
    throw new InputError(`${source}: the architecture is broken. Train again.`, { cause: error });
  }
}
