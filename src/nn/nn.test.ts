import { readFileSync } from "node:fs";
import { describe, expect, expectTypeOf, test } from "vitest";
import { InputError, ShapeError } from "../base/errors.ts";
import {
  grad,
  hostValues,
  jit,
  read,
  square,
  sum,
  type Tensor,
  type Tensors,
  tensor,
  tensorsOf,
  zeros,
} from "../tensor/index.ts";
import * as nn from "./index.ts";
import { placeOf } from "./place.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../test/goldens/training/training.json", import.meta.url), "utf8"),
).activations as { x: number[]; results: Record<string, { value: number[]; gradient: number[] }> };
const key = (step: number): Tensor => tensor([3, step], { dtype: "i32" });
const shapesOf = (tree: Tensors) => tensorsOf(tree).map(([path, { shape }]) => [path, shape]);

describe("activations, values and gradients, equal PyTorch's", () => {
  for (const [name, wanted] of Object.entries(golden.results))
    test(name, async () => {
      const layer = nn.activations[name as nn.ActivationName];
      const x: Tensor = tensor(golden.x);
      // The golden softmax is squared, since the sum of a softmax has no gradient.
      const f = (v: Tensor): Tensor => {
        const y = layer.apply({}, v);
        return name === "softmax" ? square(y) : y;
      };
      const found = await read({ value: f(x), gradient: grad((v: Tensor) => sum(f(v)))(x) });
      for (const part of ["value", "gradient"] as const)
        for (const [i, value] of (found[part] as number[]).entries())
          expect(Math.abs(value - wanted[part][i]!)).toBeLessThanOrEqual(3e-7);
    });
});

test("step and identity", async () => {
  const x = tensor([-1, 0, 0.5]);
  expect(await read(nn.step.apply({}, x))).toEqual([0, 0, 1]);
  expect(await read(grad((v: Tensor) => sum(nn.step.apply({}, v)))(x))).toEqual([0, 0, 0]);
  expect(nn.identity.apply({}, x)).toBe(x);
});

test("linear is x Wᵀ + b on the last axis of any input", async () => {
  const layer = nn.linear(3, 2);
  const params = {
    weight: tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]),
    bias: tensor([0.5, -1]),
  };
  const run = (x: Tensor) => read(layer.apply(params, x));
  expect(await run(tensor([1, 1, 2]))).toEqual([9.5, 20]);
  expect(
    await run(
      tensor([
        [1, 0, 0],
        [0, 1, 0],
      ]),
    ),
  ).toEqual([
    [1.5, 3],
    [2.5, 4],
  ]);
  expect(await run(tensor([[[0, 0, 1]], [[0, 0, 0]]]))).toEqual([[[3.5, 5]], [[0.5, -1]]]);
  const bare = nn.linear(3, 2, { bias: false });
  expect(shapesOf(bare.init(0))).toEqual([["weight", [2, 3]]]);
  expect(await read(bare.apply(params, tensor([[1, 1, 1]])))).toEqual([[6, 15]]);
});

test("weights start uniform on ±1/√inputs, by seed and place alone", async () => {
  const layer = nn.linear(400, 50);
  const [a, again, other, elsewhere] = [
    layer.init(7, "0"),
    nn.sequential(layer).init(7)["0"]!,
    layer.init(8, "0"),
    layer.init(7, "1"),
  ].map((params) => hostValues(params));
  expect(again).toEqual(a);
  expect(other).not.toEqual(a);
  expect(elsewhere).not.toEqual(a);
  const weights = Array.from(a!.get("weight")!);
  const mean = weights.reduce((total, w) => total + w, 0) / weights.length;
  const square = weights.reduce((total, w) => total + w * w, 0) / weights.length;
  expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(1 / 20);
  // Standard errors with 20 000 draws: 2e-4 of the mean, 0.6 % of the variance 1/(3 · 400).
  expect(Math.abs(mean)).toBeLessThan(1e-3);
  expect(Math.abs(square * 1200 - 1)).toBeLessThan(0.03);
  expect(hostValues(layer.init(7)).get("bias")).not.toEqual(weights.slice(0, 50));
});

test("the place of a path is its FNV-1a hash", () => {
  // From the authors' test vectors, http://www.isthe.com/chongo/src/fnv/test_fnv.c
  expect([placeOf(""), placeOf("a"), placeOf("foobar")]).toEqual([
    0x811c9dc5, 0xe40c292c, 0xbf9cf968,
  ]);
});

test("sequential keeps PyTorch's paths, its widths and its types", async () => {
  const model = nn.sequential(nn.linear(30, 16), nn.relu, nn.linear(16, 1));
  expectTypeOf(model).toEqualTypeOf<nn.Layer<30, 1>>();
  const params = model.init(7);
  expect(shapesOf(params)).toEqual([
    ["0.weight", [16, 30]],
    ["0.bias", [16]],
    ["2.weight", [1, 16]],
    ["2.bias", [1]],
  ]);
  expect([model.inputs, model.outputs]).toEqual([30, 1]);
  const y = model.apply(params, zeros([5, 30]));
  expectTypeOf(y.shape).toEqualTypeOf<[5, 1]>();
  expect(y.shape).toEqual([5, 1]);
  const gradient = grad((p: nn.Params) => sum(model.apply(p, zeros([5, 30]))))(params);
  expect(shapesOf(gradient)).toEqual(shapesOf(params));
});

