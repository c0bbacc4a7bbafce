/** Where a training stands: taken from it, kept as bytes, and given back to go on with the same bits. */
import { sha256 } from "#platform";
import { InputError } from "../base/errors.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../io/checkpoint.ts";
import { anyNumber, anyText, type Check, fields, type Json, listOf, orNull } from "../io/json.ts";
import { type Loss, type LossName, losses } from "../loss/index.ts";
import type { AnyLayer } from "../nn/index.ts";
import type { Optimizer } from "../optim/index.ts";
import type { EpochEvent } from "./events.ts";
import type { LabeledSamples } from "./samples.ts";
import type { Sums } from "./step.ts";
import type { Weights } from "./weights.ts";

/** SHA-256 of all that decides the bits of a training. */
export type Identity = {
  /** Of the rows to train on and to validate on: features, targets, weights. */
  readonly data: string;
  readonly network: string;
  /** Of loss, optimizer, batch size and seed; epochs and patience only say when to stop. */
  readonly settings: string;
};

/** A training between two steps; plain data. */
export interface FitState {
  readonly belongsTo: Identity;
  /** Epochs that are over, one event each. */
  readonly history: readonly EpochEvent[];
  /** Steps taken: in the running epoch, and in all. The step and the seed are the random key. */
  readonly batch: number;
  readonly step: number;
  /** Seconds of training so far. */
  readonly seconds: number;
  readonly sums: Sums;
  readonly params: Weights;
  readonly optimizer: Weights;
  /** Epoch 0 and no weights before the first epoch is over. */
  readonly best: { readonly epoch: number; readonly loss: number; readonly weights: Weights };
}

/** Keeps a training's state on the way, and goes on from one. */
export interface Checkpointing {
  /** Seconds between two states (default 10). */
  readonly every?: number;
  /** Takes a state, also the last one of a training; the next step waits for it. */
  readonly write: (state: FitState, why: "due" | "paused" | "end") => Promise<void> | void;
  /** Where the same training stood before: it goes on from there, with the same bits. */
  readonly from?: FitState;
  /** Once aborted, the state is written within about a step, and `fit` rejects with its reason. */
  readonly pause?: AbortSignal;
}

/** What makes a training this one. */
export interface Training {
  readonly training: LabeledSamples;
  readonly validation: LabeledSamples | undefined;
  readonly model: AnyLayer;
  readonly loss: LossName | Loss;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly seed: number;
}

export async function identityOf(training: Training): Promise<Identity> {
  const { model, loss, optimizer, batchSize, seed } = training;
  const named = Object.entries(losses).find(([name, known]) => name === loss || known === loss);
  const settings = { loss: named?.[0] ?? "own", optimizer: optimizer.spec, batchSize, seed };
  const samples = [training.training, training.validation].map((part) => part && hashSamples(part));
  return {
    data: await hashText(JSON.stringify(await Promise.all(samples))),
    network: await hashText(JSON.stringify(model.spec)),
    settings: await hashText(JSON.stringify(settings)),
  };
}

const hashText = (text: string) => sha256(new TextEncoder().encode(text));

async function hashSamples({ rows, inputs, targets, weights }: LabeledSamples) {
  const { shape, data, pages } = inputs.table;
  const features = pages ? new TextEncoder().encode(pages.identity) : data;
  const parts = [features, targets, weights ?? new Float32Array()];
  const bytes = parts.map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength));
  return [rows, shape, await Promise.all(bytes.map(sha256))];
}

/** Throws an `InputError` that names what differs from the training a state was taken from. */
export function checkIdentity(found: Identity, own: Identity): void {
  const names = { data: "the rows", network: "the network", settings: "a setting or the seed" };
  for (const [key, name] of Object.entries(names) as [keyof Identity, string][])
    if (found[key] !== own[key])
      throw new InputError(
        `The checkpoint belongs to another training: ${name} differ${key === "data" ? "" : "s"}. Give what that one had, or train anew without it.`,
      );
}

/**
 * A state as the bytes of a checkpoint file, with their SHA-256 inside.
 *
 *     write: async (state) => writeFileAtomic("run.checkpoint", await encodeState(state)),
 */
export function encodeState(state: FitState): Promise<Uint8Array> {
  const { sums, params, optimizer, best, ...facts } = state;
  const { epoch, loss, weights } = best;
  const tensors = {
    ...under("params", params),
    ...under("optimizer", optimizer),
    ...under("best", weights),
    sums: { dtype: "f32", shape: [2], data: Float32Array.of(sums.loss, sums.weight) } as const,
  };
  const told = { ...facts, best: { epoch, loss: epoch === 0 ? null : loss } };
  return encodeCheckpoint({ tensors, facts: told as unknown as Json });
}

const under = (prefix: string, weights: Weights): Weights =>
  Object.fromEntries(Object.entries(weights).map(([path, each]) => [`${prefix}.${path}`, each]));

const checkEvent = fields<{ [K in keyof EpochEvent]: EpochEvent[K] }>({
  event: anyText as Check<"epoch">,
  epoch: anyNumber,
  epochs: anyNumber,
  loss: anyNumber,
  validation: orNull(
    fields<{ loss: number; score: number | null }>({ loss: anyNumber, score: orNull(anyNumber) }),
  ),
  best: anyNumber,
  stepsPerSecond: anyNumber,
  remaining: anyNumber,
});
const checkFacts = fields({
  belongsTo: fields<Identity>({ data: anyText, network: anyText, settings: anyText }),
  history: listOf(checkEvent),
  batch: anyNumber,
  step: anyNumber,
  seconds: anyNumber,
  best: fields<{ epoch: number; loss: number | null }>({
    epoch: anyNumber,
    loss: orNull(anyNumber),
  }),
});

/**
 * A state from the bytes of a checkpoint file; an `InputError` that begins with `name` finds every
 * changed bit, a cut-off end and a newer format.
 *
 *     const from = await decodeState(await readFile("run.checkpoint"), "run.checkpoint");
 */
export async function decodeState(bytes: Uint8Array, name = "checkpoint"): Promise<FitState> {
  const { tensors, facts } = await decodeCheckpoint(bytes, name);
  const { best, ...told } = checkFacts(facts, name);
  const [loss, weight] = tensors.sums?.data ?? [];
  if (loss === undefined || weight === undefined)
    throw new InputError(`${name} lacks “sums”; it is no state of a training. Train again.`);
  return {
    ...told,
    sums: { loss, weight },
    params: within(tensors, "params"),
    optimizer: within(tensors, "optimizer"),
    best: {
      epoch: best.epoch,
      loss: best.loss ?? Number.POSITIVE_INFINITY,
      weights: within(tensors, "best"),
    },
  };
}

const within = (tensors: Checkpoint["tensors"], prefix: string): Weights =>
  Object.fromEntries(
    Object.entries(tensors)
      .filter(([path, { dtype }]) => path.startsWith(`${prefix}.`) && dtype === "f32")
      .map(([path, each]) => [path.slice(prefix.length + 1), each]),
  ) as Weights;
