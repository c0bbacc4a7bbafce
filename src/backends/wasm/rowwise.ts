/** Rowwise kernels as WebAssembly: the shared outer loops, and in them each kernel of the body. */
import { rowLoops } from "../../compile/collapse.ts";
import { type Buffer, type RowwiseKernel, writesOf } from "../../compile/kernel.ts";
import { aligned } from "../../compile/memory.ts";
import type { Code } from "./encode.ts";
import { emitMap, emitReduce, inNest, nested, type Setting } from "./loops.ts";
import { bytesOf } from "./steps.ts";

/** Where one thread's rows lie in the work space, and how many bytes they take. */
export function placesInRow({ body }: RowwiseKernel): {
  offsets: Map<Buffer, number>;
  bytes: number;
} {
  const offsets = new Map<Buffer, number>();
  let bytes = 0;
  for (const buffer of body.flatMap(writesOf)) {
    if (buffer.place.kind !== "row" || offsets.has(buffer)) continue;
    offsets.set(buffer, bytes);
    bytes += aligned(bytesOf(buffer));
  }
  return { offsets, bytes };
}

/** All rows, or one thread's part of them. */
export function emitRowwise(
  code: Code,
  kernel: RowwiseKernel,
  { addressOf, strides, part, workspace }: Setting & { readonly workspace: number },
): void {
  const rows = rowLoops(kernel);
  const lengths = rows.map(({ length }) => length);
  const { offsets, bytes } = placesInRow(kernel);
  const own = code.local("i32");
  if (part) code.get(part.thread).i32(bytes).op("i32.mul").set(own);
  const moved = [...offsets.keys()].map((buffer) => [buffer, own] as const);
  const given = { kernel, vector: -1, kept: lengths.length, part };
  inNest(code, lengths, given, (nest) => {
    const inner = {
      addressOf: (buffer: Buffer) => {
        const offset = offsets.get(buffer);
        return offset === undefined ? addressOf(buffer) : workspace + offset;
      },
      strides: part ? new Map([...(strides ?? []), ...moved]) : strides,
      rows: { depth: kernel.rows.length, rows, counters: nest.counters },
    };
    const body = () => {
      for (const each of kernel.body)
        if (each.kind === "map") emitMap(code, each, inner);
        else emitReduce(code, each, inner);
    };
    nested(code, nest, lengths.length, body, 0);
  });
}
