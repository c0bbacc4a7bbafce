/** Lifetimes of scratch buffers packed into one arena. */
import { bytesPerElement } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { mapOf, replacedBy } from "./epilogues.ts";
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

/** From the first kernel that touches a buffer to the last. */
type Spans = Map<Buffer, { readonly first: number; readonly last: number }>;

function spansOf(kernels: readonly Kernel[]): Spans {
  const spans: Spans = new Map();
  kernels.forEach((kernel, i) => {
    for (const buffer of [...readsOf(kernel), ...writesOf(kernel)]) {
      if (buffer.place.kind !== "scratch") continue;
      spans.set(buffer, { first: spans.get(buffer)?.first ?? i, last: i });
    }
  });
  return spans;
}

/**
 * Buffers that lie where a map, which makes them, reads another for the last time; the span of the
 * latter becomes that of both.
 */
function homesOf(kernels: readonly Kernel[], spans: Spans): Map<Buffer, Buffer> {
  const homes = new Map<Buffer, Buffer>();
  const homeOf = (buffer: Buffer) => homes.get(buffer) ?? buffer;
  kernels.forEach((kernel, i) => {
    const taken = new Set<Buffer>();
    for (const store of mapOf(kernel)?.stores ?? []) {
      const own = spans.get(store.buffer);
      if (own?.first !== i || homes.has(store.buffer)) continue;
      const home = replacedBy(kernel, store)
        .map(homeOf)
        .find((each) => spans.get(each)?.last === i && !taken.has(each));
      if (!home) continue;
      spans.set(home, { first: spans.get(home)!.first, last: own.last });
      spans.delete(store.buffer);
      homes.set(store.buffer, home);
      taken.add(home);
    }
  });
  return homes;
}

/** Offsets for all scratch buffers, large ones first, and for the work space of each kernel. */
export function layOut(
  kernels: readonly Kernel[],
  workspaceBytes: (kernel: Kernel) => number,
): Arena {
  const spans = spansOf(kernels);
  const homes = homesOf(kernels, spans);
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
  for (const [buffer, home] of homes) offsets.set(buffer, offsets.get(home)!);
  return { offsets, workspaces, bytes: Math.max(0, ...blocks.map(({ end }) => end)) };
}
