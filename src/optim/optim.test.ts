import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { mapTree } from "../base/tree.ts";
import { binaryCrossEntropy, weightedMean } from "../loss/index.ts";
import * as nn from "../nn/index.ts";
import {
  hostValues,
  isTensor,
  jit,
  type Tensor,
  type Tensors,
  tensor,
  valueAndGrad,
} from "../tensor/index.ts";
import { optimizers, type State } from "./index.ts";

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
