/** Large products and convolutions left to a BLAS of the system, between stretches of WebAssembly. */
import type { Blas, BlasMatrix } from "../../base/platform/types.ts";
import type { Kernel, MatrixView, ProductKernel } from "../../compile/kernel.ts";
import type { AddressOf } from "./body.ts";
import { nativeConvolution, nativeConvolutionBytes } from "./nativeConvolution.ts";

/** Below this many multiplications a call into native code costs more than it saves. */
const leastMultiplications = 32 * 32 * 32;

/** A matrix as BLAS takes it: rows or columns without gaps; `null` where it has neither. */
function layout(
  view: MatrixView,
  [rows, columns]: readonly [number, number],
  addressOf: AddressOf,
): (BlasMatrix & { transposed: boolean }) | null {
  const address = addressOf(view.buffer) + 4 * view.offset;
  if (view.columnStride === 1 && view.rowStride >= columns)
    return { address, leading: view.rowStride, transposed: false };
  if (view.rowStride === 1 && view.columnStride >= rows)
    return { address, leading: view.columnStride, transposed: true };
  return null;
}

/** The call that computes a product, or `null` where WebAssembly does it. */
function nativeCall(
  kernel: ProductKernel,
  blas: Blas,
  memory: WebAssembly.Memory,
  addressOf: AddressOf,
): (() => void) | null {
  const { batch, m, n, k } = kernel.size;
  if (m * n * k < leastMultiplications) return null;
  const a = layout(kernel.a, [m, k], addressOf);
  const b = layout(kernel.b, [k, n], addressOf);
  if (!a || !b) return null;
  const calls = Array.from({ length: batch }, (_, i) => {
    const shifted = <M extends BlasMatrix>(matrix: M, stride: number): M => ({
      ...matrix,
      address: matrix.address + 4 * i * stride,
    });
    const c = { address: addressOf(kernel.out), leading: n };
    const [x, y] = [shifted(a, kernel.a.batchStride), shifted(b, kernel.b.batchStride)];
    return blas.prepare(memory, { m, n, k, a: x, b: y, c: shifted(c, m * n) });
  });
  return () => {
    for (const call of calls) call();
  };
}

/** Bytes that a kernel works in beside its buffers if BLAS does it. */
export const nativeBytes = (kernel: Kernel): number =>
  kernel.kind === "convolution" ? nativeConvolutionBytes(kernel) : 0;

/** Kernels in stretches: those between two native ones, and each native one by itself. */
export function stretches(options: {
  readonly kernels: readonly Kernel[];
  readonly workspaces: readonly number[];
  readonly blas: Blas;
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  readonly addressOf: AddressOf;
}): (readonly number[] | (() => void))[] {
  const { kernels, workspaces, blas, memory, addressOf } = options;
  const parts: (number[] | (() => void))[] = [];
  kernels.forEach((kernel, i) => {
    const call =
      kernel.kind === "product"
        ? nativeCall(kernel, blas, memory, addressOf)
        : kernel.kind === "convolution"
          ? nativeConvolution({ ...options, kernel, workspace: workspaces[i]! })
          : null;
    const last = parts.at(-1);
    if (call) parts.push(call);
    else if (Array.isArray(last)) last.push(i);
    else parts.push([i]);
  });
  return parts;
}
