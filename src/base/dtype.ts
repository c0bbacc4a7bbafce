/** Element types on devices: four bytes each, so that one arena holds them all. */
export type DType = "f32" | "i32" | "bool";

/** Host arrays that hold a device value: `bool` travels as 0 and 1 in an `Int32Array`. */
export type HostArray = Float32Array | Int32Array;

export const bytesPerElement = 4;

export const hostArray = (dtype: DType, length: number): HostArray =>
  dtype === "f32" ? new Float32Array(length) : new Int32Array(length);
