/** Layers with a memory: the plain recurrent layer, LSTM and GRU, as PyTorch computes them. */
import { InputError, ShapeError } from "../base/errors.ts";
import { type Shape, spellShape } from "../base/shape.ts";
import * as tensors from "../tensor/index.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AnyLayer } from "./layer.ts";
import { isWidth, parameter, uniform } from "./parameters.ts";
import { join } from "./place.ts";
import type { RecurrentName, Spec } from "./spec.ts";

/** A layer from [batch, time, inputs] to [batch, outputs] after the last step, or to all steps. */
export interface Recurrent<In extends number = number, Out extends number = number>
  extends AnyLayer {
  readonly inputs: In;
  readonly outputs: Out;
}

export interface RecurrentOptions {
  /** What is given on: the state after the last step, or after every step (default: the last). */
  readonly output?: "last" | "all";
  readonly bias?: boolean;
  /** Steps from the last to the first; the last step is then that of time 0. */
  readonly reverse?: boolean;
}

/** What a cell computes with: Σ over inputs and over the state, [batch, gates · hidden] each. */
interface Sums {
  readonly fromInput: Tensor;
  readonly fromState: Tensor;
}
interface Cell {
  /** How many times the state's width is computed at each step. */
  readonly gates: number;
  /** Names of the carried tensors; the first is the output. */
  readonly carried: readonly string[];
  step(sums: Sums, carry: Readonly<Record<string, Tensor>>): Record<string, Tensor>;
}

const { sigmoid, tanh } = tensors;
const add = (a: Tensor, b: Tensor): Tensor => tensors.add(a, b);
const mul = (a: Tensor, b: Tensor): Tensor => tensors.mul(a, b);
const sub = (a: Tensor, b: Tensor): Tensor => tensors.sub(a, b);

/** Part `i` of the columns of x [batch, parts · width]. */
const part = (x: Tensor, i: number, width: number): Tensor =>
  tensors.slice(x, [null, [i * width, (i + 1) * width]]);

const cells: Readonly<Record<RecurrentName, Cell>> = {
  recurrent: {
    gates: 1,
    carried: ["hidden"],
    step: ({ fromInput, fromState }) => ({ hidden: tanh(add(fromInput, fromState)) }),
  },
  lstm: {
    gates: 4,
    carried: ["hidden", "cell"],
    step({ fromInput, fromState }, { cell }) {
      const sums = add(fromInput, fromState);
      const width = cell!.shape[1]!;
      const [enter, forget, output] = [0, 1, 3].map((i) => sigmoid(part(sums, i, width)));
      const candidate = tanh(part(sums, 2, width));
      const next = add(mul(forget!, cell!), mul(enter!, candidate));
      return { hidden: mul(output!, tanh(next)), cell: next };
    },
  },
  gru: {
    gates: 3,
    carried: ["hidden"],
    step({ fromInput, fromState }, { hidden }) {
      const width = hidden!.shape[1]!;
      const [input, state] = [fromInput, fromState].map((sums) =>
        [0, 1, 2].map((i) => part(sums, i, width)),
      ) as [Tensor[], Tensor[]];
      const reset = sigmoid(add(input[0]!, state[0]!));
      const update = sigmoid(add(input[1]!, state[1]!));
      const candidate = tanh(add(input[2]!, mul(reset, state[2]!)));
      // (1 - update) candidate + update hidden, with one product fewer
      return { hidden: add(candidate, mul(update, sub(hidden!, candidate))) };
    },
  },
};

type Weights = Readonly<Record<"weight_ih_l0" | "weight_hh_l0", Tensor>>;
type Biases = Readonly<Record<"bias_ih_l0" | "bias_hh_l0", Tensor>>;

/** The states [time, batch, hidden] and the last one: the inputs' part of all steps is one product. */
function run(cell: Cell, x: Tensor, weights: Weights & Partial<Biases>, reverse: boolean) {
  const [batch, time, inputs] = x.shape as [number, number, number];
  const [rows, hidden] = weights.weight_hh_l0.shape as [number, number];
  const { bias_ih_l0, bias_hh_l0 } = weights;
  const flat = tensors.permute(x, [1, 0, 2]).reshape([time * batch, inputs]);
  const products: Tensor = tensors.matmul(flat as Tensor, weights.weight_ih_l0.transpose());
  const recurrent = weights.weight_hh_l0.transpose();
  const biased = (sums: Tensor, bias?: Tensor) => (bias ? add(sums, bias) : sums);
  const initial = Object.fromEntries(
    cell.carried.map((name) => [name, tensors.zeros([batch, hidden]) as Tensor]),
  );
  const step = (carry: Record<string, Tensor>, slice: Tensor) => {
    const fromInput = biased(slice, bias_ih_l0);
    const fromState = biased(tensors.matmul(carry.hidden!, recurrent), bias_hh_l0);
    const next = cell.step({ fromInput, fromState }, carry);
    return { carry: next, output: next.hidden! };
  };
  const over = products.reshape([time, batch, rows]) as Tensor;
  return tensors.scan(step, { initial, over, reverse });
}

