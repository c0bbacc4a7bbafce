/** One compiled training step, and one compiled pass that predicts. */

import type { Program, ProgramRequest, Session, Slot } from "../backends/backend.ts";
import type { HostArray } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { input } from "../graph/build.ts";
import { trace } from "../graph/node.ts";
import {
  categoricalCrossEntropy,
  type Loss,
  type LossName,
  losses,
  weightedMean,
} from "../loss/index.ts";
import type { AnyLayer, Params } from "../nn/index.ts";
import type { Optimizer, State } from "../optim/index.ts";
import {
  add,
  cast,
  gather,
  hostValues,
  mul,
  placeholders,
  sum,
  Tensor,
  type Tensors,
  tensorsOf,
  valueAndGrad,
} from "../tensor/index.ts";
import type { LabeledSamples, Samples } from "./samples.ts";
import { residentRows, type Stretch, stretchesInOrder, stretchesOf } from "./stretches.ts";

/** Tensors that live in slots of a session, by their paths. */
export class SlotTree<T extends Tensors> {
  readonly session: Session;
  /** Stands for the slots while tracing. */
  readonly placeholders: T;
  readonly slots: ReadonlyMap<string, Slot>;
  readonly #prefix: string;

  /** `shapes` has the tree's paths and shapes; `initial`, called when memory is taken, its values. */
  constructor(session: Session, prefix: string, shapes: T, initial: () => T = () => shapes) {
    this.session = session;
    this.#prefix = `${prefix}.`;
    this.placeholders = placeholders(shapes, this.#prefix);
    let values: ReadonlyMap<string, HostArray> | null = null;
    const startOf = (path: string) => {
      values ??= hostValues(initial());
      return values.get(path)!;
    };
    this.slots = new Map(
      tensorsOf(shapes).map(([path, { shape, dtype }]) => [
        path,
        session.allocate(shape, dtype, () => startOf(path)),
      ]),
    );
  }

  inputs(): Record<string, Slot> {
    return Object.fromEntries([...this.slots].map(([path, slot]) => [this.#prefix + path, slot]));
  }

  /** Writes a tree with the same paths back to the slots. */
  outputs(tree: T): ProgramRequest["outputs"] {
    return tensorsOf(tree).map(([path, { node }]) => ({ node, to: this.slots.get(path)! }));
  }

  read(): Map<string, HostArray> {
    return new Map([...this.slots].map(([path, slot]) => [path, this.session.read(slot)]));
  }

  write(values: ReadonlyMap<string, HostArray>): void {
    for (const [path, slot] of this.slots) this.session.write(slot, values.get(path)!);
  }

  free(): void {
    for (const slot of this.slots.values()) this.session.free(slot);
  }
}

/** Samples, or a window of them, in a session's memory, from which a program takes the rows it is told. */
export class ResidentSamples {
  readonly rows: number;
  readonly #samples: Samples & Partial<LabeledSamples>;
  readonly #session: Session;
  readonly #slots: Record<string, Slot>;
  /** Of one row of the table: [columns], or [channels, ...lengths]. */
  readonly #shape: Shape;

  constructor(session: Session, samples: Samples & Partial<LabeledSamples>) {
    const { inputs, targets, weights } = samples;
    const { shape, data, pages } = inputs.table;
    this.rows = samples.rows;
    this.#samples = samples;
    const rows = residentRows(samples.rows, inputs.table);
    const told = (values: ArrayLike<number>) => (pages ? new Float32Array(rows) : values);
    this.#session = session;
    this.#shape = shape;
    const column = (values: ArrayLike<number>) => session.allocate([rows, 1], "f32", told(values));
    const features = pages ? new Float32Array(rows * sizeOf(shape)) : data;
    this.#slots = { table: session.allocate([rows, sizeOf(shape)], "f32", features) };
    if (targets) {
      this.#slots.targets = column(targets);
      this.#slots.weights = column(weights ?? new Float32Array(rows).fill(1));
    }
  }

  inputs(): Record<string, Slot> {
    return this.#slots;
  }

  /** An epoch's stretches of rows, in the order that seed and epoch decide. */
  stretches(key: { readonly seed: number; readonly epoch: number }): Stretch[] {
    return stretchesOf(this.rows, this.#samples.inputs.table, key);
  }

  stretchesInOrder(): Stretch[] {
    return stretchesInOrder(this.rows, this.#samples.inputs.table);
  }

  /** Puts the rows of a stretch where the program reads them. */
  load(stretch: Stretch): void {
    const { inputs, targets, weights } = this.#samples;
    const { shape, pages } = inputs.table;
    if (!pages || !stretch.pages) return;
    const { table, targets: targetSlot, weights: weightSlot } = this.#slots;
    const width = sizeOf(shape);
    const values = new Float32Array(table!.shape[0]! * width);
    stretch.pages.reduce((at, page) => {
      pages.read(page, values, at * width);
      return at + Math.min(pages.pageRows, pages.rows - page * pages.pageRows);
    }, 0);
    this.#session.write(table!, values);
    if (!targets) return;
    const rows = new Float32Array(table!.shape[0]!);
    const numbers = stretch.numbers();
    const chosen = (from: Float32Array) => {
      for (let i = 0; i < numbers.length; i++) rows[i] = from[numbers[i]!]!;
      return rows;
    };
    this.#session.write(targetSlot!, chosen(targets));
    this.#session.write(weightSlot!, weights ? chosen(weights) : rows.fill(1));
  }

  /** Chosen rows of a block [batch, ...row]; a row number of -1 gives zeros. */
  take(block: "table" | "targets" | "weights", chosen: Tensor): Tensor {
    const { shape } = this.#slots[block]!;
    const rows = gather(new Tensor(input(block, shape)), chosen as never) as Tensor;
    return block === "table" ? rows.reshape([rows.shape[0]!, ...this.#shape]) : rows;
  }

  free(): void {
    for (const slot of Object.values(this.#slots)) this.#session.free(slot);
  }
}

/** The function behind a loss's name. */
const lossOf = (loss: LossName | Loss): Loss => (typeof loss === "string" ? losses[loss] : loss);

/** Whether the targets of a loss are the numbers of classes. */
export const countsClasses = (loss: LossName | Loss): boolean =>
  lossOf(loss) === categoricalCrossEntropy;

/** Losses [batch] and weights [batch] of the chosen rows. */
function rowLosses(loss: LossName | Loss, outputs: Tensor, data: ResidentSamples, chosen: Tensor) {
  const rows = chosen.shape[0]!;
  const truth = data.take("targets", chosen);
  const targets = countsClasses(loss) ? cast(truth.reshape([rows]), "i32") : truth;
  const each = lossOf(loss)(outputs, targets);
  return { each, weights: data.take("weights", chosen).reshape([rows]) as Tensor };
}

export interface StepOptions {
  readonly session: Session;
  readonly model: AnyLayer;
  readonly loss: LossName | Loss;
  readonly optimizer: Optimizer;
  readonly params: SlotTree<Params>;
  readonly state: SlotTree<State>;
  readonly data: ResidentSamples;
  /** Rows in a batch; a shorter last batch is padded with row -1, which weighs nothing. */
  readonly batchSize: number;
  readonly seed: number;
}

/** Σ w ℓ and Σ w over rows. */
export interface Sums {
  readonly loss: number;
  readonly weight: number;
}

export interface Step {
  readonly program: Program;
  /** Forward, loss, backward and update on these rows: one call into one program. */
  run(rows: Int32Array, data: { readonly learningRate: number; readonly step: number }): void;
  /** The sums since the mean loss was last taken. */
  readSums(): Sums;
  writeSums(sums: Sums): void;
  /** The mean loss of all rows since it was last taken. */
  takeLoss(): number;
  free(): void;
}

/** Traces forward, loss, backward, update, and the running sums of loss and weight. */
function traceStep({ model, loss, optimizer, params, state, data, batchSize }: StepOptions) {
  const number = (name: string) => new Tensor(input(name, [])) as Tensor<[], "f32">;
  const chosen = new Tensor(input("rows", [batchSize], "i32"));
  const key = new Tensor(input("key", [2], "i32"));
  const x = data.take("table", chosen);
  const score = (inner: Params): Tensor => {
    const outputs = model.apply(inner, x, { training: true, key });
    const { each, weights } = rowLosses(loss, outputs, data, chosen);
    return weightedMean(each, weights);
  };
  const { value, gradients } = valueAndGrad(score)(params.placeholders);
  const learningRate = number("learningRate");
  const next = optimizer.update(gradients, state.placeholders, params.placeholders, {
    learningRate,
  });
  const weight = sum(data.take("weights", chosen)) as Tensor;
  const totalLoss = add(number("totalLoss"), mul(value, weight) as Tensor) as Tensor;
  const totalWeight = add(number("totalWeight"), weight) as Tensor;
  return { next, totalLoss, totalWeight };
}

/** The program; without one, the slots made for it are given back. */
function compiled(session: Session, own: readonly Slot[], request: ProgramRequest): Program {
  try {
    return session.compile(request);
  } catch (problem) {
    for (const slot of own) session.free(slot);
    throw problem;
  }
}

/** The whole step as one program; rows, learning rate, step number and random key are its data. */
export function compileStep(options: StepOptions): Step {
  const { session, params, state, data, batchSize, seed } = options;
  const own = {
    rows: session.allocate([batchSize], "i32"),
    learningRate: session.allocate([], "f32"),
    key: session.allocate([2], "i32"),
    totalLoss: session.allocate([], "f32"),
    totalWeight: session.allocate([], "f32"),
  };
  const { next, totalLoss, totalWeight } = trace(() => traceStep(options));
  const program = compiled(session, Object.values(own), {
    inputs: { ...own, ...params.inputs(), ...state.inputs(), ...data.inputs() },
    outputs: [
      ...params.outputs(next.params),
      ...state.outputs(next.state),
      { node: totalLoss.node, to: own.totalLoss },
      { node: totalWeight.node, to: own.totalWeight },
    ],
  });
  let rate = Number.NaN;
  const readSums = () => ({
    loss: session.read(own.totalLoss)[0]!,
    weight: session.read(own.totalWeight)[0]!,
  });
  const writeSums = ({ loss, weight }: Sums) => {
    session.write(own.totalLoss, [loss]);
    session.write(own.totalWeight, [weight]);
  };
  return {
    program,
    readSums,
    writeSums,
    run(rows, { learningRate, step }) {
      session.write(own.rows, rows);
      if (learningRate !== rate) session.write(own.learningRate, [learningRate]);
      rate = learningRate;
      session.write(own.key, [seed | 0, step]);
      program.run();
    },
    takeLoss() {
      const { loss, weight } = readSums();
      writeSums({ loss: 0, weight: 0 });
      return loss / weight;
    },
    free() {
      program.free();
      for (const slot of Object.values(own)) session.free(slot);
    },
  };
}

/** What a pass over all rows of some samples gives. */
export interface Passed {
  /** The network's outputs, so many numbers a row, before sigmoid or softmax. */
  readonly outputs: Float32Array;
  /** Σ w ℓ / Σ w in float64; NaN where the pass has no loss. */
  readonly loss: number;
}
export interface Pass {
  /** Where dropout stays on, `draw` says which of its draws. */
  run(draw?: number): Passed;
  free(): void;
}
export interface PassOptions {
  readonly session: Session;
  readonly model: AnyLayer;
  readonly params: SlotTree<Params>;
  readonly data: ResidentSamples;
  /** Left out to predict rows without targets. */
  readonly loss?: LossName | Loss;
  /** Dropout stays on, drawn from this seed. */
  readonly dropoutSeed?: number;
}

/** The draws of passes lie beyond the steps of a training. */
export const firstDraw = 0x4000_0000;

/** Rows that one pass takes at once. */
const passRows = 256;

function tracePass(
  { model, params, data, loss, dropoutSeed }: PassOptions,
  batch: number,
): Record<string, Tensor> {
  const chosen = new Tensor(input("rows", [batch], "i32"));
  const drawn = () => ({ training: true, key: new Tensor(input("key", [2], "i32")) as Tensor });
  const context = dropoutSeed === undefined ? { training: false } : drawn();
  const outputs = model.apply(params.placeholders, data.take("table", chosen), context);
  return loss ? { outputs, ...rowLosses(loss, outputs, data, chosen) } : { outputs };
}

/** A program that predicts, and with a loss also scores, all rows of some samples. */
export function compilePass(options: PassOptions): Pass {
  const { session, params, data, dropoutSeed } = options;
  const batch = Math.max(1, Math.min(passRows, data.rows));
  const traced = trace(() => tracePass(options, batch));
  const rows = session.allocate([batch], "i32");
  const key = dropoutSeed === undefined ? null : session.allocate([2], "i32");
  const slots = Object.entries(traced).map(
    ([name, { node, shape }]) => [name, { node, to: session.allocate(shape, "f32") }] as const,
  );
  const inputs = { rows, ...(key ? { key } : {}), ...params.inputs(), ...data.inputs() };
  const outputs = slots.map(([, output]) => output);
  const own = [rows, ...(key ? [key] : []), ...outputs.map(({ to }) => to)];
  const program = compiled(session, own, { inputs, outputs });
  const width = traced.outputs!.shape.at(-1)!;
  return {
    run(draw = 0) {
      const outputs = new Float32Array(data.rows * width);
      let [total, weight] = [0, 0];
      let before = 0;
      let step = firstDraw + draw * Math.ceil(data.rows / batch + data.stretchesInOrder().length);
      for (const stretch of data.stretchesInOrder()) {
        data.load(stretch);
        for (let start = 0; start < stretch.rows; start += batch) {
          if (key) session.write(key, [dropoutSeed! | 0, step++]);
          session.write(rows, batchRows(stretch.rows, start, batch));
          program.run();
          const read = Object.fromEntries(slots.map(([name, { to }]) => [name, session.read(to)]));
          const count = Math.min(batch, stretch.rows - start);
          outputs.set(read.outputs!.subarray(0, count * width), (before + start) * width);
          for (let i = 0; i < count; i++) {
            total += (read.weights?.[i] ?? 0) * (read.each?.[i] ?? 0);
            weight += read.weights?.[i] ?? 0;
          }
        }
        before += stretch.rows;
      }
      return { outputs, loss: total / weight };
    },
    free() {
      program.free();
      for (const slot of own) session.free(slot);
    },
  };
}

/** Rows start … start + batch − 1, and -1 where there is no such row. */
const batchRows = (rows: number, start: number, batch: number) =>
  Int32Array.from({ length: batch }, (_, i) => (start + i < rows ? start + i : -1));
