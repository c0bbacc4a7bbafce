/** Large products and convolutions left to a BLAS of the system, between stretches of WebAssembly. */
import type { Blas, BlasMatrix } from "../../base/platform/types.ts";
import { hasResult } from "../../compile/epilogues.ts";
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

/** Kernels that are one module, and the work space of each. */
interface Stretch {
  readonly kernels: Kernel[];
  readonly workspaces: number[];
}

/**
 * Kernels in stretches: those between two native ones, and each native one by itself. What follows on
 * the pieces of its result is then a kernel of its own, on the whole.
 */
export function stretches(options: {
  readonly kernels: readonly Kernel[];
  readonly workspaces: readonly number[];
  readonly blas: Blas;
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  readonly addressOf: AddressOf;
}): (Stretch | (() => void))[] {
  const { kernels, workspaces, blas, memory, addressOf } = options;
  const parts: (Stretch | (() => void))[] = [];
  const add = (kernel: Kernel, workspace: number) => {
    const last = parts.at(-1);
    const stretch = typeof last === "object" ? last : { kernels: [], workspaces: [] };
    if (stretch !== last) parts.push(stretch);
    stretch.kernels.push(kernel);
    stretch.workspaces.push(workspace);
  };
  kernels.forEach((kernel, i) => {
    const call =
      kernel.kind === "product"
        ? nativeCall(kernel, blas, memory, addressOf)
        : kernel.kind === "convolution"
          ? nativeConvolution({ ...options, kernel, workspace: workspaces[i]! })
          : null;
    if (call) parts.push(call);
    const left = call ? hasResult(kernel) && kernel.epilogue : kernel;
    if (left) add(left, workspaces[i]!);
  });
  return parts;
}
