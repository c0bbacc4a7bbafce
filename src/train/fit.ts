/** The training loop: epochs of shuffled batches, early stopping, the best weights kept. */

import type { Session } from "../backends/backend.ts";
import { wasmSession } from "../backends/wasm/session.ts";
import { InputError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import type { Loss, LossName } from "../loss/index.ts";
import type { AnyLayer, Params } from "../nn/index.ts";
import { adam, type Optimizer } from "../optim/index.ts";
import type { EpochEvent, StopReason, TrainingEvent } from "./events.ts";
import { type Programs, prepare } from "./programs.ts";
import { checked, type LabeledSamples, type Samples } from "./samples.ts";
import { type Checkpointing, checkIdentity, type Identity, identityOf } from "./state.ts";
import { compilePass, countsClasses, type Pass, ResidentSamples, SlotTree } from "./step.ts";
import { fitting, paramsFrom, putBack, type Weights, weightsOf } from "./weights.ts";

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
  /** States to go on from after a stop or a crash; the weights get the same bits. */
  readonly checkpoint?: Checkpointing;
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
/** Seconds between two checkpoints. */
const between = 10;

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
  { epochs, patience, batchSize, validation, checkpoint }: Settings,
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
  const every = checkpoint?.every ?? between;
  if (!(every >= 0)) throw new InputError(`fit: every ${every} seconds. Give a number from 0 up.`);
}

