/** Convolutions: matrix products whose right panels are packed straight from the image. */
import { sizeOf } from "../../base/shape.ts";
import type { ConvolutionKernel, ConvolutionPhase } from "../../compile/kernel.ts";
import type { AddressOf } from "./body.ts";
import type { Code, FunctionHandle, Local, ModuleBuilder, VectorBits } from "./encode.ts";
import { emitFinish, type Finish, finishColumns } from "./epilogue.ts";
import { fewColumns, fewFunction, fewRows } from "./gemm/few.ts";
import { gatherFunction } from "./gemm/gather.ts";
import { addFunction, type Cut, cuts, edgeBytes, minimum, tileFunctions } from "./gemm/packed.ts";
import {
  collectFunction,
  scatterFunction,
  spreadBlocksFunction,
  spreadFunction,
} from "./gemm/spread.ts";
import { expandFunction, listBytes, tableBytes } from "./gemm/tables.ts";
import { blockLength } from "./gemm/tile.ts";
import { advance, bytesPerFloat, locals } from "./gemm/vectors.ts";
import type { ProductLibrary } from "./gemm.ts";
import { handOut, largestShare, lineElements, type Part, type Range, rangeOf } from "./part.ts";

/** Tiles of four rows where five would leave much of the last one empty. */
function cutOf({ size }: ConvolutionKernel, bits: VectorBits): Cut {
  const cut = cuts[bits];
  // what a row of each tile takes, as measured
  const four = bits === 256 ? 1.03 : 1.12;
  const work = (rows: number, each: number) => Math.ceil(size.outputs / rows) * rows * each;
  if (work(4, four) >= work(cut.rows, 1)) return cut;
  const panelRows = cut.panelRows - (cut.panelRows % 4);
  return { ...cut, rows: 4, leftPitch: bits === 256 ? 4 : cut.leftPitch, panelRows };
}

/** What a convolution works in: two edge tiles, tables of a panel's columns and of a block, two panels. */
function areasOf(cut: Cut) {
  const columns = 2 * edgeBytes(cut);
  const depth = columns + tableBytes;
  const right = depth + tableBytes;
  const left = right + bytesPerFloat * blockLength * cut.panelColumns;
  return { edge: 0, columns, depth, right, left };
}

/** Scratch that a convolution needs with either cut, in bytes. */
export function convolutionWorkspaceBytes(kernel: ConvolutionKernel): number {
  const withLeft = (bits: VectorBits) => {
    const cut = cutOf(kernel, bits);
    const { rows, leftPitch, panelRows } = cut;
    const slivers = Math.ceil(Math.min(kernel.size.outputs, panelRows) / rows);
    const pitch = Math.max(leftPitch, fewColumns);
    return areasOf(cut).left + bytesPerFloat * blockLength * pitch * slivers;
  };
  const bytes = Math.max(withLeft(128), withLeft(256));
  return Math.ceil(bytes / cacheLine) * cacheLine;
}

const cacheLine = 64;

interface Functions {
  readonly expand: FunctionHandle;
  readonly right: FunctionHandle;
  readonly left: FunctionHandle;
  /** All tiles of packed panels, or of few rows and columns where they lie. */
  readonly multiply: FunctionHandle;
}

const eight = { width: 8, strided: false };
const strided = { parts: 1, strided: true, masked: false };

/** Where a dilated input leaves little of each block, panels hold several. */
const joinsBlocks = ({ size, phases }: ConvolutionKernel): boolean =>
  size.outputs > fewRows &&
  phases.some(
    ({ window, blocks }) => blocks > 1 && 2 * window * size.channels <= blockLength * blocks,
  );

/** Panels are packed, then multiplied tile by tile. */
function manyRows(library: ProductLibrary, kernel: ConvolutionKernel, cut: Cut): Functions {
  const masked = kernel.padded;
  const joined = joinsBlocks(kernel);
  const { rows, columns, leftPitch, rightPitch: pitch } = cut;
  const right = { ...eight, parts: columns / eight.width, pitch, masked };
  const edgeRow = bytesPerFloat * columns;
  const placing = (module: ModuleBuilder) => ({
    tile: tileFunctions(module, cut),
    add: addFunction(module, edgeRow),
    scatter: scatterFunction(module, edgeRow),
  });
  return {
    expand: library.shared("expand", expandFunction),
    right: library.shared(`right ${masked}`, (module) => gatherFunction(module, right)),
    left: library.shared(`left of ${rows}`, (module) =>
      gatherFunction(module, { ...strided, width: rows, pitch: leftPitch }),
    ),
    multiply: library.shared(`spread of ${rows} ${joined}`, (module) =>
      joined
        ? spreadBlocksFunction(module, cut, {
            ...placing(module),
            collect: collectFunction(module, edgeRow),
          })
        : spreadFunction(module, cut, placing(module)),
    ),
  };
}

