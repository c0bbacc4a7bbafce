/** A run folder: everything one training leaves behind, written whole, read with suspicion. */
import {
  exists,
  isDirectory,
  listDirectory,
  readFile,
  sha256,
  writeDirectoryAtomic,
} from "#platform";
import { InputError } from "../base/errors.ts";
import { type Cell, encodeCsv } from "./csv.ts";
import {
  anyJson,
  anyNumber,
  anyText,
  type Check,
  decodeJson,
  encodeJson,
  encodeJsonLine,
  fields,
  type Json,
  listOf,
  orNull,
} from "./json.ts";
import { decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.ts";

/** The layout of this release; a release that changes it reads the older ones too. */
export const runFormat = 1;

/** What Golgi writes into a run folder; `--force` replaces a folder only if it holds nothing else. */
const ownFiles =
  /^(?:(?:run|model|metrics)\.json|weights\.safetensors|predictions\.csv|events\.jsonl|report\.html)$/;

/** A file that was trained on, by its name (no path) and content. */
export type DataFile = { readonly name: string; readonly sha256: string };

/** What decides the weights, and no more: no time, no path, no number of threads. */
export type Manifest = {
  readonly release: string;
  readonly seed: number;
  readonly settings: Json;
  readonly data: readonly DataFile[];
};

/** SHA-256 of `model.json`, of the recipe in it (as one line of JSON), and of the weights' file. */
export type RunHashes = {
  readonly model: string;
  readonly recipe: string;
  readonly weights: string;
};

/** What may differ between two runs of equal weights. */
export type Circumstances = {
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly seconds: number;
  readonly engine: Json;
};

/** `model.json`: all that turns a row of a table into a prediction, but for the weights. */
export type ModelDescription = {
  readonly architecture: Json;
  /** The network's graph for one row, node by node, for people and other programs. */
  readonly graph: Json;
  readonly recipe: Json;
  readonly target: Json;
  readonly signature: Json;
  /** The decision threshold of a binary model, a probability. */
  readonly threshold: number | null;
  /** What else the validation rows decided; `null` in a run of before it was kept. */
  readonly frozen: Json;
};

export interface RunContents {
  readonly manifest: Manifest;
  readonly circumstances: Circumstances;
  readonly model: ModelDescription;
  readonly weights: Safetensors["tensors"];
  readonly metrics: Json;
  readonly predictions: {
    readonly header: readonly string[];
    readonly rows: Iterable<readonly Cell[]>;
  };
  readonly events: Iterable<Json>;
}

export interface Run extends Pick<RunContents, "manifest" | "circumstances" | "model" | "weights"> {
  readonly metrics: Json;
  readonly hashes: RunHashes;
}

const checkModel: Check<ModelDescription> = fields<ModelDescription>({
  architecture: anyJson,
  graph: anyJson,
  recipe: anyJson,
  target: anyJson,
  signature: anyJson,
  threshold: orNull(anyNumber),
  frozen: (value, place) => (value === undefined ? null : anyJson(value, place)),
});

export const checkManifest = fields<Manifest>({
  release: anyText,
  seed: anyNumber,
  settings: anyJson,
  data: listOf(fields<DataFile>({ name: anyText, sha256: anyText })),
});
const checkRun = fields<{
  manifest: Manifest;
  hashes: RunHashes;
  circumstances: Circumstances;
}>({
  manifest: checkManifest,
  hashes: fields<RunHashes>({ model: anyText, recipe: anyText, weights: anyText }),
  circumstances: fields<Circumstances>({ created: anyText, seconds: anyNumber, engine: anyJson }),
});

/**
 * Writes a run folder, whole or not at all; `force` replaces an older run.
 * Throws an `InputError` where something else stands at `path`.
 * @example await writeRun("runs/wdbc-1", contents, { force: false });
 */
export async function writeRun(
  path: string,
  contents: RunContents,
  options: { readonly force?: boolean } = {},
): Promise<void> {
  const replace = await checkOutput(path, options);
  await writeDirectoryAtomic(path, await encodeRun(contents), { replace });
}

/**
 * Refuses an output folder that `writeRun` would refuse: ask before a long training.
 * Returns whether a folder stands there that will be replaced.
 */
export async function checkOutput(
  path: string,
  { force = false }: { readonly force?: boolean } = {},
): Promise<boolean> {
  if (!(await exists(path))) return false;
  if (!(await isDirectory(path)))
    throw new InputError(`${path} is a file, not a folder. Choose another --out.`);
  const names = await listDirectory(path);
  if (names.length === 0) return true;
  const foreign = names.find((name) => !ownFiles.test(name));
  if (!names.includes("run.json") || foreign !== undefined) {
    const why = foreign === undefined ? "is no Golgi run" : `holds “${foreign}”, not Golgi's`;
    throw new InputError(`${path} exists and ${why}, so it stays. Choose another --out.`);
  }
  if (!force)
    throw new InputError(`${path} exists. Add --force to replace it, or choose another --out.`);
  return true;
}

/** The path after the last of `parent/stem-1`, `parent/stem-2.partial`, …: "runs/wdbc-3". */
export async function nextRunPath(stem: string, parent = "runs"): Promise<string> {
  const names = (await isDirectory(parent)) ? await listDirectory(parent) : [];
  const taken = names
    .filter((name) => name.startsWith(`${stem}-`))
    .map((name) => name.slice(stem.length + 1).replace(/\.partial$/, ""))
    .filter((suffix) => /^[1-9]\d{0,8}$/.test(suffix));
  return `${parent}/${stem}-${Math.max(0, ...taken.map(Number)) + 1}`;
}

async function encodeRun(contents: RunContents): Promise<Record<string, string | Uint8Array>> {
  const { manifest, circumstances, metrics, predictions } = contents;
  const text = new TextEncoder();
  const model = text.encode(encodeJson(contents.model));
  const weights = encodeSafetensors({ tensors: contents.weights });
  const hashes: RunHashes = {
    model: await sha256(model),
    recipe: await sha256(text.encode(encodeJsonLine(contents.model.recipe))),
    weights: await sha256(weights),
  };
  return {
    "run.json": encodeJson({ format: runFormat, manifest, hashes, circumstances }),
    "model.json": model,
    "weights.safetensors": weights,
    "metrics.json": encodeJson(metrics),
    "predictions.csv": encodeCsv(predictions.header, predictions.rows),
    "events.jsonl": Array.from(contents.events, encodeJsonLine).join(""),
  };
}

/**
 * Reads what a model needs to be used or examined, and checks it against the hashes in `run.json`.
 * Throws an `InputError` where the folder is no run, is damaged, or comes from a newer release.
 * @example const { model, weights } = await readRun("runs/wdbc-1");
 */
export async function readRun(path: string): Promise<Run> {
  const run = await readManifest(path);
  const model = await readChecked(path, "model.json", run.hashes.model);
  const weights = await readChecked(path, "weights.safetensors", run.hashes.weights);
  const metrics = decodeJson(await readPart(path, "metrics.json"), `${path}/metrics.json`);
  return {
    ...run,
    model: checkModel(decodeJson(model, `${path}/model.json`), `${path}/model.json`),
    weights: decodeSafetensors(weights, `${path}/weights.safetensors`).tensors,
    metrics: metrics as Json,
  };
}

async function readManifest(path: string) {
  const name = "Name a run folder that golgi train wrote";
  if (!(await exists(path))) {
    const begun = await exists(`${path}.partial/run.json`);
    const remedy = begun ? `It was begun; golgi train FILE --resume ${path} ends it` : name;
    throw new InputError(`${path}: no such folder. ${remedy}.`);
  }
  if (!(await exists(`${path}/run.json`)))
    throw new InputError(`${path} has no run.json. ${name}.`);
  const run = await readRunJson(path);
  if ((run as { state?: unknown } | null)?.state === "unfinished")
    throw new InputError(`${path} is not finished. golgi train FILE --resume ${path} ends it.`);
  return checkRun(run, `${path}/run.json`);
}

/** `run.json` of a format that this release reads. */
export async function readRunJson(path: string): Promise<unknown> {
  const file = `${path}/run.json`;
  const run = decodeJson(await readFile(file), file);
  const found = fields<{ format: number }>({ format: anyNumber })(run, file).format;
  if (found > runFormat)
    throw new InputError(
      `${path} was written by a newer Golgi (format ${found}; this release reads ${runFormat}). Update Golgi.`,
    );
  if (found !== runFormat)
    throw new InputError(`${file}: “format” is ${found}; it must be ${runFormat}.`);
  return run;
}

async function readPart(path: string, name: string): Promise<Uint8Array> {
  if (!(await exists(`${path}/${name}`)))
    throw new InputError(`${path} lacks ${name}; the run is not whole. Train again.`);
  return readFile(`${path}/${name}`);
}

async function readChecked(path: string, name: string, hash: string): Promise<Uint8Array> {
  const bytes = await readPart(path, name);
  if ((await sha256(bytes)) !== hash)
    throw new InputError(
      `${path}/${name} is not what run.json names (its SHA-256 differs). Restore it, or train again.`,
    );
  return bytes;
}
