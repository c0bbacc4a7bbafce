import { expect, test } from "vitest";
import * as nn from "../nn/index.ts";
import { fit, predict } from "./fit.ts";

const side = 6;
const rows = 48;
/** A bright bar, upright or lying, at a place that varies, in faint noise. */
const data = Float32Array.from({ length: rows * side * side }, (_, i) => {
  const [row, y, x] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
  const bar = (row % 2 === 0 ? x : y) === row % 5;
  return (bar ? 1 : 0) + 0.1 * Math.sin(7.3 * i);
});
const targets = Float32Array.from({ length: rows }, (_, row) => row % 2);
const samples = { rows, inputs: { table: { shape: [1, side, side], data } }, targets };

test("a network of convolutions learns images, in batches that do not divide the rows", async () => {
  const trained = await fit(
    () =>
      nn.sequential(
        nn.convolution2d(1, 6, 3, { padding: 1 }),
        nn.relu,
        nn.maxPool2d(2),
        nn.convolution2d(6, 8, 3),
        nn.relu,
        nn.flatten,
        nn.linear(8, 1),
      ),
    samples,
    { loss: "binaryCrossEntropy", epochs: 30, batchSize: 10, seed: 1 },
  );
  const logits = await predict(trained, samples);
  expect(Array.from(targets, (wanted, row) => Number(logits[row]! > 0) === wanted)).not.toContain(
    false,
  );
});
