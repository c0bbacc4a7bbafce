/** Functions of single elements; operands broadcast as in NumPy, and a plain number is an operand too. */
import type { DType } from "../base/dtype.ts";
import { ShapeError } from "../base/errors.ts";
import { broadcastShape, type Shape, spellShape } from "../base/shape.ts";
import * as build from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import type { Broadcast, Must, Ok } from "./shapes.ts";
import { Tensor } from "./tensor.ts";

export type Operand = Tensor | number;
export type ShapeOf<T> = T extends Tensor<infer S, DType> ? S : [];

/** `node` repeated to `shape`: axes are added in front, axes of length 1 grow. */
export const grow = (node: Node, shape: Shape): Node => {
  const missing = shape.length - node.shape.length;
  return build.expand(
    build.reshape(node, [...Array<number>(missing).fill(1), ...node.shape]),
    shape,
  );
};

/** The operands as nodes of one shape; a number takes the dtype of the others. */
function together(name: string, operands: readonly Operand[]): Node[] {
  const tensors = operands.filter((operand) => typeof operand !== "number");
  const dtype = tensors.at(-1)?.dtype ?? "f32";
  const shape = tensors.reduce<Shape>((sofar, { shape }) => {
    const both = broadcastShape(sofar, shape);
    if (both) return both;
    throw new ShapeError(
      `${name}: ${spellShape(sofar)} and ${spellShape(shape)} do not broadcast. From the last axis on, lengths must be equal or one of them 1; reshape() one.`,
    );
  }, []);
  return operands.map((operand) =>
    typeof operand === "number" ? build.constant(operand, shape, dtype) : grow(operand.node, shape),
  );
}

type Binary<D extends DType> = <const A extends Operand, const B extends Operand>(
  a: A,
  b: B & Must<Broadcast<ShapeOf<A>, ShapeOf<B>>>,
) => Tensor<Ok<Broadcast<ShapeOf<A>, ShapeOf<B>>>, D>;
const binary =
  <D extends DType = "f32">(name: string, f: (a: Node, b: Node) => Node): Binary<D> =>
  (a, b) => {
    const [x, y] = together(name, [a, b]);
    return new Tensor(f(x!, y!));
  };

type Unary = <S extends Shape>(x: Tensor<S>) => Tensor<S, "f32">;
const unary =
  (f: (x: Node) => Node): Unary =>
  (x) =>
    new Tensor(f(x.node));
const like = (value: number, x: Node) => build.constant(value, x.shape);

export const add = binary("add", build.add);
export const sub = binary("sub", build.sub);
export const mul = binary("mul", build.mul);
export const div = binary("div", build.div);
/** The larger one; NaN if either is; at a tie each gets half of the gradient. */
export const maximum = binary("maximum", build.maximum);
/** The smaller one; NaN if either is; at a tie each gets half of the gradient. */
export const minimum = binary("minimum", (a, b) =>
  build.neg(build.maximum(build.neg(a), build.neg(b))),
);

export const less = binary<"bool">("less", build.less);
export const lessEqual = binary<"bool">("lessEqual", build.lessEqual);
export const greater = binary<"bool">("greater", (a, b) => build.less(b, a));
export const greaterEqual = binary<"bool">("greaterEqual", (a, b) => build.lessEqual(b, a));
export const equal = binary<"bool">("equal", build.equal);

export const neg = unary(build.neg);
export const exp = unary(build.exp);
/** The natural logarithm. */
export const log = unary(build.log);
export const sqrt = unary(build.sqrt);
export const tanh = unary(build.tanh);
/** The error function 2/√π ∫₀ˣ exp(−t²) dt. */
export const erf = unary(build.erf);
/** 1 / (1 + exp(−x)). */
export const sigmoid = unary(build.sigmoid);
/** log(1 + exp(x)), finite for every x. */
export const softplus = unary(build.softplus);
/** x, taken as known: no gradient flows through it. */
export const detach = unary(build.detach);
/** x where x > 0, else 0; NaN stays NaN and the gradient at 0 is 0, as in PyTorch. */
export const relu = unary((x) => build.where(build.lessEqual(x, like(0, x)), like(0, x), x));
export const square = unary((x) => build.mul(x, x));
/** |x|; the gradient at 0 is 0. */
export const abs = unary((x) => build.maximum(x, build.neg(x)));

/** The elements as `f32`, `i32` (cut toward 0, NaN is 0) or `bool` (not 0). */
export const cast = <S extends Shape, D extends DType>(x: Tensor<S>, dtype: D): Tensor<S, D> =>
  new Tensor(build.cast(x.node, dtype));

/**
 * `a` where the condition holds, else `b`, all three broadcast; no gradient flows to what was not taken.
 *
 *     where(less(x, 0), mul(x, 0.01), x); // a leaky ReLU
 */
export function where<const A extends Operand, const B extends Operand>(
  condition: Tensor,
  a: A,
  b: B & Must<Broadcast<ShapeOf<A>, ShapeOf<B>>>,
): Tensor {
  const [c, x, y] = together("where", [condition, a, b]);
  return new Tensor(build.where(c!, x!, y!));
}
