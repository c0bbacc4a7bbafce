import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { InputError, ShapeError } from "../base/errors.ts";
import { input, random } from "../graph/build.ts";
import { toposort, trace } from "../graph/node.ts";
import {
  add,
  cast,
  concatenate,
  defaultSession,
  equal,
  exp,
  full,
  grad,
  greater,
  greaterEqual,
  jit,
  lessEqual,
  matmul,
  maximum,
  mean,
  minimum,
  mul,
  nest,
  oneHot,
  ones,
  read,
  relu,
  slice,
  softplus,
  square,
  sum,
  Tensor,
  tensor,
  valueAndGrad,
  where,
  zeros,
} from "./index.ts";

const plain = async (x: Tensor) => Array.from(await x.data());

test("data becomes a tensor of its shape and dtype", async () => {
  const cases = [
    [tensor(3), [], "f32", [3]],
    [
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      [2, 3],
      "f32",
      [1, 2, 3, 4, 5, 6],
    ],
    [tensor([[], []]), [2, 0], "f32", []],
    [tensor([true, false]), [2], "bool", [1, 0]],
    [tensor([1.9, -2], { dtype: "i32" }), [2], "i32", [1, -2]],
    [tensor(Int32Array.of(7, 8)), [2], "i32", [7, 8]],
    [tensor(Float64Array.of(0.1, 2), { shape: [2, 1] }), [2, 1], "f32", [Math.fround(0.1), 2]],
    [tensor([5, 6, 7, 8], { shape: [2, 2] }), [2, 2], "f32", [5, 6, 7, 8]],
    [zeros([2]), [2], "f32", [0, 0]],
    [ones([1, 2]), [1, 2], "f32", [1, 1]],
    [full([2], -3, "i32"), [2], "i32", [-3, -3]],
  ] as const;
  for (const [x, shape, dtype, elements] of cases) {
    expect([x.shape, x.dtype]).toEqual([shape, dtype]);
    expect(await plain(x as Tensor)).toEqual(elements);
  }
});

test("data that has no shape is refused with the remedy", () => {
  expect(() => tensor([[1, 2], [3]])).toThrow(
    "tensor: the first entries make the shape [2,2], but on axis 1 stands 1 entries. Give every row the same length.",
  );
  expect(() => tensor([[1], 2])).toThrow(ShapeError);
  expect(() => tensor([1, [2]])).toThrow(ShapeError);
  expect(() => tensor([1, 2, 3], { shape: [2, 2] })).toThrow(
    "tensor: 3 values for [2,2], which holds 4. Mend the shape.",
  );
});

test("a tensor owns its data", async () => {
  const data = Float32Array.of(1, 2);
  const x = tensor(data);
  data[0] = 9;
  (await x.data())[1] = 9;
  expect(await read(x)).toEqual([1, 2]);
});

test("nested arrays come back as they went in", async () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length: size }, (_, i) => i - 2.5);
      const nested = nest(data, shape);
      // Below an axis of length 0 nothing tells the other lengths.
      if (size > 0) expect(tensor(nested).shape).toEqual(shape);
      expect(await read(add(tensor(data, { shape }), 0))).toEqual(nested);
    }),
    { numRuns: 30 },
  );
});

test("comparisons, choices and casts", async () => {
  const x = tensor([-1, 0, 2, Number.NaN]);
  const found = await read({
    lessEqual: lessEqual(x, 0),
    greater: greater(x, 0),
    greaterEqual: greaterEqual(x, 0),
    equal: equal(x, 2),
    where: where(greater(x, 0), x, -9),
    cast: cast(mul(x, 1.7), "i32"),
    relu: relu(x),
    maximum: maximum(x, 1),
    minimum: minimum(x, 1),
  });
  expect(found).toEqual({
    lessEqual: [1, 1, 0, 0],
    greater: [0, 0, 1, 0],
    greaterEqual: [0, 1, 1, 0],
    equal: [0, 0, 1, 0],
    where: [-9, -9, 2, -9],
    cast: [-1, 0, 3, 0],
    relu: [0, 0, 2, Number.NaN],
    maximum: [1, 1, 2, Number.NaN],
    minimum: [-1, 0, 1, Number.NaN],
  });
});

test("one-hot rows, blocks and joins", async () => {
  const labels = tensor([2, 0], { dtype: "i32" });
  expect(await read(oneHot(labels, 3))).toEqual([
    [0, 0, 1],
    [1, 0, 0],
  ]);
  expect(await read(slice(tensor([1, 2, 3, 4]), [[-3, -1]]))).toEqual([2, 3]);
  expect(await read(concatenate([tensor([[1]]), tensor([[2]])]))).toEqual([[1], [2]]);
  expect(() => concatenate([])).toThrow(InputError);
  expect(() => concatenate([zeros([2, 1]), zeros([3, 2])])).toThrow(ShapeError);
  expect(() =>
    slice(zeros([2]), [
      [0, 1],
      [0, 1],
    ]),
  ).toThrow(ShapeError);
  expect(() => sum(zeros([2, 3]), [0, -2])).toThrow(
    "sum: axes [0,-2] of [2,3]. Name each axis once, from 0 to 1 or from -2 to -1.",
  );
});

