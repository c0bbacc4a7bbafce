/** Rows taken from a table or added to one, and random numbers. */
import { bytesPerElement } from "../../base/dtype.ts";
import { sizeOf } from "../../base/shape.ts";
import type { RandomKernel, RowsKernel } from "../../compile/kernel.ts";
import type { AddressOf, Width } from "./body.ts";
import type { Access, Code, Local } from "./encode.ts";
import { vectorized } from "./loops.ts";
import { lineElements, type Part, rangeOf } from "./part.ts";

/** The byte address of row `row` of a table of `width` columns, in a local. */
function rowAddress(code: Code, base: number, row: Local, width: number): Local {
  const address = code.local("i32");
  code
    .get(row)
    .i32(width * bytesPerElement)
    .op("i32.mul")
    .i32(base)
    .op("i32.add")
    .set(address);
  return address;
}

/**
 * For each i: row `rows[i]` of the long table and row i of the short one. Rows outside are skipped
 * (scatter) or zero (gather). In order of i, so that sums have one order: threads share out the
 * rows of a gather; of a scatter the columns, or rows of the long table if it is narrow, when each
 * looks at all numbers of rows. The table that a scatter adds to is clear already.
 */
export function emitRows(code: Code, kernel: RowsKernel, addressOf: AddressOf, part?: Part): void {
  const gathers = kernel.kind === "gather";
  const long = gathers ? kernel.table : kernel.out;
  const short = gathers ? kernel.out : kernel.table;
  const { length, width, count: rows } = kernel.size;
  const [count, row, i, at] = [0, 1, 2, 3].map(() => code.local("i32")) as Four;
  const all = { length: rows, scale: bytesPerElement };
  const across = { length: width, unit: lineElements, scale: bytesPerElement };
  const range = rangeOf(code, gathers ? part : undefined, all);
  const narrow = width < 4 * lineElements;
  const columns = part && !gathers && !narrow ? rangeOf(code, part, across) : undefined;
  const mine = part && !gathers && narrow ? rowsOf(code, part, length) : undefined;
  const rowsAt = { offset: addressOf(kernel.rows) };
  code.forRange({ local: count, ...range, step: bytesPerElement }, () => {
    code.get(count).i32(2).op("i32.shr_u").set(i);
    const near = rowAddress(code, addressOf(short), i, width);
    const acrossRow = (body: (lanes: Width, access: Access) => void) => {
      const each = (lanes: Width, starts: readonly number[]) => {
        for (const start of starts) body(lanes, { offset: start * bytesPerElement });
      };
      vectorized(code, at, { length: width, range: columns }, each);
    };
    const inside = () => {
      const far = rowAddress(code, addressOf(long), row, width);
      const [from, to, move] = gathers ? [far, near, copyRow] : [near, far, addRow];
      acrossRow((lanes, access) => move(code, { from, to, at, lanes, access }));
    };
    const outside = () =>
      acrossRow((lanes, access) => clearRow(code, { to: near, at, lanes, access }));
    code.get(count).load("i32.load", rowsAt).tee(row);
    if (mine) code.get(mine.from).op("i32.sub").get(mine.size).op("i32.lt_u");
    else code.i32(length).op("i32.lt_u");
    code.if(inside, gathers ? outside : undefined);
  });
}

/** One thread's rows of a long table. */
function rowsOf(code: Code, part: Part, length: number): { from: Local; size: Local } {
  const range = rangeOf(code, part, { length, unit: lineElements });
  const [from, size] = [code.local("i32"), code.local("i32")];
  code.value(range.to).value(range.from).tee(from).op("i32.sub").set(size);
  return { from, size };
}

type Four = [Local, Local, Local, Local];
const plus = (code: Code, base: Local, at: Local) => code.get(base).get(at).op("i32.add");

/** One step along a row: a vector or an element. */
interface Step {
  readonly to: Local;
  readonly at: Local;
  readonly lanes: Width;
  readonly access: Access;
}

