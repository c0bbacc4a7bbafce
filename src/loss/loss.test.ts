import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShapeError } from "../base/errors.ts";
import {
  cast,
  grad,
  oneHot,
  read,
  sigmoid,
  sub,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../tensor/index.ts";
import {
  binaryCrossEntropy,
  categoricalCrossEntropy,
  type LossName,
  losses,
  meanSquaredError,
  weightedMean,
} from "./index.ts";

interface Golden {
  loss: LossName;
  outputs: number[][];
  targets: number[] | number[][];
  rows: number[];
  gradient: number[][];
  labels?: boolean;
}
const golden = JSON.parse(
  readFileSync(new URL("../../test/goldens/training/training.json", import.meta.url), "utf8"),
).losses as Golden[];

function expectClose(found: readonly number[], wanted: readonly number[]): void {
  const largest = Math.max(...wanted.map(Math.abs));
  const worst = Math.max(...wanted.map((b, i) => Math.abs(found[i]! - b)));
  expect(found).toHaveLength(wanted.length);
  expect(worst).toBeLessThanOrEqual(2e-6 * largest);
}

describe("values of the rows and gradients equal PyTorch's", () => {
  for (const [i, { loss, outputs, targets, rows, gradient, labels }] of golden.entries())
    test(`${loss}, case ${i}`, async () => {
      const y: Tensor = labels ? cast(tensor(targets) as Tensor, "i32") : tensor(targets);
      const f = (z: Tensor) => losses[loss](z, y);
      const found = await read({
        rows: f(tensor(outputs)),
        gradient: grad((z: Tensor) => sum(f(z)))(tensor(outputs)),
      });
      expectClose(found.rows as number[], rows);
      expectClose((found.gradient as number[][]).flat(), gradient.flat());
    });
});

test("the gradient of binary cross-entropy is σ(z) − y, to the bit", async () => {
  const logit = fc.float({ noNaN: true, min: Math.fround(-1e4), max: Math.fround(1e4) });
  const pairs = fc.array(fc.tuple(logit, fc.constantFrom(0, 1, 0.25)), {
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(pairs, async (rows) => {
      const z: Tensor = tensor(rows.map(([value]) => [value]));
      const y: Tensor = tensor(rows.map(([, value]) => [value]));
      const gradient = grad((x: Tensor) => sum(binaryCrossEntropy(x, y)))(z);
      const [found, wanted] = await Promise.all([gradient.data(), sub(sigmoid(z), y).data()]);
      expect(found).toEqual(wanted);
    }),
    { numRuns: 30 },
  );
});

test("one-hot rows and class numbers give the same loss", async () => {
  const logits = tensor([
    [0.2, -1, 3],
    [100, 0, -100],
  ]);
  const labels = tensor([2, 1], { dtype: "i32" });
  const [a, b] = await Promise.all([
    read(categoricalCrossEntropy(logits, labels)),
    read(categoricalCrossEntropy(logits, oneHot(labels, 3))),
  ]);
  expect(a).toEqual(b);
  expect(a[1]).toBe(100);
});

test("a weight of 0 leaves a row out, of its loss and of its gradient", async () => {
  const y = tensor([[1], [0], [7]]);
  const f = (x: Tensor) => weightedMean(meanSquaredError(x, y), tensor([1, 3, 0]));
  const x: Tensor = tensor([[3], [1], [9]]);
  expect(await read({ value: f(x), gradient: grad(f)(x) })).toEqual({
    value: (4 + 3) / 4,
    gradient: [[1], [1.5], [0]],
  });
});

test("shapes that do not belong together are refused", () => {
  // @ts-expect-error [rows, 1] and [rows]
  expect(() => binaryCrossEntropy(zeros([4, 1]), zeros([4]))).toThrow(
    "binaryCrossEntropy: outputs [4,1], targets [4]. Both need the same shape [rows, …]; reshape() one.",
  );
  expect(() => meanSquaredError(zeros([]), zeros([]))).toThrow(ShapeError);
  expect(() => categoricalCrossEntropy(zeros([4, 3]), zeros([4]))).toThrow(
    "categoricalCrossEntropy: logits [4,3], targets [4] f32.",
  );
  expect(() => weightedMean(zeros([4]), zeros([3]))).toThrow(ShapeError);
});
