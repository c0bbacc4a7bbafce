/**
 * The product of large matrices: packed panels, a 5 × 8 tile in registers, blocks that fit caches.
 *
 * Order of every sum: blocks of 256 along K, ascending; inside a block from zero, ascending,
 * multiply then add; block sums added ascending.
 * Goto and van de Geijn, Anatomy of high-performance matrix multiplication, ACM TOMS 34(3), 2008.
 */
import type { Code, FunctionHandle, Local, ModuleBuilder } from "../encode.ts";
import { packFunction, pitch } from "./pack.ts";
import { advance, bytesPerFloat, locals } from "./vectors.ts";

/** Length of one block along K: part of the definition of the result, not a tuning knob. */
export const blockLength = 256;
const tileRows = 5;
const tileColumns = 8;
/** Rows of A and columns of B in one panel (256 KB each at full depth): tuned for 512 KB of L2. */
const panelRows = 125;
const panelColumns = 512;

const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
const edgeRow = bytesPerFloat * tileColumns;
const edgeBytes = tileRows * edgeRow;

const stepBytes = bytesPerFloat * pitch;
const leftBytes = stepBytes * blockLength * (panelRows / tileRows);

/** Scratch that `packedFunction` needs, in bytes: an edge tile, the left and the right panel. */
export function packedWorkspaceBytes(shape: { n: number; k: number }): number {
  const columns = roundUp(Math.min(shape.n, panelColumns), tileColumns);
  return edgeBytes + leftBytes + bytesPerFloat * Math.min(shape.k, blockLength) * columns;
}

/**
 * Adds `product(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace)`; strides in bytes.
 */
export function packedFunction(module: ModuleBuilder): FunctionHandle {
  const packLeft = packFunction(module, tileRows);
  const packRight = packFunction(module, tileColumns);
  const multiply = panelsFunction(module, tileFunction(module));
  const parameters = new Array<"i32">(12).fill("i32");
  return module.function({ name: "product", parameters, results: [] }, (code, ...given) => {
    const [a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace] = given as Twelve;
    const [row, column, block, rows, columns, depth, left, right] = locals(code, "i32", 8) as Eight;
    code.get(workspace).i32(edgeBytes).op("i32.add").set(left);
    code.get(left).i32(leftBytes).op("i32.add").set(right);
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
type Twelve = [...Eight, Local, Local, Local, Local];

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
        code
          .get(accumulate)
          .op("i32.eqz")
          .op("i32.and")
          .if(
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
function minimum(code: Code, end: Local, start: Local, most: number): Code {
  code.get(end).get(start).op("i32.sub").i32(most);
  return code.get(end).get(start).op("i32.sub").i32(most).op("i32.lt_u").op("select");
}

/**
 * `add(edge, c, cRow, rows, columns, accumulate)`: the part of an edge tile that exists goes to its
 * place, added to what is there if `accumulate` is not 0.
 */
function addFunction(module: ModuleBuilder): FunctionHandle {
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

/**
 * `tile(a, b, c, cRow, depth)`: 5 × 8 outputs from two slivers, in ten registers.
 *
 * Tuned to V8: one step a pass, because V8 moves all loads of a straight run to its front and then
 * spills; a loop that may be skipped, because the join behind it lets V8 place each load near its
 * use; stores of bare sums behind it, for the same reason; one moving pointer, advanced before
 * the loads, because that spares index arithmetic.
 */
function tileFunction(module: ModuleBuilder): FunctionHandle {
  const parameters = new Array<"i32">(5).fill("i32");
  return module.function({ name: "tile", parameters, results: [] }, (code, ...given) => {
    const [a, b, c, cRow, depth] = given as Eight;
    const sums = locals(code, "v128", (tileRows * tileColumns) / 4);
    const [end, distance] = locals(code, "i32", 2) as Eight;
    advance(code, a, -stepBytes);
    code.get(depth).i32(stepBytes).op("i32.mul").get(a).op("i32.add").set(end);
    code.get(b).get(a).op("i32.sub").i32(stepBytes).op("i32.sub").set(distance);
    code.get(depth).if(() =>
      code.loop((again) => {
        advance(code, a, stepBytes);
        code.get(a).get(distance).op("i32.add").set(b);
        multiplyStep(code, a, b, sums);
        code.get(a).get(end).op("i32.ne").brIf(again);
      }),
    );
    for (let row = 0; row < tileRows; row += 1) {
      for (let j = 0; j < tileColumns / 4; j += 1) {
        const sum = sums[(row * tileColumns) / 4 + j]!;
        code
          .get(c)
          .get(sum)
          .store("v128.store", { offset: 16 * j });
      }
      advance(code, c, cRow);
    }
  });
}

function multiplyStep(code: Code, a: Local, b: Local, sums: readonly Local[]): void {
  const right = locals(code, "v128", tileColumns / 4);
  const left = code.local("v128");
  right.forEach((vector, j) => {
    code
      .get(b)
      .load("v128.load", { offset: 16 * j })
      .set(vector);
  });
  for (let row = 0; row < tileRows; row += 1) {
    code
      .get(a)
      .load("v128.load32_splat", { offset: bytesPerFloat * row })
      .set(left);
    right.forEach((vector, j) => {
      const sum = sums[row * right.length + j]!;
      code.get(sum).get(left).get(vector).op("f32x4.mul").op("f32x4.add").set(sum);
    });
  }
}
