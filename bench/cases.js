/** The table of workloads: plain data, so that it can be handed to a program in any language. */
import {
  convolution,
  flatten,
  globalAveragePool,
  linear,
  lstm,
  maxPool,
  meanOverTime,
  perceptron,
  relu,
  resNet18,
  seeded,
  transformerBlock,
} from "./layers.js";
import { sizeOf } from "./numbers.js";

const million = 1 << 20;

/** C [batch, m, n] = A B over k; the letters of `views` say whether A and B are stored as they are or transposed. */
function product(m, n, k, views = "nn", batch = 1) {
  const shaped = (rows, columns, letter, seed) => {
    const shape = letter === "n" ? [rows, columns] : [columns, rows];
    return { shape: batch > 1 ? [batch, ...shape] : shape, seed };
  };
  const spelled = { nn: "A B", tn: "Aᵀ B", nt: "A Bᵀ", tt: "Aᵀ Bᵀ" }[views];
  return {
    name: `${batch > 1 ? `${batch} times ` : ""}${m} × ${n} over ${k}, ${spelled}`,
    ...{ group: "products", kind: "product", views },
    inputs: { a: shaped(m, k, views[0], 1), b: shaped(k, n, views[1], 2) },
    work: { amount: 2 * batch * m * n * k, unit: "FLOP" },
  };
}

/** A function from tensors to one tensor, measured by the bytes that must move. */
const kernel = (kind, name, inputs, bytes, settings = {}) => ({
  ...{ name, group: "kernels", kind, inputs, ...settings },
  work: { amount: bytes, unit: "B" },
});

/** Places of an image of so many rows and columns. */
function convolved(batch, inputs, outputs, places, window) {
  const padding = (window[0] - 1) / 2;
  const [image, weight] = [
    [batch, inputs, ...places],
    [outputs, inputs, ...window],
  ];
  return {
    name: `${inputs} → ${outputs} channels, ${places.join(" × ")}, windows ${window.join(" × ")}, b${batch}`,
    ...{ group: "convolutions", kind: "convolution", padding },
    inputs: { x: { shape: image, seed: 1 }, weight: { shape: weight, seed: 2 } },
    work: { amount: 2 * batch * sizeOf(places) * sizeOf(weight), unit: "FLOP" },
  };
}

/** A training step: forward, the mean loss, backward, Adam. One output is a yes or no, several are classes. */
function step(name, layers, { input, batch, outputs, flops, group = "steps" }) {
  return {
    ...{ name: `${name} b${batch}`, group, kind: "step", batch, outputs },
    layers: seeded(layers),
    inputs: { x: { shape: [batch, ...input], seed: 1 } },
    targets: { rows: batch, seed: 2, classes: Math.max(2, outputs) },
    work: flops ? { amount: flops, unit: "FLOP" } : null,
  };
}

/** Three products a layer, but for the gradient of the input that nobody asks for. */
function perceptronStep(widths, batch, group = "steps", name = widths.join("-")) {
  const weights = widths.slice(1).map((width, i) => width * widths[i]);
  const products = 3 * weights.reduce((sum, size) => sum + size, 0) - weights[0];
  const settings = {
    input: [widths[0]],
    batch,
    outputs: widths.at(-1),
    flops: 2 * batch * products,
  };
  return step(name, perceptron(widths), { ...settings, group });
}

/** The network's outputs alone. */
function forward(widths, batch) {
  const { layers, inputs } = perceptronStep(widths, batch);
  const weights = widths.slice(1).reduce((sum, width, i) => sum + width * widths[i], 0);
  return {
    ...{
      name: `forward ${widths.join("-")} b${batch}`,
      group: "forward",
      kind: "forward",
      layers,
      inputs,
    },
    work: { amount: 2 * batch * weights, unit: "FLOP" },
  };
}

const image = [
  ...[convolution(1, 16, [3, 3]), relu, maxPool(2, 2)],
  ...[convolution(16, 32, [3, 3]), relu, maxPool(2, 2)],
  ...[flatten, linear(1568, 64), relu, linear(64, 10)],
];
const signal = [
  ...[convolution(12, 32, [7]), relu, maxPool(4)],
  ...[convolution(32, 64, [5]), relu, maxPool(4)],
  ...[convolution(64, 64, [3]), relu, globalAveragePool, linear(64, 5)],
];
const sequence = [
  ...transformerBlock(64, 4),
  ...transformerBlock(64, 4),
  meanOverTime,
  linear(64, 2),
];

