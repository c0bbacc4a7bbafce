/** What a training runs on: slots for all it holds, one program that steps and one that validates. */
import type { Session } from "../backends/backend.ts";
import { InputError, MemoryError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import type { Loss, LossName } from "../loss/index.ts";
import type { AnyLayer, Params } from "../nn/index.ts";
import { undrawn } from "../nn/parameters.ts";
import type { Optimizer, State } from "../optim/index.ts";
import { tensorsOf, zeros } from "../tensor/index.ts";
import type { LabeledSamples } from "./samples.ts";
import {
  compilePass,
  compileStep,
  type Pass,
  ResidentSamples,
  SlotTree,
  type Step,
} from "./step.ts";
import { residentRows } from "./stretches.ts";

export interface Programs {
  readonly params: SlotTree<Params>;
  readonly state: SlotTree<State>;
  readonly data: ResidentSamples;
  readonly step: Step;
  readonly validation: Pass | null;
  free(): void;
}

export interface ProgramsOptions {
  readonly session: Session;
  readonly model: AnyLayer;
  readonly loss: LossName | Loss;
  readonly optimizer: Optimizer;
  readonly training: LabeledSamples;
  readonly validation?: LabeledSamples;
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * Reserves and compiles all of a training; memory is taken when it first runs. Throws an
 * `InputError` that says how much it needs, and which batch size would do, where that is too much.
 */
export function prepare(options: ProgramsOptions): Programs {
  const { session, model, training, validation, optimizer, seed, batchSize } = options;
  const rows = [training, validation].map((samples) => (samples ? numbersIn(samples) : 0));
  const parameters = model.summary().reduce((total, layer) => total + layer.parameters, 0);
  const kept = parameters * (1 + buffersOf(optimizer));
  const least = 4 * rows.reduce((total, length) => total + length, kept);
  const most = session.mostBytes ?? Number.POSITIVE_INFINITY;
  if (least > most) throw tooMuch({ batchSize, needed: least, least, most });
  // nothing is drawn before it is known that all of it fits
  const shapes = undrawn(() => model.init(seed));
  let initial: Params | null = null;
  const drawn = () => {
    initial ??= model.init(seed);
    return initial;
  };
  const params = new SlotTree<Params>(session, "params", shapes, drawn);
  const state = new SlotTree<State>(session, "state", optimizer.init(shapes), () =>
    optimizer.init(drawn()),
  );
  const data = new ResidentSamples(session, training);
  const held = validation && new ResidentSamples(session, validation);
  const slots = [params, state, data, ...(held ? [held] : [])];
  const compile = (size: number) => {
    const step = compileStep({ ...options, params, state, data, batchSize: size });
    try {
      const pass = held ? compilePass({ ...options, params, data: held }) : null;
      return { step, validation: pass, parts: [step, ...(pass ? [pass] : [])] };
    } catch (problem) {
      step.free();
      throw problem;
    }
  };
  try {
    const { parts, ...programs } = compile(batchSize);
    return { params, state, data, ...programs, free: () => freeAll([...parts, ...slots]) };
  } catch (problem) {
    const { bytes: needed = null } = problem instanceof MemoryError ? problem : {};
    const told = needed && { batchSize, needed, least, most, fitting: fitting(compile, batchSize) };
    freeAll(slots);
    throw told ? tooMuch(told) : problem;
  }
}

/** How many numbers an optimizer keeps for each parameter, known before any is drawn. */
const buffersOf = (optimizer: Optimizer): number =>
  tensorsOf(optimizer.init({ one: zeros([1]) })).filter(([, { shape }]) => shape.length === 1)
    .length;

/** Numbers of features that are in memory at once. */
const numbersIn = ({ rows, inputs }: LabeledSamples): number =>
  residentRows(rows, inputs.table) * sizeOf(inputs.table.shape);

const freeAll = (parts: readonly { free(): void }[]) => {
  for (const part of parts) part.free();
};

/** The largest half, quarter, … of a batch that compiles, or 0. */
function fitting(
  compile: (size: number) => { readonly parts: readonly { free(): void }[] },
  batchSize: number,
): number {
  for (let size = Math.floor(batchSize / 2); size >= 1; size = Math.floor(size / 2))
    try {
      freeAll(compile(size).parts);
      return size;
    } catch (problem) {
      if (!(problem instanceof MemoryError)) throw problem;
    }
  return 0;
}

const mebibytes = (bytes: number) => Math.ceil(bytes / 1_048_576);

function tooMuch(told: {
  readonly batchSize: number;
  readonly needed: number;
  /** Of data, parameters and optimizer alone. */
  readonly least: number;
  readonly most: number;
  /** A batch size that fits, if there is one. */
  readonly fitting?: number;
}): InputError {
  const remedy = told.fitting
    ? `A batch size of ${told.fitting} fits.`
    : "Use fewer rows, fewer columns or a smaller network.";
  return new InputError(
    `Too large for memory: training in batches of ${told.batchSize} needs ${mebibytes(told.needed)} MiB (${mebibytes(told.least)} MiB of data, parameters and optimizer), and ${mebibytes(told.most)} MiB is the most there is. ${remedy}`,
  );
}
