/**
 * A run that is not over: `RUN.partial` holds `run.json` from before the first step, and checkpoints.
 * `RUN` itself stands only when it is whole.
 */
import { exists, listDirectory, remove, removeEmpty, writeDirectoryAtomic } from "#platform";
import { InputError } from "../base/errors.ts";
import { anyJson, anyText, encodeJson, fields, type Json } from "./json.ts";
import {
  checkManifest,
  type Manifest,
  type RunContents,
  readRunJson,
  runFormat,
  writeRun,
} from "./runFolder.ts";

/** What is known of a run before its first step. */
export type Begun = {
  readonly manifest: Manifest;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** How the command was called, without paths. */
  readonly flags: Json;
};

const checkBegun = fields<Begun>({ manifest: checkManifest, created: anyText, flags: anyJson });

/** `runs/a` for `runs/a/`, `runs/a.partial`, as a person may type it. */
export const runPath = (typed: string): string =>
  typed.replace(/(?<=.)[/\\]+$/, "").replace(/(?<=[^/\\])\.partial$/, "");

/** Where the checkpoint of one training of a run stands. */
export const checkpointPath = (path: string, training: string): string =>
  `${path}.partial/${training}.checkpoint`;

/** What a kill leaves of a file or folder that was being written. */
const torn = /\.partial-\d+-\d+$/;
const isOwn = (name: string) =>
  /^(?:run\.json|[a-z0-9-]+\.checkpoint)$/.test(name.replace(torn, ""));

/**
 * Makes the folder of a run before its first step; `force` throws away another one's unfinished work.
 * Throws an `InputError` where an unfinished run stands already.
 */
export async function beginRun(
  path: string,
  begun: Begun,
  { force = false }: { readonly force?: boolean } = {},
): Promise<void> {
  const partial = `${path}.partial`;
  if (await exists(partial)) {
    if (!force)
      throw new InputError(
        `${partial} is an unfinished run. Go on with --resume ${path}, add --force to begin anew, or choose another --out.`,
      );
    await removeOwn(partial);
  }
  await sweepTorn(path);
  const run = { format: runFormat, state: "unfinished", ...begun };
  await writeDirectoryAtomic(partial, { "run.json": encodeJson(run) });
}

/**
 * What an unfinished run was begun with, `null` where the run is whole already.
 * Throws an `InputError` where there is no such run.
 */
export async function readUnfinished(path: string): Promise<Begun | null> {
  const partial = `${path}.partial`;
  const whole = await exists(`${path}/run.json`);
  if (!(await exists(`${partial}/run.json`))) {
    if (whole) return null;
    throw new InputError(`${path}: no such run. Name one that golgi train began.`);
  }
  const begun = checkBegun(await readRunJson(partial), `${partial}/run.json`);
  if (!whole || (await createdOf(path)) !== begun.created) return begun;
  await removeOwn(partial); // a kill came between the two steps of `finishRun`
  return null;
}

const createdOf = async (path: string) =>
  fields({ circumstances: fields({ created: anyText }) })(
    await readRunJson(path),
    `${path}/run.json`,
  ).circumstances.created;

/** Writes the whole run, then removes what it was made from. */
export async function finishRun(
  path: string,
  contents: RunContents,
  options: { readonly force?: boolean } = {},
): Promise<void> {
  await writeRun(path, contents, options);
  await removeOwn(`${path}.partial`);
}

/**
 * Removes an unfinished run that has no checkpoint to go on from, and the folder `made` for it where
 * nothing else is in it.
 */
export async function abandonRun(path: string, made: string | null = null): Promise<void> {
  const names = await namesIn(`${path}.partial`);
  if (names.some((name) => name.endsWith(".checkpoint"))) return;
  await removeOwn(`${path}.partial`);
  if (made !== null) await removeEmpty(made);
}

/** The folder that a run will be in, as far as that is not there yet; else `null`. */
export async function missingParent(path: string): Promise<string | null> {
  const parent = /^(.*[^/\\])[/\\]+[^/\\]+$/.exec(path)?.[1];
  return parent === undefined || (await exists(parent)) ? null : parent;
}

/** Removes a folder of ours; one that holds something else is an `InputError` and stays. */
async function removeOwn(partial: string): Promise<void> {
  const foreign = (await namesIn(partial)).find((name) => !isOwn(name));
  if (foreign !== undefined)
    throw new InputError(
      `${partial} holds “${foreign}”, not Golgi's, so it stays. Move that file, or choose another --out.`,
    );
  await remove(partial);
}

/** Removes what a killed process was writing beside and inside an unfinished run. */
export async function sweepTorn(path: string): Promise<void> {
  const [, parent = "", name = path] = /^(.*[/\\])?([^/\\]+)$/.exec(path) ?? [];
  const beside = [name, `${name}.partial`];
  const isTorn = (each: string) => torn.test(each) && beside.includes(each.replace(torn, ""));
  const isTornInside = (each: string) => torn.test(each) && isOwn(each);
  const left = [
    ...(await namesIn(parent || ".")).filter(isTorn).map((each) => parent + each),
    ...(await namesIn(`${path}.partial`))
      .filter(isTornInside)
      .map((each) => `${path}.partial/${each}`),
  ];
  for (const each of left) await remove(each);
}

const namesIn = async (folder: string) =>
  (await exists(folder)) ? await listDirectory(folder) : [];