/** Rows are packed; columns only where they are no neighbors. */
function someRows(library: ProductLibrary, rows: number, masked: boolean): Functions {
  const steps = { rowStep: fewColumns, laneStep: fewColumns, rowStride: 1, laneStride: 1 };
  const tile = library.tile({ rows, lanes: fewColumns, ...steps, long: false });
  const edgeRow = bytesPerFloat * fewColumns;
  const [add, scatter] = [
    library.shared("add eight", (module) => addFunction(module, edgeRow)),
    library.shared("scatter eight", (module) => scatterFunction(module, edgeRow)),
  ];
  const right = { ...eight, parts: 1, pitch: fewColumns, masked };
  const gather = library.shared(`eight ${masked}`, (module) => gatherFunction(module, right));
  return {
    right: gather,
    expand: library.shared("expand", expandFunction),
    left: library.shared(`left ${rows}`, (module) =>
      gatherFunction(module, { ...strided, width: rows, pitch: fewColumns }),
    ),
    multiply: library.shared(`few ${rows} ${masked}`, (module) =>
      fewFunction(module, { rows, masked }, { gather, tile, add, scatter }),
    ),
  };
}

interface Place {
  readonly addressOf: AddressOf;
  readonly workspace: number;
  readonly part?: Part | undefined;
}

/** Whether some results are sums of nothing: all are cleared first. */
export const isPartlyClear = ({ phases }: ConvolutionKernel): boolean =>
  phases.some(({ blocks }) => blocks === 0);

/** Where a thread's areas lie, and the second lists of the tables. */
interface Areas {
  readonly edge: number | Local;
  readonly columns: number | Local;
  readonly columnsEnd: number | Local;
  readonly depth: number | Local;
  readonly depthEnd: number | Local;
  readonly right: number | Local;
  readonly left: number | Local;
}

function placeAreas(code: Code, kernel: ConvolutionKernel, { workspace, part }: Place): Areas {
  const { columns, depth, ...areas } = areasOf(cutOf(kernel, code.bits));
  const at = (offset: number) => {
    if (!part) return workspace + offset;
    const address = code.local("i32");
    code.get(part.thread).i32(convolutionWorkspaceBytes(kernel)).op("i32.mul");
    code
      .i32(workspace + offset)
      .op("i32.add")
      .set(address);
    return address;
  };
  return {
    ...{ edge: at(areas.edge), right: at(areas.right), left: at(areas.left) },
    ...{ columns: at(columns), columnsEnd: at(columns + listBytes) },
    ...{ depth: at(depth), depthEnd: at(depth + listBytes) },
  };
}

export function emitConvolution(
  code: Code,
  library: ProductLibrary,
  kernel: ConvolutionKernel,
  place: Place,
): void {
  const { size, phases, padded } = kernel;
  const functions =
    size.outputs <= fewRows
      ? someRows(library, size.outputs, padded)
      : manyRows(library, kernel, cutOf(kernel, code.bits));
  const areas = placeAreas(code, kernel, place);
  // panels, and what threads take of them, start at whole lines
  const unit = greatestDivisor(sizeOf(kernel.out.shape.slice(2)), lineElements);
  const finish = emitFinish(library.module, kernel, place, unit);
  for (const phase of phases) emitPhase(code, { kernel, functions, phase, place, areas, finish });
}

export const greatestDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestDivisor(b, a % b);

interface PhaseOptions {
  readonly kernel: ConvolutionKernel;
  readonly functions: Functions;
  readonly phase: ConvolutionPhase;
  readonly place: Place;
  readonly areas: Areas;
  readonly finish: Finish | undefined;
}

interface Panel {
  readonly columns: Local;
  readonly block: Local;
  readonly depth: Local;
  /** Addresses of the words where its first block starts and its last one ends. */
  readonly first: Local;
  readonly end: Local;
}

