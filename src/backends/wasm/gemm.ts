/** Matrix products: C = A B in float32 over any strides, in the one order of summation. */
import type { Code, FunctionHandle, Local, ModuleBuilder, VectorBits } from "./encode.ts";
import { callFinish, type Finish } from "./epilogue.ts";
import { type DirectPlan, directPlan, directWorkspaceBytes, emitDirect } from "./gemm/direct.ts";
import { packFunction } from "./gemm/pack.ts";
import {
  leftOffset,
  packedFunction,
  packedTile,
  packedWorkspaceBytes,
  panelsFunction,
  type Whole,
} from "./gemm/packed.ts";
import { type TileShape, tileFunction } from "./gemm/tile.ts";
import { advance, bytesPerFloat, locals } from "./gemm/vectors.ts";
import { emitPackWhole, isSmall, wholeOf } from "./gemm/whole.ts";
import { handOut, type Part, type Range, rangeOf } from "./part.ts";

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
  /** What follows on each piece of C; the planes are the products of the batch. */
  readonly finish?: Finish | undefined;
}

/** The functions that the products of one module share. */
export class ProductLibrary {
  readonly module: ModuleBuilder;
  /** The BLAS of the system, where products are left to one. */
  readonly multiply: FunctionHandle | undefined;
  readonly #made = new Map<string, FunctionHandle>();

  constructor(module: ModuleBuilder, multiply?: FunctionHandle) {
    this.module = module;
    this.multiply = multiply;
  }

  /** One function for all products that nothing follows, and one for each other. */
  packed(finish?: Finish, whole?: Whole): FunctionHandle {
    const make = () => packedFunction(this.module, this, { finish, whole });
    return finish ? make() : this.#once(`packed ${whole}`, make);
  }

  panels(): FunctionHandle {
    return this.#once("panels", () => panelsFunction(this.module));
  }

  pack(width: number, pitch: number): FunctionHandle {
    return this.#once(`pack ${width} ${pitch}`, () => packFunction(this.module, width, pitch));
  }

  /** A shared function that others make, by a name of its own. */
  shared(name: string, make: (module: ModuleBuilder) => FunctionHandle): FunctionHandle {
    return this.#once(name, () => make(this.module));
  }

  tile(shape: TileShape): FunctionHandle {
    return this.#once(JSON.stringify(shape), () => tileFunction(this.module, shape));
  }

  #once(key: string, make: () => FunctionHandle): FunctionHandle {
    const made = this.#made.get(key) ?? make();
    this.#made.set(key, made);
    return made;
  }
}

const cacheLine = 64;