function layerOf<In extends number, Out extends number>(
  name: RecurrentName,
  inputs: In,
  hidden: Out,
  { output = "last", bias = true, reverse = false }: RecurrentOptions,
): Recurrent<In, Out> {
  if (!isWidth(inputs) || !isWidth(hidden))
    throw new InputError(
      `${name}: ${inputs} inputs and ${hidden} outputs. Give whole numbers from 1 up.`,
    );
  const cell = cells[name];
  const rows = cell.gates * hidden;
  const shapes: Record<string, Shape> = {
    weight_ih_l0: [rows, inputs],
    weight_hh_l0: [rows, hidden],
    ...(bias ? { bias_ih_l0: [rows], bias_hh_l0: [rows] } : {}),
  };
  const parameters = rows * (inputs + hidden + (bias ? 2 : 0));
  const bound = 1 / Math.sqrt(hidden);
  const eachShape = <T>(make: (name: string, shape: Shape) => T) =>
    Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, make(key, shape)]));
  return {
    spec: { layer: name, inputs, hidden, output, bias, reverse } as Spec,
    summary: (path = "") => [{ path, name, inputs, outputs: hidden, parameters }],
    inputs,
    outputs: hidden,
    init: (seed, path = "") =>
      eachShape((key, shape) => uniform(seed, join(path, key), shape, bound)),
    apply(params, x, { path = "" } = {}) {
      if (x.shape.length !== 3 || x.shape[2] !== inputs)
        throw new ShapeError(
          `${name}: takes [batch, time, ${inputs}], got ${spellShape(x.shape)}. Give a sequence of ${inputs} features to each row.`,
        );
      const given = eachShape((key, shape) =>
        parameter(name, params, { path: join(path, key), name: key, shape }),
      );
      const { carry, outputs } = run(cell, x, given as Weights, reverse);
      return output === "last" ? carry.hidden! : tensors.permute(outputs, [1, 0, 2]);
    },
  };
}

type Make = <const In extends number, const Out extends number>(
  inputs: In,
  hidden: Out,
  options?: RecurrentOptions,
) => Recurrent<In, Out>;

/**
 * The plain recurrent layer (Elman 1990): h' = tanh(W_ih x + b_ih + W_hh h + b_hh), from h = 0.
 * x [batch, time, inputs] becomes [batch, hidden], the last state, or with `output: "all"`
 * [batch, time, hidden]. Parameters as PyTorch's nn.RNN: weight_ih_l0 [hidden, inputs],
 * weight_hh_l0 [hidden, hidden], bias_ih_l0 and bias_hh_l0 [hidden], uniform on ±1/√hidden.
 *
 *     sequential(recurrent(12, 32), linear(32, 1));
 */
export const recurrent: Make = (inputs, hidden, options = {}) =>
  layerOf("recurrent", inputs, hidden, options);

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000):
 * c' = f c + i g and h' = o tanh(c'), from h = c = 0. Shapes and start as `recurrent`; parameters as
 * PyTorch's nn.LSTM, rows of the weights in the order i, f, g, o: weight_ih_l0 [4 hidden, inputs].
 *
 *     sequential(lstm(12, 64), linear(64, 1));
 */
export const lstm: Make = (inputs, hidden, options = {}) =>
  layerOf("lstm", inputs, hidden, options);

/**
 * Gated recurrent unit (Cho et al. 2014): h' = (1 - z) n + z h with n = tanh(x_n + r (W_hn h + b_hn)).
 * Shapes and start as `recurrent`; parameters as PyTorch's nn.GRU, rows in the order r, z, n.
 *
 *     sequential(gru(12, 64), linear(64, 1));
 */
export const gru: Make = (inputs, hidden, options = {}) => layerOf("gru", inputs, hidden, options);