/** One training: its programs, its memory, and where it stands. */
class Run {
  readonly #settings: Settings & Required<Pick<FitOptions, "optimizer" | "session">>;
  readonly #training: LabeledSamples;
  readonly #model: AnyLayer;
  readonly #programs: Programs;
  readonly #history: EpochEvent[] = [];
  readonly #compile: number;
  #started = performance.now();
  #rested = this.#started;
  #kept = this.#started;
  #identity: Identity | null = null;
  #steps = 0;
  /** Steps of the running epoch. */
  #batch = 0;
  #best: { epoch: number; loss: number; weights: Weights } = {
    epoch: 0,
    loss: Number.POSITIVE_INFINITY,
    weights: {},
  };

  constructor(build: Build, training: LabeledSamples, settings: Settings) {
    const { session = wasmSession(), loss, optimizer = adam() } = settings;
    const features = sizeOf(training.inputs.table.shape);
    const model = build({ features, outputs: outputsFor(loss, training.targets) });
    this.#settings = { ...settings, session, optimizer };
    this.#training = training;
    this.#model = model;
    this.#programs = prepare({ ...this.#settings, model, training });
    this.#compile = performance.now() - this.#started;
  }

  free(): void {
    this.#programs.free();
  }

  async train(): Promise<Trained> {
    if (this.#settings.checkpoint) await this.#goOn(this.#settings.checkpoint);
    this.#tellStart();
    let reason = this.#reason();
    for (; reason === null; reason = this.#reason()) await this.#epoch();
    if (this.#settings.checkpoint) await this.#keep(this.#settings.checkpoint, "end");
    const epoch = this.#history.length;
    this.#tell({ event: "stop", reason, epoch, best: this.#best.epoch, seconds: this.#seconds });
    const { epoch: best, weights } = this.#best;
    return { model: this.#model, weights, history: this.#history, best, reason };
  }

  get #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** Why training is over; `null` before. */
  #reason(): StopReason | null {
    const { epochs, patience, signal } = this.#settings;
    const epoch = this.#history.length;
    if (this.#programs.validation && epoch > 0 && epoch - this.#best.epoch >= patience)
      return "patience";
    if (epoch >= epochs) return "epochs";
    return signal?.aborted && epoch > 0 ? "interrupted" : null;
  }

  /** Every row once, in an order that the seed and the epoch decide. */
  async #epoch(): Promise<void> {
    const { seed, batchSize, optimizer, checkpoint } = this.#settings;
    const { learningRate } = optimizer;
    const epoch = this.#history.length + 1;
    const { data } = this.#programs;
    const batch = new Int32Array(batchSize);
    const rest = Math.min(breathe, 1000 * (checkpoint?.every ?? between));
    let before = 0; // batches of the stretches that are over
    for (const stretch of data.stretches({ seed, epoch })) {
      const end = before + Math.ceil(stretch.rows / batchSize);
      const order = this.#batch < end ? stretch.order() : new Int32Array();
      if (this.#batch < end) data.load(stretch);
      while (this.#batch < end) {
        const start = (this.#batch++ - before) * batchSize;
        batch.fill(-1).set(order.subarray(start, start + batchSize));
        this.#programs.step.run(batch, { learningRate, step: this.#steps++ });
        if (performance.now() - this.#rested >= rest) await this.#rest();
      }
      before = end;
    }
    this.#batch = 0;
    this.#endEpoch(epoch, learningRate);
  }

  #endEpoch(epoch: number, learningRate: number): void {
    const loss = this.#programs.step.takeLoss();
    const validation = this.#validate();
    const watched = validation?.loss ?? loss;
    if (!Number.isFinite(loss) || !Number.isFinite(watched))
      throw new InputError(
        `Training came apart in epoch ${epoch}: the loss is ${Number.isFinite(loss) ? watched : loss}. Try a smaller learning rate (it is ${learningRate}), or look for extreme values in the data.`,
      );
    // without validation rows the last weights are kept
    if (!validation || watched < this.#best.loss)
      this.#best = { epoch, loss: watched, weights: weightsOf(this.#programs.params) };
    this.#tellEpoch(epoch, loss, validation);
  }

  /** Lets others run; then a checkpoint, if it is time for one. */
  async #rest(): Promise<void> {
    const { checkpoint } = this.#settings;
    await new Promise((resolve) => setTimeout(resolve));
    const paused = checkpoint?.pause?.aborted ?? false;
    const due = performance.now() - this.#kept >= 1000 * (checkpoint?.every ?? between);
    if (checkpoint && (paused || due)) await this.#keep(checkpoint, paused ? "paused" : "due");
    checkpoint?.pause?.throwIfAborted();
    this.#rested = performance.now();
  }

  async #keep({ write }: Checkpointing, why: "due" | "paused" | "end"): Promise<void> {
    const state = {
      belongsTo: this.#identity!,
      history: [...this.#history],
      batch: this.#batch,
      step: this.#steps,
      seconds: this.#seconds,
      sums: this.#programs.step.readSums(),
      params: weightsOf(this.#programs.params),
      optimizer: weightsOf(this.#programs.state),
      best: this.#best,
    };
    await write(state, why);
    this.#kept = performance.now();
  }

  /** Stands where the state was taken, if one is given. */
  async #goOn({ from }: Checkpointing): Promise<void> {
    const { validation } = this.#settings;
    const identity = { ...this.#settings, training: this.#training, model: this.#model };
    this.#identity = await identityOf({ ...identity, validation });
    if (!from) return;
    checkIdentity(from.belongsTo, this.#identity);
    putBack(this.#programs.params, from.params);
    putBack(this.#programs.state, from.optimizer);
    this.#programs.step.writeSums(from.sums);
    this.#history.push(...from.history);
    this.#batch = from.batch;
    this.#steps = from.step;
    const { epoch, weights } = from.best;
    if (epoch > 0) this.#best = { ...from.best, weights: fitting(this.#programs.params, weights) };
    this.#started -= 1000 * from.seconds;
  }

  #validate(): EpochEvent["validation"] {
    if (!this.#programs.validation) return null;
    const { score } = this.#settings;
    const { loss, outputs } = this.#programs.validation.run();
    return { loss, score: score && Number.isFinite(loss) ? score(outputs) : null };
  }

  #tell(event: TrainingEvent): void {
    this.#settings.onEvent?.(event);
  }

  #tellStart(): void {
    const { session, validation, batchSize, epochs } = this.#settings;
    const { rows } = this.#training;
    this.#tell({
      event: "start",
      backend: session.name,
      threads: session.threads ?? 1,
      parameters: this.#model.summary().reduce((total, layer) => total + layer.parameters, 0),
      rows: { training: rows, validation: validation?.rows ?? 0 },
      batches: Math.ceil(rows / batchSize),
      epochs,
      compile: this.#compile,
    });
  }

  #tellEpoch(epoch: number, loss: number, validation: EpochEvent["validation"]): void {
    const { epochs } = this.#settings;
    const seconds = this.#seconds;
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

/**
 * A trained network's outputs, so many numbers a row: logits, or the numbers of a regression.
 * A row gets the same bits alone and among others.
 *
 *     const logits = predict(trained, tableSamples({ features, columns: 30 }));
 */
export const predict = (
  trained: Pick<Trained, "model" | "weights">,
  samples: Samples,
  options: { readonly session?: Session } = {},
): Float32Array =>
  samples.rows === 0
    ? new Float32Array()
    : passed(trained, samples, { ...options, read: (pass) => pass.run().outputs });

/**
 * The outputs with dropout left on, one list a draw: samples of a Bayesian network's, roughly (Gal &
 * Ghahramani 2016). The same rows in the same order, seed and draws give the same bits.
 *
 *     const draws = predictDrawn(trained, samples, { seed: 7, draws: 50 });
 */
export const predictDrawn = (
  trained: Pick<Trained, "model" | "weights">,
  samples: Samples,
  options: { readonly session?: Session; readonly seed: number; readonly draws: number },
): Float32Array[] =>
  passed(trained, samples, {
    ...options,
    dropoutSeed: options.seed,
    read: (pass) => Array.from({ length: options.draws }, (_, draw) => pass.run(draw).outputs),
  });

/** What is read from a pass over samples. */
function passed<T>(
  { model, weights }: Pick<Trained, "model" | "weights">,
  samples: Samples,
  options: {
    readonly session?: Session;
    readonly dropoutSeed?: number;
    readonly read: (pass: Pass) => T;
  },
): T {
  const { session = wasmSession(), dropoutSeed, read } = options;
  const params = new SlotTree<Params>(session, "params", paramsFrom(model, weights));
  const data = new ResidentSamples(session, checked(samples));
  const seeded = dropoutSeed === undefined ? {} : { dropoutSeed };
  const pass = compilePass({ session, model, params, data, ...seeded });
  try {
    return read(pass);
  } finally {
    for (const part of [params, data, pass]) part.free();
  }
}
