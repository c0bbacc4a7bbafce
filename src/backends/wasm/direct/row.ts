/** One row of results: all terms of some neighbors at once, sums in registers. */
import type { Code, Local, VectorBits } from "../encode.ts";
import { advance, bytesPerFloat, locals, transpose4 } from "../gemm/vectors.ts";

/** One term: where it lies for the first place of a row, and where its factor, in bytes. */
export interface Term {
  readonly x: number;
  readonly tap: number;
}

interface Row {
  readonly from: Local;
  readonly to: Local;
  readonly taps: Local;
  /** The terms of a result; of some neighbors in turn, where they differ. */
  readonly classes: readonly (readonly Term[])[];
  /** Results of a class, from one to the next, and where the first of all lies. */
  readonly count: number;
  readonly every: number;
  readonly toOffset: number;
  readonly outputs: number;
  /** From output to output in the result and in the kernel, in bytes. */
  readonly outputStride: number;
  readonly tapStride: number;
}

/** Outputs that share the vectors of x, and vector registers of a row of them. */
const tiles = [
  { rows: 4, registers: 2 },
  { rows: 2, registers: 4 },
  { rows: 1, registers: 7 },
] as const;

interface Span {
  /** Results of one step, and where its vectors start. */
  readonly lanes: number;
  readonly starts: readonly number[];
  readonly step: number;
}

/** A row in equal steps, the last of which ends with the row, as the last vector of each. */
function spanOf(count: number, registers: number, bits: VectorBits): Span {
  const unit = bits === 256 && count >= 8 ? 8 : 4;
  const units = Math.ceil(count / unit);
  const steps = Math.ceil(units / registers);
  const each = Math.ceil(units / steps);
  const lanes = Math.min(each * unit, count);
  const firsts = Array.from({ length: each }, (_, i) =>
    Math.max(0, Math.min(i * unit, lanes - unit)),
  );
  const starts = unit === 8 ? firsts.flatMap((first) => [first, first + 4]) : firsts;
  return { lanes, starts, step: each * unit };
}

/** All outputs of one row. */
export function emitRow(code: Code, row: Row): void {
  const tile = tiles.find(({ rows }) => rows <= row.outputs)!;
  const registers = Math.floor(tile.registers / row.classes.length);
  const span = spanOf(row.count, Math.max(1, registers), code.bits);
  const [start, from, to] = locals(code, "i32", 3) as [Local, Local, Local];
  const step = () => eachOutput(code, { ...row, from, to }, { rows: tile.rows, span });
  const address = (base: Local, stride: number, offset: number) => {
    code.get(base);
    if (span.step < row.count) code.get(start).i32(stride).op("i32.mul").op("i32.add");
    return code.i32(offset).op("i32.add");
  };
  const both = () => {
    address(row.from, bytesPerFloat, 0).set(from);
    address(row.to, bytesPerFloat * row.every, row.toOffset).set(to);
    step();
  };
  if (span.step >= row.count) both();
  else {
    const counter = code.local("i32");
    const last = row.count - span.lanes;
    code.forRange({ local: counter, from: 0, to: row.count, step: span.step }, () => {
      code.get(counter).i32(last).get(counter).i32(last).op("i32.lt_u").op("select").set(start);
      both();
    });
  }
}

interface Tile {
  readonly rows: number;
  readonly span: Span;
}

/** Outputs by as many as share vectors; the last tile has what is left. */
function eachOutput(code: Code, row: Row, { rows, span }: Tile): void {
  const whole = Math.floor(row.outputs / rows);
  const rest = row.outputs - whole * rows;
  const [to, taps] = locals(code, "i32", 2) as [Local, Local];
  code.get(row.to).set(to).get(row.taps).set(taps);
  const own = { ...row, to, taps };
  code.forRange({ local: code.local("i32"), from: 0, to: whole, step: 1 }, () => {
    emitTile(code, own, { rows, span });
    advance(code, to, rows * row.outputStride);
    advance(code, taps, rows * row.tapStride);
  });
  if (rest > 0) emitTile(code, own, { rows: rest, span });
}