/** Scratch that `emitProduct` needs for a product of this size, in bytes. */
export function workspaceBytes(size: ProductSize): number {
  const direct = isSmall(size) || Math.min(size.m, size.n) <= fewInPairs;
  const bytes = Math.max(packedWorkspaceBytes(size), direct ? directWorkspaceBytes(size.k) : 0);
  return Math.ceil(bytes / cacheLine) * cacheLine;
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
export function emitProduct(
  code: Code,
  library: ProductLibrary,
  product: Product,
  part?: Part,
): void {
  const { batch = 1, m, n, k, a, b, c } = product;
  if (batch * m * n === 0) return;
  const workspace = part ? ownWorkspace(code, product, part) : product.workspace;
  const direct = cheapest(product, code.bits);
  const splitsBatch = batch >= leastBatch;
  // tickets are for one product
  const within = splitsBatch
    ? undefined
    : part && (batch === 1 ? part : { ...part, tickets: undefined });
  const { rowStride } = c;
  const whole = part?.tickets === undefined ? undefined : wholeIn(product, part, code.bits);
  const one = (a: Address, b: Address, c: Address, plane: number | Local) => {
    if (k === 0) clearRows(code, c, product);
    else if (direct) {
      const piece = emitDirect(code, library, direct, { a, b, c, rowStride, workspace }, within);
      if (product.finish) callFinish(code, product.finish, { plane, ...piece });
    } else emitPacked(code, library, { ...product, workspace }, { a, b, c, plane, whole }, within);
  };
  if (batch === 1) one(a.address, b.address, c.address, 0);
  else eachOfBatch(code, product, splitsBatch ? part : undefined, one);
}

/** From so many products in a batch on, threads share out the batch, not the products. */
const leastBatch = 8;

/** Each thread has scratch of its own, one behind the other. */
function ownWorkspace(code: Code, product: Product, { thread }: Part): Local {
  const own = code.local("i32");
  code.get(thread).i32(workspaceBytes(product)).op("i32.mul");
  code.value(product.workspace).op("i32.add").set(own);
  return own;
}

/** In 256 bits so many rows or columns are few, unless steps of the sum lie far apart. Measured. */
const fewInPairs = 48;

/** Whether tiles had best read the operands where they lie. */
export function isDirect(product: Product, bits: VectorBits): boolean {
  const { m, n, a, b } = product;
  if (isSmall(product)) return true;
  const step = Math.max(a.columnStride, b.rowStride);
  return bits === 256 && Math.min(m, n) <= fewInPairs && step <= 64;
}

/** The cheapest way without packing both operands; none if packing is the better way. */
function cheapest(product: Product, bits: VectorBits): DirectPlan | undefined {
  if (!isDirect(product, bits)) return undefined;
  const { m, n, k, a, b } = product;
  const left = { stride: a.rowStride, step: a.columnStride };
  const right = { stride: b.columnStride, step: b.rowStride };
  const plans = [
    { rows: m, lanes: n, depth: k, row: left, lane: right, transposed: false },
    { rows: n, lanes: m, depth: k, row: right, lane: left, transposed: true },
  ].flatMap((view) => directPlan(view, bits) ?? []);
  return plans.sort((x, y) => x.cycles - y.cycles)[0];
}

interface Place {
  readonly a: Address;
  readonly b: Address;
  readonly c: Address;
  /** The number of the product in the batch. */
  readonly plane: number | Local;
  /** What all threads have packed together, and where. */
  readonly whole?: { readonly name: Whole; readonly address: number } | undefined;
}

/** What a product's threads pack together, and where; nothing where each packs for itself. */
function wholeIn(product: Product, part: Part, bits: VectorBits) {
  const name = isDirect(product, bits) ? undefined : wholeOf(product, bits);
  // the scratch of all threads lies before it
  const own = part.expected * workspaceBytes(product);
  return name && { name, address: (product.workspace as number) + own };
}

/** What threads do together before `emitProduct` with tickets. */
export function emitPrepareProduct(
  code: Code,
  library: ProductLibrary,
  product: Product,
  part: Part,
): void {
  const whole = wholeIn(product, part, code.bits);
  const pack = (width: number, pitch: number) => library.pack(width, pitch);
  if (whole) emitPackWhole(code, pack, product, { ...whole, part });
}

/** Rows or columns of the smallest piece: a product of 256³ is still cut. Measured. */
const leastPiece = 15;

/** One thread's rows of C, or its columns: whichever leaves less to be packed by all of them. */
function emitPacked(
  code: Code,
  library: ProductLibrary,
  product: Product,
  at: Place,
  part: Part | undefined,
): void {
  if (!part) {
    emitPackedCall(code, library, product, { at });
    return;
  }
  const { m, n } = product;
  const byRows = m >= n;
  const tile = packedTile(code.bits);
  const loop = byRows ? { length: m, unit: tile.rows } : { length: n, unit: tile.columns };
  handOut(code, part, { ...loop, least: leastPiece, word: 0 }, (range) =>
    emitPiece(code, library, product, { at, byRows, range }),
  );
}

function emitPiece(
  code: Code,
  library: ProductLibrary,
  product: Product,
  { at, byRows, range: { from, to } }: Piece,
): void {
  const { a, b, c } = product;
  const moved = (base: Address, stride: number): Local => {
    const address = code.local("i32");
    code
      .value(from)
      .i32(bytesPerFloat * stride)
      .op("i32.mul");
    code.value(base).op("i32.add").set(address);
    return address;
  };
  const own = byRows
    ? { ...at, a: moved(at.a, a.rowStride), c: moved(at.c, c.rowStride) }
    : { ...at, b: moved(at.b, b.columnStride), c: moved(at.c, 1) };
  const length = code.local("i32");
  code.value(to).value(from).op("i32.sub").tee(length);
  const rows = byRows ? { from, length } : undefined;
  const columns = byRows ? undefined : { from, length };
  code.if(() => emitPackedCall(code, library, product, { at: own, rows, columns }));
}

interface Piece {
  readonly at: Place;
  readonly byRows: boolean;
  readonly range: Range;
}

function emitPackedCall(
  code: Code,
  library: ProductLibrary,
  product: Product,
  { at, rows, columns }: Call,
): void {
  const { m, n, k, a, b, c, workspace, finish } = product;
  for (const [address, matrix] of [
    [at.a, a],
    [at.b, b],
  ] as const) {
    code.value(address);
    code.i32(bytesPerFloat * matrix.rowStride).i32(bytesPerFloat * matrix.columnStride);
  }
  code
    .value(at.c)
    .i32(bytesPerFloat * c.rowStride)
    .value(rows?.length ?? m)
    .value(columns?.length ?? n)
    .i32(k);
  code.value(workspace).value(workspace).i32(leftOffset(product, code.bits)).op("i32.add");
  if (finish)
    for (const place of [at.plane, rows?.from ?? 0, columns?.from ?? 0, ...finish.given])
      code.value(place);
  if (at.whole) code.value(at.whole.address);
  code.call(library.packed(finish, at.whole?.name));
}

interface Call extends Pick<Piece, "at"> {
  readonly rows?: Stretch | undefined;
  readonly columns?: Stretch | undefined;
}

/** Rows or columns of a piece. */
interface Stretch {
  readonly from: Address;
  readonly length: Local;
}

function eachOfBatch(
  code: Code,
  { batch = 1, a, b, c }: Product,
  part: Part | undefined,
  one: (a: Address, b: Address, c: Address, plane: Local) => void,
): void {
  const operands = [a, b, c];
  const [index, ...addresses] = locals(code, "i32", 4) as [Local, Local, Local, Local];
  const { from, to } = rangeOf(code, part, { length: batch });
  operands.forEach(({ address, batchStride = 0 }, i) => {
    code.value(address);
    if (part)
      code
        .value(from)
        .i32(bytesPerFloat * batchStride)
        .op("i32.mul")
        .op("i32.add");
    code.set(addresses[i]!);
  });
  code.forRange({ local: index, from, to, step: 1 }, () => {
    one(...(addresses as [Local, Local, Local]), index);
    operands.forEach(({ batchStride = 0 }, i) => {
      advance(code, addresses[i]!, bytesPerFloat * batchStride);
    });
  });
}

/** Sums of nothing; threads may all write them. */
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
