/** Shapes in types: a literal length is checked in the editor, `number` is known only at run time. */
import type { Shape } from "../base/shape.ts";

/** A shape that cannot be; its text is what the editor shows. */
export type Wrong<Message extends string> = { readonly wrong: Message };
/** Intersected with an argument: nothing where the result is a shape, the message where it is not. */
export type Must<R> = R extends Wrong<infer Message> ? Wrong<Message> : unknown;
export type Ok<R> = R extends Shape ? R : never;

type Unknown<A extends number> = number extends A ? true : false;
/** Two lengths that must agree: the known one, or never. */
export type Agree<A extends number, B extends number> =
  Unknown<A> extends true ? B : Unknown<B> extends true ? A : A extends B ? A : never;

/** NumPy's rule, from the last axis: equal lengths, or one of them is 1. */
export type Broadcast<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? Shape
  : Grow<A, B, []>;
type Grow<A extends Shape, B extends Shape, Out extends Shape> = [A, B] extends [
  readonly [...infer RestA extends Shape, infer X extends number],
  readonly [...infer RestB extends Shape, infer Y extends number],
]
  ? X extends 1
    ? Grow<RestA, RestB, [Y, ...Out]>
    : Y extends 1
      ? Grow<RestA, RestB, [X, ...Out]>
      : [Agree<X, Y>] extends [never]
        ? Wrong<`broadcast: lengths ${X} and ${Y} differ and neither is 1`>
        : Grow<RestA, RestB, [Agree<X, Y>, ...Out]>
  : [...A, ...B, ...Out];

/** [...batch, m, k] x [...batch, k, n], the batches broadcast. */
export type MatMul<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? Shape
  : [A, B] extends [
        readonly [...infer BatchA extends Shape, infer M extends number, infer K extends number],
        readonly [...infer BatchB extends Shape, infer K2 extends number, infer N extends number],
      ]
    ? [Agree<K, K2>] extends [never]
      ? Wrong<`matmul: inner lengths ${K} and ${K2} differ. Transpose one?`>
      : Batched<Broadcast<BatchA, BatchB>, M, N>
    : Wrong<"matmul: each operand needs two axes or more, [..., m, k] and [..., k, n]">;
type Batched<Batch, M extends number, N extends number> = Batch extends Shape
  ? [...Batch, M, N]
  : Batch;

/** The last two axes exchanged. */
export type Transposed<S extends Shape> = S extends readonly [
  ...infer Batch extends Shape,
  infer M extends number,
  infer N extends number,
]
  ? [...Batch, N, M]
  : Shape;

/** Without the axes summed over; only the first, the last or all of them are followed. */
export type Reduced<S extends Shape, Axes, Keep extends boolean> = Keep extends true
  ? { [Axis in keyof S]: number }
  : undefined extends Axes
    ? []
    : Axes extends -1
      ? S extends readonly [...infer Rest extends Shape, number]
        ? Rest
        : Shape
      : Axes extends 0
        ? S extends readonly [number, ...infer Rest extends Shape]
          ? Rest
          : Shape
        : Shape;

/** Two shapes that must be equal: one where they can be, else the message. */
export type Same<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? Shape
  : A["length"] extends B["length"]
    ? Match<A, B>
    : Wrong<`one shape has ${A["length"]} axes, the other ${B["length"]}`>;
type Match<A extends Shape, B extends Shape> = [A, B] extends [
  readonly [infer X extends number, ...infer RestA extends Shape],
  readonly [infer Y extends number, ...infer RestB extends Shape],
]
  ? [Agree<X, Y>] extends [never]
    ? Wrong<`the shapes must be equal, and lengths ${X} and ${Y} differ`>
    : Match<RestA, RestB>
  : Shape;

/** Nested arrays of numbers, one level an axis. */
export type Nested<S extends Shape> = number extends S["length"]
  ? NestedNumbers
  : S extends readonly [number, ...infer Rest extends Shape]
    ? Nested<Rest>[]
    : number;
export type NestedNumbers = number | NestedNumbers[];

/** What a layer makes of its input: the last axis changes from `In` to `Out` features. */
export type Fed<S extends Shape, In extends number, Out extends number> = number extends S["length"]
  ? Shape
  : S extends readonly [...infer Batch extends Shape, infer Last extends number]
    ? [Agree<Last, In>] extends [never]
      ? Wrong<`the layer takes ${In} features on the last axis, the input has ${Last}`>
      : [...Batch, Out]
    : Wrong<"the layer needs an input with features on its last axis">;
