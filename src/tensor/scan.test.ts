import { expect, test } from "vitest";
import { InputError, ShapeError } from "../base/errors.ts";
import {
  add,
  cast,
  concatenate,
  grad,
  inspectGraph,
  matmul,
  mul,
  read,
  scan,
  spellGraph,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "./index.ts";

const running = (carry: Tensor, x: Tensor) => {
  const next: Tensor = add(carry, x);
  return { carry: next, output: next };
};

test("a running sum, either way", async () => {
  const over: Tensor = tensor([1, 2, 4]);
  const initial: Tensor = tensor(10);
  expect(await read(scan(running, { initial, over }))).toEqual({
    carry: 17,
    outputs: [11, 13, 17],
  });
  expect(await read(scan(running, { initial, over, reverse: true }))).toEqual({
    carry: 17,
    outputs: [17, 16, 14],
  });
});

test("no steps: the carry is what it was, and there are no outputs", async () => {
  const found = scan(running, { initial: tensor(3) as Tensor, over: zeros([0]) as Tensor });
  expect(await read(found)).toEqual({ carry: 3, outputs: [] });
});

test("trees of carries, slices and outputs; Fibonacci, weighted", async () => {
  const step = ({ a, b }: { a: Tensor; b: Tensor }, { x, k }: { x: Tensor; k: Tensor }) => ({
    carry: { a: b, b: add(a, b) as Tensor },
    output: { term: a, product: mul(a, add(x, cast(k, "f32"))) as Tensor },
  });
  const found = scan(step, {
    initial: { a: tensor(0) as Tensor, b: tensor(1) as Tensor },
    over: {
      x: tensor([1, 1, 1, 1, 1, 1]) as Tensor,
      k: tensor([0, 1, 0, 1, 0, 1], { dtype: "i32" }),
    },
  });
  expect(await read(found)).toEqual({
    carry: { a: 8, b: 13 },
    outputs: { term: [0, 1, 1, 2, 3, 5], product: [0, 2, 1, 4, 3, 10] },
  });
});

test("the gradient flows to all that a step reads", async () => {
  // h3 = ((h w + x0) w + x1) w + x2
  const f = ({ h, w, x }: { h: Tensor; w: Tensor; x: Tensor }): Tensor =>
    scan((carry: Tensor, each: Tensor) => ({ carry: add(mul(carry, w), each), output: carry }), {
      initial: h,
      over: x,
    }).carry;
  const at = { h: tensor(2) as Tensor, w: tensor(3) as Tensor, x: tensor([5, 7, 11]) as Tensor };
  expect(await read(f(at))).toEqual(2 * 27 + 5 * 9 + 7 * 3 + 11);
  expect(await read(grad(f)(at))).toEqual({
    h: 27,
    w: 3 * 2 * 9 + 2 * 5 * 3 + 7,
    x: [9, 3, 1],
  });
  const second = grad((w: Tensor) => grad(f)({ ...at, w }).w);
  expect(await read(second(at.w))).toEqual(6 * 2 * 3 + 2 * 5);
});

test("a matrix to a power: steps without slices of their own", async () => {
  const m: Tensor = tensor([
    [1, 1],
    [1, 0],
  ]);
  const found = scan((carry: Tensor, _: Tensor) => ({ carry: matmul(carry, m), output: _ }), {
    initial: m,
    over: zeros([9]) as Tensor,
  });
  expect(await read(found.carry)).toEqual([
    [89, 55],
    [55, 34],
  ]);
});

test("every result of a scan has its line and gradient", async () => {
  const x: Tensor = tensor([1, 2]);
  const found = scan(running, { initial: tensor(10) as Tensor, over: x });
  const lines = await inspectGraph(add(sum(found.outputs), found.carry) as Tensor, { x });
  expect(spellGraph(lines)).toMatchInlineSnapshot(`
    "name  formula                              value      gradient
    x                                   [1.00, 2.00]  [3.00, 2.00]
    v1    a value of each of 2 steps  [11.00, 13.00]  [1.00, 1.00]
    v2    Σ v1 over axis 0                   [24.00]        [1.00]
    v3    v2 as []                             24.00          1.00
    v4    carry 0 after 2 steps                13.00          1.00
    v5    v3 + v4                              37.00          1.00"
  `);
});

test("what does not fit is refused", () => {
  const x: Tensor = tensor([1, 2, 3]);
  expect(() =>
    scan((c: Tensor, v: Tensor) => ({ carry: concatenate([c, c]), output: v }), {
      initial: x,
      over: x,
    }),
  ).toThrow("scan: carry 0 enters as f32 [3] and leaves as f32 [6]. A step must keep");
  expect(() => scan(running, { initial: x, over: {} as Tensor })).toThrow(InputError);
  const uneven = { a: x, b: tensor([1, 2]) as Tensor };
  const step = (c: Tensor) => ({ carry: c, output: c });
  expect(() => scan(step, { initial: x, over: uneven })).toThrow(ShapeError);
  expect(() => scan(step, { initial: x, over: uneven })).toThrow("“b” is [2] and “a” [3]");
  expect(() =>
    scan((c: Tensor, v: Tensor) => ({ carry: { c }, output: v }), { initial: x, over: x }),
  ).toThrow("the carry “” and returns “c”");
});
