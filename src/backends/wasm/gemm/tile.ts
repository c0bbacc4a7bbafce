/** The innermost kernel: a few rows by a few vectors of outputs, all sums in registers. */
import type { Code, FunctionHandle, Local, ModuleBuilder, VectorBits } from "../encode.ts";
import { sumSquares } from "./squares.ts";
import { advance, bytesPerFloat, locals } from "./vectors.ts";

/**
 * Outputs `rows` × `lanes`. One operand is repeated over the lanes, the other gives vectors of four
 * neighbors. Strides in elements.
 */
export interface TileShape {
  readonly rows: number;
  /** At least 4; the last vector overlaps the one before it if this is no multiple of 4. */
  readonly lanes: number;
  /** Of the repeated operand: from row to row, and along the sum. */
  readonly rowStride: number;
  readonly rowStep: number;
  /** Of the other operand: along the sum. */
  readonly laneStep: number;
  /** Of the result: from lane to lane. */
  readonly laneStride: number;
  /** Of the other operand, from lane to lane, if its steps lie side by side and its lanes do not. */
  readonly apart?: number | undefined;
  /** The sum is longer than one block. */
  readonly long: boolean;
  /** Sums of one block, of neighboring lanes, are added to what the result holds. */
  readonly adds?: boolean;
}

/** Length of one block along the sum: part of the definition of the result, not a tuning knob. */
export const blockLength = 256;

/** The widest tile. */
export const mostLanes = 24;

/** Where the vectors of a row start: the last one ends with the row. */
const laneStarts = (lanes: number) =>
  Array.from({ length: Math.ceil(lanes / 4) }, (_, i) => Math.min(4 * i, lanes - 4));

/** Vector registers for one row of a tile: in 256 bits, one for two neighbors. */
export function registersOf(lanes: number, bits: VectorBits): number {
  const vectors = Math.ceil(lanes / 4);
  // the last one pairs only if it overlaps nothing
  const pairs = Math.floor((lanes % 4 === 0 ? vectors : vectors - 1) / 2);
  return bits === 128 ? vectors : vectors - pairs;
}

/** Tiles whose sums, lanes and passing values stay in V8's 15 vector registers, as measured. */
export function fits(rows: number, lanes: number, depth: number, bits: VectorBits): boolean {
  const registers = registersOf(lanes, bits);
  if (bits === 256) return rows * registers <= (registers <= 2 ? 10 : 8);
  return lanes <= 20 && rows * registers <= (registers === 2 && depth <= blockLength ? 10 : 8);
}

/** Whether the sums of a tile go by way of scratch: blocks are added, or V8 could not pair lanes. */
export const usesScratch = (shape: TileShape, bits: VectorBits): boolean =>
  shape.long || (bits === 256 && shape.laneStride !== 1 && shape.lanes >= 8);

/**
 * Adds `tile(a, b, c, stride, depth)`: a the repeated operand, `stride` of the rows of c in bytes.
 * A long tile, or one that adds, has one more parameter: the address of `tileBytes` of scratch.
 *
 * Tuned to V8 11.3: one step a pass, because V8 moves all loads of a straight run to its front and
 * then spills; a loop that may be skipped, because the join behind it lets V8 place each load near
 * its use; stores of bare sums behind it, for the same reason, into scratch if blocks are to be
 * added; pointers advanced before the loads, and one alone where the steps agree, because that
 * spares index arithmetic. Together twice the speed of the plain loop: measure any change here.
 *
 * For V8 13.6 and 14.6 in 256 bits, +15 % together: the first step stands before the loop, so that
 * V8 computes the addresses of repeated elements there and not in the loop; both products of a row
 * come before their additions.
 */
