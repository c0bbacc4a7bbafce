/**
 * The product of small matrices: tiles read the operands where they lie, nothing is packed but
 * lanes that are not neighbors. C may be computed as its transpose, Cᵀ = Bᵀ Aᵀ: the bits are equal.
 */
import type { Code, FunctionHandle, Local, VectorBits } from "../encode.ts";
import { type Part, type Range, rangeOf } from "../part.ts";
import {
  blockLength,
  fits,
  mostLanes,
  registersOf,
  type TileShape,
  tileBytes,
  usesScratch,
} from "./tile.ts";
import { advance, bytesPerFloat, locals } from "./vectors.ts";

/** Rows are repeated over the lanes of the other operand; strides in elements. */
export interface DirectView {
  readonly rows: number;
  readonly lanes: number;
  readonly depth: number;
  readonly row: { readonly stride: number; readonly step: number };
  readonly lane: { readonly stride: number; readonly step: number };
  /** The product is computed as its transpose: rows are columns of B. */
  readonly transposed: boolean;
}

export interface DirectPlan extends DirectView {
  readonly tileRows: number;
  readonly tileLanes: number;
  /** Lanes of a tile are packed to be neighbors, or read in squares of four lanes by four steps. */
  readonly packs: boolean;
  readonly squares: boolean;
  readonly cycles: number;
}

/** The way to cut a view into tiles that takes the fewest cycles, as estimated. */
export function directPlan(view: DirectView, bits: VectorBits): DirectPlan | undefined {
  const { rows, lanes, depth } = view;
  const packs = view.lane.stride !== 1;
  if (lanes < 4 || (view.row.step === 0 && view.lane.step === 0 && !packs)) return undefined;
  let best: Omit<DirectPlan, keyof DirectView> | undefined;
  const offer = (plan: NonNullable<typeof best>) => {
    if (!best || plan.cycles < best.cycles) best = plan;
  };
  const squares = packs && view.lane.step === 1 && rows === 1;
  // lines of more such rows would drive each other out of the first cache
  const mostAcross = (bytesPerFloat * view.lane.stride) % 2048 === 0 ? 8 : mostLanes;
  for (let tileRows = 1; tileRows <= Math.min(5, rows); tileRows += 1)
    for (let most = 4; most <= mostLanes && most - 4 < lanes; most += 4) {
      const tileLanes = Math.min(most, lanes);
      if (squares && most <= mostAcross) {
        const cycles = Math.ceil(lanes / tileLanes) * (10 + depth * Math.max(3, most / 2));
        offer({ tileRows, tileLanes, packs: false, squares, cycles });
      }
      if (!fits(tileRows, tileLanes, depth, bits)) break;
      const cycles = estimate(view, { tileRows, tileLanes, packs }, bits);
      offer({ tileRows, tileLanes, packs, squares: false, cycles });
    }
  return best && { ...view, ...best };
}

/** Fitted to measurements on Zen 3 with Node 20; only the order of the estimates matters. */
function estimate(
  view: DirectView,
  { tileRows, tileLanes, packs }: Pick<DirectPlan, "tileRows" | "tileLanes" | "packs">,
  bits: VectorBits,
): number {
  const { rows, lanes, depth } = view;
  const vectors = Math.ceil(tileLanes / 4);
  const registers = registersOf(tileLanes, bits);
  const columns = Math.ceil(lanes / tileLanes);
  const instructions = 2 * tileRows * registers + tileRows + registers;
  const step = Math.max(3, 0.9 + 0.2 * instructions); // 3: additions to the same sum, in turn
  const tile = 10 + depth * step + (view.transposed ? 2.5 * tileRows * vectors : 0);
  const pack = packs ? 30 + depth * tileLanes * (view.lane.step === 1 ? 0.6 : 2) : 0;
  return columns * (pack + Math.ceil(rows / tileRows) * tile);
}

/** Scratch of any plan of this depth, in bytes: of a tile, and the packed lanes of one tile. */
export const directWorkspaceBytes = (depth: number): number =>
  tileBytes + bytesPerFloat * depth * mostLanes;

export interface DirectOperands {
  readonly a: number | Local;
  readonly b: number | Local;
  readonly c: number | Local;
  /** Of C, in elements. */
  readonly rowStride: number;
  readonly workspace: number | Local;
}

/** The shared functions a direct product calls. */
export interface DirectLibrary {
  tile(shape: TileShape): FunctionHandle;
  pack(width: number, pitch: number): FunctionHandle;
}