/** Sums of each class, output and vector, in this order. */
function emitTile(code: Code, row: Row, { rows, span }: Tile): void {
  const { taps, classes, tapStride } = row;
  const each = rows * span.starts.length;
  const offsets = classes.flat().flatMap(({ tap }) => [tap, tap + (rows - 1) * tapStride]);
  const lowest = Math.min(0, ...offsets);
  const factors = code.local("i32");
  code.get(taps).i32(lowest).op("i32.add").set(factors);
  const sums = locals(code, "v128", classes.length * each);
  for (const sum of sums) code.f32x4(0).set(sum);
  classes.forEach((terms, i) => {
    const own = { sums: sums.slice(i * each, (i + 1) * each), factors, lowest };
    for (const term of terms) addTerm(code, row, { rows, span }, { ...own, term });
  });
  if (classes.length > 1) storeTurns(code, row, { rows, span, sums });
  else storeTile(code, row, { rows, span, sums });
}

interface Addition {
  readonly term: Term;
  readonly sums: readonly Local[];
  readonly factors: Local;
  /** What is left out of the offsets of factors. */
  readonly lowest: number;
}

function addTerm(code: Code, row: Row, { rows, span }: Tile, addition: Addition): void {
  const { term, sums, factors, lowest } = addition;
  const { starts } = span;
  const vectors = locals(code, "v128", starts.length);
  const repeated = code.local("v128");
  code.block((end) => {
    // never taken: V8 moves no load across it, and so keeps the sums in registers
    code.get(row.from).op("i32.eqz").brIf(end);
    starts.forEach((start, i) => {
      const offset = term.x + bytesPerFloat * start;
      code.get(row.from).load("v128.load", { offset }).set(vectors[i]!);
    });
    for (let r = 0; r < rows; r += 1) {
      const offset = term.tap + r * row.tapStride - lowest;
      code.get(factors).load("v128.load32_splat", { offset }).set(repeated);
      vectors.forEach((vector, i) => {
        const sum = sums[r * starts.length + i]!;
        code.get(sum).get(repeated).get(vector).op("f32x4.mul").op("f32x4.add").set(sum);
      });
    }
  });
}

interface Sums extends Tile {
  readonly sums: readonly Local[];
}

/** Results of two or four classes by turns. */
function storeTurns(code: Code, row: Row, { rows, span, sums }: Sums): void {
  const { to, outputStride } = row;
  const { starts } = span;
  const classes = row.classes.length;
  for (let i = 0; i < rows * starts.length; i += 1) {
    const start = starts[i % starts.length]!;
    const first = Math.floor(i / starts.length) * outputStride + bytesPerFloat * classes * start;
    const turns = row.classes.map((_, each) => sums[each * rows * starts.length + i]!);
    const store = (part: number) => ({ offset: first + 16 * part });
    if (classes === 4) {
      transpose4(code, turns, locals(code, "v128", 4));
      for (const [part, four] of turns.entries())
        code.get(to).get(four).store("v128.store", store(part));
    } else {
      const [even, odd] = turns as [Local, Local];
      code.get(to).get(even).get(odd).shuffle32(0, 4, 1, 5).store("v128.store", store(0));
      code.get(to).get(even).get(odd).shuffle32(2, 6, 3, 7).store("v128.store", store(1));
    }
  }
}

function storeTile(code: Code, { to, every, outputStride }: Row, { rows, span, sums }: Sums): void {
  const { starts, lanes } = span;
  const near = every === 1 && lanes >= 4;
  for (let r = 0; r < rows; r += 1) {
    // the higher address first, as V8 pairs stores
    for (const [i, start] of [...starts.entries()].toReversed()) {
      const sum = sums[r * starts.length + i]!;
      const place = (lane: number) => ({
        offset: r * outputStride + bytesPerFloat * every * (start + lane),
      });
      if (near) code.get(to).get(sum).store("v128.store", place(0));
      // not those that the vector before has
      else
        for (
          let lane = Math.max(0, (starts[i - 1] ?? -4) + 4 - start);
          lane < Math.min(4, lanes);
          lane += 1
        )
          code.get(to).get(sum).laneAccess("v128.store32_lane", lane, place(lane));
    }
  }
}
