/** What a training runs on: slots for all it holds, one program that steps and one that validates. */
import type { Session } from "../backends/backend.ts";
import { InputError, MemoryError } from "../base/errors.ts";
import type { Loss, LossName } from "../loss/index.ts";
import type { AnyLayer, Params } from "../nn/index.ts";
import type { Optimizer, State } from "../optim/index.ts";
import type { LabeledSamples } from "./samples.ts";
import {
  compilePass,
  compileStep,
  type Pass,
  ResidentSamples,
  SlotTree,
  type Step,
} from "./step.ts";

export interface Programs {
  readonly params: SlotTree<Params>;
  readonly state: SlotTree<State>;
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
  const { session, model, training, validation } = options;
  const most = session.mostBytes ?? Number.POSITIVE_INFINITY;
  const rows = [training, validation].flatMap((samples) => samples?.inputs.table.data.length ?? 0);
  const parameters = model.summary().reduce((total, layer) => total + layer.parameters, 0);
  const least = 4 * rows.reduce((total, length) => total + length, parameters);
  if (least > most) throw tooMuch(options, { needed: least, least });
  try {
    return reserve(options);
  } catch (problem) {
    if (!(problem instanceof MemoryError)) throw problem;
    throw tooMuch(options, { needed: problem.bytes, least });
  }
}

function reserve(options: ProgramsOptions): Programs {
  const { session, optimizer, training, validation, seed, model } = options;
  const owned: { free(): void }[] = [];
  const own = <T extends { free(): void }>(part: T): T => {
    owned.push(part);
    return part;
  };
  const free = () => {
    for (const part of owned.splice(0)) part.free();
  };
  try {
    const initial = model.init(seed);
    const params = own(new SlotTree<Params>(session, "params", initial));
    const state = own(new SlotTree<State>(session, "state", optimizer.init(initial)));
    const data = own(new ResidentSamples(session, training));
    const held = validation && own(new ResidentSamples(session, validation));
    const step = own(compileStep({ ...options, params, state, data }));
    const pass = held ? own(compilePass({ ...options, params, data: held })) : null;
    return { params, state, step, validation: pass, free };
  } catch (problem) {
    free();
    throw problem;
  }
}

const mebibytes = (bytes: number) => Math.ceil(bytes / 1_048_576);

/** Halves the batch until the training fits. */
function tooMuch(
  options: ProgramsOptions,
  { needed, least }: { readonly needed: number; readonly least: number },
): InputError {
  const most = options.session.mostBytes ?? Number.POSITIVE_INFINITY;
  const fits = (batchSize: number) => {
    try {
      reserve({ ...options, batchSize }).free();
      return true;
    } catch {
      return false;
    }
  };
  let batchSize = least > most ? 0 : Math.floor(options.batchSize / 2);
  while (batchSize >= 1 && !fits(batchSize)) batchSize = Math.floor(batchSize / 2);
  const remedy =
    batchSize >= 1
      ? `A batch size of ${batchSize} fits.`
      : "Use fewer rows, fewer columns or a smaller network.";
  return new InputError(
    `Too large for memory: training in batches of ${options.batchSize} needs ${mebibytes(needed)} MiB (${mebibytes(least)} MiB of data and parameters), and ${mebibytes(most)} MiB is the most there is. ${remedy}`,
  );
}