/** Gathering a column takes as long as multiplying it by so many rows, and packing a row likewise. */
const [rowsOfGathering, columnsOfPacking] = [10, 8];

/** Threads share out columns, or rows, all gathering all columns, where that leaves each less. */
function splitsRows(options: PhaseOptions, bits: VectorBits): boolean {
  const { kernel, phase, place, finish } = options;
  const { size } = kernel;
  const { outputs } = size;
  const { part } = place;
  // rows of several groups are no one range
  if (!part || outputs <= fewRows || (finish && size.groups > 1)) return false;
  const columns = size.batch * phase.positions;
  const share = (length: number, unit: number) =>
    Math.min(length, unit * largestShare(Math.ceil(length / unit), part));
  const byRows =
    columns * rowsOfGathering +
    share(outputs, cutOf(kernel, bits).rows) * (columns + columnsOfPacking);
  const byColumns =
    share(columns, lineElements) * (rowsOfGathering + outputs) + outputs * columnsOfPacking;
  return byRows < byColumns;
}

/** What a thread has of the rows of a group. */
const ownRows = (code: Code, options: PhaseOptions): Range =>
  rangeOf(code, splitsRows(options, code.bits) ? options.place.part : undefined, {
    length: options.kernel.size.outputs,
    unit: cutOf(options.kernel, code.bits).rows,
  });

/** Panels of columns, in each blocks of the sum, in each the groups. */
function emitPhase(code: Code, options: PhaseOptions): void {
  const { kernel, phase, place } = options;
  const [column, total, columns] = locals(code, "i32", 3) as Three;
  const { panelColumns } = cutOf(kernel, code.bits);
  const all = { length: kernel.size.batch * phase.positions, unit: lineElements };
  const pieces = { ...all, least: 128, word: kernel.phases.indexOf(phase) };
  const part = splitsRows(options, code.bits) ? undefined : place.part;
  handOut(code, part, pieces, ({ from, to }) => {
    code.value(to).set(total);
    code.forRange({ local: column, from, to: total, step: panelColumns }, () => {
      minimum(code, total, column, panelColumns).set(columns);
      emitPanel(code, options, { column, columns });
    });
  });
}

/** So many columns from one on. */
function emitPanel(
  code: Code,
  options: PhaseOptions,
  { column, columns }: { column: Local; columns: Local },
): void {
  const { kernel, functions, phase, place, areas } = options;
  const { x, kernel: weights, out, tables } = kernel;
  const { positions, window, blocks } = phase;
  const columnLists = place.addressOf(tables) + 4 * phase.start;
  const depthLists = columnLists + 12 * positions;
  const starts = depthLists + 12 * window;
  code.value(areas.columns).i32(columnLists).i32(positions);
  code
    .get(column)
    .get(columns)
    .i32(4 * x.strides[0]!);
  code.i32(4 * sizeOf(out.shape.slice(1))).call(functions.expand);
  const [block, start, depth, first, end] = locals(code, "i32", 5) as Five;
  const last = starts + 4 * blocks;
  code.forRange({ local: first, from: starts, to: last, step: 4 }, () => {
    nextPanel(code, { first, end, last, start, depth }, joinsBlocks(kernel));
    code.get(first).i32(starts).op("i32.sub").set(block);
    code.value(areas.depth).i32(depthLists).i32(window).get(start).get(depth);
    code
      .i32(4 * x.strides[1]!)
      .i32(4 * weights.strides[1]!)
      .call(functions.expand);
    emitGroups(code, options, { columns, block, depth, first, end });
    // on to the block behind these
    code.get(end).i32(4).op("i32.sub").set(first);
  });
  if (!options.finish) return;
  const { size } = kernel;
  const all = { from: 0, to: size.groups * size.outputs };
  const rows = splitsRows(options, code.bits) ? ownRows(code, options) : all;
  finishColumns(code, options.finish, { rows, column, columns, positions });
}
type Three = [Local, Local, Local];
type Five = [...Three, Local, Local];

interface Stretch {
  readonly first: Local;
  readonly end: Local;
  /** Address of the word behind all blocks. */
  readonly last: number;
  readonly start: Local;
  readonly depth: Local;
}

