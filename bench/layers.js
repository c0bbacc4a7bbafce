/**
 * Networks as data: lists of layers that each contestant builds in its own way. Weights are shaped
 * as PyTorch shapes them and start from `numbers.js`, uniform on ±1/√(what a sum runs over).
 */
import { sizeOf } from "./numbers.js";

const drawn = (shape, summed) => ({ shape, scale: 1 / Math.sqrt(summed) });
/** A factor near 1. */
const factor = (length) => ({ shape: [length], scale: 0.1, shift: 1 });
const offset = (length) => ({ shape: [length], scale: 0.1 });

export const linear = (inputs, outputs) => ({
  ...{ layer: "linear", inputs, outputs },
  parameters: { weight: drawn([outputs, inputs], inputs), bias: drawn([outputs], inputs) },
});

/** `window` has a length for each of one or two spatial axes; padding keeps the places if stride is 1. */
export function convolution(inputs, outputs, window, { stride = 1, bias = true } = {}) {
  const summed = inputs * sizeOf(window);
  const weight = drawn([outputs, inputs, ...window], summed);
  const padding = (window[0] - 1) / 2;
  return {
    ...{ layer: "convolution", inputs, outputs, window, stride, padding },
    parameters: bias ? { weight, bias: drawn([outputs], summed) } : { weight },
  };
}
export const maxPool = (...window) => ({ layer: "maxPool", window });
export const relu = { layer: "relu" };
export const gelu = { layer: "gelu" };
export const flatten = { layer: "flatten" };
/** [batch, channels, …places] to [batch, channels]. */
export const globalAveragePool = { layer: "globalAveragePool" };
/** [batch, times, width] to [batch, width]. */
export const meanOverTime = { layer: "meanOverTime" };
/** Of the batch's own statistics. */
export const batchNorm = (channels) => ({
  ...{ layer: "batchNorm", channels, epsilon: 1e-5 },
  parameters: { weight: factor(channels), bias: offset(channels) },
});
export const layerNorm = (width) => ({
  ...{ layer: "layerNorm", width, epsilon: 1e-5 },
  parameters: { weight: factor(width), bias: offset(width) },
});
/** body(x) + shortcut(x). */
export const residual = (body, shortcut = []) => ({ layer: "residual", body, shortcut });
/** [batch, times, inputs] to the last state [batch, hidden]. */
export const lstm = (inputs, hidden) => ({
  ...{ layer: "lstm", inputs, hidden },
  parameters: {
    weight_ih_l0: drawn([4 * hidden, inputs], hidden),
    weight_hh_l0: drawn([4 * hidden, hidden], hidden),
    bias_ih_l0: drawn([4 * hidden], hidden),
    bias_hh_l0: drawn([4 * hidden], hidden),
  },
});
/** Self-attention over [batch, times, width]: one weight for queries, keys and values, one for the result. */
export const attention = (width, heads) => ({
  ...{ layer: "attention", width, heads },
  parameters: { joint: drawn([3 * width, width], width), result: drawn([width, width], width) },
});

/** relu between linear layers. */
export const perceptron = (widths) =>
  widths
    .slice(1)
    .flatMap((width, i) => (i ? [relu, linear(widths[i], width)] : [linear(widths[0], width)]));

export function transformerBlock(width, heads) {
  const mixing = residual([layerNorm(width), attention(width, heads)]);
  const thinking = [layerNorm(width), linear(width, 4 * width), gelu, linear(4 * width, width)];
  return [mixing, residual(thinking)];
}

function residualBlock(inputs, outputs, stride) {
  const same = inputs === outputs && stride === 1;
  const [plain, strided] = [{ bias: false }, { bias: false, stride }];
  const body = [
    convolution(inputs, outputs, [3, 3], strided),
    ...[batchNorm(outputs), relu],
    convolution(outputs, outputs, [3, 3], plain),
    batchNorm(outputs),
  ];
  const shortcut = [convolution(inputs, outputs, [1, 1], strided), batchNorm(outputs)];
  return [residual(body, same ? [] : shortcut), relu];
}

/** ResNet-18 (He et al. 2015) with the stem for small images: 3 × 3, no pooling. */
export const resNet18 = (classes) => [
  convolution(3, 64, [3, 3], { bias: false }),
  ...[batchNorm(64), relu],
  ...[64, 128, 256, 512].flatMap((width, i) => [
    ...residualBlock(i ? width / 2 : 64, width, i ? 2 : 1),
    ...residualBlock(width, width, 1),
  ]),
  ...[globalAveragePool, linear(512, classes)],
];

/** The same network with a seed for each parameter, in their order. */
export function seeded(layers, next = { seed: 10 }) {
  return layers.map((layer) => {
    const made = { ...layer };
    if (layer.parameters)
      made.parameters = Object.fromEntries(
        Object.entries(layer.parameters).map(([name, each]) => [
          name,
          { ...each, seed: next.seed++ },
        ]),
      );
    for (const part of ["body", "shortcut"])
      if (layer[part]) made[part] = seeded(layer[part], next);
    return made;
  });
}

/** Names of all layers within. */
export const kindsOf = (layers) =>
  layers.flatMap(({ layer, body = [], shortcut = [] }) => [
    ...[layer],
    ...kindsOf(body),
    ...kindsOf(shortcut),
  ]);