test("widths that do not fit are refused in the editor and when the model is built", () => {
  expect(() =>
    // @ts-expect-error a layer takes 15 features, the one before gives 16
    nn.sequential(nn.linear(30, 16), nn.relu, nn.linear(15, 1)),
  ).toThrow("sequential: a layer takes 15 features, the one before gives 16. Make them equal.");
  const model = nn.linear(30, 1);
  // @ts-expect-error the layer takes 30 features on the last axis, the input has 31
  expect(() => model.apply(model.init(0), zeros([8, 31]))).toThrow(
    "linear: takes 30 features on the last axis, got [8,31].",
  );
  const unknown = zeros([8, 31]) as Tensor;
  expect(() => model.apply(model.init(0), unknown)).toThrow(ShapeError);
  expect(() => model.apply({ weight: zeros([30, 1]) }, zeros([8, 30]))).toThrow(
    "linear: parameter “weight” is [30,1], needs [1,30].",
  );
  expect(() => nn.sequential(model).apply({}, zeros([8, 30]))).toThrow(
    "linear: parameter “0.weight” is missing, needs [1,30].",
  );
  expect(() => nn.linear(0, 1)).toThrow(InputError);
  expect(() => nn.dropout(1)).toThrow(InputError);
});

test("dropout scales what it keeps, by key and place, and only in training", async () => {
  const p = 0.3;
  const layer = nn.sequential(nn.dropout(p), nn.identity);
  const ones: Tensor = tensor(new Float32Array(10_000).fill(1), { shape: [100, 100] });
  expect(layer.apply({}, ones, {})).toBe(ones);
  expect(() => layer.apply({}, ones, { training: true })).toThrow(InputError);
  const at = async (step: number, path: string) =>
    Array.from(
      await nn
        .dropout(p)
        .apply({}, ones, { training: true, key: key(step), path })
        .data(),
    );
  const kept = await at(0, "0");
  expect(new Set(kept)).toEqual(new Set([0, Math.fround(1 / (1 - p))]));
  // Binomial, 10 000 draws: standard deviation 46 of 7000.
  expect(Math.abs(kept.filter((x) => x > 0).length - 7000)).toBeLessThan(230);
  expect(await at(0, "0")).toEqual(kept);
  expect(await at(1, "0")).not.toEqual(kept);
  expect(await at(0, "1")).not.toEqual(kept);
  expect(await layer.apply({}, ones, { training: true, key: key(0) }).data()).toEqual(
    Float32Array.from(kept),
  );
});

test("the step's key is data of one program", async () => {
  const layer = nn.dropout(0.5);
  const run = jit(
    (t: { x: Tensor; key: Tensor }) =>
      layer.apply({}, t.x, { training: true, key: t.key }) as Tensor,
  );
  const x: Tensor = tensor([1, 2, 3, 4, 5, 6, 7, 8]);
  const draw = async (step: number) => read(await run({ x, key: key(step) }));
  expect(await draw(5)).toEqual(await draw(5));
  expect(await draw(5)).not.toEqual(await draw(6));
});

test("an mlp, its description and its spec", async () => {
  const model = nn.mlp({
    inputs: 7,
    hidden: [5, 4],
    outputs: 2,
    activation: "gelu",
    dropout: 0.25,
  });
  expectTypeOf(model).toEqualTypeOf<nn.Layer<7, 2>>();
  expect(
    model
      .summary()
      .map((line) => [line.path, line.name, line.inputs, line.outputs, line.parameters]),
  ).toEqual([
    ["0", "linear", 7, 5, 40],
    ["1", "gelu", null, null, 0],
    ["2", "dropout 0.25", null, null, 0],
    ["3", "linear", 5, 4, 24],
    ["4", "gelu", null, null, 0],
    ["5", "dropout 0.25", null, null, 0],
    ["6", "linear", 4, 2, 10],
  ]);
  const again = nn.fromSpec(JSON.parse(JSON.stringify(model.spec)));
  expect(again.spec).toEqual(model.spec);
  expect(again.summary()).toEqual(model.summary());
  const x: Tensor = tensor([[1, 2, 3, 4, 5, 6, 7]]);
  const [a, b] = [model, again].map((each) => read(each.apply(each.init(3), x)));
  expect(await a).toEqual(await b);
  expect(nn.mlp({ inputs: 3, hidden: [], outputs: 1 }).summary()).toHaveLength(1);
});

test("every layer comes back from its spec; no other name does", () => {
  const layers = [
    nn.linear(2, 3, { bias: false }),
    nn.dropout(0.1),
    nn.recurrent(2, 3),
    nn.lstm(2, 3, { output: "all" }),
    nn.gru(2, 3, { bias: false, reverse: true }),
    nn.sequential(nn.linear(2, 3), nn.sequential(nn.relu)),
    ...Object.values(nn.activations),
  ];
  for (const { spec } of layers) expect(nn.fromSpec(spec).spec).toEqual(spec);
  for (const name of ["transformer", "toString"])
    expect(() => nn.fromSpec({ layer: name } as never)).toThrow(`There is no layer “${name}”.`);
});
