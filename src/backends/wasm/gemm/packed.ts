/**
 * The product of large matrices: packed panels, a 5 × 8 tile in registers, blocks that fit caches.
 *
 * Order of every sum: blocks of 256 along K, ascending; inside a block from zero, ascending,
 * multiply then add; block sums added ascending.
 * Goto and van de Geijn, Anatomy of high-performance matrix multiplication, ACM TOMS 34(3), 2008.
 */
import type { Code, FunctionHandle, Local, ModuleBuilder } from "../encode.ts";
import { blockLength, tileFunction } from "./tile.ts";
import { advance, bytesPerFloat, locals } from "./vectors.ts";

export const tileRows = 5;
export const tileColumns = 8;
/** Numbers from one step of depth to the next in both panels: one pointer then serves both. */
export const pitch = 8;
/** Rows of A and columns of B in one panel: 200 and 512 KB at full depth, for 512 KB of L2. */
export const panelRows = 125;
export const panelColumns = 512;

export const edgeRow = bytesPerFloat * tileColumns;
export const edgeBytes = tileRows * edgeRow;

const stepBytes = bytesPerFloat * pitch;

/** Scratch that `packedFunction` needs, in bytes: an edge tile, the right and the left panel. */
export function packedWorkspaceBytes({ m, n, k }: { m: number; n: number; k: number }): number {
  const slivers = Math.ceil(Math.min(m, panelRows) / tileRows);
  return leftOffset({ n, k }) + stepBytes * Math.min(k, blockLength) * slivers;
}

/** Where the left panel starts in the scratch. */
export function leftOffset({ n, k }: { n: number; k: number }): number {
  const slivers = Math.ceil(Math.min(n, panelColumns) / tileColumns);
  return edgeBytes + stepBytes * Math.min(k, blockLength) * slivers;
}

/**
 * Adds `product(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace, left)`; strides in
 * bytes, `left` the address `leftOffset` behind the workspace.
 */
export function packedFunction(
  module: ModuleBuilder,
  pack: (width: number, pitch: number) => FunctionHandle,
): FunctionHandle {
  const packLeft = pack(tileRows, pitch);
  const packRight = pack(tileColumns, pitch);
  const steps = { rowStride: 1, rowStep: pitch, laneStep: pitch, laneStride: 1, long: false };
  const tile = tileFunction(module, { rows: tileRows, lanes: tileColumns, ...steps });
  const multiply = panelsFunction(module, tile);
  const parameters = new Array<"i32">(13).fill("i32");
  return module.function({ name: "product", parameters, results: [] }, (code, ...given) => {
    const [a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace, left] =
      given as Thirteen;
    const [row, column, block, rows, columns, depth, right] = locals(code, "i32", 7) as Eight;
    code.get(workspace).i32(edgeBytes).op("i32.add").set(right);
    const panel = (start: Local, end: Local, step: number, size: Local, body: () => void) =>
      code.forRange({ local: start, from: 0, to: end, step }, () => {
        minimum(code, end, start, step).set(size);
        body();
      });
    const at = (base: Local, ...terms: [index: Local, stride: Local | number][]) => {
      code.get(base);
      for (const [index, stride] of terms)
        code.get(index).value(stride).op("i32.mul").op("i32.add");
    };
    panel(column, n, panelColumns, columns, () =>
      panel(block, k, blockLength, depth, () => {
        at(b, [block, bRow], [column, bColumn]);
        code.get(bColumn).get(bRow).get(columns).get(depth).get(right).call(packRight);
        panel(row, m, panelRows, rows, () => {
          at(a, [row, aRow], [block, aColumn]);
          code.get(aRow).get(aColumn).get(rows).get(depth).get(left).call(packLeft);
          code.get(left).get(right);
          at(c, [row, cRow], [column, bytesPerFloat]);
          code.get(cRow).get(rows).get(columns).get(depth).get(block).get(workspace).call(multiply);
        });
      }),
    );
  });
}
type Eight = [Local, Local, Local, Local, Local, Local, Local, Local];
type Thirteen = [...Eight, Local, Local, Local, Local, Local];

