import fc from "fast-check";
import { expect, test } from "vitest";
import { InputError } from "../base/errors.ts";
import { read, tensor } from "../tensor/index.ts";
import * as nn from "./index.ts";

const corners = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const table = (f: (a: number, b: number) => boolean) => corners.map(([a, b]) => [+f(a!, b!)]);

test("and, or and nand in one layer of perceptrons", async () => {
  const targets = corners.map(([a, b]) => [a! & b!, a! | b!, 1 - (a! & b!)]);
  const learned = nn.learnPerceptrons(corners, targets);
  expect(learned.converged).toBe(true);
  expect(learned.mistakes.at(-1)).toBe(0);
  expect(nn.firePerceptrons(learned, corners)).toEqual(targets);
  expect(learned.verdict).toBe(
    `Separated: epoch ${learned.mistakes.length} passed without a mistake.`,
  );
  // The same numbers in the engine: a linear layer and a step.
  const layer = nn.sequential(nn.linear(2, 3), nn.step);
  const params = { "0": { weight: tensor(learned.weights), bias: tensor(learned.biases) } };
  expect(await read(layer.apply(params, tensor(corners) as never))).toEqual(targets);
});

test("the rule, by hand: first corrections of and", () => {
  // Row 11 is the first mistake: w = (1, 1), b = 1. The next epoch corrects 00, 01 and 11.
  const { weights, biases, mistakes, converged } = nn.learnPerceptrons(
    corners,
    table((a, b) => a === 1 && b === 1),
    { epochs: 2 },
  );
  expect({ weights, biases, mistakes, converged }).toEqual({
    weights: [[2, 1]],
    biases: [0],
    mistakes: [1, 3],
    converged: false,
  });
});

test("exclusive or is no single line, and it says so", () => {
  const learned = nn.learnPerceptrons(
    corners,
    table((a, b) => a !== b),
    { epochs: 50 },
  );
  expect(learned.converged).toBe(false);
  expect(learned.mistakes).toHaveLength(50);
  expect(Math.min(...learned.mistakes)).toBeGreaterThan(0);
  expect(learned.verdict).toContain("may not be linearly separable");
});

test("separable data are separated within Novikoff's bound, in any order", () => {
  const point = fc.tuple(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
  );
  const margin = 0.05;
  const [u, v, c] = [0.6, -0.8, 0.1]; // a unit vector and an offset
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), fc.nat(9), (points, seed) => {
      const inputs = points.filter(([x, y]) => Math.abs(u * x + v * y + c) >= margin);
      fc.pre(inputs.length > 0);
      const targets = inputs.map(([x, y]) => [+(u * x + v * y + c > 0)]);
      const learned = nn.learnPerceptrons(inputs, targets, { epochs: 10_000, seed });
      expect(learned.converged).toBe(true);
      expect(nn.firePerceptrons(learned, inputs)).toEqual(targets);
      // R² ≤ 3 and γ = 0.05 / |(u, v, c)|, both with the bias as a third coordinate.
      const total = learned.mistakes.reduce((sum, wrong) => sum + wrong, 0);
      expect(total).toBeLessThanOrEqual((3 * (1 + c * c)) / margin ** 2);
    }),
    { numRuns: 50 },
  );
});

test("a seed decides the order", () => {
  const run = (seed: number) =>
    nn.learnPerceptrons(
      corners,
      table((a, b) => a === 1 && b === 1),
      { seed },
    );
  expect(run(1)).toEqual(run(1));
  expect(new Set([1, 2, 3, 4].map((seed) => `${run(seed).mistakes}`)).size).toBeGreaterThan(1);
});

test("what it cannot learn from is refused", () => {
  expect(() => nn.learnPerceptrons([[1], [2]], [[0]])).toThrow(
    "perceptron: 2 rows of inputs, 1 rows of targets.",
  );
  expect(() => nn.learnPerceptrons([], [])).toThrow(InputError);
  expect(() => nn.learnPerceptrons([[1, 2], [1]], [[0], [1]])).toThrow("perceptron: row 1 has not");
  expect(() => nn.learnPerceptrons([[Number.NaN]], [[0]])).toThrow(InputError);
  expect(() => nn.learnPerceptrons([[1]], [[-1]])).toThrow("perceptron: target -1.");
});
