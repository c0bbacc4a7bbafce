/** A plan as one WebAssembly module: a function a kernel, and `run` that calls them in order. */
import { bytesPerElement } from "../../base/dtype.ts";
import { sizeOf } from "../../base/shape.ts";
import {
  type Buffer,
  type Kernel,
  type LoopKernel,
  readsOf,
  writesOf,
} from "../../compile/kernel.ts";
import { aligned, layOut } from "../../compile/memory.ts";
import type { AddressOf, Shifts } from "./body.ts";
import { type Code, type Local, ModuleBuilder } from "./encode.ts";
import { emitProduct, ProductLibrary, workspaceBytes } from "./gemm.ts";
import { emitMap, emitReduce } from "./loops.ts";
import { emitRandom, emitRows } from "./rows.ts";

/** The most that 32-bit addresses reach: 65 536 pages of 64 KiB, 4 GiB. */
export const maximumPages = 65_536;

/** Bytes that a kernel works in beside its buffers; a loop: what one of its steps works in. */
export const workspaceOf = (kernel: Kernel): number => {
  if (kernel.kind === "loop")
    return layOut(kernel.body, workspaceOf).bytes + stagingBytes(kernel.body);
  return kernel.kind === "product" ? workspaceBytes(kernel.size) : 0;
};

export interface EmitRequest {
  readonly kernels: readonly Kernel[];
  readonly addressOf: AddressOf;
  /** Address of the work space of each kernel. */
  readonly workspaces: readonly number[];
}

export function emitModule({ kernels, ...layout }: EmitRequest): Uint8Array<ArrayBuffer> {
  const memory = { module: "golgi", name: "memory", minimumPages: 1, maximumPages, shared: false };
  const module = new ModuleBuilder({ memory });
  const emitter = new Emitter(module);
  const calls = emitter.calls(kernels, { ...layout, movesOf: () => [], staging: 0, depth: 0 });
  module.function({ name: "run", parameters: [], results: [], exported: true }, (code) => {
    for (const call of calls) call(code, []);
  });
  return module.bytes();
}

/** How far a buffer advances with each step of the loop at a depth. */
interface Move {
  readonly depth: number;
  readonly bytes: number;
}

/** Where the buffers of some kernels lie, `depth` loops deep. */
interface Layout {
  readonly addressOf: AddressOf;
  readonly movesOf: (buffer: Buffer) => readonly Move[];
  readonly workspaces: readonly number[];
  /** Address of `stagingBytes`. */
  readonly staging: number;
  readonly depth: number;
}

/** Writes the call of a kernel, given the counters of the loops around it. */
type Call = (code: Code, counters: readonly Local[]) => void;

const bytesOf = ({ shape }: Buffer) => sizeOf(shape) * bytesPerElement;
const buffersOf = (kernel: Kernel) => [...new Set([...readsOf(kernel), ...writesOf(kernel)])];

/** Kernels whose code can add a shift to an address; others work on copies of slices. */
const shifts = (kernel: Kernel) =>
  kernel.kind === "map" || kernel.kind === "reduce" || kernel.kind === "product";

/** Room for the slices that one kernel works on. */
const stagingBytes = (body: readonly Kernel[]): number =>
  Math.max(
    0,
    ...body.map((kernel) =>
      shifts(kernel) || kernel.kind === "loop"
        ? 0
        : buffersOf(kernel).reduce((total, buffer) => total + aligned(bytesOf(buffer)), 0),
    ),
  );

class Emitter {
  readonly #module: ModuleBuilder;
  readonly #library: ProductLibrary;
  #functions = 0;

  constructor(module: ModuleBuilder) {
    this.#module = module;
    this.#library = new ProductLibrary(module);
  }

  calls(kernels: readonly Kernel[], layout: Layout): Call[] {
    return kernels.flatMap((kernel, i) => {
      if (kernel.kind === "loop") return this.#loop(kernel, layout, layout.workspaces[i]!);
      if (sizeOf(writesOf(kernel)[0]!.shape) === 0) return [];
      return this.#kernel(kernel, layout, layout.workspaces[i]!);
    });
  }

