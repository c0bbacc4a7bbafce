/** One builder an op. Shapes are checked by `infer.ts` when the node is made. */
import type { DType } from "../base/dtype.ts";
import { type Shape, sameShape } from "../base/shape.ts";
import { literalOf, type Node, node } from "./node.ts";
import type { Literal, Op, Ops, Ranges } from "./ops.ts";
import type { ConvolutionArg, WindowAxis } from "./windows.ts";

type Binary = (a: Node, b: Node) => Node;
type Unary = (a: Node) => Node;
const binary =
  (
    op:
      | "add"
      | "sub"
      | "mul"
      | "div"
      | "maximum"
      | "less"
      | "lessEqual"
      | "equal"
      | "matmul"
      | "gather",
  ): Binary =>
  (a, b) =>
    node(op, [a, b], null);
const unary =
  (
    op: "neg" | "sqrt" | "exp" | "log" | "tanh" | "erf" | "sigmoid" | "softplus" | "detach",
  ): Unary =>
  (a) =>
    node(op, [a], null);

export const input = (name: string, shape: Shape, dtype: DType = "f32"): Node =>
  node("input", [], { name, shape, dtype });
export const literal = (value: Omit<Literal, "id">): Node => node("literal", [], literalOf(value));
export const constant = (value: number, shape: Shape, dtype: DType = "f32"): Node =>
  node("constant", [], { value, shape, dtype });
export const iota = (shape: Shape, axis: number): Node => node("iota", [], { shape, axis });
/** Uniform float32 in [0, 1): Philox by (seed, purpose, step, index); `key` is i32 [seed, step]. */
export const random = (key: Node, shape: Shape, purpose: number): Node =>
  node("random", [key], { shape, purpose });

export const neg = unary("neg");
export const sqrt = unary("sqrt");
export const exp = unary("exp");
export const log = unary("log");
export const tanh = unary("tanh");
export const erf = unary("erf");
export const sigmoid = unary("sigmoid");
export const softplus = unary("softplus");
export const detach = unary("detach");
export const cast = (a: Node, dtype: DType): Node =>
  a.dtype === dtype ? a : node("cast", [a], dtype);
export const add = binary("add");
export const sub = binary("sub");
export const mul = binary("mul");
export const div = binary("div");
export const maximum = binary("maximum");
export const less = binary("less");
export const lessEqual = binary("lessEqual");
export const equal = binary("equal");
export const where = (condition: Node, a: Node, b: Node): Node =>
  node("where", [condition, a, b], null);

export const sum = (a: Node, axes: readonly number[]): Node =>
  axes.length === 0 ? a : node("sum", [a], axes);
export const max = (a: Node, axes: readonly number[]): Node =>
  axes.length === 0 ? a : node("max", [a], axes);

export const reshape = (a: Node, shape: Shape): Node =>
  sameShape(a.shape, shape) ? a : node("reshape", [a], shape);
export const permute = (a: Node, order: readonly number[]): Node =>
  order.length === a.shape.length && order.every((axis, i) => axis === i)
    ? a
    : node("permute", [a], order);
export const expand = (a: Node, shape: Shape): Node =>
  sameShape(a.shape, shape) ? a : node("expand", [a], shape);
/** `ranges` are [start, end) an axis. */
export const slice = (a: Node, ranges: Ranges): Node => node("slice", [a], ranges);
/** `ranges` are [zeros before, zeros after] an axis. */
export const pad = (a: Node, ranges: Ranges): Node => node("pad", [a], ranges);
/** The axes named run backwards. */
export const reverse = (a: Node, axes: readonly number[]): Node =>
  axes.length === 0 ? a : node("reverse", [a], axes);

/** The last two axes exchanged. */
export const transpose = (a: Node): Node => {
  const last = a.shape.length - 1;
  return permute(
    a,
    a.shape.map((_, axis) => (axis < last - 1 ? axis : axis === last ? last - 1 : last)),
  );
};
export const matmul = binary("matmul");
/**
 * x [batch, channels, ...lengths] under a sliding kernel [outputs, channels / groups, ...window]:
 * y[n, o, p] = Σ over c, q of kernel[o, c, q] · x[n, c, (p · stride + q · kernelDilation − low) / inputDilation].
 * Zeros outside x are multiplied as any other element; a place between dilated elements adds nothing.
 */
export const convolution = (x: Node, kernel: Node, arg: ConvolutionArg): Node =>
  node("convolution", [x, kernel], arg);
/** The place in x, counted row-major, of the first largest element in each window over the last axes. */
export const windowArgmax = (x: Node, axes: readonly WindowAxis[]): Node =>
  node("windowArgmax", [x], axes);
export const gather = binary("gather");
export const scatter = (a: Node, at: Node, length: number): Node =>
  node("scatter", [a, at], length);

/** Carry number `carry` after the last step of a scan. */
export const pickLast = (scan: Node, carry: number): Node =>
  node("pick", [scan], { kind: "last", carry });
/** A value of a scan's body at every step, stacked in the order of the slices. */
export const pickSteps = (scan: Node, value: Node): Node =>
  node("pick", [scan], { kind: "steps", value });

/** The same op on other inputs, made in the present scope; passes that rewrite graphs build with this. */
export const rebuilt = (n: Node, src: readonly Node[]): Node =>
  node(n.op, src as unknown as Readonly<Ops[Op]["src"]>, n.arg);
