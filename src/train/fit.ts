/** The training loop: epochs of shuffled batches, early stopping, the best weights kept. */

import type { Session } from "../backends/backend.ts";
import { wasmSession } from "../backends/wasm/session.ts";
import type { HostArray } from "../base/dtype.ts";
import { InputError } from "../base/errors.ts";
import { stream } from "../base/random.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import type { Loss, LossName } from "../loss/index.ts";
import type { AnyLayer, Params } from "../nn/index.ts";
import { adam, type Optimizer, type State } from "../optim/index.ts";
import { mapTensors, type Tensor, tensor } from "../tensor/index.ts";
import type { EpochEvent, StopReason, TrainingEvent } from "./events.ts";
import { checked, type LabeledSamples, type Samples } from "./samples.ts";
import {
  compilePass,
  compileStep,
  countsClasses,
  type Pass,
  ResidentSamples,
  SlotTree,
  type Step,
} from "./step.ts";

/** Trained parameters by path: what `weights.safetensors` holds. */
export type Weights = Readonly<
  Record<string, { readonly dtype: "f32"; readonly shape: Shape; readonly data: Float32Array }>
>;

export interface FitOptions {
  /** Rows that decide when to stop and which epoch is best; without them all epochs are run. */
  readonly validation?: LabeledSamples;
  /** A loss of the library by its name or as it is, or a function of outputs and targets. */
  readonly loss: LossName | Loss;
  /** Default: adam(). */
  readonly optimizer?: Optimizer;
  /** Default 200. */
  readonly epochs?: number;
  /** Epochs without a better validation loss before training stops (default 20). */
  readonly patience?: number;
  /** Default 32. */
  readonly batchSize?: number;
  /** Decides first weights, order of rows and dropout (default 0). */
  readonly seed?: number;
  /** A score of the validation outputs, told with each epoch: higher or lower, it decides nothing. */
  readonly score?: (outputs: Float32Array) => number | null;
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Ends training after the running epoch; the best weights are kept. */
  readonly signal?: AbortSignal;
  /** Where to compute (default: WebAssembly). */
  readonly session?: Session;
}

export interface Trained {
  readonly model: AnyLayer;
  readonly weights: Weights;
  readonly history: readonly EpochEvent[];
  readonly best: number;
  readonly reason: StopReason;
}

/** A network for inputs of so many columns and so many outputs. */
export type Build = (signature: {
  readonly features: number;
  readonly outputs: number;
}) => AnyLayer;

/** Milliseconds after which the loop lets others run (a progress bar, a signal, a page). */
const breathe = 50;