function copyRow(code: Code, { from, to, at, lanes, access }: Step & { from: Local }): void {
  plus(code, to, at);
  plus(code, from, at);
  if (lanes === 4) code.load("v128.load", access).store("v128.store", access);
  else code.load("i32.load", access).store("i32.store", access);
}

function clearRow(code: Code, { to, at, lanes, access }: Step): void {
  plus(code, to, at);
  if (lanes === 4) code.f32x4(0).store("v128.store", access);
  else code.f32(0).store("f32.store", access);
}

function addRow(code: Code, { from, to, at, lanes, access }: Step & { from: Local }): void {
  const load = lanes === 4 ? "v128.load" : "f32.load";
  plus(code, to, at);
  plus(code, to, at).load(load, access);
  plus(code, from, at).load(load, access);
  if (lanes === 4) code.op("f32x4.add").store("v128.store", access);
  else code.op("f32.add").store("f32.store", access);
}

const multipliers = [0xd2511f53, 0xcd9e8d57] as const;
const weyl = [0x9e3779b9, 0xbb67ae85] as const;
const rounds = 10;

/** One round: two 32 × 32 → 64-bit products whose halves are mixed with the key. */
function philoxRound(code: Code, counter: readonly Local[], key: readonly Local[]): void {
  const [c0, c1, c2, c3] = counter as Four;
  const products = [c0, c2].map((c, i) => {
    const product = code.local("i64");
    code.get(c).op("i64.extend_i32_u").i64(BigInt(multipliers[i]!)).op("i64.mul").set(product);
    return product;
  });
  const high = (product: Local) => code.get(product).i64(32n).op("i64.shr_u").op("i32.wrap_i64");
  high(products[1]!).get(c1).op("i32.xor").get(key[0]!).op("i32.xor").set(c0);
  code.get(products[1]!).op("i32.wrap_i64").set(c1);
  high(products[0]!).get(c3).op("i32.xor").get(key[1]!).op("i32.xor").set(c2);
  code.get(products[0]!).op("i32.wrap_i64").set(c3);
  key.forEach((k, i) => void code.get(k).i32(weyl[i]!).op("i32.add").set(k));
}

/** Uniform numbers in [0, 1): the upper 24 bits of each word, four words a block (base/random.ts). */
export function emitRandom(
  code: Code,
  kernel: RandomKernel,
  addressOf: AddressOf,
  part?: Part,
): void {
  const counter = [0, 1, 2, 3].map(() => code.local("i32"));
  const key = [0, 1].map(() => code.local("i32"));
  const block = code.local("i32");
  const keyAt = addressOf(kernel.key);
  // buffers are padded to whole vectors, so the last block may be written whole
  const blocks = Math.ceil(sizeOf(kernel.out.shape) / 4);
  const range = rangeOf(code, part, { length: blocks, unit: lineElements / 4 });
  code.forRange({ local: block, ...range, step: 1 }, () => {
    code
      .get(block)
      .set(counter[0]!)
      .i32(0)
      .load("i32.load", { offset: keyAt + 4 })
      .set(counter[1]!);
    code.i32(kernel.purpose).set(counter[2]!).i32(0).set(counter[3]!);
    code.i32(0).load("i32.load", { offset: keyAt }).set(key[0]!).i32(0).set(key[1]!);
    for (let round = 0; round < rounds; round++) philoxRound(code, counter, key);
    code.get(block).i32(4).op("i32.shl").get(counter[0]!).op("i32x4.splat");
    counter.slice(1).forEach((word, i) => void code.get(word).lane("i32x4.replace_lane", i + 1));
    code
      .i32(8)
      .op("i32x4.shr_u")
      .op("f32x4.convert_i32x4_u")
      .f32x4(1 / 0x1000000)
      .op("f32x4.mul");
    code.store("v128.store", { offset: addressOf(kernel.out) });
  });
}
