/** The WebAssembly backend: one memory, slots in it, and a module a program. */
import { openBlas } from "#platform";
import { bytesPerElement, type DType, type HostArray, hostArray } from "../../base/dtype.ts";
import { InputError, InternalError } from "../../base/errors.ts";
import type { Blas } from "../../base/platform/types.ts";
import { sizeOf } from "../../base/shape.ts";
import { describeKernels } from "../../compile/describe.ts";
import { type Buffer, type Kernel, readsOf, writesOf } from "../../compile/kernel.ts";
import { aligned, layOut } from "../../compile/memory.ts";
import { orderKernels } from "../../compile/order.ts";
import { simplify } from "../../compile/simplify.ts";
import type { Program, ProgramRequest, Session, Slot } from "../backend.ts";
import { type EmitRequest, emitModule, maximumPages, workspaceOf } from "./emit.ts";
import type { VectorBits } from "./encode.ts";
import { nativeBytes, stretches } from "./native.ts";
import { mostThreads } from "./part.ts";
import { profileKernels } from "./profile.ts";
import { emitThreaded } from "./threads/emit.ts";
import { canShareMemory, controlBytes, Pool } from "./threads/pool.ts";
import { isWorthwhile, schedule } from "./threads/schedule.ts";
import { bestVectorBits } from "./wide.ts";

const pageBytes = 65_536;
/** Vectors may reach so far beyond what they need, before the first slot and behind the last. */
const margin = 256;

/** Addresses handed out from the bottom up; freed blocks are used again for equal sizes. */
class Heap {
  readonly memory: WebAssembly.Memory;
  #top = margin; // 0 is nobody's address
  readonly #free = new Map<number, number[]>();

  constructor(shared: boolean) {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared });
  }

  take(bytes: number): number {
    const size = aligned(Math.max(bytes, 1));
    const reused = this.#free.get(size)?.pop();
    if (reused !== undefined) return reused;
    const address = this.#top;
    this.#reserve(address + size + margin);
    this.#top += size;
    return address;
  }

  give(address: number, bytes: number): void {
    const size = aligned(Math.max(bytes, 1));
    this.#free.set(size, [...(this.#free.get(size) ?? []), address]);
  }

  #reserve(end: number): void {
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / pageBytes);
    if (missing <= 0) return;
    const mebibytes = Math.ceil(end / 1_048_576);
    const full = new InputError(
      `Out of memory: this needs ${mebibytes} MiB, and no more can be had (limit 4096 MiB). Use smaller batches, fewer columns or a smaller network.`,
    );
    if (end > maximumPages * pageBytes) throw full;
    try {
      this.memory.grow(missing);
    } catch {
      throw full;
    }
  }
}

interface Held {
  readonly address: number;
  readonly bytes: number;
}

/** A session on WebAssembly. */
export interface WasmSession extends Session {
  /** Bits of the vectors that its programs are laid out for: 256 where V8 makes one of two. */
  readonly vectorBits: VectorBits;
  /** Threads that large programs are shared out to, the calling one among them. */
  readonly threads: number;
  /** How many took part in the last run of such a program: fewer while they still start. */
  readonly activeThreads: number;
  /** Ends the threads at once; else they end with the session or the process. */
  close(): void;
}

/** Ends the threads of sessions that nobody holds any more. */
const abandoned = new FinalizationRegistry<Pool>((pool) => pool.close());

interface Setting {
  readonly vectorBits: VectorBits;
  readonly blas?: Blas;
  readonly threads?: number;
  readonly eager?: boolean;
}

interface Linked {
  run(): void;
  free?(): void;
}

class Engine implements WasmSession {
  readonly name: string;
  readonly vectorBits: VectorBits;
  readonly threads: number;
  readonly #blas: Blas | undefined;
  readonly #eager: boolean;
  readonly #pool: Pool | null;
  readonly #heap: Heap;
  readonly #slots = new Map<Slot, Held>();
  /** Scratch memory of the largest program so far; programs run one at a time and share it. */
  #scratch: Held = { address: 0, bytes: 0 };

