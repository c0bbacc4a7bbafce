/** A plan as one WebAssembly module: a function a kernel, and `run` that calls them in order. */
import { bytesPerElement } from "../../base/dtype.ts";
import { sizeOf } from "../../base/shape.ts";
import {
  type Buffer,
  type Kernel,
  type LoopKernel,
  type ProductKernel,
  readsOf,
  writesOf,
} from "../../compile/kernel.ts";
import { aligned, layOut } from "../../compile/memory.ts";
import type { AddressOf } from "./body.ts";
import {
  type Code,
  type Local,
  type MemoryImport,
  ModuleBuilder,
  type VectorBits,
} from "./encode.ts";
import { emitProduct, ProductLibrary, workspaceBytes } from "./gemm.ts";
import { emitClear, emitMap, emitReduce, type Setting } from "./loops.ts";
import { emitRandom, emitRows } from "./rows.ts";
import {
  bodyLayout,
  buffersOf,
  bytesOf,
  type Layout,
  moves,
  outermost,
  stagingBytes,
  stridesOf,
  sumOf,
} from "./steps.ts";

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
  readonly bits: VectorBits;
}

function emitProductKernel(
  code: Code,
  library: ProductLibrary,
  kernel: ProductKernel,
  { addressOf, strides, workspace, part }: KernelPlace,
): void {
  const { a, b, out, size } = kernel;
  const at = (buffer: Buffer, offset: number) => {
    const address = addressOf(buffer) + bytesPerElement * offset;
    const stride = strides?.get(buffer);
    return stride ? sumOf(code, stride, address) : address;
  };
  const operand = (view: ProductKernel["a"]) => ({
    ...view,
    address: at(view.buffer, view.offset),
  });
  const c = { address: at(out, 0), rowStride: size.n, batchStride: size.m * size.n };
  emitProduct(code, library, { ...size, a: operand(a), b: operand(b), c, workspace }, part);
}

export interface KernelPlace extends Setting {
  /** Address of the kernel's work space. */
  readonly workspace: number;
  /** For a loop: the loops around it. */
  readonly around?: { readonly layout: Layout; readonly counters: readonly Local[] };
}

/** Buffers that are set to zero before a kernel runs. */
export const clearedBy = (kernel: Kernel): readonly Buffer[] =>
  kernel.kind === "map" ? kernel.clears : kernel.kind === "scatter" ? [kernel.out] : [];

/** A kernel's code, without what is cleared before it. */
export function emitKernel(
  code: Code,
  library: ProductLibrary,
  kernel: Kernel,
  place: KernelPlace,
): void {
  const { addressOf, part } = place;
  if (kernel.kind === "map") emitMap(code, kernel, place);
  else if (kernel.kind === "reduce") emitReduce(code, kernel, place);
  else if (kernel.kind === "random") emitRandom(code, kernel, addressOf, part);
  else if (kernel.kind === "product") emitProductKernel(code, library, kernel, place);
  else if (kernel.kind === "loop") emitLoop(code, library, kernel, place);
  else emitRows(code, kernel, addressOf, part);
}

