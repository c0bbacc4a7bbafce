/** Checked by the compiler: a shape that is inferred wrongly, or a mistake that passes, is a type error. */
import { expect, expectTypeOf, test } from "vitest";
import { ShapeError } from "../base/errors.ts";
import {
  add,
  equal,
  full,
  matmul,
  max,
  mean,
  read,
  softmax,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "./index.ts";
import type { Broadcast, Fed, MatMul, Same, Wrong } from "./shapes.ts";

const [x, w, b] = [zeros([32, 30]), zeros([30, 16]), zeros([16])];
const batch = zeros([5, 30]) as Tensor as Tensor<[number, 30]>;
const anything: Tensor = zeros([32, 30]);

test("literal lengths go through", () => {
  expectTypeOf(add(matmul(x, w), b).shape).toEqualTypeOf<[32, 16]>();
  expectTypeOf(matmul(batch, w).shape).toEqualTypeOf<[number, 16]>();
  expectTypeOf(matmul(zeros([2, 1, 3, 4]), zeros([5, 4, 7])).shape).toEqualTypeOf<[2, 5, 3, 7]>();
  expectTypeOf(x.transpose().shape).toEqualTypeOf<[30, 32]>();
  expectTypeOf(softmax(w).shape).toEqualTypeOf<readonly [30, 16]>();
  expectTypeOf(add(x, 1).shape).toEqualTypeOf<[32, 30]>();
  expectTypeOf(sum(x).shape).toEqualTypeOf<[]>();
  expectTypeOf(mean(x, -1).shape).toEqualTypeOf<[32]>();
  expectTypeOf(max(x, 0).shape).toEqualTypeOf<[30]>();
  expectTypeOf(equal(x, 1)).toEqualTypeOf<Tensor<[32, 30], "bool">>();
  expectTypeOf(full([3], 1, "i32")).toEqualTypeOf<Tensor<readonly [3], "i32">>();
  expectTypeOf(tensor([[1, 2, 3]]).shape).toEqualTypeOf<readonly [1, 3]>();
  expectTypeOf(tensor([true]).dtype).toEqualTypeOf<"bool">();
  expectTypeOf(read(tensor([[1, 2, 3]]))).toEqualTypeOf<Promise<number[][]>>();
  expectTypeOf(read({ a: sum(x) })).toEqualTypeOf<Promise<{ a: number }>>();
});

test("what the editor says", () => {
  expectTypeOf<MatMul<[32, 30], [16, 4]>>().toEqualTypeOf<
    Wrong<"matmul: inner lengths 30 and 16 differ. Transpose one?">
  >();
  expectTypeOf<Broadcast<[3, 4], [5]>>().toEqualTypeOf<
    Wrong<"broadcast: lengths 4 and 5 differ and neither is 1">
  >();
  expectTypeOf<Fed<[8, 31], 30, 16>>().toEqualTypeOf<
    Wrong<"the layer takes 30 features on the last axis, the input has 31">
  >();
  expectTypeOf<Same<[8, 1], [8]>>().toEqualTypeOf<Wrong<"one shape has 2 axes, the other 1">>();
  expectTypeOf<Same<[8, 1], [8, 2]>>().toEqualTypeOf<
    Wrong<"the shapes must be equal, and lengths 1 and 2 differ">
  >();
  expectTypeOf<Same<[number, 1], [8, 1]>>().toEqualTypeOf<readonly number[]>();
});

test("the builders refuse what the types refuse", () => {
  // @ts-expect-error inner lengths
  expect(() => matmul(w, x)).toThrow(
    "matmul: [30,16] x [32,30]: inner lengths 16 and 32 differ. Transpose one with transpose()?",
  );
  // @ts-expect-error neither is 1
  expect(() => add(x, b)).toThrow("add: [32,30] and [16] do not broadcast.");
  // @ts-expect-error one axis
  expect(() => matmul(x, b)).toThrow(ShapeError);
});

test("unknown lengths pass the types", () => {
  expect(matmul(anything, w).shape).toEqual([32, 16]);
  expect(add(anything, 1).shape).toEqual([32, 30]);
  expect(() => matmul(w, anything)).toThrow(ShapeError);
});