  constructor({ vectorBits, blas, threads = 1, eager = false }: Setting) {
    this.name = blas ? "blas" : "wasm";
    this.threads = threads;
    this.vectorBits = vectorBits;
    this.#blas = blas;
    this.#eager = eager;
    this.#heap = new Heap(threads > 1);
    this.#pool = threads > 1 ? this.#threadPool() : null;
  }

  get activeThreads(): number {
    return this.#pool?.active ?? 1;
  }

  close(): void {
    this.#pool?.close();
  }

  #threadPool(): Pool {
    const { threads } = this;
    const address = this.#heap.take(controlBytes(threads));
    const pool = new Pool({ memory: this.#heap.memory, address, threads, eager: this.#eager });
    abandoned.register(this, pool);
    return pool;
  }

  allocate(shape: Slot["shape"], dtype: DType, data?: ArrayLike<number>): Slot {
    const slot: Slot = { shape, dtype };
    const bytes = sizeOf(shape) * bytesPerElement;
    this.#slots.set(slot, { address: this.#heap.take(bytes), bytes });
    const view = this.#view(slot);
    if (data) this.write(slot, data);
    else view.fill(0);
    return slot;
  }

  free(slot: Slot): void {
    const { address, bytes } = this.#held(slot);
    this.#slots.delete(slot);
    this.#heap.give(address, bytes);
  }

  write(slot: Slot, data: ArrayLike<number>, start = 0): void {
    // a bool is a mask in memory: all ones or zero
    this.#view(slot).set(
      slot.dtype === "bool" ? Int32Array.from(data, (x) => -Number(x !== 0)) : data,
      start,
    );
  }

  read(slot: Slot): HostArray {
    const out = hostArray(slot.dtype, sizeOf(slot.shape));
    const view = this.#view(slot);
    if (slot.dtype === "bool") out.set(view.map((x) => Number(x !== 0)));
    else out.set(view);
    return out;
  }

