/** Addresses in one WebAssembly memory: handed out at once, backed by memory when it is needed. */
import { MemoryError } from "../../base/errors.ts";
import { aligned } from "../../compile/memory.ts";
import { maximumPages } from "./emit.ts";

const pageBytes = 65_536;
/** Vectors may reach so far beyond what they need, before the first block and behind the last. */
const margin = 256;
/** What 32-bit addresses reach. */
export const mostBytes = maximumPages * pageBytes;

export interface Block {
  readonly address: number;
  readonly bytes: number;
  /** Holds what was left in it, not zeros. */
  readonly used: boolean;
}

/** Blocks from the bottom up; those given back are used again for equal sizes. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  #top = margin; // 0 is nobody's address
  #backed = pageBytes;
  readonly #free = new Map<number, number[]>();

  constructor(shared: boolean) {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared });
  }

  take(wanted: number): Block {
    const bytes = aligned(Math.max(wanted, 1));
    const reused = this.#free.get(bytes)?.pop();
    if (reused !== undefined) return { address: reused, bytes, used: true };
    const address = this.#top;
    this.#top += bytes;
    return { address, bytes, used: false };
  }

  give({ address, bytes }: Block): void {
    this.#free.set(bytes, [...(this.#free.get(bytes) ?? []), address]);
  }

  /** Throws a `MemoryError` if so many bytes more than were handed out cannot be addressed. */
  check(bytes = 0): void {
    const end = this.#top + aligned(bytes) + margin;
    if (end > mostBytes) throw outOfMemory(end);
  }

  /** Whether memory lacks for what was handed out. */
  get lacks(): boolean {
    return this.#top + margin > this.#backed;
  }

  /** Memory for all that was handed out. */
  back(): void {
    this.check();
    if (!this.lacks) return;
    const end = this.#top + margin;
    try {
      this.memory.grow(Math.ceil((end - this.#backed) / pageBytes));
    } catch {
      throw outOfMemory(end);
    }
    this.#backed = this.memory.buffer.byteLength;
  }
}

const mebibytes = (bytes: number) => Math.ceil(bytes / 1_048_576);

const outOfMemory = (bytes: number) =>
  new MemoryError(
    bytes,
    `Out of memory: this needs ${mebibytes(bytes)} MiB, and no more can be had (limit ${mebibytes(mostBytes)} MiB). Use smaller batches, fewer columns or a smaller network.`,
  );
