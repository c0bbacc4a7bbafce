/** Memory set to zero before something is added to it, or written to parts of it. */
import { bytesPerElement } from "../../base/dtype.ts";
import { sizeOf } from "../../base/shape.ts";
import type { Buffer } from "../../compile/kernel.ts";
import type { Code } from "./encode.ts";
import type { Setting } from "./loops.ts";
import { lineElements, rangeOf } from "./part.ts";

/** Sets a buffer to zero. */
export function emitClear(code: Code, buffer: Buffer, { addressOf, strides, part }: Setting): void {
  const length = sizeOf(buffer.shape);
  const all = { length, unit: lineElements, scale: bytesPerElement };
  const { from, to } = rangeOf(code, part, all);
  const stride = strides?.get(buffer);
  code.i32(addressOf(buffer));
  if (stride) code.get(stride).op("i32.add");
  if (part) code.value(from).op("i32.add");
  code.i32(0).value(to);
  if (part) code.value(from).op("i32.sub");
  code.op("memory.fill");
}
