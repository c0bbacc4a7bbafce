/**
 * The product of large matrices: packed panels, a tile in registers, blocks that fit caches.
 *
 * Order of every sum: blocks of 256 along K, ascending; inside a block from zero, ascending,
 * multiply then add; block sums added ascending.
 * Goto and van de Geijn, Anatomy of high-performance matrix multiplication, ACM TOMS 34(3), 2008.
 */
import type { Code, FunctionHandle, Local, ModuleBuilder, VectorBits } from "../encode.ts";
import { callFinish, type Finish } from "../epilogue.ts";
import type { Range } from "../part.ts";
import { blockLength, tileFunction } from "./tile.ts";
import { advance, bytesPerFloat, locals } from "./vectors.ts";

/** How a packed product is cut; the bits do not depend on it. */
export interface Cut {
  readonly rows: number;
  readonly columns: number;
  /** Numbers from one step of depth to the next in the panel of A, and in that of B. */
  readonly leftPitch: number;
  readonly rightPitch: number;
  /** Rows of A and columns of B in one panel, whole tiles. */
  readonly panelRows: number;
  readonly panelColumns: number;
}

/** Panels of at most 130 and 512 KB at full depth, for 512 KB of L2; 130 rows hold 128 at once. */
export const cuts: Readonly<Record<VectorBits, Cut>> = {
  128: { rows: 5, columns: 8, leftPitch: 5, rightPitch: 8, panelRows: 130, panelColumns: 512 },
  256: { rows: 5, columns: 16, leftPitch: 5, rightPitch: 16, panelRows: 130, panelColumns: 512 },
};

/** Rows and columns of one tile. */
export const packedTile = (bits: VectorBits): Pick<Cut, "rows" | "columns"> => cuts[bits];

export const edgeBytes = (cut: Cut) => bytesPerFloat * cut.rows * cut.columns;
const slivers = (length: number, most: number, size: number) =>
  Math.ceil(Math.min(length, most) / size);

/**
 * Scratch that `packedFunction` needs with either cut, in bytes: an edge tile, the right and the
 * left panel.
 */
export function packedWorkspaceBytes({ m, n, k }: { m: number; n: number; k: number }): number {
  const withLeft = (bits: VectorBits) => {
    const { rows, leftPitch, panelRows } = cuts[bits];
    const step = bytesPerFloat * leftPitch * slivers(m, panelRows, rows);
    return leftOffset({ n, k }, bits) + step * Math.min(k, blockLength);
  };
  return Math.max(withLeft(128), withLeft(256));
}

/** Where the left panel starts in the scratch. */
export function leftOffset({ n, k }: { n: number; k: number }, bits: VectorBits): number {
  const { columns, rightPitch, panelColumns } = cuts[bits];
  const step = bytesPerFloat * rightPitch * slivers(n, panelColumns, columns);
  return edgeBytes(cuts[bits]) + step * Math.min(k, blockLength);
}

/** The operand that is packed already, as a whole. */
export type Whole = "left" | "right";

/** Lanes of a sliver of an operand, numbers from one step of depth to the next, bytes of all slivers. */
export function wholeShape(
  { m, n, k }: { m: number; n: number; k: number },
  { whole, bits }: { whole: Whole; bits: VectorBits },
) {
  const { rows, columns, leftPitch, rightPitch } = cuts[bits];
  const [lanes, width, pitch] = whole === "left" ? [m, rows, leftPitch] : [n, columns, rightPitch];
  const slivers = Math.ceil(lanes / width);
  return { lanes, width, pitch, slivers, bytes: bytesPerFloat * slivers * pitch * k };
}

/** The functions that packed products share. */
interface PackedLibrary {
  pack(width: number, pitch: number): FunctionHandle;
  panels(): FunctionHandle;
}

/**
 * Adds `product(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace, left)`; strides in
 * bytes, `left` the address `leftOffset` behind the workspace. With something that follows on each
 * panel of C, it takes the plane, the first row and column, and what is passed on to that, too. An
 * operand that is packed as a whole is `[k / 256][slivers][depth][pitch]`, and its address comes last.
 */
