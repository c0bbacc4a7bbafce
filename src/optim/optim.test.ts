import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../base/errors.ts";
import { mapTree } from "../base/tree.ts";
import { binaryCrossEntropy, weightedMean } from "../loss/index.ts";
import * as nn from "../nn/index.ts";
import {
  hostValues,
  isTensor,
  jit,
  read,
  type Tensor,
  type Tensors,
  tensor,
  tensorsOf,
  valueAndGrad,
  zeros,
} from "../tensor/index.ts";
import { type Optimizer, optimizers, type State } from "./index.ts";

type Arrays = number[] | number[][];
interface Case {
  optimizer: keyof typeof optimizers;
  settings: { learningRate?: number };
  losses: number[];
  gradients: Record<string, Arrays>;
  first: Record<string, Arrays>;
  tenth: Record<string, Arrays>;
}
interface Golden {
  x: number[][];
  y: number[][];
  weights: number[];
  start: Record<string, Arrays>;
  training: Record<string, Case>;
}
const golden = JSON.parse(
  readFileSync(new URL("../../test/goldens/training/training.json", import.meta.url), "utf8"),
) as Golden;

const model = nn.sequential(nn.linear(7, 5), nn.tanh, nn.linear(5, 4), nn.relu, nn.linear(4, 1));
const [x, y, weights] = [tensor(golden.x), tensor(golden.y), tensor(golden.weights)];
const start: Tensors = mapTree(
  model.init(0) as Tensors,
  isTensor,
  (_, path) => tensor(golden.start[path]!) as Tensor,
);

/** max|a − b| ≤ 2e-5 · max|b| for each tensor. */
function expectClose(tree: Tensors, wanted: Record<string, Arrays>): void {
  const found = hostValues(tree);
  expect([...found.keys()]).toEqual(Object.keys(wanted));
  for (const [path, values] of found) {
    const flat = wanted[path]!.flat();
    const largest = Math.max(...flat.map(Math.abs));
    const worst = Math.max(...flat.map((b, i) => Math.abs(values[i]! - b)));
    expect(worst, path).toBeLessThanOrEqual(2e-5 * largest);
  }
}

describe("ten steps equal PyTorch's", () => {
  for (const [label, { optimizer: name, settings, ...wanted }] of Object.entries(golden.training))
    test(label, async () => {
      const optimizer = optimizers[name](settings);
      const step = jit((now: { params: Tensors; state: State; learningRate: Tensor }) => {
        const { value, gradients } = valueAndGrad((params: Tensors) =>
          weightedMean(binaryCrossEntropy(model.apply(params as nn.Params, x), y), weights),
        )(now.params);
        const next = optimizer.update(gradients, now.state, now.params, now);
        return { ...next, value: value as Tensor, gradients };
      });
      let [params, state] = [start, optimizer.init(start)];
      const learningRate: Tensor = tensor(optimizer.learningRate);
      for (let i = 0; i < 10; i++) {
        const next = await step({ params, state, learningRate });
        [params, state] = [next.params, next.state];
        expect((await next.value.data())[0]).toBeCloseTo(wanted.losses[i]!, 5);
        if (i === 0) {
          expectClose(next.gradients, wanted.gradients);
          expectClose(params, wanted.first);
        }
      }
      expectClose(params, wanted.tenth);
    });
});

const once = (optimizer: Optimizer) =>
  jit((now: { w: Tensor; state: State; learningRate: Tensor }) => {
    const { params, state } = optimizer.update(
      { w: tensor([1, -2]) as Tensor },
      now.state,
      { w: now.w },
      now,
    );
    return { w: params.w, state };
  });

test("the learning rate is data of one program, the correction is 1 − βᵗ", async () => {
  const optimizer = optimizers.adam();
  const step = once(optimizer);
  let [w, state]: [Tensor, State] = [tensor([1, 1]), optimizer.init({ w: zeros([2]) })];
  for (const learningRate of [0, 0.5, 0.25])
    ({ w, state } = await step({ w, state, learningRate: tensor(learningRate) }));
  // With a constant gradient each step of Adam is η against its sign.
  const found = await read({ w, state });
  for (const [i, wanted] of [0.25, 1.75].entries())
    expect((found.w as number[])[i]).toBeCloseTo(wanted, 6);
  const { meanCorrection, squaresCorrection } = found.state as Record<string, number>;
  expect(meanCorrection! / (1 - 0.9 ** 3)).toBeCloseTo(1, 6);
  expect(squaresCorrection! / (1 - 0.999 ** 3)).toBeCloseTo(1, 6);
});

test("a state is a tree of tensors by parameter", () => {
  const paths = (optimizer: Optimizer) =>
    tensorsOf(optimizer.init({ "0": { weight: zeros([2, 3]) }, "1": {} })).map(
      ([path, { shape }]) => `${path} [${shape}]`,
    );
  expect(paths(optimizers.sgd())).toEqual([]);
  expect(paths(optimizers.momentum())).toEqual(["velocity.0.weight [2,3]"]);
  expect(paths(optimizers.adamW())).toEqual([
    "meanCorrection []",
    "squaresCorrection []",
    "mean.0.weight [2,3]",
    "squares.0.weight [2,3]",
  ]);
});

test("the spec holds every setting", () => {
  expect(optimizers.adamW({ learningRate: 0.1 }).spec).toEqual({
    optimizer: "adamW",
    learningRate: 0.1,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.01,
  });
  expect(optimizers.nesterov().spec).toEqual({
    optimizer: "sgd",
    learningRate: 0.001,
    momentum: 0.9,
    nesterov: true,
  });
});

test("settings and trees that cannot be are refused", () => {
  expect(() => optimizers.adam({ learningRate: -1 })).toThrow(
    "adam: learningRate is -1. Give a number from 0 up.",
  );
  expect(() => optimizers.sgd({ clipNorm: Number.NaN })).toThrow(InputError);
  expect(() => optimizers.adam({ beta2: 1 })).toThrow(
    "adam: squaresCorrection rests on β = 1. Give a number from 0 to below 1.",
  );
  expect(() => optimizers.sgd({ nesterov: true })).toThrow(InputError);
  const data = { learningRate: tensor(1) as Tensor };
  expect(() => optimizers.sgd().update({} as Tensors, {}, { w: zeros([1]) }, data)).toThrow(
    "nothing stands at “w”",
  );
});

test.each(["sgd", "adamW"] as const)(
  "%s: biases may be left alone by weight decay",
  async (name) => {
    const params = { weight: tensor([[2], [-1]]), bias: tensor([3]) } as Tensors;
    const none = { weight: zeros([2, 1]), bias: zeros([1]) } as Tensors;
    const after = (decayBiases: boolean) => {
      const given = optimizers[name]({ learningRate: 0.5, weightDecay: 0.1, decayBiases });
      const data = { learningRate: tensor(0.5) as Tensor };
      const { params: next } = given.update(none, given.init(params), params, data);
      return hostValues(next);
    };
    const close = (values: Iterable<number>) => [...values].map((x) => Number(x.toFixed(5)));
    expect(close(after(false).get("weight")!)).toEqual([1.9, -0.95]);
    expect(close(after(false).get("bias")!)).toEqual([3]);
    expect(close(after(true).get("bias")!)).toEqual([2.85]);
  },
);
