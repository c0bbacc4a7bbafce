/** Convolutions: matrix products whose right panels are packed straight from the image. */
import { sizeOf } from "../../base/shape.ts";
import type { ConvolutionKernel, ConvolutionPhase } from "../../compile/kernel.ts";
import type { AddressOf } from "./body.ts";
import type { Code, FunctionHandle, Local, VectorBits } from "./encode.ts";
import { fewColumns, fewFunction, fewRows } from "./gemm/few.ts";
import { gatherFunction } from "./gemm/gather.ts";
import { addFunction, cuts, edgeBytes, minimum, tileFunctions } from "./gemm/packed.ts";
import { scatterFunction, spreadFunction } from "./gemm/spread.ts";
import { expandFunction, listBytes, tableBytes } from "./gemm/tables.ts";
import { blockLength } from "./gemm/tile.ts";
import { advance, bytesPerFloat, locals } from "./gemm/vectors.ts";
import type { ProductLibrary } from "./gemm.ts";
import { type Part, rangeOf } from "./part.ts";

/** What a convolution works in: an edge tile, tables of a panel's columns and of a block, two panels. */
function areasOf(bits: VectorBits) {
  const cut = cuts[bits];
  const columns = edgeBytes(cut);
  const depth = columns + tableBytes;
  const right = depth + tableBytes;
  const left = right + bytesPerFloat * blockLength * cut.panelColumns;
  return { edge: 0, columns, depth, right, left };
}