  compile({ inputs, outputs }: ProgramRequest): Program {
    const nodes = simplify(outputs.map(({ node }) => node));
    const results = nodes.map((node, i) => ({
      node,
      sharedWith: Object.keys(inputs).filter((name) => inputs[name] === outputs[i]!.to),
    }));
    const kernels = orderKernels(results);
    const pool = isWorthwhile(kernels, this.#eager) ? this.#pool : null;
    const share = pool ? this.threads : 1;
    const arena = layOut(kernels, (kernel) =>
      Math.max(workspaceOf(kernel, share), this.#blas ? nativeBytes(kernel) : 0),
    );
    const scratch = this.#scratchFor(arena.bytes);
    const literals = this.#literals(kernels);
    const addressOf = (buffer: Buffer): number => {
      const { place } = buffer;
      if (place.kind === "scratch") return scratch + arena.offsets.get(buffer)!;
      if (place.kind === "output") return this.#held(outputs[place.output]!.to).address;
      if (place.kind === "literal") return this.#held(literals.get(place.literal.id)!).address;
      return this.#held(bound(inputs, place.name)).address;
    };
    const workspaces = arena.workspaces.map((offset) => scratch + offset);
    const request = { kernels, addressOf, workspaces, bits: this.vectorBits };
    const link = (part: EmitRequest, chosen?: boolean): Linked =>
      pool ? this.#shareOut(part, pool, chosen) : { run: this.#link(part) };
    const linked = link(request);
    return {
      run: linked.run,
      scratchBytes: arena.bytes,
      describe: () => describeKernels(kernels),
      profile: () =>
        profileKernels(kernels, (i) =>
          link({ ...request, kernels: [kernels[i]!], workspaces: [workspaces[i]!] }, false),
        ),
      free: () => {
        linked.free?.();
        for (const slot of literals.values()) this.free(slot);
        literals.clear();
      },
    };
  }

  /** The program for all threads. */
  #shareOut(request: EmitRequest, pool: Pool, chosen?: boolean): Linked {
    const { threads } = this;
    const options = { threads, eager: this.#eager };
    const bytes = emitThreaded({
      ...request,
      threads,
      steps: schedule(request, options),
      schedule: (body) => schedule(body, { ...options, inLoop: true }),
      words: pool.words,
      spins: pool.spins,
    });
    return pool.program(new WebAssembly.Module(bytes), chosen);
  }

  /** The program as one call: one module, or modules with native products in between. */
  #link(request: EmitRequest): () => void {
    const { memory } = this.#heap;
    const run = (part: EmitRequest) => {
      const bytes = emitModule(part, { shared: this.threads > 1 });
      const module = new WebAssembly.Module(bytes);
      return new WebAssembly.Instance(module, { golgi: { memory } }).exports.run as () => void;
    };
    if (!this.#blas) return run(request);
    const { kernels, addressOf, workspaces, bits } = request;
    const shared = this.threads > 1;
    const native = { kernels, workspaces, addressOf, memory, shared, blas: this.#blas };
    const parts = stretches(native).map((part) => {
      if (typeof part === "function") return part;
      const pick = <T>(list: readonly T[]) => part.map((i) => list[i]!);
      return run({ kernels: pick(kernels), addressOf, workspaces: pick(workspaces), bits });
    });
    return () => {
      for (const part of parts) part();
    };
  }

  #scratchFor(bytes: number): number {
    if (bytes > this.#scratch.bytes) this.#scratch = { address: this.#heap.take(bytes), bytes };
    return this.#scratch.address;
  }

  /** A slot for each literal that the kernels read. */
  #literals(kernels: readonly Kernel[]): Map<number, Slot> {
    const slots = new Map<number, Slot>();
    for (const { place } of kernels.flatMap((k) => [...readsOf(k), ...writesOf(k)])) {
      if (place.kind !== "literal" || slots.has(place.literal.id)) continue;
      const { id, shape, dtype, data } = place.literal;
      slots.set(id, this.allocate(shape, dtype, data));
    }
    return slots;
  }

  /** The slot's elements in memory; good until the memory grows. */
  #view(slot: Slot): HostArray {
    const { address } = this.#held(slot);
    const View = slot.dtype === "f32" ? Float32Array : Int32Array;
    return new View(this.#heap.memory.buffer, address, sizeOf(slot.shape));
  }

  #held(slot: Slot): Held {
    const held = this.#slots.get(slot);
    if (!held) throw new InternalError("This slot was freed, or belongs to another session.");
    return held;
  }
}

function bound(inputs: ProgramRequest["inputs"], name: string): Slot {
  const slot = inputs[name];
  if (!slot) throw new InternalError(`compile: input ${name} has no slot.`);
  return slot;
}

export interface WasmOptions {
  /**
   * Lays programs out for vectors of that width, whatever the engine makes of them. Left out, it is
   * 256 where V8 is known to pair vectors, the bits stay the same, and `GOLGI_WIDE` is not 0.
   */
  readonly vectorBits?: VectorBits;
  /** How many threads share large programs; 1 if left out. One where threads cannot share memory. */
  readonly threads?: number;
  /** Share all that can be shared, and wait for threads to start: for tests and measurements. */
  readonly eager?: boolean;
}

/**
 * A session on WebAssembly: plain SIMD, the same bits on every machine and for any number of
 * threads. In a page, use several threads only from within a worker: the main thread may not sleep
 * and would keep a core busy while it waits. Throws an `InputError` for a number out of range.
 *
 *     const session = wasmSession({ threads: availableThreads() });
 */
export function wasmSession({
  threads = 1,
  eager = false,
  vectorBits = bestVectorBits(),
}: WasmOptions = {}): WasmSession {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)
    throw new InputError(
      `threads is ${threads}: it must be a whole number from 1 to ${mostThreads}.`,
    );
  return new Engine({ vectorBits, threads: canShareMemory() ? threads : 1, eager });
}

/**
 * The same with large products done by the system's BLAS (OpenBLAS, MKL, BLIS, Accelerate), which
 * is not bit-reproducible. Throws an `InputError` that says how to install one where there is none.
 *
 *     const session = await blasSession({ threads: 2 });
 */
export const blasSession = async ({ threads = 1 }: { threads?: number } = {}): Promise<Session> =>
  new Engine({ blas: await openBlas({ threads }), vectorBits: bestVectorBits() });
