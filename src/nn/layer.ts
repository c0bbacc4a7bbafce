/** What a layer is: a pure function of parameters and an input, and a way to draw the parameters. */
import type { Shape } from "../base/shape.ts";
import type { Agree, Fed, Must, Ok, Wrong } from "../tensor/shapes.ts";
import type { Tensor, Tensors } from "../tensor/tensor.ts";
import type { Spec } from "./spec.ts";

/** A layer's parameters by name, `{ weight, bias }`; those of layers in it by place. */
export type Params = { readonly [name: string]: Tensors };

/** What a layer may know beside its parameters and its input. */
export interface Context {
  /** Whether this pass trains: dropout drops only then (default: no). */
  readonly training?: boolean;
  /** i32 [seed, step], from which a layer draws that is random while training. */
  readonly key?: Tensor;
  /** Where in the network the layer stands, `"2"` or `"1.0"`; layers that hold layers set it. */
  readonly path?: string;
}

/** One line of a network's description. */
export interface Summary {
  readonly path: string;
  readonly name: string;
  /** Features on the last axis, or channels; `null` where any number of them passes. */
  readonly inputs: number | null;
  readonly outputs: number | null;
  /** How many numbers the layer learns. */
  readonly parameters: number;
}

/** What every layer has, whatever its input may be. */
export interface AnyLayer {
  /** All that is needed to build the layer again, as plain JSON. */
  readonly spec: Spec;
  /** A line for the layer, or one for each layer in it; `path` is where it stands. */
  summary(path?: string): readonly Summary[];
  /** Features on the last axis of the input and of the output; `null` where they pass unchanged. */
  readonly inputs: number | null;
  readonly outputs: number | null;
  /** Set where the last axis of the result depends on more than the last axis of the input. */
  readonly windowed?: true;
  /**
   * First parameters, drawn from Philox by (seed, "initialization", path of the parameter), so that
   * a layer's draw depends on nothing but the seed and its place.
   */
  init(seed: number, path?: string): Params;
  apply(params: Params, x: Tensor, context?: Context): Tensor;
}

/** A layer on the last axis: `In` features become `Out`. */
export interface Layer<In extends number = number, Out extends number = number> extends AnyLayer {
  readonly inputs: In;
  readonly outputs: Out;
  apply<const S extends Shape>(
    params: Params,
    x: Tensor<S> & Must<Fed<S, In, Out>>,
    context?: Context,
  ): Tensor<Ok<Fed<S, In, Out>>, "f32">;
}

/** A layer that keeps the shape, whatever it is. */
export interface Keeps extends AnyLayer {
  readonly inputs: null;
  readonly outputs: null;
  apply<S extends Shape>(params: Params, x: Tensor<S>, context?: Context): Tensor<S, "f32">;
}

/**
 * A layer on [batch, channels, ...lengths], or one that ends such layers: what lies on the last axis
 * of its result depends on more than the last axis of its input.
 */
export interface Windowed extends AnyLayer {
  readonly inputs: null;
  readonly outputs: null;
  readonly windowed: true;
}

/** Walks the layers; the first pair that does not fit becomes the message. */
export type Chain<
  L extends readonly unknown[],
  Now extends number = number,
  First extends number = number,
> = L extends readonly [infer Head, ...infer Rest]
  ? Head extends { readonly windowed: true }
    ? Behind<Chain<Rest>>
    : Head extends { readonly inputs: null }
      ? Chain<Rest, Now, First>
      : Head extends {
            readonly inputs: infer I extends number;
            readonly outputs: infer O extends number;
          }
        ? [Agree<I, Now>] extends [never]
          ? Wrong<`sequential: a layer takes ${I} features, the one before gives ${Now}`>
          : Chain<Rest, O, number extends First ? I : First>
        : Layer
  : Layer<First, Now>;
/** What follows a windowed layer must fit in itself; what went before it says nothing. */
type Behind<Rest> = Rest extends AnyLayer ? AnyLayer & { readonly windowed: true } : Rest;