interface Settings extends FitOptions {
  readonly epochs: number;
  readonly patience: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** Outputs that a network needs for these targets: one a class, else one. */
export const outputsFor = (loss: LossName | Loss, targets: Float32Array): number =>
  countsClasses(loss) ? 1 + targets.reduce((top, y) => Math.max(top, y), 0) : 1;

/**
 * Trains a network and gives back its weights, the best ones if validation rows are given.
 * The same seed, data and settings give the same weights, bit for bit.
 * Throws an `InputError` if samples do not fit or the loss stops being a number.
 *
 *     const trained = await fit(({ features, outputs }) => mlp({ inputs: features, hidden: [16], outputs }),
 *       training, { loss: "binaryCrossEntropy", validation });
 */
export async function fit(
  build: Build,
  training: LabeledSamples,
  options: FitOptions,
): Promise<Trained> {
  const settings = { epochs: 200, patience: 20, batchSize: 32, seed: 0, ...options };
  check(settings, training);
  const run = new Run(build, training, settings);
  try {
    return await run.train();
  } finally {
    run.free();
  }
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;

function check(
  { epochs, patience, batchSize, validation }: Settings,
  training: LabeledSamples,
): void {
  for (const [name, value] of Object.entries({ epochs, patience, batchSize }))
    if (!isCount(value))
      throw new InputError(`fit: ${name} is ${value}. Give a whole number from 1 up.`);
  if (training.rows === 0) throw new InputError("fit: there is no row to train on.");
  if (validation && validation.inputs.table.shape.join() !== training.inputs.table.shape.join())
    throw new InputError("fit: training and validation rows have different columns.");
  checked(training);
  if (validation) checked(validation);
}

/** One training: its programs, its memory, and where it stands. */
class Run {
  readonly #settings: Settings;
  readonly #model: AnyLayer;
  readonly #params: SlotTree<Params>;
  readonly #step: Step;
  readonly #validation: Pass | null;
  readonly #rows: number;
  readonly #owned: readonly { free(): void }[];
  readonly #history: EpochEvent[] = [];
  readonly #started = performance.now();
  #steps = 0;
  #best = { epoch: 0, loss: Number.POSITIVE_INFINITY, weights: new Map<string, HostArray>() };

  constructor(build: Build, training: LabeledSamples, settings: Settings) {
    const { session = wasmSession(), loss, optimizer = adam(), batchSize, seed } = settings;
    const features = sizeOf(training.inputs.table.shape);
    const model = build({ features, outputs: outputsFor(loss, training.targets) });
    const initial = model.init(seed);
    const params = new SlotTree<Params>(session, "params", initial);
    const state = new SlotTree<State>(session, "state", optimizer.init(initial));
    const data = new ResidentSamples(session, training);
    const programs = { session, model, loss, params };
    this.#step = compileStep({ ...programs, optimizer, state, data, batchSize, seed });
    const held = settings.validation && new ResidentSamples(session, settings.validation);
    this.#validation = held ? compilePass({ ...programs, data: held }) : null;
    this.#owned = [params, state, data, this.#step, held, this.#validation].filter(
      (part) => !!part,
    );
    this.#settings = { ...settings, session, optimizer };
    this.#model = model;
    this.#params = params;
    this.#rows = training.rows;
    this.#tellStart(session.name, training.rows, held?.rows ?? 0);
  }

  free(): void {
    for (const part of this.#owned) part.free();
  }

  async train(): Promise<Trained> {
    const { epochs, patience, signal } = this.#settings;
    let reason: StopReason = "epochs";
    let rested = performance.now();
    for (let epoch = 1; epoch <= epochs; epoch++) {
      this.#epoch(epoch);
      if (performance.now() - rested > breathe) {
        await new Promise((resolve) => setTimeout(resolve));
        rested = performance.now();
      }
      if (signal?.aborted) reason = "interrupted";
      else if (this.#validation && epoch - this.#best.epoch >= patience) reason = "patience";
      if (reason !== "epochs") break;
    }
    const epoch = this.#history.length;
    const seconds = (performance.now() - this.#started) / 1000;
    this.#tell({ event: "stop", reason, epoch, best: this.#best.epoch, seconds });
    const weights = weightsOf(this.#params, this.#best.weights);
    return { model: this.#model, weights, history: this.#history, best: this.#best.epoch, reason };
  }

  /** Every row once, in an order that the seed and the epoch decide. */
  #epoch(epoch: number): void {
    const { seed, batchSize, optimizer } = this.#settings;
    const { learningRate } = optimizer!;
    const order = stream({ seed, purpose: "shuffle", epoch }).permutation(this.#rows);
    const batch = new Int32Array(batchSize);
    for (let start = 0; start < order.length; start += batchSize) {
      const chosen = order.subarray(start, start + batchSize);
      batch.fill(-1).set(chosen);
      this.#step.run(batch, { learningRate, step: this.#steps++ });
    }
    const loss = this.#step.takeLoss();
    const validation = this.#validate();
    const watched = validation?.loss ?? loss;
    if (!Number.isFinite(loss) || !Number.isFinite(watched))
      throw new InputError(
        `Training came apart in epoch ${epoch}: the loss is ${Number.isFinite(loss) ? watched : loss}. Try a smaller learning rate (it is ${learningRate}), or look for extreme values in the data.`,
      );
    // without validation rows the last weights are kept
    if (!validation || watched < this.#best.loss)
      this.#best = { epoch, loss: watched, weights: this.#params.read() };
    this.#tellEpoch(epoch, loss, validation);
  }

  #validate(): EpochEvent["validation"] {
    if (!this.#validation) return null;
    const { score } = this.#settings;
    const { loss, outputs } = this.#validation.run();
    return { loss, score: score ? score(outputs) : null };
  }

  #tell(event: TrainingEvent): void {
    this.#settings.onEvent?.(event);
  }

  #tellStart(backend: string, training: number, validation: number): void {
    this.#tell({
      event: "start",
      backend,
      parameters: this.#model.summary().reduce((total, layer) => total + layer.parameters, 0),
      rows: { training, validation },
      batches: Math.ceil(training / this.#settings.batchSize),
      epochs: this.#settings.epochs,
      compile: performance.now() - this.#started,
    });
  }

  #tellEpoch(epoch: number, loss: number, validation: EpochEvent["validation"]): void {
    const { epochs } = this.#settings;
    const seconds = (performance.now() - this.#started) / 1000;
    const event: EpochEvent = {
      event: "epoch",
      epoch,
      epochs,
      loss,
      validation,
      best: this.#best.epoch,
      stepsPerSecond: this.#steps / seconds,
      remaining: (seconds / epoch) * (epochs - epoch),
    };
    this.#history.push(event);
    this.#tell(event);
  }
}

/** Weights as a file keeps them. */
const weightsOf = (params: SlotTree<Params>, values: ReadonlyMap<string, HostArray>): Weights =>
  Object.fromEntries(
    [...params.slots].map(([path, { shape }]) => [
      path,
      { dtype: "f32", shape, data: values.get(path) as Float32Array },
    ]),
  );

/** A network's parameters as tensors, from its weights; an `InputError` names what does not fit. */
export function paramsFrom(model: AnyLayer, weights: Weights): Params {
  const paths = new Set(Object.keys(weights));
  const params = mapTensors(model.init(0), ({ shape }, path) => {
    const found = weights[path];
    paths.delete(path);
    if (!found || found.shape.join() !== shape.join())
      throw new InputError(
        `The weights do not fit the network: “${path}” needs [${shape}], the file has ${found ? `[${found.shape}]` : "none"}.`,
      );
    return tensor(found.data, { shape }) as Tensor;
  });
  const [unused] = paths;
  if (unused !== undefined)
    throw new InputError(
      `The weights do not fit the network: nothing in it is called “${unused}”.`,
    );
  return params;
}

/**
 * A trained network's outputs, so many numbers a row: logits, or the numbers of a regression.
 * A row gets the same bits alone and among others.
 *
 *     const logits = predict(trained, tableSamples({ features, columns: 30 }));
 */
export function predict(
  { model, weights }: Pick<Trained, "model" | "weights">,
  samples: Samples,
  { session = wasmSession() }: { readonly session?: Session } = {},
): Float32Array {
  if (samples.rows === 0) return new Float32Array();
  const params = new SlotTree<Params>(session, "params", paramsFrom(model, weights));
  const data = new ResidentSamples(session, checked(samples));
  const pass = compilePass({ session, model, params, data });
  try {
    return pass.run().outputs;
  } finally {
    for (const part of [params, data, pass]) part.free();
  }
}