/** The block at `first`, with as many behind it as make up no more than a whole one if they are joined. */
function nextPanel(code: Code, panel: Stretch, joined: boolean): void {
  const { first, end, last, start, depth } = panel;
  code.get(first).load("i32.load").set(start);
  code.get(first).set(end);
  const lengthen = () => {
    advance(code, end, 4);
    code.get(end).load("i32.load").get(start).op("i32.sub").set(depth);
  };
  lengthen();
  if (!joined) return;
  code.block((done) => {
    code.loop((again) => {
      code.get(end).i32(last).op("i32.eq").brIf(done);
      code.get(end).load("i32.load", { offset: 4 }).get(start).op("i32.sub");
      code.i32(blockLength).op("i32.gt_u").brIf(done);
      lengthen();
      code.br(again);
    });
  });
}

/** The first element of a group in x, in the kernel and in the result. */
interface Group {
  readonly x: Local;
  readonly kernel: Local;
  readonly out: Local;
}

function emitGroups(code: Code, options: PhaseOptions, panel: Panel): void {
  const { size, x, kernel: weights, out } = options.kernel;
  const { addressOf } = options.place;
  const [group, ...starts] = locals(code, "i32", 4) as [Local, Local, Local, Local];
  const at: Group = { x: starts[0], kernel: starts[1], out: starts[2] };
  const outGroup = size.outputs * sizeOf(out.shape.slice(2));
  const moves: readonly [Local, number, number][] = [
    [at.x, addressOf(x.buffer) + 4 * x.offset, x.groupStride],
    [at.kernel, addressOf(weights.buffer) + 4 * weights.offset, size.outputs * weights.strides[0]!],
    [at.out, addressOf(out), outGroup],
  ];
  for (const [local, start] of moves) code.i32(start).set(local);
  code.forRange({ local: group, from: 0, to: size.groups, step: 1 }, () => {
    if (size.outputs <= fewRows) emitFewRows(code, options, panel, at);
    else emitRows(code, options, panel, at);
    for (const [local, , step] of moves) advance(code, local, bytesPerFloat * step);
  });
}

function emitFewRows(code: Code, options: PhaseOptions, panel: Panel, at: Group): void {
  const { kernel, functions, areas } = options;
  const { columns, block, depth } = panel;
  code
    .get(at.kernel)
    .i32(4 * kernel.kernel.strides[0]!)
    .i32(kernel.size.outputs);
  code.value(areas.depthEnd).get(depth).value(areas.left).call(functions.left);
  code.value(areas.left).get(at.x).value(areas.columns).value(areas.columnsEnd);
  code.get(columns).value(areas.depth).get(depth);
  code
    .get(at.out)
    .i32(4 * sizeOf(kernel.out.shape.slice(2)))
    .get(block);
  code.value(areas.edge).value(areas.right).call(functions.multiply);
}

/** The windows packed, then all rows, a panel at a time. */
function emitRows(code: Code, options: PhaseOptions, panel: Panel, at: Group): void {
  const { kernel, functions, areas } = options;
  const { kernel: weights, out } = kernel;
  const { columns, block, depth } = panel;
  const outRow = 4 * sizeOf(out.shape.slice(2));
  const kernelRow = 4 * weights.strides[0]!;
  const cut = cutOf(kernel, code.bits);
  const [row, rows] = locals(code, "i32", 2) as [Local, Local];
  const startOf = (base: Local, stride: number) =>
    code.get(row).i32(stride).op("i32.mul").get(base).op("i32.add").i32(stride);
  code.get(at.x).value(areas.columns).get(columns).value(areas.depth).get(depth);
  code.value(areas.right).call(functions.right);
  const { from, to } = ownRows(code, options);
  code.forRange({ local: row, from, to, step: cut.panelRows }, () => {
    code.value(to).set(rows);
    minimum(code, rows, row, cut.panelRows).set(rows);
    startOf(at.kernel, kernelRow).get(rows).value(areas.depthEnd).get(depth);
    code.value(areas.left).call(functions.left);
    code.value(areas.left).value(areas.right);
    startOf(at.out, outRow).value(areas.columnsEnd);
    code.get(rows).get(columns).get(depth).get(block).value(areas.edge);
    if (joinsBlocks(kernel)) code.get(panel.first).get(panel.end);
    code.call(functions.multiply);
  });
}