export function tileFunction(module: ModuleBuilder, shape: TileShape): FunctionHandle {
  const scratched = shape.adds || usesScratch(shape, module.bits);
  const parameters = new Array<"i32">(scratched ? 6 : 5).fill("i32");
  const name = `tile${shape.rows}x${shape.lanes}${shape.adds ? "add" : ""}`;
  return module.function({ name, parameters, results: [] }, (code, ...given) => {
    const [a, b, c, stride, depth, scratch] = given as Six;
    const sums = locals(code, "v128", shape.rows * laneStarts(shape.lanes).length);
    const blocks = { a, b, depth, sums, c, stride, scratch };
    if (usesScratch(shape, code.bits)) sumBlocks(code, shape, blocks);
    else {
      sumBlock(code, shape, { a, b, depth, sums });
      if (shape.adds && code.bits === 128) leaveRegisters(code, sums, scratch);
      storeSums(code, shape, { c, stride, sums });
    }
  });
}
type Six = [Local, Local, Local, Local, Local, Local];

/** Scratch of a tile: rows of an even number of vectors, so that V8 pairs none of two rows. */
export const tileBytes = 16 * 24;
const slotOf = (row: number, vector: number, vectors: number) =>
  16 * (row * 2 * Math.ceil(vectors / 2) + vector);

interface Target {
  readonly sums: readonly Local[];
  readonly c: Local;
  readonly stride: Local;
}

/** Sums go to scratch and come back: V8 11 would spill them within the loop before they are added. */
function leaveRegisters(code: Code, sums: readonly Local[], scratch: Local): void {
  sums.forEach((sum, i) => {
    code
      .get(scratch)
      .get(sum)
      .store("v128.store", { offset: 16 * i });
  });
  sums.forEach((sum, i) => {
    code
      .get(scratch)
      .load("v128.load", { offset: 16 * i })
      .set(sum);
  });
}

/** Four lanes at once if they are neighbors, else one by one. */
function storeSums(code: Code, shape: TileShape, { sums, c, stride }: Target): void {
  const starts = laneStarts(shape.lanes);
  for (let row = 0; row < shape.rows; row += 1) {
    if (shape.adds)
      starts.forEach((start, j) => {
        const sum = sums[row * starts.length + j]!;
        code.get(c).load("v128.load", { offset: bytesPerFloat * start });
        code.get(sum).op("f32x4.add").set(sum);
      });
    for (const [j, start] of pairOrder(code, [...starts.entries()])) {
      const sum = sums[row * starts.length + j]!;
      const first = bytesPerFloat * start * shape.laneStride;
      if (shape.laneStride === 1) code.get(c).get(sum).store("v128.store", { offset: first });
      else
        for (let lane = 0; lane < 4; lane += 1) {
          const offset = first + bytesPerFloat * lane * shape.laneStride;
          code.get(c).get(sum).laneAccess("v128.store32_lane", lane, { offset });
        }
    }
    advance(code, c, stride);
  }
}

/** Stores to pair come with the higher address first: V8 then needs one store, not two. */
const pairOrder = <T>(code: Code, stores: readonly T[]): readonly T[] =>
  code.bits === 256 ? stores.toReversed() : stores;

/** Blocks of the sum one after the other, each from zero, then added to the blocks before it. */
function sumBlocks(
  code: Code,
  shape: TileShape,
  { sums, depth, ...at }: Factors & Target & { scratch: Local },
): void {
  const [a, b, c, block, first] = locals(code, "i32", 5) as [Local, Local, Local, Local, Local];
  code.i32(1).set(first);
  code.loop((again) => {
    code.get(at.a).set(a).get(at.b).set(b).get(at.c).set(c);
    for (const sum of sums) code.f32x4(0).set(sum);
    code.get(depth).i32(blockLength).get(depth).i32(blockLength).op("i32.lt_u").op("select");
    code.set(block);
    sumBlock(code, shape, { a, b, depth: block, sums });
    const { length } = laneStarts(shape.lanes);
    for (const [i, sum] of pairOrder(code, [...sums.entries()])) {
      const offset = slotOf(Math.floor(i / length), i % length, length);
      code.get(at.scratch).get(sum).store("v128.store", { offset });
    }
    addScratch(code, shape, { sums, c, stride: at.stride, scratch: at.scratch, first });
    advance(code, at.a, bytesPerFloat * blockLength * shape.rowStep);
    advance(code, at.b, bytesPerFloat * blockLength * shape.laneStep);
    code.i32(0).set(first);
    code.get(depth).get(block).op("i32.sub").tee(depth).brIf(again);
  });
}