/** Scratch that a convolution needs with either cut, in bytes. */
export function convolutionWorkspaceBytes({ size }: ConvolutionKernel): number {
  const withLeft = (bits: VectorBits) => {
    const { rows, leftPitch, panelRows } = cuts[bits];
    const slivers = Math.ceil(Math.min(size.outputs, panelRows) / rows);
    const pitch = Math.max(leftPitch, fewColumns);
    return areasOf(bits).left + bytesPerFloat * blockLength * pitch * slivers;
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

/** Panels are packed, then multiplied tile by tile. */
function manyRows(library: ProductLibrary, masked: boolean, bits: VectorBits): Functions {
  const cut = cuts[bits];
  const { rows, columns, leftPitch, rightPitch: pitch } = cut;
  const right = { ...eight, parts: columns / eight.width, pitch, masked };
  const edgeRow = bytesPerFloat * columns;
  return {
    expand: library.shared("expand", expandFunction),
    right: library.shared(`right ${masked}`, (module) => gatherFunction(module, right)),
    left: library.shared("left", (module) =>
      gatherFunction(module, { ...strided, width: rows, pitch: leftPitch }),
    ),
    multiply: library.shared("spread", (module) =>
      spreadFunction(module, cut, {
        tile: tileFunctions(module, cut),
        add: addFunction(module, edgeRow),
        scatter: scatterFunction(module, edgeRow),
      }),
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
      : manyRows(library, padded, code.bits);
  const own = code.local("i32");
  code.i32(place.workspace);
  if (place.part)
    code.get(place.part.thread).i32(convolutionWorkspaceBytes(kernel)).op("i32.mul").op("i32.add");
  code.set(own);
  const areas = areasOf(code.bits);
  const area = (name: keyof typeof areas, further = 0) =>
    code
      .get(own)
      .i32(areas[name] + further)
      .op("i32.add");
  for (const phase of phases) emitPhase(code, { kernel, functions, phase, place, area });
}

/** Threads share out groups if there are enough, else the columns or the rows of the product. */
function splitOf({ size }: ConvolutionKernel, { positions }: ConvolutionPhase): Split {
  if (size.groups >= leastGroups) return "groups";
  return size.batch * positions >= size.outputs || size.outputs <= fewRows ? "columns" : "rows";
}
type Split = "groups" | "columns" | "rows";
const leastGroups = 8;

interface PhaseOptions {
  readonly kernel: ConvolutionKernel;
  readonly functions: Functions;
  readonly phase: ConvolutionPhase;
  readonly place: Place;
  /** Pushes the address of an area of the work space. */
  readonly area: (name: keyof ReturnType<typeof areasOf>, further?: number) => Code;
}

/** The part of a thread that shares out `split`. */
const partOf = ({ kernel, phase, place }: PhaseOptions, split: Split): Part | undefined =>
  splitOf(kernel, phase) === split ? place.part : undefined;

interface Panel {
  readonly columns: Local;
  readonly block: Local;
  readonly depth: Local;
}

/** Panels of columns, in each blocks of the sum, in each the groups. */
function emitPhase(code: Code, options: PhaseOptions): void {
  const { kernel, functions, phase, place, area } = options;
  const { size, x, out } = kernel;
  const { positions } = phase;
  const lists = place.addressOf(kernel.tables) + 4 * phase.start;
  const { panelColumns, columns: unit } = cuts[code.bits];
  const [column, end, columns] = locals(code, "i32", 3) as [Local, Local, Local];
  const length = size.batch * positions;
  const { from, to } = rangeOf(code, partOf(options, "columns"), { length, unit });
  code.value(to).set(end);
  code.forRange({ local: column, from, to: end, step: panelColumns }, () => {
    minimum(code, end, column, panelColumns).set(columns);
    area("columns").i32(lists).i32(positions).get(column).get(columns);
    code
      .i32(4 * x.strides[0]!)
      .i32(4 * sizeOf(out.shape.slice(1)))
      .call(functions.expand);
    emitBlocks(code, options, { columns, lists: lists + 12 * positions });
  });
}

function emitBlocks(
  code: Code,
  options: PhaseOptions,
  { columns, lists }: { columns: Local; lists: number },
): void {
  const { kernel, functions, phase, area } = options;
  const { window, blocks } = phase;
  const starts = lists + 12 * window;
  const [block, first, depth] = locals(code, "i32", 3) as [Local, Local, Local];
  code.forRange({ local: block, from: 0, to: 4 * blocks, step: 4 }, () => {
    code.get(block).load("i32.load", { offset: starts }).set(first);
    code
      .get(block)
      .load("i32.load", { offset: starts + 4 })
      .get(first)
      .op("i32.sub")
      .set(depth);
    area("depth").i32(lists).i32(window).get(first).get(depth);
    code
      .i32(4 * kernel.x.strides[1]!)
      .i32(4 * kernel.kernel.strides[1]!)
      .call(functions.expand);
    emitGroups(code, options, { columns, block, depth });
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
    [at.x, addressOf(x.buffer) + 4 * x.offset, size.channels * x.strides[1]!],
    [at.kernel, addressOf(weights.buffer) + 4 * weights.offset, size.outputs * weights.strides[0]!],
    [at.out, addressOf(out), outGroup],
  ];
  const range = rangeOf(code, partOf(options, "groups"), { length: size.groups });
  for (const [local, start, step] of moves)
    code
      .value(range.from)
      .i32(bytesPerFloat * step)
      .op("i32.mul")
      .i32(start)
      .op("i32.add")
      .set(local);
  code.forRange({ local: group, ...range, step: 1 }, () => {
    if (size.outputs <= fewRows) emitFewRows(code, options, panel, at);
    else emitManyRows(code, options, panel, at);
    for (const [local, , step] of moves) advance(code, local, bytesPerFloat * step);
  });
}

function emitFewRows(code: Code, options: PhaseOptions, panel: Panel, at: Group): void {
  const { kernel, functions, area } = options;
  const { columns, block, depth } = panel;
  code
    .get(at.kernel)
    .i32(4 * kernel.kernel.strides[0]!)
    .i32(kernel.size.outputs);
  area("depth", listBytes).get(depth);
  area("left").call(functions.left);
  area("left").get(at.x);
  area("columns");
  area("columns", listBytes).get(columns);
  area("depth").get(depth);
  code
    .get(at.out)
    .i32(4 * sizeOf(kernel.out.shape.slice(2)))
    .get(block);
  area("edge");
  area("right").call(functions.multiply);
}

/** The windows packed, then all rows, a panel at a time. */
function emitManyRows(code: Code, options: PhaseOptions, panel: Panel, at: Group): void {
  const { functions, area } = options;
  const { size, kernel: weights, out } = options.kernel;
  const { columns, block, depth } = panel;
  const outRow = 4 * sizeOf(out.shape.slice(2));
  const kernelRow = 4 * weights.strides[0]!;
  const { panelRows, rows: unit } = cuts[code.bits];
  const [row, end, rows] = locals(code, "i32", 3) as [Local, Local, Local];
  const startOf = (base: Local, stride: number) =>
    code.get(row).i32(stride).op("i32.mul").get(base).op("i32.add").i32(stride);
  code.get(at.x);
  area("columns").get(columns);
  area("depth").get(depth);
  area("right").call(functions.right);
  const { from, to } = rangeOf(code, partOf(options, "rows"), { length: size.outputs, unit });
  code.value(to).set(end);
  code.forRange({ local: row, from, to: end, step: panelRows }, () => {
    minimum(code, end, row, panelRows).set(rows);
    startOf(at.kernel, kernelRow).get(rows);
    area("depth", listBytes).get(depth);
    area("left").call(functions.left);
    area("left");
    area("right");
    startOf(at.out, outRow);
    area("columns", listBytes).get(rows).get(columns).get(depth).get(block);
    area("edge").call(functions.multiply);
  });
}