const doubled = [0, 1, 2, 3, 4].map((times) => 2 ** times);
const deep = (width, layers) => [width, ...Array(layers).fill(width), 1];
/** Who is measured as lengths grow. */
const scalers = ["golgi", "golgi-2", "golgi-wide", "golgi-wide-2", "torch", "torch-2"];
const scaled = (along, widths, batch, factor) => ({
  ...perceptronStep(
    widths,
    batch,
    "scaling",
    `${along} × ${factor}: ${widths[0]} wide, ${widths.length - 2} deep,`,
  ),
  ...{ along, factor, only: scalers },
});

const table = [
  product(32, 16, 30),
  product(32, 16, 30, "nt"),
  product(64, 64, 64),
  product(250, 250, 250),
  product(255, 255, 255),
  product(256, 256, 256),
  product(256, 256, 256, "nt"),
  product(256, 256, 256, "tn"),
  product(512, 512, 512),
  product(1024, 1024, 1024),
  product(64, 64, 64, "nn", 32),
  product(48, 48, 16, "nt", 128),
  product(1024, 1, 1024),
  kernel(
    "softmax",
    "softmax of 1024 rows of 1024",
    { x: { shape: [1024, 1024], seed: 1, scale: 4 } },
    8 * million,
  ),
  kernel(
    "layerNorm",
    "layer norm of 1024 rows of 1024",
    {
      x: { shape: [1024, 1024], seed: 1, scale: 4 },
      weight: { shape: [1024], seed: 2 },
      bias: { shape: [1024], seed: 3 },
    },
    8 * million,
    { epsilon: 1e-5 },
  ),
  kernel("gelu", "gelu of a million", { x: { shape: [million], seed: 1, scale: 4 } }, 8 * million),
  kernel(
    "adam",
    "Adam over a million",
    { w: { shape: [million], seed: 1 }, gradient: { shape: [million], seed: 2 } },
    28 * million,
  ),
  convolved(32, 16, 32, [28, 28], [3, 3]),
  convolved(32, 64, 64, [16, 16], [3, 3]),
  convolved(32, 32, 64, [250], [5]),
  perceptronStep([30, 16, 1], 32),
  perceptronStep([30, 64, 32, 1], 64),
  perceptronStep([784, 128, 10], 64),
  perceptronStep([784, 512, 256, 10], 128),
  perceptronStep([2000, 512, 128, 5], 256),
  perceptronStep([20000, 256, 2], 64),
  step("CNN 1 × 28 × 28", image, { input: [1, 28, 28], batch: 64, outputs: 10 }),
  step("ECG CNN 12 × 1000", signal, { input: [12, 1000], batch: 32, outputs: 5 }),
  step("ResNet-18 3 × 28 × 28", resNet18(10), { input: [3, 28, 28], batch: 32, outputs: 10 }),
  step("LSTM T48 H64", [lstm(16, 64), linear(64, 1)], { input: [48, 16], batch: 32, outputs: 1 }),
  step("transformer T64 D64 L2", sequence, { input: [64, 64], batch: 32, outputs: 2 }),
  forward([30, 16, 1], 32),
  forward([784, 128, 10], 64),
  forward([784, 512, 256, 10], 128),
  forward([2000, 512, 128, 5], 256),
  ...doubled.map((factor) => scaled("batch", deep(64, 2), 32 * factor, factor)),
  ...doubled.map((factor) => scaled("width", deep(64 * factor, 2), 32, factor)),
  ...doubled.map((factor) => scaled("depth", deep(64, 2 * factor), 32, factor)),
];

/** Every case has an id of its own: its group and name. */
export const cases = table.map((each) => ({ id: `${each.group}: ${each.name}`, ...each }));

/** Steps whose losses are compared; then each goes on with a learning rate of 0: the same step for all, for ever. */
export const comparedSteps = 6;
export const learningRate = 1e-3;
