/** Large products left to a BLAS of the system, which each thread calls for its own rows or columns. */
import type { Kernel, ProductKernel } from "../../compile/kernel.ts";
import type { Code, FunctionHandle, Local, ModuleBuilder } from "./encode.ts";
import { callFinish } from "./epilogue.ts";
import { bytesPerFloat } from "./gemm/vectors.ts";
import type { Address, Operand, Product } from "./gemm.ts";
import { isNativeConvolution } from "./nativeConvolution.ts";
import { handOut, lineElements, type Part, type Range, rangeOf } from "./part.ts";

/** Below this many multiplications a call into native code costs more than it saves. */
const leastMultiplications = 32 * 32 * 32;
/** Rows or columns of the smallest piece: the library packs the other operand for each. */
const leastPiece = 96;

/** The import `multiply` (`Multiply` in base/platform/types.ts) of a module that calls a BLAS. */
export const multiplyFunction = (module: ModuleBuilder): FunctionHandle =>
  module.hostFunction("multiply", { parameters: new Array<"i32">(12).fill("i32"), results: [] });

/** Whether a BLAS does a kernel's work where there is one; what lies in loops stays in WebAssembly. */
export const isNative = (kernel: Kernel): boolean =>
  kernel.kind === "product"
    ? isNativeProduct(kernel)
    : kernel.kind === "convolution" && isNativeConvolution(kernel);

function isNativeProduct({ size: { m, n, k }, a, b }: ProductKernel): boolean {
  return m * n * k >= leastMultiplications && [layoutOf(a, m, k), layoutOf(b, k, n)].every(Boolean);
}

/** A matrix as BLAS takes it: rows or columns without gaps; `null` where it has neither. */
function layoutOf(view: Omit<Operand, "address">, rows: number, columns: number) {
  const { rowStride, columnStride } = view;
  if (columnStride === 1 && rowStride >= columns) return { transposed: 0, leading: rowStride };
  if (rowStride === 1 && columnStride >= rows) return { transposed: 1, leading: columnStride };
  return null;
}

/** Threads share out the products of a batch, or the rows of one, or its columns. */
export function emitNativeProduct(
  code: Code,
  multiply: FunctionHandle,
  product: Product,
  part?: Part,
): void {
  const { batch = 1, m, n } = product;
  if (batch > 1) {
    const plane = code.local("i32");
    code.forRange({ local: plane, ...rangeOf(code, part, { length: batch }), step: 1 }, () =>
      emitPiece(code, multiply, product, { plane, rows: all(m), columns: all(n) }),
    );
    return;
  }
  const pieces = {
    length: Math.max(m, n),
    unit: lineElements,
    least: leastPiece,
    word: 0,
    fixed: true,
  };
  handOut(code, part, pieces, (range) => {
    const [rows, columns] = m >= n ? [range, all(n)] : [all(m), range];
    emitPiece(code, multiply, product, { plane: 0, rows, columns });
  });
}

const all = (length: number): Range => ({ from: 0, to: length });

interface Piece {
  readonly plane: number | Local;
  readonly rows: Range;
  readonly columns: Range;
}

function emitPiece(code: Code, multiply: FunctionHandle, product: Product, piece: Piece): void {
  const { m, n, k, a, b, c, finish } = product;
  const { plane, rows, columns } = piece;
  const [x, y] = [layoutOf(a, m, k)!, layoutOf(b, k, n)!];
  const matrix = (base: Address, ...terms: readonly (readonly [number | Local, number])[]) => {
    code.value(base);
    for (const [index, stride] of terms)
      code
        .value(index)
        .i32(bytesPerFloat * stride)
        .op("i32.mul")
        .op("i32.add");
  };
  const length = ({ from, to }: Range) => code.value(to).value(from).op("i32.sub");
  const call = () => {
    code.i32(x.transposed).i32(y.transposed);
    length(rows);
    length(columns).i32(k);
    matrix(a.address, [plane, a.batchStride ?? 0], [rows.from, a.rowStride]);
    code.i32(x.leading);
    matrix(b.address, [plane, b.batchStride ?? 0], [columns.from, b.columnStride]);
    code.i32(y.leading).i32(0);
    matrix(c.address, [plane, c.batchStride ?? 0], [rows.from, c.rowStride], [columns.from, 1]);
    code.i32(c.rowStride).call(multiply);
    if (finish) callFinish(code, finish, piece);
  };
  // a thread may be left with nothing
  length(rows);
  length(columns).op("i32.mul").if(call);
}