/** Lanes that two vectors share are added once. */
function addScratch(
  code: Code,
  shape: TileShape,
  { sums, c, stride, scratch, first }: Target & { scratch: Local; first: Local },
): void {
  const starts = laneStarts(shape.lanes);
  sums.forEach((_, i) => {
    const j = i % starts.length;
    const slot = slotOf(Math.floor(i / starts.length), j, starts.length);
    for (let lane = 4 * j - starts[j]!; lane < 4; lane += 1) {
      const offset = bytesPerFloat * (starts[j]! + lane) * shape.laneStride;
      code.get(c).f32(0).get(c).load("f32.load", { offset }).get(first).op("select");
      code.get(scratch).load("f32.load", { offset: slot + bytesPerFloat * lane });
      code.op("f32.add").store("f32.store", { offset });
    }
    if (j === starts.length - 1) advance(code, c, stride);
  });
}

interface Factors {
  readonly a: Local;
  readonly b: Local;
  readonly depth: Local;
  readonly sums: readonly Local[];
}

/** The sums of at most one block, in registers. */
function sumBlock(code: Code, shape: TileShape, factors: Factors): void {
  const { apart, lanes } = shape;
  if (apart !== undefined) {
    sumSquares(code, { ...shape, apart, starts: laneStarts(lanes) }, factors);
    return;
  }
  const walk = walkOperands(code, shape, factors);
  const step = () => {
    walk.advance();
    multiplyStep(code, shape, factors);
    return walk.unfinished();
  };
  const steps = () => code.loop((again) => step().brIf(again));
  code.get(factors.depth).if(code.bits === 256 ? () => step().if(steps) : steps);
}

/** Moves both pointers; the one that moves tells the end. */
function walkOperands(code: Code, shape: TileShape, { a, b, depth }: Factors) {
  const [rowStep, laneStep] = [bytesPerFloat * shape.rowStep, bytesPerFloat * shape.laneStep];
  const [leader, follower] = rowStep === 0 ? [b, a] : [a, b];
  const [step, otherStep] = rowStep === 0 ? [laneStep, rowStep] : [rowStep, laneStep];
  const [end, distance] = locals(code, "i32", 2) as [Local, Local];
  const together = step === otherStep;
  if (together) code.get(follower).get(leader).op("i32.sub").set(distance);
  else advance(code, follower, -otherStep);
  advance(code, leader, -step);
  code.get(depth).i32(step).op("i32.mul").get(leader).op("i32.add").set(end);
  return {
    advance() {
      advance(code, leader, step);
      if (together) code.get(leader).get(distance).op("i32.add").set(follower);
      else advance(code, follower, otherStep);
    },
    unfinished: () => code.get(leader).get(end).op("i32.ne"),
  };
}

function multiplyStep(code: Code, shape: TileShape, { a, b, sums }: Factors): void {
  const starts = laneStarts(shape.lanes);
  const vectors = locals(code, "v128", starts.length);
  const products = locals(code, "v128", code.bits === 256 ? starts.length : 0);
  const repeated = code.local("v128");
  starts.forEach((start, j) => {
    const offset = bytesPerFloat * start;
    code.get(b).load("v128.load", { offset }).set(vectors[j]!);
  });
  for (let row = 0; row < shape.rows; row += 1) {
    const offset = bytesPerFloat * row * shape.rowStride;
    code.get(a).load("v128.load32_splat", { offset }).set(repeated);
    products.forEach((product, j) => {
      code.get(repeated).get(vectors[j]!).op("f32x4.mul").set(product);
    });
    vectors.forEach((vector, j) => {
      const sum = sums[row * vectors.length + j]!;
      code.get(sum);
      if (products[j]) code.get(products[j]);
      else code.get(repeated).get(vector).op("f32x4.mul");
      code.op("f32x4.add").set(sum);
    });
  }
}
