/** One output of a fitted network as a function of feature rows, with its gradient. */
import type { Program, Session, Slot } from "../backends/backend.ts";
import { wasmSession } from "../backends/wasm/session.ts";
import { InputError } from "../base/errors.ts";
import type { FittedModel } from "../evaluate/types.ts";
import { input } from "../graph/build.ts";
import { trace } from "../graph/node.ts";
import type { Params } from "../nn/index.ts";
import {
  add,
  hostValues,
  mul,
  placeholders,
  sigmoid,
  slice,
  softmax,
  sum,
  Tensor,
  tensorsOf,
  valueAndGrad,
} from "../tensor/index.ts";
import { paramsFrom } from "../train/index.ts";

/** What is explained: the network's own output (a logit, a standardized number), or what people read. */
export type Scale = "output" | "prediction";

export interface OutputOptions {
  /** Which label of several classes; of a binary model the positive one. */
  readonly label?: string;
  /** `prediction`, a probability or a number in the target's units, unless told. */
  readonly scale?: Scale;
  readonly session?: Session;
}

/** f(x) and ∂f/∂x of each row [rows × width]. */
export interface Gradients {
  readonly values: Float32Array;
  readonly gradients: Float32Array;
}

/** A model's output, compiled; call `free` when done. */
export interface OutputFunction {
  /** Features of a row. */
  readonly width: number;
  /** What the numbers are: `probability of M`, `progression`, `logit of M`. */
  readonly name: string;
  values(rows: Float32Array): Float32Array;
  gradients(rows: Float32Array): Gradients;
  free(): void;
}

const batch = 256;

/** The place of the label's output and its name. */
function outputOf({ target }: FittedModel, label: string | undefined): readonly [number, string] {
  const { task, labels, column } = target;
  if (task === "regression") {
    if (label === undefined) return [0, column];
    throw new InputError(`A regression of “${column}” has no label “${label}”. Leave it out.`);
  }
  const chosen = label ?? labels.at(task === "binary" ? 1 : 0)!;
  const place = labels.indexOf(chosen);
  if (place < 0)
    throw new InputError(`“${column}” has no label “${chosen}”. It has ${labels.join(", ")}.`);
  return [place, chosen];
}

/** [rows, outputs] to [rows, 1]: what is explained. */
function explained(outputs: Tensor, model: FittedModel, place: number, scale: Scale): Tensor {
  const { task, scale: units } = model.target;
  const rows = outputs.shape[0]!;
  if (task === "classes") {
    const all = scale === "output" ? outputs : (softmax(outputs) as Tensor);
    return slice(all, [
      [0, rows],
      [place, place + 1],
    ]) as Tensor;
  }
  if (task === "regression")
    return scale === "output" || !units
      ? outputs
      : (add(mul(outputs, units.deviation), units.mean) as Tensor);
  const signed = place === 1 ? outputs : (mul(outputs, -1) as Tensor);
  return scale === "output" ? signed : (sigmoid(signed) as Tensor);
}

const spoken = ({ target }: FittedModel, label: string, scale: Scale): string => {
  if (target.task === "regression") return scale === "output" ? `${label}, standardized` : label;
  return `${scale === "output" ? "logit" : "probability"} of ${label}`;
};

/** The output and its gradient by x [batch, width], from placeholders `x` and `p.…`. */
function traced(model: FittedModel, params: Params, place: number, scale: Scale) {
  const given = placeholders(params, "p.");
  const of = (x: Tensor) =>
    explained(model.network.apply(given, x, { training: false }), model, place, scale);
  const x = new Tensor(input("x", [batch, model.network.inputs ?? 0])) as Tensor;
  const { gradients } = valueAndGrad((given: { x: Tensor }) => sum(of(given.x)))({ x });
  return { value: of(x).node, slope: gradients.x.node };
}

class Compiled implements OutputFunction {
  readonly width: number;
  readonly name: string;
  readonly #session: Session;
  readonly #x: Slot;
  readonly #value: Slot;
  readonly #slope: Slot;
  readonly #params: readonly (readonly [string, Slot])[];
  readonly #forward: Program;
  readonly #both: Program;

  constructor(model: FittedModel, options: OutputOptions) {
    const { label, scale = "prediction", session = wasmSession() } = options;
    const [place, chosen] = outputOf(model, label);
    this.width = model.network.inputs ?? 0;
    this.name = spoken(model, chosen, scale);
    this.#session = session;
    this.#x = session.allocate([batch, this.width], "f32");
    this.#value = session.allocate([batch, 1], "f32");
    this.#slope = session.allocate([batch, this.width], "f32");
    const params = paramsFrom(model.network, model.weights);
    const numbers = hostValues(params);
    this.#params = tensorsOf(params).map(
      ([path, { shape, dtype }]) =>
        [`p.${path}`, session.allocate(shape, dtype, numbers.get(path)!)] as const,
    );
    const inputs = { x: this.#x, ...Object.fromEntries(this.#params) };
    const { value, slope } = trace(() => traced(model, params, place, scale));
    const forward = { node: value, to: this.#value };
    this.#forward = session.compile({ inputs, outputs: [forward] });
    this.#both = session.compile({ inputs, outputs: [forward, { node: slope, to: this.#slope }] });
  }

  values(rows: Float32Array): Float32Array {
    const values = new Float32Array(rows.length / Math.max(this.width, 1));
    this.#eachBatch(rows, (start, count) => {
      this.#forward.run();
      values.set(this.#read(this.#value, count), start);
    });
    return values;
  }

  gradients(rows: Float32Array): Gradients {
    const values = new Float32Array(rows.length / Math.max(this.width, 1));
    const gradients = new Float32Array(rows.length);
    this.#eachBatch(rows, (start, count) => {
      this.#both.run();
      values.set(this.#read(this.#value, count), start);
      gradients.set(this.#read(this.#slope, count * this.width), start * this.width);
    });
    return { values, gradients };
  }

  free(): void {
    this.#forward.free();
    this.#both.free();
    for (const slot of [this.#x, this.#value, this.#slope, ...this.#params.map(([, each]) => each)])
      this.#session.free(slot);
  }

  /** Writes so many rows at a time; what a shorter last batch leaves of the one before is not read. */
  #eachBatch(rows: Float32Array, run: (start: number, count: number) => void): void {
    const { width } = this;
    if (width === 0 || rows.length % width !== 0)
      throw new InputError(`explain: ${rows.length} numbers are no rows of ${width} features.`);
    const total = rows.length / width;
    for (let start = 0; start < total; start += batch) {
      const count = Math.min(batch, total - start);
      this.#session.write(this.#x, rows.subarray(start * width, (start + count) * width));
      run(start, count);
    }
  }

  #read = (slot: Slot, count: number) =>
    (this.#session.read(slot) as Float32Array).subarray(0, count);
}

/**
 * One output of a model, compiled, with its gradient; 256 rows run at a time.
 *
 *     const f = outputFunction(model, { label: "M" });
 *     f.gradients(features.values).gradients; // [rows × width]
 */
export const outputFunction = (model: FittedModel, options: OutputOptions = {}): OutputFunction =>
  new Compiled(model, options);