/** All steps of a loop; each kernel of a step is a function of the counters it needs. */
function emitLoop(
  code: Code,
  library: ProductLibrary,
  kernel: LoopKernel,
  { addressOf, workspace, around }: KernelPlace,
): void {
  const { layout, counters } = around ?? { layout: outermost(addressOf), counters: [] };
  const arena = layOut(kernel.body, workspaceOf);
  const body = bodyLayout(kernel, { outer: layout, arena, workspace });
  const calls = kernel.body.flatMap((inner, i) =>
    isEmpty(inner) ? [] : [stepFunction(library, inner, body, workspace + arena.workspaces[i]!)],
  );
  for (const { initial, buffer } of kernel.carries) {
    const strides = stridesOf(code, [initial, buffer], { layout, counters });
    const at = (each: Buffer) => sumOf(code, strides.get(each), addressOf(each));
    code.get(at(buffer)).get(at(initial)).i32(bytesOf(buffer)).op("memory.copy");
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
}

/** A kernel of a step as a function; the result writes its call. */
function stepFunction(
  library: ProductLibrary,
  kernel: Kernel,
  layout: Layout,
  workspace: number,
): (code: Code, counters: readonly Local[]) => void {
  const moving = buffersOf(kernel).filter((buffer) => layout.movesOf(buffer).length > 0);
  const needed = moving.flatMap(layout.movesOf).map((move) => move.depth + 1);
  const depth = kernel.kind === "loop" ? layout.depth : Math.max(0, ...needed);
  const type = { parameters: new Array<"i32">(depth).fill("i32"), results: [] };
  const made = library.module.function({ name: kernel.kind, ...type }, (code, ...counters) => {
    const { addressOf } = layout;
    const strides = stridesOf(code, moving, { layout, counters });
    const around = { layout, counters };
    const run = (setting: Setting) => {
      for (const buffer of clearedBy(kernel)) emitClear(code, buffer, setting);
      emitKernel(code, library, kernel, { ...setting, workspace, around });
    };
    if (kernel.kind === "loop" || moves(kernel)) run({ addressOf, strides });
    else staged(code, kernel, { layout, strides, run });
  });
  return (code, counters) => {
    for (const counter of counters.slice(0, depth)) code.get(counter);
    code.call(made);
  };
}

/** A kernel that cannot move, between copies of the slices it reads and of those it writes. */
function staged(
  code: Code,
  kernel: Kernel,
  at: {
    readonly layout: Layout;
    readonly strides: ReadonlyMap<Buffer, Local>;
    readonly run: (setting: Setting) => void;
  },
): void {
  const { addressOf, staging } = at.layout;
  const places = new Map<Buffer, number>();
  let next = staging;
  for (const buffer of at.strides.keys()) {
    places.set(buffer, next);
    next += aligned(bytesOf(buffer));
  }
  const copy = (buffers: readonly Buffer[], into: boolean) => {
    for (const buffer of buffers) {
      const place = places.get(buffer);
      if (place === undefined) continue;
      const slice = sumOf(code, at.strides.get(buffer), addressOf(buffer));
      code.value(into ? place : slice).value(into ? slice : place);
      code.i32(bytesOf(buffer)).op("memory.copy");
    }
  };
  copy(readsOf(kernel), true);
  at.run({ addressOf: (buffer) => places.get(buffer) ?? addressOf(buffer) });
  copy(writesOf(kernel), false);
}

/** Kernels that compute nothing are left out. */
export const isEmpty = (kernel: Kernel): boolean =>
  kernel.kind !== "loop" && sizeOf(writesOf(kernel)[0]!.shape) === 0;

export const memoryImport = (shared: boolean): MemoryImport => ({
  ...{ module: "golgi", name: "memory", minimumPages: 1, maximumPages, shared },
});

export function emitModule(
  { kernels, addressOf, workspaces, bits }: EmitRequest,
  { shared = false }: { readonly shared?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder({ memory: memoryImport(shared), bits });
  const library = new ProductLibrary(module);
  const emit = (kernel: Kernel, i: number) => (code: Code) => {
    for (const buffer of clearedBy(kernel)) emitClear(code, buffer, { addressOf });
    emitKernel(code, library, kernel, { addressOf, workspace: workspaces[i]! });
  };
  const functions = kernels.flatMap((kernel, i) =>
    isEmpty(kernel)
      ? []
      : [
          module.function(
            { name: `${kernel.kind}${i}`, parameters: [], results: [] },
            emit(kernel, i),
          ),
        ],
  );
  module.function({ name: "run", parameters: [], results: [], exported: true }, (code) => {
    for (const f of functions) code.call(f);
  });
  return module.bytes();
}