/** `panels(left, right, c, cRow, rows, columns, depth, accumulate, edge)`: all tiles of two panels. */
function panelsFunction(module: ModuleBuilder, tile: FunctionHandle): FunctionHandle {
  const parameters = new Array<"i32">(9).fill("i32");
  const add = addFunction(module);
  return module.function({ name: "panels", parameters, results: [] }, (code, ...given) => {
    const [left, right, c, cRow, rows, columns, depth, accumulate, edge] = given as Nine;
    const [row, column, a, target, high, wide, sliver] = locals(code, "i32", 7) as Eight;
    code.get(depth).i32(stepBytes).op("i32.mul").set(sliver);
    code.forRange({ local: column, from: 0, to: columns, step: tileColumns }, () => {
      minimum(code, columns, column, tileColumns).set(wide);
      code.get(left).set(a).get(c).set(target);
      code.forRange({ local: row, from: 0, to: rows, step: tileRows }, () => {
        minimum(code, rows, row, tileRows).tee(high).i32(tileRows).op("i32.eq");
        code.get(wide).i32(tileColumns).op("i32.eq").op("i32.and");
        code.get(accumulate).op("i32.eqz").op("i32.and");
        code.if(
          () => code.get(a).get(right).get(target).get(cRow).get(depth).call(tile),
          () => {
            code.get(a).get(right).get(edge).i32(edgeRow).get(depth).call(tile);
            code.get(edge).get(target).get(cRow).get(high).get(wide).get(accumulate).call(add);
          },
        );
        advance(code, a, sliver);
        code.get(cRow).i32(tileRows).op("i32.mul").get(target).op("i32.add").set(target);
      });
      advance(code, right, sliver);
      advance(code, c, edgeRow);
    });
  });
}
type Nine = [...Eight, Local];

/** `min(end - start, most)`. */
export function minimum(code: Code, end: Local, start: Local, most: number): Code {
  code.get(end).get(start).op("i32.sub").i32(most);
  return code.get(end).get(start).op("i32.sub").i32(most).op("i32.lt_u").op("select");
}

/**
 * `add(edge, c, cRow, rows, columns, accumulate)`: the part of an edge tile that exists goes to its
 * place, added to what is there if `accumulate` is not 0.
 */
export function addFunction(module: ModuleBuilder): FunctionHandle {
  const parameters = new Array<"i32">(6).fill("i32");
  return module.function({ name: "add", parameters, results: [] }, (code, ...given) => {
    const [edge, c, cRow, rows, columns, accumulate] = given as Eight;
    const [row, column, from, to, whole] = locals(code, "i32", 5) as Eight;
    const mask = code.local("v128");
    code.i32(0).get(accumulate).i32(0).op("i32.ne").op("i32.sub").op("i32x4.splat").set(mask);
    code.get(columns).i32(-4).op("i32.and").set(whole);
    code.forRange({ local: row, from: 0, to: rows, step: 1 }, () => {
      code.get(edge).set(from).get(c).set(to);
      code.forRange({ local: column, from: 0, to: whole, step: 4 }, () => {
        code.get(to).get(from).load("v128.load").get(to).load("v128.load").get(mask);
        code.op("v128.and").op("f32x4.add").store("v128.store");
        advance(code, from, 16);
        advance(code, to, 16);
      });
      code.forRange({ local: column, from: whole, to: columns, step: 1 }, () => {
        code.get(to).get(from).load("f32.load").get(to).load("f32.load").f32(0).get(accumulate);
        code.op("select").op("f32.add").store("f32.store");
        advance(code, from, bytesPerFloat);
        advance(code, to, bytesPerFloat);
      });
      advance(code, edge, edgeRow);
      advance(code, c, cRow);
    });
  });
}
