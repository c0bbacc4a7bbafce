/** Matrix products: C = A B in float32 over any strides, in the one order of summation. */
import type { Code, FunctionHandle, Local, ModuleBuilder } from "./encode.ts";
import { packedFunction, packedWorkspaceBytes } from "./gemm/packed.ts";
import { advance, bytesPerFloat, locals } from "./gemm/vectors.ts";

/** Where something lies: bytes from the start of memory, known or in a variable. */
export type Address = number | Local;

/** A matrix read where it lies; strides in elements, 0 repeats. */
export interface Operand {
  readonly address: Address;
  readonly rowStride: number;
  readonly columnStride: number;
  readonly batchStride?: number;
}

export interface ProductSize {
  /** How many products, each a `batchStride` further; 1 if left out. */
  readonly batch?: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** C [m, n] = A [m, k] B [k, n]; the rows of C are contiguous, and C overlaps neither A nor B. */
export interface Product extends ProductSize {
  readonly a: Operand;
  readonly b: Operand;
  readonly c: {
    readonly address: Address;
    readonly rowStride: number;
    readonly batchStride?: number;
  };
  /** Scratch of `workspaceBytes`. */
  readonly workspace: Address;
}

/** The functions that the products of one module share. */
export class ProductLibrary {
  readonly #module: ModuleBuilder;
  #packed: FunctionHandle | undefined;

  constructor(module: ModuleBuilder) {
    this.#module = module;
  }

  packed(): FunctionHandle {
    this.#packed ??= packedFunction(this.#module);
    return this.#packed;
  }
}

/** Scratch that `emitProduct` needs for a product of this size, in bytes. */
export function workspaceBytes(size: ProductSize): number {
  return packedWorkspaceBytes(size);
}

/**
 * Writes the code of a product.
 *
 * Every output is the sum over K in blocks of 256, ascending, each from zero, each step a float32
 * multiplication then a float32 addition; the block sums are added ascending. So a value depends on
 * its row of A and its column of B alone, whatever the shape, the strides or the path taken.
 *
 * @example
 * emitProduct(code, new ProductLibrary(module), {
 *   m: 32, n: 16, k: 30, workspace: 65536,
 *   a: { address: 0, rowStride: 30, columnStride: 1 },
 *   b: { address: 4096, rowStride: 1, columnStride: 30 }, // a transposed view
 *   c: { address: 8192, rowStride: 16 },
 * });
 */
export function emitProduct(code: Code, library: ProductLibrary, product: Product): void {
  const { batch = 1, m, n } = product;
  if (batch * m * n === 0) return;
  const one = (a: Address, b: Address, c: Address) => {
    if (product.k === 0) return clearRows(code, c, product);
    code.value(a);
    for (const stride of [product.a.rowStride, product.a.columnStride]) code.i32(4 * stride);
    code.value(b);
    for (const stride of [product.b.rowStride, product.b.columnStride]) code.i32(4 * stride);
    code
      .value(c)
      .i32(bytesPerFloat * product.c.rowStride)
      .i32(m)
      .i32(n)
      .i32(product.k);
    code.value(product.workspace).call(library.packed());
  };
  const { a, b, c } = product;
  if (batch === 1) one(a.address, b.address, c.address);
  else eachOfBatch(code, batch, [a, b, c], one);
}

function eachOfBatch(
  code: Code,
  batch: number,
  operands: readonly { address: Address; batchStride?: number }[],
  one: (a: Address, b: Address, c: Address) => void,
): void {
  const [index, ...addresses] = locals(code, "i32", 4) as [Local, Local, Local, Local];
  operands.forEach(({ address }, i) => {
    code.value(address).set(addresses[i]!);
  });
  code.forRange({ local: index, from: 0, to: batch, step: 1 }, () => {
    one(...addresses);
    operands.forEach(({ batchStride = 0 }, i) => {
      advance(code, addresses[i]!, bytesPerFloat * batchStride);
    });
  });
}

/** Sums of nothing. */
function clearRows(code: Code, address: Address, { m, n, c }: Product): void {
  const [row, at] = locals(code, "i32", 2) as [Local, Local];
  code.value(address).set(at);
  code.forRange({ local: row, from: 0, to: m, step: 1 }, () => {
    code
      .get(at)
      .i32(0)
      .i32(bytesPerFloat * n)
      .op("memory.fill");
    advance(code, at, bytesPerFloat * c.rowStride);
  });
}
