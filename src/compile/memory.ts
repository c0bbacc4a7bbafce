/** Lifetimes of scratch buffers packed into one arena. */
import { bytesPerElement } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { type Buffer, type Kernel, readsOf, writesOf } from "./kernel.ts";

const alignment = 256;
export const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

interface Block {
  readonly offset: number;
  readonly end: number;
  readonly first: number;
  readonly last: number;
}

export interface Arena {
  /** Offset of each scratch buffer. */
  readonly offsets: ReadonlyMap<Buffer, number>;
  /** Offset of each kernel's own work space (0 where it needs none). */
  readonly workspaces: readonly number[];
  readonly bytes: number;
}

/** The lowest gap of `bytes` among the blocks alive in the same span of kernels. */
function lowestGap(blocks: readonly Block[], bytes: number, first: number, last: number): number {
  const alive = blocks
    .filter((block) => block.first <= last && first <= block.last)
    .sort((a, b) => a.offset - b.offset);
  let offset = 0;
  for (const block of alive) {
    if (offset + bytes <= block.offset) break;
    offset = Math.max(offset, block.end);
  }
  return offset;
}

/** Offsets for all scratch buffers, large ones first, and for the work space of each kernel. */
export function layOut(
  kernels: readonly Kernel[],
  workspaceBytes: (kernel: Kernel) => number,
): Arena {
  const spans = new Map<Buffer, { first: number; last: number }>();
  kernels.forEach((kernel, i) => {
    for (const buffer of [...readsOf(kernel), ...writesOf(kernel)]) {
      if (buffer.place.kind !== "scratch") continue;
      spans.set(buffer, { first: spans.get(buffer)?.first ?? i, last: i });
    }
  });
  const wanted = [...spans].map(([buffer, span]) => ({
    buffer: buffer as Buffer | null,
    bytes: aligned(sizeOf(buffer.shape) * bytesPerElement),
    ...span,
  }));
  kernels.forEach((kernel, i) => {
    const bytes = aligned(workspaceBytes(kernel));
    if (bytes > 0) wanted.push({ buffer: null, bytes, first: i, last: i });
  });
  const blocks: Block[] = [];
  const offsets = new Map<Buffer, number>();
  const workspaces = kernels.map(() => 0);
  for (const { buffer, bytes, first, last } of wanted.sort((a, b) => b.bytes - a.bytes)) {
    const offset = lowestGap(blocks, bytes, first, last);
    blocks.push({ offset, end: offset + bytes, first, last });
    if (buffer) offsets.set(buffer, offset);
    else workspaces[first] = offset;
  }
  return { offsets, workspaces, bytes: Math.max(0, ...blocks.map(({ end }) => end)) };
}
