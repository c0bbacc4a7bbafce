/** A plan as one WebAssembly module: a function a kernel, and `run` that calls them in order. */
import { sizeOf } from "../../base/shape.ts";
import type { Buffer, Kernel, ProductKernel } from "../../compile/kernel.ts";
import type { AddressOf } from "./body.ts";
import { convolutionWorkspaceBytes, emitConvolution, isPartlyClear } from "./convolution.ts";
import { type Code, type MemoryImport, ModuleBuilder, type VectorBits } from "./encode.ts";
import { emitProduct, ProductLibrary, workspaceBytes } from "./gemm.ts";
import { emitClear, emitMap, emitReduce } from "./loops.ts";
import type { Part } from "./part.ts";
import { emitRandom, emitRows } from "./rows.ts";
import { emitWindowArgmax } from "./windows.ts";

/** The most that 32-bit addresses reach: 65 536 pages of 64 KiB, 4 GiB. */
export const maximumPages = 65_536;

/** Bytes that a kernel works in beside its buffers. */
export const workspaceOf = (kernel: Kernel): number =>
  kernel.kind === "product"
    ? workspaceBytes(kernel.size)
    : kernel.kind === "convolution"
      ? convolutionWorkspaceBytes(kernel)
      : 0;

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
  { addressOf, workspace, part }: KernelPlace,
): void {
  const { a, b, out, size } = kernel;
  const operand = (view: ProductKernel["a"]) => ({
    ...view,
    address: addressOf(view.buffer) + 4 * view.offset,
  });
  const c = { address: addressOf(out), rowStride: size.n, batchStride: size.m * size.n };
  emitProduct(code, library, { ...size, a: operand(a), b: operand(b), c, workspace }, part);
}

export interface KernelPlace {
  readonly addressOf: AddressOf;
  /** Address of the kernel's work space. */
  readonly workspace: number;
  /** What one of several threads does; all if left out. */
  readonly part?: Part | undefined;
}

/** Buffers that are set to zero before a kernel runs. */
export function clearedBy(kernel: Kernel): readonly Buffer[] {
  if (kernel.kind === "scatter" || (kernel.kind === "convolution" && isPartlyClear(kernel)))
    return [kernel.out];
  return kernel.kind === "map" ? kernel.clears : [];
}

/** A kernel's code, without what is cleared before it. */
export function emitKernel(
  code: Code,
  library: ProductLibrary,
  kernel: Kernel,
  place: KernelPlace,
): void {
  const { addressOf, part } = place;
  if (kernel.kind === "map") emitMap(code, kernel, addressOf, part);
  else if (kernel.kind === "reduce") emitReduce(code, kernel, addressOf, part);
  else if (kernel.kind === "random") emitRandom(code, kernel, addressOf, part);
  else if (kernel.kind === "product") emitProductKernel(code, library, kernel, place);
  else if (kernel.kind === "convolution") emitConvolution(code, library, kernel, place);
  else if (kernel.kind === "windowArgmax") emitWindowArgmax(code, kernel, addressOf, part);
  else emitRows(code, kernel, addressOf, part);
}

/** Kernels that compute nothing are left out. */
export const isEmpty = (kernel: Kernel): boolean => sizeOf(outputShape(kernel)) === 0;

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
    for (const buffer of clearedBy(kernel)) emitClear(code, buffer, addressOf);
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

const outputShape = (kernel: Kernel) =>
  kernel.kind === "map"
    ? kernel.stores[0]!.buffer.shape
    : kernel.kind === "reduce"
      ? kernel.store.buffer.shape
      : kernel.out.shape;