export function packedFunction(
  module: ModuleBuilder,
  library: PackedLibrary,
  { finish, whole }: { finish?: Finish | undefined; whole?: Whole | undefined } = {},
): FunctionHandle {
  const cut = cuts[module.bits];
  const packLeft = library.pack(cut.rows, cut.leftPitch);
  const packRight = library.pack(cut.columns, cut.rightPitch);
  const multiply = library.panels();
  const passed = (finish ? 3 + finish.given.length : 0) + (whole ? 1 : 0);
  const parameters = new Array<"i32">(13 + passed).fill("i32");
  return module.function({ name: "product", parameters, results: [] }, (code, ...given) => {
    const [a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace, left] =
      given as Thirteen;
    const [row, column, block, rows, columns, depth, right] = locals(code, "i32", 7) as Eight;
    code.get(workspace).i32(edgeBytes(cut)).op("i32.add").set(right);
    const panel = (start: Local, end: Local, step: number, size: Local, body: () => void) =>
      code.forRange({ local: start, from: 0, to: end, step }, () => {
        minimum(code, end, start, step).set(size);
        body();
      });
    const ready = { address: given.at(-1)!, block, depth };
    const packRows = () => {
      if (whole === "left")
        return findPanel(code, ready, { ...leftOf(cut), lanes: m, at: row }, left);
      movedBy(code, a, [row, aRow], [block, aColumn]);
      code.get(aRow).get(aColumn).get(rows).get(depth).get(left).call(packLeft);
    };
    const packColumns = () => {
      const shape = { ...rightOf(cut), lanes: n, at: column };
      if (whole === "right") return findPanel(code, ready, shape, right);
      movedBy(code, b, [block, bRow], [column, bColumn]);
      code.get(bColumn).get(bRow).get(columns).get(depth).get(right).call(packRight);
    };
    const follow = { callee: finish?.callee, given: given.slice(13, whole ? -1 : undefined) };
    panel(column, n, cut.panelColumns, columns, () =>
      panel(block, k, blockLength, depth, () => {
        packColumns();
        panel(row, m, cut.panelRows, rows, () => {
          packRows();
          code.get(left).get(right);
          movedBy(code, c, [row, cRow], [column, bytesPerFloat]);
          code.get(cRow).get(rows).get(columns).get(depth).get(block).get(workspace).call(multiply);
          finishPanel(code, follow, { row, rows, column, columns, done: { block, depth, k } });
        });
      }),
    );
  });
}

const leftOf = ({ rows, leftPitch }: Cut) => ({ width: rows, pitch: leftPitch });
const rightOf = ({ columns, rightPitch }: Cut) => ({ width: columns, pitch: rightPitch });

/** Pushes an address that has moved by some strides. */
function movedBy(
  code: Code,
  base: Local,
  ...terms: readonly [index: Local, stride: Local | number][]
): void {
  code.get(base);
  for (const [index, stride] of terms) code.get(index).value(stride).op("i32.mul").op("i32.add");
}

/** The panel of an operand that is packed as a whole: behind all slivers of the blocks before, and some. */
function findPanel(
  code: Code,
  { address, block, depth }: { address: Local; block: Local; depth: Local },
  { lanes, at, width, pitch }: { lanes: Local; at: Local; width: number; pitch: number },
  panel: Local,
): void {
  code
    .get(lanes)
    .i32(width - 1)
    .op("i32.add")
    .i32(width)
    .op("i32.div_u");
  code.get(block).op("i32.mul");
  code.get(at).i32(width).op("i32.div_u").get(depth).op("i32.mul").op("i32.add");
  code
    .i32(bytesPerFloat * pitch)
    .op("i32.mul")
    .get(address)
    .op("i32.add")
    .set(panel);
}

interface Panel {
  readonly row: Local;
  readonly rows: Local;
  readonly column: Local;
  readonly columns: Local;
  readonly done: { readonly block: Local; readonly depth: Local; readonly k: Local };
}

/** What follows, if anything does, after the last block of a panel's sums. */
function finishPanel(
  code: Code,
  { callee, given }: { callee: FunctionHandle | undefined; given: readonly Local[] },
  panel: Panel,
): void {
  if (!callee) return;
  const { row, rows, column, columns, done } = panel;
  const [plane, firstRow, firstColumn, ...rest] = given as [Local, Local, Local, ...Local[]];
  const range = (first: Local, from: Local, length: Local): Range => {
    const [start, end] = locals(code, "i32", 2) as [Local, Local];
    code.get(first).get(from).op("i32.add").tee(start).get(length).op("i32.add").set(end);
    return { from: start, to: end };
  };
  code
    .get(done.block)
    .get(done.depth)
    .op("i32.add")
    .get(done.k)
    .op("i32.eq")
    .if(() => {
      const piece = {
        plane,
        rows: range(firstRow, row, rows),
        columns: range(firstColumn, column, columns),
      };
      callFinish(code, { callee, given: rest }, piece);
    });
}
type Eight = [Local, Local, Local, Local, Local, Local, Local, Local];
type Thirteen = [...Eight, Local, Local, Local, Local, Local];

