/** A plan as one WebAssembly module: a function a kernel, and `run` that calls them in order. */
import { sizeOf } from "../../base/shape.ts";
import type { Kernel, ProductKernel } from "../../compile/kernel.ts";
import type { AddressOf } from "./body.ts";
import { convolutionWorkspaceBytes, emitConvolution } from "./convolution.ts";
import { type Code, ModuleBuilder, type VectorBits } from "./encode.ts";
import { emitProduct, ProductLibrary, workspaceBytes } from "./gemm.ts";
import { emitMap, emitReduce } from "./loops.ts";
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
  addressOf: AddressOf,
  workspace: number,
): void {
  const { a, b, out, size } = kernel;
  const operand = (view: ProductKernel["a"]) => ({
    ...view,
    address: addressOf(view.buffer) + 4 * view.offset,
  });
  const c = { address: addressOf(out), rowStride: size.n, batchStride: size.m * size.n };
  emitProduct(code, library, { ...size, a: operand(a), b: operand(b), c, workspace });
}

export function emitModule({
  kernels,
  addressOf,
  workspaces,
  bits,
}: EmitRequest): Uint8Array<ArrayBuffer> {
  const memory = { module: "golgi", name: "memory", minimumPages: 1, maximumPages, shared: false };
  const module = new ModuleBuilder({ memory, bits });
  const library = new ProductLibrary(module);
  const emit = (kernel: Kernel, i: number) => (code: Code) => {
    if (kernel.kind === "map") emitMap(code, kernel, addressOf);
    else if (kernel.kind === "reduce") emitReduce(code, kernel, addressOf);
    else if (kernel.kind === "random") emitRandom(code, kernel, addressOf);
    else if (kernel.kind === "product")
      emitProductKernel(code, library, kernel, addressOf, workspaces[i]!);
    else if (kernel.kind === "convolution")
      emitConvolution(code, library, kernel, { addressOf, workspace: workspaces[i]! });
    else if (kernel.kind === "windowArgmax") emitWindowArgmax(code, kernel, addressOf);
    else emitRows(code, kernel, addressOf);
  };
  const functions = kernels.flatMap((kernel, i) =>
    sizeOf(outputShape(kernel)) === 0
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
