/** A training step to look at: its kernels, what they cost, and the memory it takes. */
import type { KernelProfile, Session } from "../backends/backend.ts";
import { wasmSession } from "../backends/wasm/session.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import type { LossName } from "../loss/index.ts";
import type { AnyLayer, Params } from "../nn/index.ts";
import type { Optimizer, State } from "../optim/index.ts";
import { compileStep, ResidentSamples, SlotTree } from "./step.ts";

export interface TrainingPlan {
  readonly kernels: readonly KernelProfile[];
  /** Threads that ran, and bits of a vector where the session tells. */
  readonly threads: number;
  readonly vectorBits: number | null;
  /** Bytes of the parameters, of the optimizer's state, and of all that lives within a step. */
  readonly bytes: { readonly parameters: number; readonly state: number; readonly step: number };
}

const bytesIn = (tree: {
  readonly slots: ReadonlyMap<string, { readonly shape: readonly number[] }>;
}) =>
  [...tree.slots.values()].reduce(
    (total, { shape }) => total + 4 * shape.reduce((size, length) => size * length, 1),
    0,
  );

/**
 * The step that `fit` would run for a network, compiled and timed on made-up rows: of a table, or of
 * `shape` for what a network of images or sequences reads.
 *
 *     planStep({ model, loss: "binaryCrossEntropy", optimizer: adam(), batchSize: 32 }).kernels;
 */
export function planStep(options: {
  readonly model: AnyLayer;
  readonly loss: LossName;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly shape?: Shape;
  readonly session?: Session;
}): TrainingPlan {
  const { model, optimizer, batchSize, session = wasmSession() } = options;
  const { shape = [model.inputs ?? 0] } = options;
  const length = batchSize * sizeOf(shape);
  const table = { shape, data: Float32Array.from({ length }, (_, i) => (i % 7) / 7) };
  const targets = Float32Array.from({ length: batchSize }, (_, i) => i % 2);
  const initial = model.init(0);
  const params = new SlotTree<Params>(session, "params", initial);
  const state = new SlotTree<State>(session, "state", optimizer.init(initial));
  const data = new ResidentSamples(session, { rows: batchSize, inputs: { table }, targets });
  const step = compileStep({ ...options, session, params, state, data, seed: 0 });
  try {
    const rows = Int32Array.from({ length: batchSize }, (_, i) => i);
    step.run(rows, { learningRate: optimizer.learningRate, step: 0 });
    const { scratchBytes } = step.program;
    const bytes = { parameters: bytesIn(params), state: bytesIn(state), step: scratchBytes };
    const { threads = 1, vectorBits = null } = session;
    return { kernels: step.program.profile(), threads, vectorBits, bytes };
  } finally {
    for (const part of [step, params, state, data]) part.free();
  }
}