  /** A function of the loop counters, if the kernel works on anything that moves. */
  #function(name: string, depth: number, body: (code: Code, counters: Local[]) => void): Call {
    const parameters = new Array<"i32">(depth).fill("i32");
    const made = this.#module.function(
      { name: `${name}${this.#functions++}`, parameters, results: [] },
      (code, ...counters) => body(code, counters),
    );
    return (code, counters) => {
      for (const counter of counters.slice(0, depth)) code.get(counter);
      code.call(made);
    };
  }

  #kernel(kernel: Exclude<Kernel, LoopKernel>, layout: Layout, workspace: number): Call {
    const moving = buffersOf(kernel).filter((buffer) => layout.movesOf(buffer).length > 0);
    const depth = Math.max(0, ...moving.flatMap(layout.movesOf).map((move) => move.depth + 1));
    return this.#function(kernel.kind, depth, (code, counters) => {
      const shifted = new Map(
        moving.map((buffer) => [buffer, shiftOf(code, layout.movesOf(buffer), counters)]),
      );
      if (shifts(kernel)) this.#emit(code, kernel, layout.addressOf, workspace, shifted);
      else this.#staged(code, kernel, layout, workspace, shifted);
    });
  }

  #emit(
    code: Code,
    kernel: Exclude<Kernel, LoopKernel>,
    addressOf: AddressOf,
    workspace: number,
    shifted: Shifts,
  ): void {
    if (kernel.kind === "map") emitMap(code, kernel, addressOf, shifted);
    else if (kernel.kind === "reduce") emitReduce(code, kernel, addressOf, shifted);
    else if (kernel.kind === "random") emitRandom(code, kernel, addressOf);
    else if (kernel.kind === "product") {
      const { a, b, out, size } = kernel;
      const at = (buffer: Buffer, offset: number) => {
        const address = addressOf(buffer) + bytesPerElement * offset;
        const shift = shifted.get(buffer);
        return shift ? sumOf(code, shift, address) : address;
      };
      const operand = (view: typeof a) => ({ ...view, address: at(view.buffer, view.offset) });
      const c = { address: at(out, 0), rowStride: size.n, batchStride: size.m * size.n };
      emitProduct(code, this.#library, { ...size, a: operand(a), b: operand(b), c, workspace });
    } else emitRows(code, kernel, addressOf);
  }

  /** The kernel between copies of the slices it reads and of those it writes. */
  #staged(
    code: Code,
    kernel: Exclude<Kernel, LoopKernel>,
    { addressOf, staging }: Layout,
    workspace: number,
    shifted: Shifts,
  ): void {
    const places = new Map<Buffer, number>();
    let next = staging;
    for (const buffer of shifted.keys()) {
      places.set(buffer, next);
      next += aligned(bytesOf(buffer));
    }
    const copy = (buffers: readonly Buffer[], into: boolean) => {
      for (const buffer of buffers) {
        const [shift, place] = [shifted.get(buffer), places.get(buffer)];
        if (!shift || place === undefined) continue;
        const slice = sumOf(code, shift, addressOf(buffer));
        code.value(into ? place : slice).value(into ? slice : place);
        code.i32(bytesOf(buffer)).op("memory.copy");
      }
    };
    copy(readsOf(kernel), true);
    this.#emit(
      code,
      kernel,
      (buffer) => places.get(buffer) ?? addressOf(buffer),
      workspace,
      new Map(),
    );
    copy(writesOf(kernel), false);
  }

  #loop(kernel: LoopKernel, layout: Layout, workspace: number): Call {
    const { depth } = layout;
    const calls = this.calls(kernel.body, bodyLayout(kernel, layout, workspace));
    return this.#function("loop", depth, (code, counters) => {
      const at = (buffer: Buffer) =>
        sumOf(code, shiftOf(code, layout.movesOf(buffer), counters), layout.addressOf(buffer));
      for (const { initial, buffer } of kernel.carries) {
        const [to, from] = [at(buffer), at(initial)];
        code.get(to).get(from).i32(bytesOf(buffer)).op("memory.copy");
      }
      const [index, step] = [code.local("i32"), code.local("i32")];
      code.forRange({ local: index, from: 0, to: kernel.length, step: 1 }, () => {
        if (kernel.reverse)
          code
            .i32(kernel.length - 1)
            .get(index)
            .op("i32.sub")
            .set(step);
        else code.get(index).set(step);
        for (const call of calls) call(code, [...counters, step]);
      });
    });
  }
}

/** Where a step's buffers lie: those outside by their binding, the step's own in the work space. */
function bodyLayout(kernel: LoopKernel, outer: Layout, workspace: number): Layout {
  const { depth } = outer;
  const arena = layOut(kernel.body, workspaceOf);
  const bound = ({ place }: Buffer) =>
    place.kind === "input"
      ? kernel.inputs.get(place.name)
      : place.kind === "output"
        ? kernel.outputs[place.output]
        : undefined;
  return {
    addressOf: (buffer) => {
      const binding = bound(buffer);
      if (buffer.place.kind === "literal") return outer.addressOf(buffer);
      return binding ? outer.addressOf(binding.buffer) : workspace + arena.offsets.get(buffer)!;
    },
    movesOf: (buffer) => {
      const binding = bound(buffer);
      if (!binding) return [];
      const outside = outer.movesOf(binding.buffer);
      return binding.sliced ? [...outside, { depth, bytes: bytesOf(buffer) }] : outside;
    },
    workspaces: arena.workspaces.map((offset) => workspace + offset),
    staging: workspace + arena.bytes,
    depth: depth + 1,
  };
}

/** Σ counter · bytes, in a local. */
function shiftOf(code: Code, moves: readonly Move[], counters: readonly Local[]): Local {
  const shift = code.local("i32");
  code.i32(0);
  for (const { depth, bytes } of moves)
    code.get(counters[depth]!).i32(bytes).op("i32.mul").op("i32.add");
  code.set(shift);
  return shift;
}

function sumOf(code: Code, shift: Local, address: number): Local {
  const sum = code.local("i32");
  code.get(shift).i32(address).op("i32.add").set(sum);
  return sum;
}
