/** Results of few rows: the columns are read where they lie if they are neighbors, else packed by eight. */
import type { Code, FunctionHandle, Local, ModuleBuilder } from "../encode.ts";
import { areNeighbors, masks, masksOf } from "./gather.ts";
import { minimum } from "./packed.ts";
import { type Placing, placeTile } from "./spread.ts";
import { advance, bytesPerFloat, locals } from "./vectors.ts";

/** The most rows that are not worth packing the columns for. */
export const fewRows = 4;
/** Columns of a tile, and numbers from one step to the next in both panels. */
export const fewColumns = 8;
const edgeRow = bytesPerFloat * fewColumns;

interface FewShape {
  readonly rows: number;
  readonly masked: boolean;
}
/** What the module shares: packing of eight columns, the tile of packed columns, and placing results. */
interface FewLibrary extends Placing {
  readonly gather: FunctionHandle;
  readonly tile: FunctionHandle;
}

type Twelve = [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local, Local, Local];

/**
 * Adds `few(left, source, lanes, places, columns, depthTable, depth, c, cRow, accumulate, edge, right)`:
 * as gather and spread one after the other, `right` room for one sliver.
 */
export function fewFunction(
  module: ModuleBuilder,
  { rows, masked }: FewShape,
  library: FewLibrary,
): FunctionHandle {
  const near = nearFunction(module, { rows, masked: false });
  const nearMasked = masked ? nearFunction(module, { rows, masked }) : near;
  const parameters = new Array<"i32">(12).fill("i32");
  return module.function({ name: `few${rows}`, parameters, results: [] }, (code, ...given) => {
    const [left, source, lanes, places, columns, table, depth, c, cRow, accumulate, edge, right] =
      given as Twelve;
    const [column, wide] = locals(code, "i32", 2) as [Local, Local];
    code.forRange({ local: column, from: 0, to: columns, step: fewColumns }, () => {
      minimum(code, columns, column, fewColumns).set(wide);
      const direct = (callee: FunctionHandle) =>
        code.get(left).get(source).get(lanes).get(table).get(depth).get(edge).call(callee);
      areNeighbors(code, lanes);
      areNeighbors(code, lanes, 16).op("i32.and");
      code.if(
        () => {
          if (!masked) direct(near);
          else
            masksOf(code, lanes).if(
              () => direct(nearMasked),
              () => direct(near),
            );
        },
        () => {
          code.get(source).get(lanes).get(wide).get(table).get(depth).get(right);
          code.call(library.gather);
          code.get(left).get(right).get(edge).i32(edgeRow).get(depth).call(library.tile);
        },
      );
      const height = code.local("i32");
      code.i32(rows).set(height);
      placeTile(code, { edge, c, cRow, places, high: height, wide, accumulate }, library);
      advance(code, lanes, bytesPerFloat * fewColumns);
      advance(code, places, bytesPerFloat * fewColumns);
    });
  });
}

/** `near(left, source, lanes, table, depth, to)`: a tile whose columns are two runs of four. */
function nearFunction(module: ModuleBuilder, { rows, masked }: FewShape): FunctionHandle {
  const parameters = new Array<"i32">(6).fill("i32");
  const name = `near${rows}${masked ? "m" : ""}`;
  return module.function({ name, parameters, results: [] }, (code, ...given) => {
    const [left, source, lanes, table, depth, to] = given as Twelve;
    const end = code.local("i32");
    const bases = locals(code, "i32", 2);
    const sums = locals(code, "v128", 2 * rows);
    bases.forEach((base, i) => {
      code
        .get(lanes)
        .load("i32.load", { offset: 16 * i })
        .get(source)
        .op("i32.add")
        .set(base);
    });
    code.get(depth).i32(2).op("i32.shl").get(table).op("i32.add").set(end);
    code.loop((again) => {
      const vectors = eight(code, { table, lanes, bases, masked });
      sums.forEach((sum, i) => {
        code
          .get(sum)
          .get(left)
          .load("v128.load32_splat", { offset: bytesPerFloat * (i >> 1) });
        code
          .get(vectors[i & 1]!)
          .op("f32x4.mul")
          .op("f32x4.add")
          .set(sum);
      });
      advance(code, left, bytesPerFloat * fewColumns);
      advance(code, table, bytesPerFloat);
      code.get(table).get(end).op("i32.ne").brIf(again);
    });
    sums.forEach((sum, i) => {
      const offset = (i >> 1) * edgeRow + 16 * (i & 1);
      code.get(to).get(sum).store("v128.store", { offset });
    });
  });
}

interface Reading {
  /** At the present depth. */
  readonly table: Local;
  readonly lanes: Local;
  readonly bases: readonly Local[];
  readonly masked: boolean;
}

/** Eight columns at one depth, zeros where they share a bit with it. */
function eight(code: Code, { table, lanes, bases, masked }: Reading): Local[] {
  const offset = code.local("i32");
  const step = code.local("v128");
  const vectors = locals(code, "v128", 2);
  code.get(table).load("i32.load").set(offset);
  if (masked) code.get(table).load("v128.load32_splat", { offset: masks }).set(step);
  vectors.forEach((vector, i) => {
    const fetch = () => code.get(bases[i]!).get(offset).op("i32.add").load("v128.load");
    if (!masked) {
      fetch().set(vector);
      return;
    }
    code
      .get(step)
      .get(lanes)
      .load("v128.load", { offset: masks + 16 * i })
      .op("v128.and");
    code.i32(0).op("i32x4.splat").op("i32x4.eq").tee(vector).op("v128.any_true");
    code.if(() => fetch().get(vector).op("v128.and").set(vector));
  });
  return vectors;
}
