import { expect, test } from "vitest";
import { stream } from "../base/random.ts";
import { binaryCrossEntropy, categoricalCrossEntropy, meanSquaredError } from "../loss/index.ts";
import { grad, read, sum, type Tensor, tensor } from "../tensor/index.ts";
import * as nn from "./index.ts";

const { nextFloat } = stream({ seed: 5, purpose: "split" });
const draw = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * nextFloat() - 1));

const heads = {
  sigmoid: (z: Tensor, y: Tensor) => sum(binaryCrossEntropy(z, y)),
  softmax: (z: Tensor, y: Tensor) => sum(categoricalCrossEntropy(z, y)),
  // Half of the squared error of two outputs is their mean squared error.
  identity: (z: Tensor, y: Tensor) => sum(meanSquaredError(z, y)),
} as const;
const cases = (["sigmoid", "tanh", "relu"] as const).flatMap((activation) =>
  (["sigmoid", "softmax", "identity"] as const).map((output) => ({ activation, output })),
);

for (const { activation, output } of cases)
  test(`the δ rule and grad agree: ${activation}, then ${output}`, async () => {
    const outputs = output === "sigmoid" ? 1 : 2;
    const widths = [4, 6, 5, outputs];
    const layers = widths
      .slice(1)
      .map((width, l) => ({ weights: draw(width, widths[l]!), biases: draw(1, width)[0]! }));
    const [x, y] = [draw(1, 4)[0]!, output === "sigmoid" ? [1] : [0.25, 0.75]];
    const hand = nn.backpropagate(layers, { x, y, activation, output });
    const model = nn.mlp({ inputs: 4, hidden: [6, 5], outputs, activation });
    const params = Object.fromEntries(
      layers.map(({ weights, biases }, l) => [
        `${2 * l}`,
        { weight: tensor(weights) as Tensor, bias: tensor(biases) as Tensor },
      ]),
    );
    const score = (p: typeof params): Tensor =>
      heads[output](model.apply(p, tensor([x]) as Tensor), tensor([y]));
    const found = (await read(grad(score)(params))) as Record<
      string,
      { weight: number[][]; bias: number[] }
    >;
    for (const [l, { weights, biases }] of hand.layers.entries()) {
      const { weight, bias } = found[`${2 * l}`]!;
      for (const [i, d] of biases.entries()) {
        expect(Math.abs(bias[i]! - d)).toBeLessThan(1e-6);
        for (const [j, g] of weights[i]!.entries())
          expect(Math.abs(weight[i]![j]! - g)).toBeLessThan(1e-6);
      }
    }
  });

test("the lecture's neuron by hand", () => {
  const { outputs, deltas, layers } = nn.backpropagate([{ weights: [[2, -3]], biases: [-3] }], {
    x: [-1, -2],
    y: [0],
  });
  // ŷ = σ(1); without the factor ŷ the gradients of CS231n's circuit, −0.20 −0.39 0.20, come out.
  expect(outputs[0]).toBeCloseTo(0.7310585786300049, 14);
  expect(deltas).toEqual([outputs]);
  const slope = 1 - outputs[0]!;
  expect(layers[0]!.weights[0]!.map((g) => (g * slope).toFixed(2))).toEqual(["-0.20", "-0.39"]);
  expect((layers[0]!.biases[0]! * slope).toFixed(2)).toBe("0.20");
});
