/** The WebAssembly backend: one memory, slots in it, and a module a program. */
import { openBlas } from "#platform";
import { bytesPerElement, type DType, type HostArray, hostArray } from "../../base/dtype.ts";
import { InputError, InternalError } from "../../base/errors.ts";
import type { Blas } from "../../base/platform/types.ts";
import { sizeOf } from "../../base/shape.ts";
import { describeKernels } from "../../compile/describe.ts";
import { type Buffer, type Kernel, readsOf, writesOf } from "../../compile/kernel.ts";
import { layOut } from "../../compile/memory.ts";
import { orderKernels } from "../../compile/order.ts";
import { simplify } from "../../compile/simplify.ts";
import type { Program, ProgramRequest, Session, Slot, Start } from "../backend.ts";
import { type EmitRequest, emitModule, workspaceOf } from "./emit.ts";
import type { VectorBits } from "./encode.ts";
import { type Block, Heap, mostBytes } from "./heap.ts";
import { isNative } from "./native.ts";
import { mostThreads } from "./part.ts";
import { profileKernels } from "./profile.ts";
import { emitThreaded, ticketBytes } from "./threads/emit.ts";
import { canShareMemory, controlBytes, Pool } from "./threads/pool.ts";
import { isWorthwhile, schedule } from "./threads/schedule.ts";
import { bestVectorBits } from "./wide.ts";

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
  readonly #slots = new Map<Slot, Block>();
  /** What slots start with, until memory is needed; `null`: zeros where something else was. */
  readonly #pending = new Map<Slot, Start | null>();
  /** Scratch memory of the largest program so far; programs run one at a time and share it. */
  #scratch = { address: 0, bytes: 0 };

  constructor({ vectorBits, blas, threads = 1, eager = false }: Setting) {
    this.name = blas ? "blas" : "wasm";
    this.threads = threads;
    this.vectorBits = vectorBits;
    this.#blas = blas;
    this.#eager = eager;
    this.#heap = new Heap(threads > 1);
    this.#pool = threads > 1 ? this.#threadPool() : null;
  }

  get mostBytes(): number {
    return mostBytes;
  }

  get activeThreads(): number {
    return this.#pool?.active ?? 1;
  }

  close(): void {
    this.#pool?.close();
  }

  #threadPool(): Pool {
    const { memory } = this.#heap;
    const { address } = this.#heap.take(controlBytes(this.threads));
    this.#heap.back();
    const [threads, eager, blas] = [this.threads, this.#eager, this.#blas];
    const pool = new Pool({ memory, address, threads, eager, blas });
    abandoned.register(this, pool);
    return pool;
  }

  allocate(shape: Slot["shape"], dtype: DType, data?: Start): Slot {
    const slot: Slot = { shape, dtype };
    const block = this.#heap.take(sizeOf(shape) * bytesPerElement);
    this.#slots.set(slot, block);
    if (data || block.used) this.#pending.set(slot, data ?? null);
    return slot;
  }

  free(slot: Slot): void {
    this.#heap.give(this.#held(slot));
    this.#slots.delete(slot);
    this.#pending.delete(slot);
  }

  /** Memory for all slots and programs, and in it what the slots start with. */
  #settle(): void {
    if (this.#heap.lacks) this.#heap.back();
    if (this.#pending.size === 0) return;
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [slot, data] of pending) {
      if (data) this.write(slot, typeof data === "function" ? data() : data);
      else this.#view(slot).fill(0);
    }
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
    const pool = this.#pool && isWorthwhile(kernels, this.#eager) ? this.#pool : null;
    const share = pool ? this.threads : 1;
    const native = this.#blas !== undefined && kernels.some(isNative);
    const arena = layOut(kernels, (kernel) => workspaceOf(kernel, share, native));
    const scratch = this.#scratchFor(arena.bytes);
    const literals = this.#literals(kernels);
    const addressOf = (buffer: Buffer): number => {
      const { place } = buffer;
      if (place.kind === "scratch") return scratch + arena.offsets.get(buffer)!;
      if (place.kind === "output") return this.#held(outputs[place.output]!.to).address;
      if (place.kind === "literal") return this.#held(literals.get(place.literal.id)!).address;
      if (place.kind === "input") return this.#held(bound(inputs, place.name)).address;
      throw new InternalError("compile: a row lies in the work space of its kernel.");
    };
    const workspaces = arena.workspaces.map((offset) => scratch + offset);
    const request = { kernels, addressOf, workspaces, bits: this.vectorBits, native };
    const link = (part: EmitRequest, chosen?: boolean): Linked =>
      pool ? this.#shareOut(part, pool, chosen) : { run: this.#link(part) };
    const linked = link(request);
    return {
      run: () => {
        this.#settle();
        linked.run();
      },
      scratchBytes: arena.bytes,
      describe: () => describeKernels(kernels),
      profile: () =>
        profileKernels(kernels, (i) => {
          const one = { ...request, kernels: [kernels[i]!], workspaces: [workspaces[i]!] };
          const alone = link(one, false);
          this.#settle();
          return alone;
        }),
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
    const steps = schedule(request, options);
    const tickets = this.#heap.take(ticketBytes * steps.length);
    const bytes = emitThreaded({
      ...request,
      ...{ threads, steps, tickets: tickets.address },
      schedule: (body) => schedule(body, { ...options, inLoop: true }),
      words: pool.words,
      spins: pool.spins,
    });
    const program = pool.program(new WebAssembly.Module(bytes), { tickets, chosen });
    return {
      run: program.run,
      free: () => {
        program.free();
        this.#heap.give(tickets);
      },
    };
  }

  /** The program as one call. */
  #link(request: EmitRequest): () => void {
    const { memory } = this.#heap;
    const module = new WebAssembly.Module(emitModule(request, { shared: this.threads > 1 }));
    const multiply = this.#blas?.multiplier(memory);
    const golgi = { memory, ...(multiply ? { multiply } : {}) };
    return new WebAssembly.Instance(module, { golgi }).exports.run as () => void;
  }

  #scratchFor(bytes: number): number {
    this.#heap.check(bytes > this.#scratch.bytes ? bytes : 0);
    if (bytes > this.#scratch.bytes) this.#scratch = this.#heap.take(bytes);
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
    this.#settle();
    const { address } = this.#held(slot);
    const View = slot.dtype === "f32" ? Float32Array : Int32Array;
    return new View(this.#heap.memory.buffer, address, sizeOf(slot.shape));
  }

  #held(slot: Slot): Block {
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
  return new Engine({ vectorBits, threads: checkedThreads(threads), eager });
}

/** One thread where threads cannot share memory. */
function checkedThreads(threads: number): number {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)
    throw new InputError(
      `threads is ${threads}: it must be a whole number from 1 to ${mostThreads}.`,
    );
  return canShareMemory() ? threads : 1;
}

/**
 * The same with large products done by the system's BLAS (OpenBLAS, MKL, BLIS, Accelerate), which
 * is not bit-reproducible; each thread calls it for its part. Throws an `InputError` that says how to
 * install one where there is none.
 *
 *     const session = await blasSession({ threads: 2 });
 */
export async function blasSession({
  threads = 1,
  eager = false,
}: Omit<WasmOptions, "vectorBits"> = {}): Promise<WasmSession> {
  const shared = { threads: checkedThreads(threads), eager };
  return new Engine({ blas: await openBlas(), vectorBits: bestVectorBits(), ...shared });
}
