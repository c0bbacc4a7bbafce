/** Tensors from numbers. */
import { type DType, type HostArray, hostArray } from "../base/dtype.ts";
import { ShapeError } from "../base/errors.ts";
import { type Shape, sizeOf, spellShape } from "../base/shape.ts";
import { constant, literal } from "../graph/build.ts";
import type { NestedNumbers } from "./shapes.ts";
import { Tensor } from "./tensor.ts";

/** Numbers, booleans, or arrays of them nested one level an axis. */
export type NestedData = number | boolean | readonly NestedData[];
type Flat = Float32Array | Float64Array | Int32Array | readonly number[];
type DTypeOf<T> = NestedNumbers extends T
  ? DType
  : T extends boolean
    ? "bool"
    : T extends readonly (infer Inner)[]
      ? DTypeOf<Inner>
      : T extends Int32Array
        ? "i32"
        : "f32";
type NestedShape<T> = NestedNumbers extends T
  ? Shape
  : T extends readonly (infer Inner)[]
    ? readonly [T["length"], ...NestedShape<Inner>]
    : [];

const isTyped = (data: unknown): data is Float32Array | Float64Array | Int32Array =>
  ArrayBuffer.isView(data);

function nestedShape(data: NestedData): Shape {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level); level = level[0] as NestedData)
    shape.push(level.length);
  return shape;
}

function* elementsOf(data: NestedData, shape: Shape, axis = 0): Generator<number | boolean> {
  if (!Array.isArray(data)) {
    if (axis !== shape.length) throw ragged(shape, axis, "a number");
    yield data as number | boolean;
  } else if (data.length !== shape[axis]) throw ragged(shape, axis, `${data.length} entries`);
  else for (const inner of data as readonly NestedData[]) yield* elementsOf(inner, shape, axis + 1);
}
const ragged = (shape: Shape, axis: number, found: string) =>
  new ShapeError(
    `tensor: the first entries make the shape ${spellShape(shape)}, but on axis ${axis} stands ${found}. Give every row the same length.`,
  );

function hostData(data: Iterable<number | boolean>, dtype: DType, shape: Shape): HostArray {
  const out = hostArray(dtype, sizeOf(shape));
  let length = 0;
  for (const value of data) {
    if (length < out.length) out[length] = dtype === "bool" ? +Boolean(value) : Number(value);
    length++;
  }
  if (length !== out.length)
    throw new ShapeError(
      `tensor: ${length} values for ${spellShape(shape)}, which holds ${out.length}. Mend the shape.`,
    );
  return out;
}

/**
 * A tensor of given numbers, which are copied: nested arrays, or a flat or typed array and its
 * shape. Numbers become `f32`, booleans `bool`, an `Int32Array` `i32`, unless `dtype` says otherwise.
 *
 *     tensor([[1, 2], [3, 4]]);
 *     tensor(new Float32Array(6), { shape: [2, 3] });
 *     tensor([0, 2, 1], { dtype: "i32" });
 */
export function tensor<
  const T extends NestedData | Flat,
  const S extends Shape = T extends NestedData ? NestedShape<T> : [number],
  D extends DType = DTypeOf<T>,
>(data: T, options: { readonly shape?: S; readonly dtype?: D } = {}): Tensor<S, D> {
  const found = isTyped(data) ? [data.length] : nestedShape(data as NestedData);
  const values = isTyped(data) ? data : elementsOf(data as NestedData, found);
  const shape = options.shape ?? found;
  const dtype = options.dtype ?? dtypeOf(data as NestedData | Flat);
  return new Tensor(literal({ shape, dtype, data: hostData(values, dtype, shape) }));
}

function dtypeOf(data: NestedData | Flat): DType {
  if (data instanceof Int32Array) return "i32";
  let first: unknown = data;
  while (Array.isArray(first)) first = first[0];
  return typeof first === "boolean" ? "bool" : "f32";
}

/** `value` everywhere. */
export const full = <const S extends Shape, D extends DType = "f32">(
  shape: S,
  value: number,
  dtype?: D,
): Tensor<S, D> => new Tensor(constant(value, shape, dtype ?? "f32"));
export const zeros = <const S extends Shape>(shape: S): Tensor<S, "f32"> => full(shape, 0);
export const ones = <const S extends Shape>(shape: S): Tensor<S, "f32"> => full(shape, 1);
