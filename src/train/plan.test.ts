import { expect, test } from "vitest";
import { mlp } from "../nn/index.ts";
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
