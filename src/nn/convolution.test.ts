import { readFileSync } from "node:fs";
import { describe, expect, expectTypeOf, test } from "vitest";
import { InputError, ShapeError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { mapTree } from "../base/tree.ts";
import { categoricalCrossEntropy } from "../loss/index.ts";
import { momentum, type State } from "../optim/index.ts";
import {
  averagePool,
  type ConvolutionOptions,
  convolution,
  grad,
  hostValues,
  isTensor,
  jit,
  maxPool,
  mean,
  mul,
  type PoolOptions,
  read,
  reverse,
  sum,
  type Tensor,
  type Tensors,
  tensor,
  valueAndGrad,
  zeros,
} from "../tensor/index.ts";
import * as nn from "./index.ts";

interface Result {
  readonly x: number[];
  readonly shape: number[];
  readonly y: number[];
  readonly gradients: number[][];
}
interface Training {
  readonly losses: number[];
  readonly tenth: Record<string, number[]>;
}
const golden = JSON.parse(
  readFileSync(new URL("../../test/goldens/convolution/convolution.json", import.meta.url), "utf8"),
) as {
  convolutions: (Result & { kernel: number[]; options: ConvolutionOptions })[];
  pools: (Result & { kind: "maxPool" | "averagePool"; options: PoolOptions })[];
  image: Training;
  signal: Training;
};

/** The sines of the script. */
const wave = (shape: readonly number[], phase: number, of = (x: number) => x): Tensor =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
      of(Math.fround(Math.sin(1.7 * i + phase))),
    ),
    { shape },
  );

function expectClose(found: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  const largest = Math.max(...wanted.map(Math.abs));
  expect(found).toHaveLength(wanted.length);
  const worst = Math.max(...wanted.map((b, i) => Math.abs(found[i]! - b)));
  expect(worst).toBeLessThanOrEqual(tolerance * largest);
}

type Inputs = Readonly<Record<string, Tensor>>;

async function expectResult(f: (inputs: Inputs) => Tensor, inputs: Inputs, wanted: Result) {
  const y = f(inputs);
  expect(y.shape).toEqual(wanted.shape);
  const gradients = grad((given: Inputs) => sum(mul(f(given), wave(wanted.shape, 0.7))))(inputs);
  expectClose(await y.data(), wanted.y, 2e-6);
  for (const [i, gradient] of Object.values(gradients).entries())
    expectClose(await gradient.data(), wanted.gradients[i]!, 2e-6);
}

describe("convolutions and their gradients equal PyTorch's", () => {
  for (const { x, kernel, options, ...wanted } of golden.convolutions)
    test(`[${x}] by [${kernel}] ${JSON.stringify(options)}`, () =>
      expectResult(
        ({ x, kernel }) => convolution(x!, kernel!, options),
        { x: wave(x, 0.3), kernel: wave(kernel, 1.1) },
        { x, ...wanted },
      ));
});

describe("pooling and its gradient equal PyTorch's, also where elements tie", () => {
  // halves go to the even number, as in torch.round
  const round = (v: number) => {
    const near = Math.round(v);
    return Math.abs(v - Math.trunc(v)) === 0.5 ? 2 * Math.round(v / 2) : near;
  };
  for (const { kind, x, options, ...wanted } of golden.pools)
    test(`${kind} of [${x}] ${JSON.stringify(options)}`, () =>
      expectResult(
        ({ x }) => (kind === "maxPool" ? maxPool : averagePool)(x!, options),
        { x: wave(x, 0.3, (v) => round(Math.fround(v * 3))) },
        { x, ...wanted },
      ));
});

const image = nn.sequential(
  nn.convolution2d(1, 4, 3, { padding: 1 }),
  nn.relu,
  nn.maxPool2d(2),
  nn.convolution2d(4, 6, 3, { stride: 2, padding: 1 }),
  nn.relu,
  nn.flatten,
  nn.linear(24, 3),
);
const signal = nn.sequential(
  nn.convolution1d(3, 6, 5, { padding: 2, groups: 3 }),
  nn.tanh,
  nn.averagePool1d(3, { stride: 2, padding: 1 }),
  nn.convolution1d(6, 4, 3, { dilation: 2, bias: false }),
  nn.globalAveragePool,
  nn.flatten,
  nn.linear(4, 3),
);

/** The first parameters of the script: sines over the root of what an output sums. */
function firstParams(model: nn.AnyLayer): Tensors {
  let next = 0;
  return mapTree(model.init(0) as Tensors, isTensor, ({ shape }) => {
    const root = Math.fround(Math.sqrt(sizeOf(shape.slice(1))));
    return wave(shape, next++, (v) => Math.fround(v / root));
  });
}

