import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stream } from "../base/random.ts";
import { sizeOf } from "../base/shape.ts";
import { grad as gradients } from "../grad/grad.ts";
import { input } from "../graph/build.ts";
import { evaluate } from "../graph/reference.ts";
import * as t from "./index.ts";
import { Tensor } from "./index.ts";

type F = (...x: Tensor[]) => Tensor;
const rows = t.tensor([2, 0, 2, 1], { dtype: "i32" });

/** The functions of the golden file, as Golgi writes them. */
const functions: Record<string, F> = {
  add: (x, y) => t.add(x!, y!),
  sub: (x, y) => t.sub(x!, y!),
  mul: (x, y) => t.mul(x!, y!),
  div: (x, y) => t.div(x!, y!),
  "number minus": (x) => t.sub(2, x!),
  maximum: (x, y) => t.maximum(x!, y!),
  "maximum at ties": (x, y) => t.maximum(x!, y!),
  "minimum at ties": (x, y) => t.minimum(x!, y!),
  abs: (x) => t.abs(x!),
  relu: (x) => t.relu(x!),
  square: (x) => t.square(x!),
  neg: (x) => t.neg(x!),
  exp: (x) => t.exp(x!),
  log: (x) => t.log(x!),
  sqrt: (x) => t.sqrt(x!),
  tanh: (x) => t.tanh(x!),
  erf: (x) => t.erf(x!),
  sigmoid: (x) => t.sigmoid(x!),
  softplus: (x) => t.softplus(x!),
  where: (x, y) => t.where(t.less(x!, 0.5), x!, y!),
  sum: (x) => t.sum(x!),
  "sum last": (x) => t.sum(x!, -1),
  "sum first, kept": (x) => t.sum(x!, 0, { keepDimensions: true }),
  "mean of two": (x) => t.mean(x!, [2, 0]),
  mean: (x) => t.mean(x!),
  max: (x) => t.max(x!, -1),
  "max of all": (x) => t.max(x!, [0, 1, 2]),
  variance: (x) => t.variance(x!, [0, -1]),
  "unbiased variance, kept": (x) => t.variance(x!, -1, { correction: 1, keepDimensions: true }),
  softmax: (x) => t.softmax(x!),
  "softmax of first": (x) => t.softmax(x!, 0),
  logSoftmax: (x) => t.logSoftmax(x!),
  logSumExp: (x) => t.logSumExp(x!, [0, 2]),
  "logSumExp, kept": (x) => t.logSumExp(x!, -1, { keepDimensions: true }),
  matmul: (x, y) => t.matmul(x!, y!),
  "matmul, batch by matrix": (x, y) => t.matmul(x!, y!),
  "matmul, matrix by batch": (x, y) => t.matmul(x!, y!),
  "matmul, batches": (x, y) => t.matmul(x!, y!),
  transpose: (x) => t.transpose(x!),
  permute: (x) => t.permute(x!, [2, 0, 1]),
  reshape: (x) => t.reshape(x!, [4, 6]),
  expand: (x) => t.expand(x!, [2, 3, 4]),
  slice: (x) => t.slice(x!, [[1, 2], null, [-3, -1]]),
  concatenate: (...x) => t.concatenate(x, -1),
  gather: (x) => t.gather(x!, rows),
};
interface Golden {
  inputs: t.NestedData[];
  value: t.NestedData;
  gradients: t.NestedData[];
}
const golden = JSON.parse(
  readFileSync(new URL("../../test/goldens/training/functions.json", import.meta.url), "utf8"),
) as Record<string, Golden>;

const flat = (data: unknown): number[] =>
  Array.isArray(data) ? data.flatMap(flat) : [data as number];
const close = (found: unknown, wanted: unknown) => {
  const [a, b] = [flat(found), flat(wanted)];
  const largest = Math.max(...b.map(Math.abs));
  expect(a.length).toBe(b.length);
  const worst = Math.max(...b.map((x, i) => Math.abs(a[i]! - x)));
  expect(worst).toBeLessThanOrEqual(4e-6 * largest);
};
/** Σ f(x) cos(0, 1, 2, …): a scalar that weighs each element differently. */
const scored = (f: F, x: Tensor[]): Tensor => {
  const y = f(...x);
  const cosines = Array.from({ length: sizeOf(y.shape) }, (_, i) => Math.cos(i));
  return t.sum(t.mul(y, t.tensor(cosines).reshape(y.shape)));
};

test("each golden function has a counterpart", () => {
  expect(Object.keys(functions)).toEqual(Object.keys(golden));
});

describe("value and gradient equal PyTorch's", () => {
  for (const [name, wanted] of Object.entries(golden))
    test(name, async () => {
      const x = wanted.inputs.map((data): Tensor => t.tensor(data));
      const value = functions[name]!(...x);
      const tree = Object.fromEntries(x.map((each, i) => [i, each]));
      const gradient = t.grad((now: Record<string, Tensor>) =>
        scored(functions[name]!, Object.values(now)),
      )(tree);
      const found = await t.read({ value, gradient });
      close(found.value, wanted.value);
      for (const [i, each] of wanted.gradients.entries())
        close((found.gradient as Record<string, unknown>)[i], each);
    });
});

describe("the gradient is the slope in a random direction, in float64", () => {
  for (const [name, { inputs }] of Object.entries(golden))
    test(name, () => {
      const shapes = inputs.map((data) => t.tensor(data).shape);
      const nodes = shapes.map((shape, i) => input(`x${i}`, shape));
      const y = scored(
        functions[name]!,
        nodes.map((node) => new Tensor(node)),
      ).node;
      const { nextFloat } = stream({ seed: 11, purpose: "split" });
      const positive = name === "log" || name === "sqrt";
      const draw = (low: number, high: number) =>
        shapes.map((shape) =>
          Array.from({ length: sizeOf(shape) }, () => low + (high - low) * nextFloat()),
        );
      const at = positive ? draw(0.5, 2) : draw(-2, 2);
      const along = draw(-1, 1);
      const moved = (h: number) =>
        Object.fromEntries(
          at.map((x, i) => [`x${i}`, x.map((value, j) => value + h * along[i]![j]!)]),
        );
      const f = (h: number) => evaluate([y], moved(h))[0]![0]!;
      const slope = (f(1e-5) - f(-1e-5)) / 2e-5;
      const found = evaluate(gradients(y, nodes), moved(0)).reduce(
        (total, g, i) => total + g.reduce((sum, value, j) => sum + value * along[i]![j]!, 0),
        0,
      );
      expect(Math.abs(found - slope)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(slope)));
    });
});