/** Rows and columns of C that this thread computes are the result. */
export function emitDirect(
  code: Code,
  library: DirectLibrary,
  plan: DirectPlan,
  { a, b, c, rowStride, workspace }: DirectOperands,
  part?: Part,
): Covered {
  const { tileLanes, tileRows, transposed, depth, packs } = plan;
  const [row, lane, corner, target, packed] = locals(code, "i32", 5) as Five;
  const [repeated, vectors] = transposed ? [b, a] : [a, b];
  const out = transposed ? { row: 1, lane: rowStride } : { row: rowStride, lane: 1 };
  const outBytes = bytesPerFloat * out.row;
  const source = packs ? packed : lane;
  const shape = tileShape(plan, out.lane);
  const tile = library.tile(shape);
  const scratch = usesScratch(shape, code.bits);
  const lanes = { length: plan.lanes, size: tileLanes };
  const rows = { length: plan.rows, size: tileRows };
  code.value(workspace).i32(tileBytes).op("i32.add").set(packed);
  code.value(vectors).set(lane).value(c).set(corner);
  const byLanes = plan.lanes / tileLanes >= Math.min(8, plan.rows / tileRows);
  const shares = { lanes: byLanes ? part : undefined, rows: byLanes ? undefined : part };
  const lanesMove = [lane, plan.lane.stride, corner, out.lane] as const;
  cut(code, { ...lanes, moves: lanesMove, part: shares.lanes }, () => {
    if (packs) emitPack(code, library, plan, { lane, packed });
    code.value(repeated).set(row).get(corner).set(target);
    const rowsMove = [row, plan.row.stride, target, out.row] as const;
    cut(code, { ...rows, moves: rowsMove, part: shares.rows }, () => {
      code.get(row).get(source).get(target).i32(outBytes).i32(depth);
      if (scratch) code.value(workspace);
      code.call(tile);
    });
  });
  const own = { rows: covered(code, rows, shares.rows), lanes: covered(code, lanes, shares.lanes) };
  return transposed
    ? { rows: own.lanes, columns: own.rows }
    : { rows: own.rows, columns: own.lanes };
}

interface Covered {
  readonly rows: Range;
  readonly columns: Range;
}

/** What of a length the pieces of a thread cover; the rest goes with the last whole piece. */
function covered(
  code: Code,
  { length, size }: { length: number; size: number },
  part: Part | undefined,
): Range {
  if (!part) return { from: 0, to: length };
  const whole = Math.floor(length / size);
  const own = rangeOf(code, part, { length: whole });
  const [from, to] = locals(code, "i32", 2) as [Local, Local];
  code.value(own.from).i32(size).op("i32.mul").set(from);
  code.i32(length).value(own.to).i32(size).op("i32.mul");
  isLast(code, own, whole).op("select").set(to);
  return { from, to };
}

/** Whether a thread has the last of `whole` pieces. */
const isLast = (code: Code, { from, to }: Range, whole: number): Code =>
  code.value(from).value(to).op("i32.lt_u").value(to).i32(whole).op("i32.eq").op("i32.and");

type Five = [Local, Local, Local, Local, Local];

const packWidth = (plan: DirectPlan) => 4 * Math.ceil(plan.tileLanes / 4);

const tileShape = (plan: DirectPlan, laneStride: number): TileShape => ({
  rows: plan.tileRows,
  lanes: plan.tileLanes,
  rowStride: plan.row.stride,
  rowStep: plan.row.step,
  laneStep: plan.packs ? packWidth(plan) : plan.lane.step,
  laneStride,
  apart: plan.squares ? plan.lane.stride : undefined,
  long: plan.depth > blockLength,
});

/** Makes neighbors of the lanes of one tile. */
function emitPack(
  code: Code,
  library: DirectLibrary,
  plan: DirectPlan,
  { lane, packed }: { lane: Local; packed: Local },
): void {
  const width = packWidth(plan);
  code
    .get(lane)
    .i32(bytesPerFloat * plan.lane.stride)
    .i32(bytesPerFloat * plan.lane.step);
  code.i32(plan.tileLanes).i32(plan.depth).get(packed).call(library.pack(width, width));
}

interface Pieces {
  readonly length: number;
  readonly size: number;
  /** Two addresses, each with the elements it moves for one element of length. */
  readonly moves: readonly [Local, number, Local, number];
  readonly part: Part | undefined;
}

/** Pieces of one size over a length; the last is moved back to end with it. */
function cut(code: Code, pieces: Pieces, body: () => void): void {
  const { length, size, moves, part } = pieces;
  const [first, firstStride, second, secondStride] = moves;
  const move = (by: number) => {
    advance(code, first, bytesPerFloat * by * firstStride);
    advance(code, second, bytesPerFloat * by * secondStride);
  };
  const whole = Math.floor(length / size);
  const rest = length % size;
  if (part) {
    cutPart(code, pieces, part, body);
    return;
  }
  if (whole === 1) body();
  else
    code.forRange({ local: code.local("i32"), from: 0, to: whole, step: 1 }, () => {
      body();
      move(size);
    });
  if (rest === 0) return;
  move(whole === 1 ? rest : rest - size);
  body();
}

/** One thread's pieces. The last one overlaps the one before it: the same thread has both. */
function cutPart(code: Code, { length, size, moves }: Pieces, part: Part, body: () => void): void {
  const [first, firstStride, second, secondStride] = moves;
  const strides = [
    [first, firstStride],
    [second, secondStride],
  ] as const;
  const move = (by: number) => {
    for (const [local, stride] of strides) advance(code, local, bytesPerFloat * by * stride);
  };
  const whole = Math.floor(length / size);
  const rest = length % size;
  const { from, to } = rangeOf(code, part, { length: whole });
  for (const [local, stride] of strides) {
    code
      .value(from)
      .i32(bytesPerFloat * size * stride)
      .op("i32.mul");
    code.get(local).op("i32.add").set(local);
  }
  code.forRange({ local: code.local("i32"), from, to, step: 1 }, () => {
    body();
    move(size);
  });
  if (rest === 0) return;
  isLast(code, { from, to }, whole).if(() => {
    move(rest - size);
    body();
  });
}