test("a tensor of a compiled function has no value outside", async () => {
  const x = add(new Tensor(input("rate", [])), 1);
  await expect(read(x)).rejects.toThrow("depends on “rate”");
});

/** Runs `use` with the slots that the default session gave and did not get back. */
async function watchSlots(use: (live: ReadonlySet<unknown>) => Promise<void>): Promise<void> {
  const session = defaultSession();
  const live = new Set<unknown>();
  const { allocate, free } = session;
  session.allocate = (...all) => {
    const slot = allocate.apply(session, all);
    live.add(slot);
    return slot;
  };
  session.free = (slot) => {
    live.delete(slot);
    free.call(session, slot);
  };
  try {
    await use(live);
  } finally {
    Object.assign(session, { allocate, free });
  }
}

test("1000 reads of as many gradients leave no slot behind", () =>
  watchSlots(async (live) => {
    const w = tensor([1, 2]);
    for (let i = 0; i < 1000; i++) {
      expect(await read(grad((v: Tensor) => sum(mul(v, i)))(w))).toEqual([i, i]);
      expect(live.size).toBe(0);
    }
  }));

test("a compiled function that nobody holds gives its slots back", () =>
  watchSlots(async (live) => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const use = async () => void (await jit((x: Tensor) => add(x, x) as Tensor)(tensor([1])));
    await use();
    expect(live.size).toBe(2);
    for (let i = 0; i < 100 && live.size > 0; i++) {
      collect();
      await new Promise(setImmediate);
    }
    expect(live.size).toBe(0);
  }));

test("the gradient has the tree of the parameters", async () => {
  const params = { "0": { weight: tensor([[1, 2]]), bias: tensor([3]) }, "1": {} };
  const f = (p: typeof params) => sum(add(square(p["0"].weight), p["0"].bias));
  expect(await read(valueAndGrad(f)(params))).toEqual({
    value: 11,
    gradients: { "0": { weight: [[2, 4]], bias: [2] }, "1": {} },
  });
});

test("parameters that are one node have each their own gradient", async () => {
  const z = zeros([2]);
  const f = ({ a, b }: { a: Tensor; b: Tensor }) => sum(add(a, mul(b, 2)));
  expect(await read(grad(f)({ a: z, b: z }))).toEqual({ a: [1, 1], b: [2, 2] });
  const computed = trace(() => grad(f)({ a: z, b: exp(z) }));
  expect(await read(computed)).toEqual({ a: [1, 1], b: [2, 2] });
});

test("gradients of gradients", async () => {
  const cube = (x: Tensor) => sum(mul(square(x), x));
  const second = grad((x: Tensor) => sum(grad(cube)(x)));
  expect(await read(grad((x: Tensor) => sum(second(x)))(tensor([2, 5])))).toEqual([6, 6]);
  // d/dx of x · d/dy (x y²) at y = x: the inner y is another variable than the outer x.
  const inner = (x: Tensor) => mul(x, grad((y: Tensor) => mul(x, square(y)))(x));
  expect(await read(grad(inner)(tensor(3)))).toBe(54);
});

test("a gradient needs one number and a float", () => {
  expect(() => grad((x: Tensor) => x)(zeros([2]))).toThrow(
    "grad: the function gives [2], a gradient needs one number. Take its mean() or sum().",
  );
});

test("jit compiles once a signature and follows its inputs", async () => {
  let traced = 0;
  const f = jit(({ w, x }: { w: Tensor; x: Tensor }) => {
    traced++;
    return { y: matmul(x, w), loss: mean(softplus(matmul(x, w))) };
  });
  const w = tensor([[1], [2]]);
  expect(await read((await f({ w, x: tensor([[1, 1]]) })).y)).toEqual([[3]]);
  expect(await read((await f({ w: add(w, 1), x: tensor([[1, 2]]) })).y)).toEqual([[8]]);
  expect(traced).toBe(1);
  expect((await f({ w, x: ones([3, 2]) })).y.shape).toEqual([3, 1]);
  expect(traced).toBe(2);
});

test("jit takes a bare tensor, and its results may go in again", async () => {
  const double = jit((x: Tensor) => add(x, x) as Tensor);
  expect(await read(await double(await double(tensor([1, 2]))))).toEqual([4, 8]);
  const negate = jit((x: Tensor) => ({ same: x, not: equal(cast(x, "f32"), 0) as Tensor }));
  expect(await read(await negate(tensor([true, false])))).toEqual({ same: [1, 0], not: [0, 1] });
});

test("a scope's nodes are shared and random keys are data", async () => {
  const twice = trace(() => {
    const x = zeros([2]);
    return add(exp(x), exp(x));
  });
  expect(toposort([twice.node]).filter(({ op }) => op === "exp")).toHaveLength(1);
  const draw = jit((key: Tensor) => new Tensor(random(key.node, [3], 1)));
  const draws = [0, 1, 0].map((step) => draw(tensor([7, step], { dtype: "i32" })));
  const [a, b, again] = (await Promise.all(draws)).map((x) => read(x));
  expect(await a).toEqual(await again);
  expect(await a).not.toEqual(await b);
});
