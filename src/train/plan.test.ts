import { expect, test } from "vitest";
import { bestVectorBits } from "../backends/wasm/wide.ts";
import { convolution2d, flatten, linear, lstm, mlp, sequential } from "../nn/index.ts";
import { adam } from "../optim/index.ts";
import { planStep } from "./plan.ts";

test("a step's plan counts the work of its kernels and the memory it takes", () => {
  const model = mlp({ inputs: 30, hidden: [16], outputs: 1 });
  const optimizer = adam();
  const plan = planStep({ model, loss: "binaryCrossEntropy", optimizer, batchSize: 32 });
  const products = plan.kernels.filter(({ text }) => text.startsWith("product"));
  const work = 32 * 30 * 16 * 2; // 2 m n k of the first layer, forward and for its weights
  const small = 32 * 16 * 2; // of the second, forward, for its weights and for its input
  const update = 15; // of Adam, for each weight, done with its gradient
  expect(products.map(({ operations }) => operations).sort((a, b) => a - b)).toEqual([
    small + 16 * update,
    small + 32 * 8, // the loss's gradient
    small + 2 * 32 * 16, // the rectifier's
    work + 3 * 32 * 16, // the bias and the rectifier
    work + 30 * 16 * update,
  ]);
  expect(plan.bytes.parameters).toBe(4 * 513);
  expect(plan.bytes.state).toBe(4 * (2 * 513 + 2)); // two moments and two corrections
  expect(plan.bytes.step).toBeGreaterThan(4 * 32 * (30 + 16));
  expect(plan.kernels.every(({ microseconds, bytes }) => microseconds > 0 && bytes > 0)).toBe(true);
});

test("of images, a step has the convolutions that its layer and gradients need", () => {
  const images = sequential(convolution2d(1, 2, [3, 3], { padding: 1 }), flatten, linear(32, 1));
  const optimizer = adam();
  const options = { model: images, loss: "binaryCrossEntropy", optimizer, batchSize: 8 } as const;
  const plan = planStep({ ...options, shape: [1, 4, 4] });
  const convolutions = plan.kernels.filter(({ text }) => text.startsWith("convolution"));
  expect(convolutions).toHaveLength(2); // forward, and for the weights: nobody asks for x's
  expect(convolutions[0]).toMatchObject({ operations: 2 * 8 * 16 * 2 * 9 });
  expect([plan.threads, plan.vectorBits]).toEqual([1, bestVectorBits()]);
});

test("of sequences, a step has loops, and the kernels of one step each", () => {
  const model = sequential(lstm(3, 4), linear(4, 1));
  const optimizer = adam();
  const options = { model, loss: "binaryCrossEntropy", optimizer, batchSize: 8 } as const;
  const loops = planStep({ ...options, shape: [6, 3] }).kernels.filter(({ loop }) => loop);
  expect(loops.map(({ text }) => text.split(",")[0])).toEqual([
    "loop 6 steps",
    "loop 6 steps backward",
  ]);
  for (const { loop, operations, text } of loops) {
    const inside = loop!.body.reduce((sum, each) => sum + each.operations, 0);
    expect(operations).toBe(6 * inside);
    expect(loop!.body.some((each) => each.text.startsWith("product"))).toBe(true);
    expect(text).not.toContain("\n");
  }
});
