/** Long sums of several results at once, in blocks: a vector of lanes each, in registers. */
import type { Code, Local } from "../encode.ts";
import { blockLength } from "../gemm/tile.ts";
import { advance, bytesPerFloat, locals } from "../gemm/vectors.ts";
import { nest } from "./copy.ts";

/** Where the first term of a result lies in the copy, and its sum among the sums, in bytes. */
export interface Result {
  readonly x: number;
  readonly sum: number;
}

interface Sums {
  /** Sums of the present block, and of those before it. */
  readonly sums: Local;
  readonly totals: Local;
  readonly lanes: number;
}

interface Images extends Sums {
  /** The factors of one row, and what brings those of the row at an address there. */
  readonly panel: Local;
  readonly window: Local;
  readonly pack: (row: Local) => void;
  readonly copy: Local;
  /** Terms until the present block ends; set anew. */
  readonly left: Local;
  readonly results: readonly Result[];
  /** All lanes share one number of the copy. */
  readonly repeats: boolean;
  /** Terms along each axis, and from one to the next in the copy and in the window, in bytes. */
  readonly counts: readonly number[];
  readonly steps: readonly number[];
  readonly windowSteps: readonly number[];
}

/** Results whose sums stay in registers. */
const atOnce = 10;
/** As many loads V8 may move to the front. */
const between = 3;

const vectorsOf = ({ lanes }: Sums) => lanes / 4;

/** Goes on with the sums of all results by the terms of one image, row by row. */
export function emitSums(code: Code, images: Images): void {
  const { results, left, copy, window, counts, steps, windowSteps } = images;
  const chunks = Math.ceil(results.length / atOnce);
  const each = Math.ceil(results.length / chunks);
  const own = code.local("i32");
  const pointers = [
    { at: copy, steps: steps.slice(0, -1) },
    { at: window, steps: windowSteps.slice(0, -1) },
  ];
  nest(code, counts.slice(0, -1), pointers, ([row, factors]) => {
    images.pack(factors!);
    for (let first = 0; first < results.length; first += each) {
      code.get(left).set(own);
      const chunk = { ...images, left: own, results: results.slice(first, first + each) };
      emitChunk(code, chunk, row!);
    }
    code.get(own).set(left);
  });
}

/** The terms of one row, block by block. */
function emitChunk(code: Code, images: Images, row: Local): void {
  const { panel, left, counts, lanes, results } = images;
  const [factor, x, rest, run, end] = locals(code, "i32", 5) as Five;
  code.get(panel).set(factor);
  code.get(row).set(x).i32(counts.at(-1)!).set(rest);
  code.loop((again) => {
    code.get(rest).get(left).get(rest).get(left).op("i32.lt_u").op("select").tee(run);
    code
      .i32(bytesPerFloat * lanes)
      .op("i32.mul")
      .get(factor)
      .op("i32.add")
      .set(end);
    emitRun(code, images, { factor, x, end });
    code.get(left).get(run).op("i32.sub").tee(left).op("i32.eqz");
    code.if(() => {
      flushSums(code, images, results);
      code.i32(blockLength).set(left);
    });
    code.get(rest).get(run).op("i32.sub").tee(rest).brIf(again);
  });
}
type Five = [Local, Local, Local, Local, Local];

/** Neighboring terms of one row, all within a block. */
function emitRun(
  code: Code,
  images: Images,
  { factor, x, end }: { factor: Local; x: Local; end: Local },
): void {
  const { sums: memory, results, repeats, steps, lanes } = images;
  const count = vectorsOf(images);
  const sums = results.map(() => locals(code, "v128", count));
  const [factors, vectors] = [locals(code, "v128", count), locals(code, "v128", count)];
  results.forEach(({ sum }, i) => {
    sums[i]!.forEach((local, v) => {
      code
        .get(memory)
        .load("v128.load", { offset: sum + 16 * v })
        .set(local);
    });
  });
  const term = ({ x: offset }: Result, i: number) => {
    vectors.forEach((vector, v) => {
      if (repeats && v > 0) return;
      code.get(x).load(repeats ? "v128.load32_splat" : "v128.load", { offset: offset + 16 * v });
      code.set(vector);
    });
    factors.forEach((each, v) => {
      const sum = sums[i]![v]!;
      code
        .get(sum)
        .get(each)
        .get(vectors[repeats ? 0 : v]!);
      code.op("f32x4.mul").op("f32x4.add").set(sum);
    });
  };
  code.loop((again) => {
    factors.forEach((each, v) => {
      code
        .get(factor)
        .load("v128.load", { offset: 16 * v })
        .set(each);
    });
    for (let first = 0; first < results.length; first += between)
      code.block((skip) => {
        // never taken: V8 moves no load across it, and so keeps the sums in registers
        code.get(x).op("i32.eqz").brIf(skip);
        for (const [i, each] of results.slice(first, first + between).entries())
          term(each, first + i);
      });
    advance(code, x, steps.at(-1)!);
    advance(code, factor, bytesPerFloat * lanes);
    code.get(factor).get(end).op("i32.ne").brIf(again);
  });
  storeAll(code, memory, results, sums);
}

function storeAll(
  code: Code,
  memory: Local,
  results: readonly Result[],
  values: readonly (readonly Local[])[],
): void {
  results.forEach(({ sum }, i) => {
    // the higher address first, as V8 pairs stores
    for (const [v, value] of [...values[i]!.entries()].toReversed())
      code
        .get(memory)
        .get(value)
        .store("v128.store", { offset: sum + 16 * v });
  });
}

/** Sums of a block are added to those before it, and start anew. */
export function flushSums(code: Code, sums: Sums, results: readonly Result[]): void {
  const { sums: memory, totals } = sums;
  for (const { sum } of results)
    for (let v = 0; v < vectorsOf(sums); v += 1) {
      const offset = sum + 16 * v;
      code.get(totals).get(totals).load("v128.load", { offset });
      code.get(memory).load("v128.load", { offset }).op("f32x4.add");
      code.store("v128.store", { offset });
      code.get(memory).f32x4(0).store("v128.store", { offset });
    }
}
