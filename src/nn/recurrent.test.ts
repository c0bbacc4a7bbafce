import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ShapeError } from "../base/errors.ts";
import { mapTree } from "../base/tree.ts";
import { binaryCrossEntropy } from "../loss/index.ts";
import { adam } from "../optim/index.ts";
import {
  grad,
  hostValues,
  isTensor,
  jit,
  mean,
  mul,
  read,
  sum,
  type Tensor,
  type Tensors,
  tensor,
  tensorsOf,
  valueAndGrad,
} from "../tensor/index.ts";
import * as nn from "./index.ts";
import type { RecurrentName } from "./spec.ts";

type Nested = number | Nested[];
type Named = Record<string, Nested[]>;
interface Case {
  parameters: Named;
  outputs: Nested[];
  gradients: Named;
  inputGradient: Nested[];
  head: Named;
  losses: number[];
  trained: Named;
}
const golden = JSON.parse(
  readFileSync(new URL("../../test/goldens/recurrent/recurrent.json", import.meta.url), "utf8"),
) as { x: number[][][]; y: number[][]; weights: number[][][]; layers: Record<RecurrentName, Case> };
const x: Tensor = tensor(golden.x);
const weights: Tensor = tensor(golden.weights);
const makers = { recurrent: nn.recurrent, lstm: nn.lstm, gru: nn.gru };
const names = Object.keys(golden.layers) as RecurrentName[];
const tensors = (named: Named): nn.Params =>
  Object.fromEntries(Object.entries(named).map(([name, data]) => [name, tensor(data) as Tensor]));

function expectClose(found: ArrayLike<number>, wanted: Nested[], name: string): void {
  const flat = wanted.flat(3) as number[];
  const largest = Math.max(...flat.map(Math.abs));
  expect(found).toHaveLength(flat.length);
  const worst = Math.max(...flat.map((value, i) => Math.abs(value - found[i]!)));
  expect(worst, name).toBeLessThanOrEqual(2e-6 * Math.max(1, largest));
}

describe.each(names)("%s equals PyTorch's", (name) => {
  const wanted = golden.layers[name];
  const params = tensors(wanted.parameters);
  const all = makers[name](4, 6, { output: "all" });
  const last = makers[name](4, 6);

  test("outputs, and the last of them", async () => {
    expectClose(await all.apply(params, x).data(), wanted.outputs, "all");
    const final = wanted.outputs.map((steps) => (steps as Nested[]).at(-1)!);
    expectClose(await last.apply(params, x).data(), final, "last");
  });

  test("gradients of the parameters and of the input", () => {
    const loss = (tree: { p: nn.Params; x: Tensor }): Tensor =>
      sum(mul(all.apply(tree.p, tree.x), weights)) as Tensor;
    const found = hostValues(grad(loss)({ p: params, x }) as Tensors);
    for (const [path, gradient] of Object.entries(wanted.gradients))
      expectClose(found.get(`p.${path}`)!, gradient, path);
    expectClose(found.get("x")!, wanted.inputGradient, "x");
  });

  test("ten steps of training", async () => {
    const model = nn.sequential(last as nn.Layer<4, 6>, nn.linear(6, 1));
    const optimizer = adam();
    const start = { "0": params, "1": tensors(wanted.head) };
    const y: Tensor = tensor(golden.y);
    const step = jit(({ params, state }: { params: typeof start; state: Tensors }) => {
      const loss = (p: typeof start) =>
        mean(binaryCrossEntropy(model.apply(p, x) as Tensor, y)) as Tensor;
      const { value, gradients } = valueAndGrad(loss)(params);
      const learningRate = tensor(0.01) as Tensor<[], "f32">;
      const next = optimizer.update(gradients, state as never, params, { learningRate });
      return { loss: value as Tensor, params: next.params, state: next.state as Tensors };
    });
    let now: { params: typeof start; state: Tensors } = {
      params: start,
      state: optimizer.init(start) as Tensors,
    };
    for (const loss of wanted.losses) {
      const made = await step(now);
      expect(Math.abs(((await read(made.loss)) as number) - loss)).toBeLessThan(2e-6);
      now = { params: made.params, state: made.state };
    }
    const found = hostValues(now.params as Tensors);
    for (const [path, values] of Object.entries(wanted.trained))
      expectClose(found.get(`0.${path}`)!, values, path);
  });

  test("backward in time is forward over the reversed sequence", async () => {
    const backward = makers[name](4, 6, { output: "all", reverse: true });
    const flipped: Tensor = tensor(golden.x.map((steps) => steps.toReversed()));
    const found = (await read(backward.apply(params, x))) as number[][][];
    const other = (await read(all.apply(params, flipped))) as number[][][];
    expect(found.map((steps) => steps.toReversed())).toEqual(other);
  });

  test("a row alone gives the bits that it gives in a batch", async () => {
    const batch = await last.apply(params, x).data();
    const alone = await last.apply(params, tensor(golden.x.slice(1, 2))).data();
    expect([...alone]).toEqual([...batch.slice(6, 12)]);
  });
});

test("without bias there are two parameters", async () => {
  const layer = nn.gru(4, 6, { bias: false });
  const params = layer.init(3);
  expect(tensorsOf(params as Tensors).map(([path, { shape }]) => [path, shape])).toEqual([
    ["weight_ih_l0", [18, 4]],
    ["weight_hh_l0", [18, 6]],
  ]);
  const zero = (tree: nn.Params) =>
    mapTree(tree as Tensors, isTensor, ({ shape }) =>
      tensor(new Float32Array(shape.reduce((a, b) => a * b)), { shape }),
    ) as nn.Params;
  const biased = nn.gru(4, 6);
  const same = { ...zero(biased.init(3)), ...params };
  expect(await layer.apply(params, x).data()).toEqual(await biased.apply(same, x).data());
});

test("weights start uniform on ±1/√hidden, by seed and place", async () => {
  const layer = nn.lstm(50, 25);
  const draw = await (layer.init(1, "0").weight_ih_l0 as Tensor).data();
  expect(Math.max(...draw)).toBeLessThanOrEqual(0.2);
  expect(Math.max(...draw)).toBeGreaterThan(0.199);
  expect(Math.min(...draw)).toBeLessThan(-0.199);
  expect([...draw]).not.toEqual([...(await (layer.init(1, "1").weight_ih_l0 as Tensor).data())]);
});

test("what does not fit is refused", () => {
  const layer = nn.lstm(4, 6);
  expect(() => layer.apply(layer.init(0), tensor([[1, 2, 3, 4]]))).toThrow(ShapeError);
  expect(() => layer.apply(layer.init(0), tensor([[1, 2, 3, 4]]))).toThrow(
    "lstm: takes [batch, time, 4], got [1,4].",
  );
  expect(() => layer.apply(nn.gru(4, 6).init(0), x)).toThrow(
    "lstm: parameter “weight_ih_l0” is [18,4], needs [24,4].",
  );
  expect(() => nn.gru(0, 6)).toThrow("gru: 0 inputs and 6 outputs.");
});