describe("ten steps equal PyTorch's", () => {
  const labels = tensor([0, 1, 2, 0, 1, 2], { dtype: "i32" });
  for (const [name, model, x] of [
    ["image", image, wave([6, 1, 8, 8], 0.3)],
    ["signal", signal, wave([6, 3, 20], 0.3)],
  ] as const)
    test(name, async () => {
      const wanted = golden[name];
      const optimizer = momentum({ learningRate: 0.1 });
      const step = jit((now: { params: Tensors; state: State; learningRate: Tensor }) => {
        const { value, gradients } = valueAndGrad((params: Tensors) =>
          mean(categoricalCrossEntropy(model.apply(params as nn.Params, x) as Tensor, labels)),
        )(now.params);
        return { ...optimizer.update(gradients, now.state, now.params, now), value };
      });
      let params = firstParams(model);
      let state = optimizer.init(params);
      for (const loss of wanted.losses) {
        const next = await step({ params, state, learningRate: tensor(0.1) });
        [params, state] = [next.params, next.state];
        expect((await next.value.data())[0]).toBeCloseTo(loss, 5);
      }
      const found = hostValues(params);
      expect([...found.keys()]).toEqual(Object.keys(wanted.tenth));
      for (const [path, values] of found) expectClose(values, wanted.tenth[path]!, 2e-5);
    });
});

test("layers describe themselves, and come back from their spec", async () => {
  expect(image.summary().map(({ name, parameters }) => [name, parameters])).toEqual([
    ["convolution2d", 40],
    ["relu", 0],
    ["maxPool2d 2 × 2", 0],
    ["convolution2d", 222],
    ["relu", 0],
    ["flatten", 0],
    ["linear", 75],
  ]);
  expect([image.inputs, image.outputs]).toEqual([null, 3]);
  for (const [model, shape] of [
    [image, [2, 1, 8, 8]],
    [signal, [2, 3, 20]],
    [
      nn.sequential(nn.convolution3d(1, 2, [1, 2, 3]), nn.averagePool3d(2), nn.maxPool3d(1)),
      [1, 1, 4, 4, 4],
    ],
    [nn.sequential(nn.averagePool2d(2), nn.maxPool1d(1)), null],
  ] as const) {
    const again = nn.fromSpec(JSON.parse(JSON.stringify(model.spec)));
    expect(again.spec).toEqual(model.spec);
    expect(again.summary()).toEqual(model.summary());
    if (!shape) continue;
    const [a, b] = [model, again].map((each) => read(each.apply(each.init(3), wave(shape, 0))));
    expect(await a).toEqual(await b);
  }
});

test("weights start uniform on ±1/√(inputs / groups · window)", () => {
  const values = hostValues(nn.convolution2d(32, 64, 3, { groups: 2 }).init(5));
  const weights = Array.from(values.get("weight")!);
  const bound = 1 / Math.sqrt(16 * 9);
  expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(bound);
  const square = weights.reduce((total, w) => total + w * w, 0) / weights.length;
  // Standard error with 9216 draws: 0.9 % of the variance bound²/3.
  expect(Math.abs((3 * square) / bound ** 2 - 1)).toBeLessThan(0.04);
});

test("what does not fit is refused with a remedy", () => {
  expectTypeOf(image.windowed).toEqualTypeOf<true>();
  const layer = nn.convolution2d(3, 4, 3);
  expect(() => layer.apply(layer.init(0), zeros([2, 1, 8, 8]))).toThrow(
    "convolution2d: takes [batch, 3 channels, 2 spatial axes], got [2,1,8,8].",
  );
  expect(() => layer.apply(layer.init(0), zeros([2, 3, 2, 8]))).toThrow(
    "convolution: [2,3,2,8] with kernel [4,3,3,3]: the window reaches over 3 on spatial axis 0, the padded input has 2. Use a smaller window",
  );
  expect(() => layer.apply({}, zeros([2, 3, 8, 8]))).toThrow("convolution2d: parameter “weight”");
  expect(() => nn.convolution1d(4, 6, 3, { groups: 4 })).toThrow(InputError);
  expect(() => nn.convolution2d(4, 6, [3, 3, 3])).toThrow("window [3,3,3] for 2 spatial axes");
  expect(() => nn.maxPool2d(2).apply({}, zeros([2, 3, 8]))).toThrow(ShapeError);
  expect(() => maxPool(zeros([1, 1, 8]), { window: 2, padding: 2 })).toThrow("Pad by less");
  expect(() => convolution(zeros([1, 4, 8]), zeros([4, 4, 3]), { groups: 2 })).toThrow(
    "4 channels in 2 group(s), the kernel takes 4. Give a kernel [outputs, 2, ...window].",
  );
  expect(() => convolution(zeros([1, 4, 8]), zeros([4, 4, 3]), { stride: 0.5 })).toThrow("Strides");
  expect(() => reverse(zeros([2, 3]), 2)).toThrow("reverse: axes [2] of [2,3].");
  expect(() =>
    // @ts-expect-error a layer takes 5 features, the one before gives 3
    nn.sequential(nn.convolution2d(1, 4, 3), nn.flatten, nn.linear(4, 3), nn.linear(5, 1)),
  ).toThrow("a layer takes 5 features, the one before gives 3");
});

test("reverse turns axes around", async () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(await read(reverse(x, -1))).toEqual([
    [3, 2, 1],
    [6, 5, 4],
  ]);
  expect(await read(reverse(x, 0, 1))).toEqual([
    [6, 5, 4],
    [3, 2, 1],
  ]);
});
