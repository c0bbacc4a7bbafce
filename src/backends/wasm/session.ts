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
import { stretches } from "./native.ts";
import { bestVectorBits } from "./wide.ts";

const pageBytes = 65_536;
/** Vectors may reach so far beyond what they need, before the first slot and behind the last. */
const margin = 256;

/** Addresses handed out from the bottom up; freed blocks are used again for equal sizes. */
class Heap {
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages });
  #top = margin; // 0 is nobody's address
  readonly #free = new Map<number, number[]>();

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
}

class Engine implements WasmSession {
  readonly name: string;
  readonly vectorBits: VectorBits;
  readonly #blas: Blas | null;
  readonly #heap = new Heap();
  readonly #slots = new Map<Slot, Held>();
  /** Scratch memory of the largest program so far; programs run one at a time and share it. */
  #scratch: Held = { address: 0, bytes: 0 };

  constructor(blas: Blas | null, vectorBits: VectorBits) {
    this.name = blas ? "blas" : "wasm";
    this.vectorBits = vectorBits;
    this.#blas = blas;
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
    const arena = layOut(kernels, workspaceOf);
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
    return {
      run: this.#link({ kernels, addressOf, workspaces, bits: this.vectorBits }),
      scratchBytes: arena.bytes,
      describe: () => describeKernels(kernels),
      free: () => {
        for (const slot of literals.values()) this.free(slot);
        literals.clear();
      },
    };
  }

  /** The program as one call: one module, or modules with native products in between. */
  #link(request: EmitRequest): () => void {
    const { memory } = this.#heap;
    const run = (part: EmitRequest) => {
      const module = new WebAssembly.Module(emitModule(part));
      return new WebAssembly.Instance(module, { golgi: { memory } }).exports.run as () => void;
    };
    if (!this.#blas) return run(request);
    const { kernels, addressOf, workspaces, bits } = request;
    const parts = stretches({ kernels, addressOf, memory, blas: this.#blas }).map((part) => {
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

/**
 * A session on WebAssembly: plain SIMD, one thread, the same bits on every machine.
 *
 * `vectorBits` lays programs out for vectors of that width, whatever the engine makes of them; left
 * out, it is 256 where V8 is known to pair vectors, the bits stay the same, and `GOLGI_WIDE` is not 0.
 */
export const wasmSession = ({
  vectorBits = bestVectorBits(),
}: {
  readonly vectorBits?: VectorBits;
} = {}): WasmSession => new Engine(null, vectorBits);

/**
 * The same with large products done by the system's BLAS (OpenBLAS, MKL, BLIS, Accelerate), which
 * is not bit-reproducible. Throws an `InputError` that says how to install one where there is none.
 *
 *     const session = await blasSession({ threads: 2 });
 */
export const blasSession = async ({ threads = 1 }: { threads?: number } = {}): Promise<Session> =>
  new Engine(await openBlas({ threads }), bestVectorBits());
