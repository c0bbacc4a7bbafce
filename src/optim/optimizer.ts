/** What an optimizer is: a pure step from parameters, gradients and state to new ones, in the graph. */
import { InputError } from "../base/errors.ts";
import { zeros } from "../tensor/create.ts";
import { add, mul } from "../tensor/elementwise.ts";
import type { Tensor, Tensors } from "../tensor/tensor.ts";
import { mapTensors, tensorsOf } from "../tensor/trees.ts";
import { clipped } from "./clip.ts";

/** Settings that every optimizer has. */
export interface CommonOptions {
  /** How far a step goes; data of each step, this is what training starts from. */
  readonly learningRate?: number;
  /** λ of the weight decay: λ·w joins the gradient; for adamW it shrinks the weights themselves. */
  readonly weightDecay?: number;
  /** Whether it pulls at biases too, parameters of one axis (default: yes, as in PyTorch). */
  readonly decayBiases?: boolean;
  /** Gradients longer than this, all together, are shortened to it (default: never). */
  readonly clipNorm?: number;
}

/** Tensors that an optimizer carries from step to step, by name. */
export type State = { readonly [name: string]: Tensors };

export interface Stepped<P extends Tensors> {
  readonly params: P;
  readonly state: State;
}

/** Pure; `update` only builds graph, so a whole training step is one program. */
export interface Optimizer {
  /** Its name and all its settings, as plain JSON. */
  readonly spec: { readonly optimizer: string; readonly [setting: string]: unknown };
  /** The learning rate to begin with. */
  readonly learningRate: number;
  /** The state before the first step. */
  init(params: Tensors): State;
  /** One step; `learningRate` is a scalar tensor, so that a schedule needs no new program. */
  update<P extends Tensors>(
    gradients: P,
    state: State,
    params: P,
    data: { readonly learningRate: Tensor },
  ): Stepped<P>;
}

/** What a rule sees of one parameter: tensors of its shape, and scalars that all parameters share. */
export interface Moment {
  readonly gradient: Tensor;
  readonly parameter: Tensor;
  /** By the names in `Rule.buffers`. */
  readonly buffers: Readonly<Record<string, Tensor>>;
  /** By the names in `Rule.corrections`: 1 − βᵗ at step t. */
  readonly corrections: Readonly<Record<string, Tensor>>;
  readonly learningRate: Tensor;
}
/** A parameter and its buffers one step later. */
export interface Renewed {
  readonly parameter: Tensor;
  readonly buffers: Readonly<Record<string, Tensor>>;
}
export interface Rule {
  /** Names of the tensors kept for each parameter, zeros before the first step. */
  readonly buffers: readonly string[];
  /** β by name. What is kept is 1 − βᵗ, by c ← β c + (1 − β): float32 loses no digits so. */
  readonly corrections?: Readonly<Record<string, number>>;
  step(moment: Moment): Renewed;
}

/** Whether weight decay is meant for a parameter. */
export const decays = ({ shape }: Tensor, decayBiases: boolean): boolean =>
  decayBiases || shape.length > 1;

/** An optimizer from its rule for one parameter; `weightDecay` here joins the gradient (L2). */
export function optimizer(
  name: string,
  settings: { readonly learningRate: number; readonly [setting: string]: unknown },
  rule: Rule,
  { weightDecay = 0, decayBiases = true, clipNorm }: CommonOptions,
): Optimizer {
  check(name, settings, rule.corrections);
  const decay = (gradient: Tensor, parameter: Tensor) =>
    weightDecay > 0 && decays(parameter, decayBiases)
      ? add(gradient, mul(parameter, weightDecay))
      : gradient;
  const named = <T>(names: readonly string[], make: (name: string) => T): Record<string, T> =>
    Object.fromEntries(names.map((each) => [each, make(each)]));
  const betas = rule.corrections ?? {};
  return {
    spec: { optimizer: name, ...settings },
    learningRate: settings.learningRate,
    init: (params) => ({
      ...named(Object.keys(betas), () => zeros([])),
      ...named(rule.buffers, () => mapTensors(params, ({ shape }) => zeros(shape))),
    }),
    update(gradients, state, params, { learningRate }) {
      const corrections = named(Object.keys(betas), (each): Tensor => {
        const beta = betas[each]!;
        return add(mul(state[each] as Tensor, beta) as Tensor, 1 - beta);
      });
      const gradientAt = lookup(clipNorm === undefined ? gradients : clipped(gradients, clipNorm));
      const bufferAt = named(rule.buffers, (buffer) => lookup(state[buffer]!));
      const stepOf = (parameter: Tensor, path: string) => {
        const gradient = decay(gradientAt(path), parameter);
        const buffers = named(rule.buffers, (buffer) => bufferAt[buffer]!(path));
        return rule.step({ gradient, parameter, buffers, corrections, learningRate });
      };
      const steps = new Map(tensorsOf(params).map(([path, each]) => [path, stepOf(each, path)]));
      const collect = (pick: (step: Renewed) => Tensor) =>
        mapTensors(params, (_, path) => pick(steps.get(path)!));
      return {
        params: collect(({ parameter }) => parameter),
        state: {
          ...corrections,
          ...named(rule.buffers, (buffer) => collect(({ buffers }) => buffers[buffer]!)),
        },
      };
    },
  };
}

/** The tensor at a path; a tree that lacks it does not belong to these parameters. */
function lookup(tree: Tensors): (path: string) => Tensor {
  const tensors = new Map(tensorsOf(tree));
  return (path) => {
    const found = tensors.get(path);
    if (found) return found;
    throw new InputError(
      `optimizer: nothing stands at “${path}”. Give gradients and a state made for these parameters.`,
    );
  };
}

/** Settings are numbers from 0 up, β below 1; the message names the one that is not. */
function check(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  betas: Readonly<Record<string, number>> = {},
): void {
  for (const [setting, value] of Object.entries(settings))
    if (typeof value === "number" && !(value >= 0 && value < Number.POSITIVE_INFINITY))
      throw new InputError(`${name}: ${setting} is ${value}. Give a number from 0 up.`);
  for (const [correction, beta] of Object.entries(betas))
    if (beta >= 1)
      throw new InputError(
        `${name}: ${correction} rests on β = ${beta}. Give a number from 0 to below 1.`,
      );
}