/** `panels(left, right, c, cRow, rows, columns, depth, accumulate, edge)`: all tiles of two panels. */
export function panelsFunction(module: ModuleBuilder): FunctionHandle {
  const cut = cuts[module.bits];
  const parameters = new Array<"i32">(9).fill("i32");
  const edgeRow = bytesPerFloat * cut.columns;
  const tiles = tileFunctions(module, cut);
  const add = addFunction(module, edgeRow);
  return module.function({ name: "panels", parameters, results: [] }, (code, ...given) => {
    const [left, right, c, cRow, rows, columns, depth, accumulate, edge] = given as Nine;
    const [row, column, a, target, high, wide] = locals(code, "i32", 6) as Eight;
    const straight = () => code.get(a).get(right).get(target).get(cRow).get(depth);
    const { first, further } = tiles;
    code.forRange({ local: column, from: 0, to: columns, step: cut.columns }, () => {
      minimum(code, columns, column, cut.columns).set(wide);
      code.get(left).set(a).get(c).set(target);
      code.forRange({ local: row, from: 0, to: rows, step: cut.rows }, () => {
        minimum(code, rows, row, cut.rows).tee(high).i32(cut.rows).op("i32.eq");
        code.get(wide).i32(cut.columns).op("i32.eq").op("i32.and");
        code.if(
          () =>
            code.get(accumulate).if(
              () => straight().get(edge).call(further),
              () => straight().call(first),
            ),
          () => {
            code.get(a).get(right).get(edge).i32(edgeRow).get(depth).call(first);
            code.get(edge).get(target).get(cRow).get(high).get(wide).get(accumulate).call(add);
          },
        );
        skipSliver(code, a, depth, cut.leftPitch);
        code.get(cRow).i32(cut.rows).op("i32.mul").get(target).op("i32.add").set(target);
      });
      skipSliver(code, right, depth, cut.rightPitch);
      advance(code, c, edgeRow);
    });
  });
}

/** The tile of the first block of a sum, and that of further ones, which takes an edge as scratch. */
export function tileFunctions(module: ModuleBuilder, cut: Cut) {
  const steps = { rowStride: 1, rowStep: cut.leftPitch, laneStep: cut.rightPitch, laneStride: 1 };
  const shape = { rows: cut.rows, lanes: cut.columns, ...steps, long: false };
  return {
    first: tileFunction(module, shape),
    further: tileFunction(module, { ...shape, adds: true }),
  };
}

/** Moves `at` behind a sliver of `depth` steps. */
export function skipSliver(code: Code, at: Local, depth: Local, pitch: number): void {
  const step = bytesPerFloat * pitch;
  code.get(depth).i32(step).op("i32.mul").get(at).op("i32.add").set(at);
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
export function addFunction(module: ModuleBuilder, edgeRow: number): FunctionHandle {
  const parameters = new Array<"i32">(6).fill("i32");
  return module.function({ name: "add", parameters, results: [] }, (code, ...given) => {
    const [edge, c, cRow, rows, columns, accumulate] = given as Eight;
    const [row, column, from, to, whole] = locals(code, "i32", 5) as Eight;
    const mask = code.local("v128");
    code.i32(0).get(accumulate).i32(0).op("i32.ne").op("i32.sub").op("i32x4.splat").set(mask);
    code.get(columns).i32(-4).op("i32.and").set(whole);
    const addFour = (to: Local, from: Local, offset = 0) => {
      code.get(to).get(from).load("v128.load", { offset }).get(to).load("v128.load", { offset });
      code.get(mask).op("v128.and").op("f32x4.add").store("v128.store", { offset });
    };
    const addPart = () => {
      code.get(edge).set(from).get(c).set(to);
      code.forRange({ local: column, from: 0, to: whole, step: 4 }, () => {
        addFour(to, from);
        advance(code, from, 16);
        advance(code, to, 16);
      });
      code.forRange({ local: column, from: whole, to: columns, step: 1 }, () => {
        code.get(to).get(from).load("f32.load").get(to).load("f32.load").f32(0).get(accumulate);
        code.op("select").op("f32.add").store("f32.store");
        advance(code, from, bytesPerFloat);
        advance(code, to, bytesPerFloat);
      });
    };
    code.forRange({ local: row, from: 0, to: rows, step: 1 }, () => {
      code
        .get(columns)
        .i32(edgeRow / bytesPerFloat)
        .op("i32.eq");
      code.if(() => {
        for (let offset = 0; offset < edgeRow; offset += 16) addFour(c, edge, offset);
      }, addPart);
      advance(code, edge, edgeRow);
      advance(code, c, cRow);
    });
  });
}
