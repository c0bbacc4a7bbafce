/**
 * Convolutions left to a BLAS. The kernel is one panel, gathered once by all threads, or read where it
 * lies; each thread gathers windows to panels of bounded size, has them multiplied, and brings the
 * product to its places.
 */
import { sizeOf } from "../../base/shape.ts";
import type { ArrayView, ConvolutionKernel, ConvolutionPhase } from "../../compile/kernel.ts";
import type { AddressOf } from "./body.ts";
import { greatestDivisor, isPartlyClear } from "./convolution.ts";
import type { Code, FunctionHandle, Local } from "./encode.ts";
import { emitFinish, type Finish, finishColumns } from "./epilogue.ts";
import { gatherFunction } from "./gemm/gather.ts";
import { addFunction, minimum } from "./gemm/packed.ts";
import { type Placing, placeTile, scatterFunction } from "./gemm/spread.ts";
import { expandFunction, listBytes, longestList, tableBytes } from "./gemm/tables.ts";
import { bytesPerFloat, locals } from "./gemm/vectors.ts";
import type { Address, ProductLibrary } from "./gemm.ts";
import { handOut, lineElements, type Part, rangeOf } from "./part.ts";

/** Measured: with fewer outputs, or a shorter sum, gathering takes more than the product saves. */
const leastOutputs = 16;
const leastDepth = 32;
const leastMultiplications = 1_000_000;

/** A line more than it takes: rows a multiple of 2 KB apart would drive each other out of the first cache. */
const pitchOf = (length: number) => 8 * Math.ceil(length / 8) + lineElements;
const columnsOf = ({ size }: ConvolutionKernel, { positions }: ConvolutionPhase) =>
  size.batch * positions;
const depthOf = ({ size }: ConvolutionKernel, { window }: ConvolutionPhase) =>
  size.channels * window;

/** Whether a BLAS does it where there is one. */
export function isNativeConvolution(kernel: ConvolutionKernel): boolean {
  const { groups, outputs } = kernel.size;
  const columns = Math.max(...kernel.phases.map((phase) => columnsOf(kernel, phase)));
  const depth = Math.max(...kernel.phases.map((phase) => depthOf(kernel, phase)));
  const small = outputs < leastOutputs || depth < leastDepth || columns < leastOutputs;
  if (groups > 1 || small || isPartlyClear(kernel)) return false;
  return outputs * columns * depth >= leastMultiplications;
}

/** Whether a row of the kernel lies as it is summed: its places are 0, 1, 2 … */
function isPlain(kernel: ConvolutionKernel): boolean {
  const { place } = kernel.tables;
  const [phase, other] = kernel.phases;
  if (place.kind !== "literal" || !phase || other) return false;
  const { start, positions, window } = phase;
  const first = start + 3 * positions + window;
  const places = place.literal.data.slice(first, first + window);
  return kernel.kernel.strides[1] === window && places.every((at, q) => at === bytesPerFloat * q);
}

/**
 * Where things lie, from the work space on: the kernel's panel of each phase, then for each thread tables of columns
 * and of steps, a panel of windows and their product; and how long rows of the panels are.
 */
function areasOf(kernel: ConvolutionKernel) {
  const left = pitchOf(kernel.size.outputs);
  const columns = Math.max(...kernel.phases.map((phase) => columnsOf(kernel, phase)));
  const depth = Math.max(...kernel.phases.map((phase) => depthOf(kernel, phase)));
  const right = pitchOf(Math.min(longestList, columns));
  const panels: number[] = [];
  let shared = 0;
  for (const phase of isPlain(kernel) ? [] : kernel.phases) {
    panels.push(shared);
    shared += bytesPerFloat * left * depthOf(kernel, phase);
  }
  const windows = 2 * tableBytes;
  const product = windows + bytesPerFloat * right * Math.min(longestList, depth);
  const own = product + bytesPerFloat * right * left;
  return { left, right, panels, shared, steps: tableBytes, windows, product, own };
}

/** Bytes that a convolution works in if a BLAS does it. */
export function nativeConvolutionBytes(kernel: ConvolutionKernel, threads: number): number {
  const { shared, own } = areasOf(kernel);
  return shared + threads * own;
}

/** Whether threads gather the kernel together before the work. */
export const gathersKernel = (kernel: ConvolutionKernel): boolean => !isPlain(kernel);

interface Place {
  readonly addressOf: AddressOf;
  readonly workspace: number;
  readonly part?: Part | undefined;
}

/** The kernel's rows beside each other, a step of the sum behind the other: what threads do before the work. */
export function emitPrepareNative(
  code: Code,
  library: ProductLibrary,
  kernel: ConvolutionKernel,
  place: Place,
): void {
  if (isPlain(kernel)) return;
  for (const index of kernel.phases.keys())
    new PhaseEmitter(code, library, { kernel, index, ...place }).gatherKernel();
}

/** Threads share out columns. */
export function emitNativeConvolution(
  code: Code,
  library: ProductLibrary,
  kernel: ConvolutionKernel,
  place: Place,
): void {
  if (!place.part) emitPrepareNative(code, library, kernel, place);
  // pieces start at whole lines
  const unit = greatestDivisor(sizeOf(kernel.out.shape.slice(2)), lineElements);
  const finish = emitFinish(library.module, kernel, place, unit);
  for (const index of kernel.phases.keys())
    new PhaseEmitter(code, library, { kernel, index, ...place }).multiply(finish);
}

interface PhaseRequest extends Place {
  readonly kernel: ConvolutionKernel;
  /** The number of the phase. */
  readonly index: number;
}
type Three = [Local, Local, Local];
type Seven = [Local, Local, Local, Local, Local, Local, Local];

class PhaseEmitter {
  readonly #code: Code;
  readonly #library: ProductLibrary;
  readonly #of: PhaseRequest;
  readonly #phase: ConvolutionPhase;
  readonly #areas: ReturnType<typeof areasOf>;
  /** Addresses of the lists of columns, of steps of the sum, and of what this thread works in. */
  readonly #columnLists: number;
  readonly #stepLists: number;
  readonly #own: Address;

  constructor(code: Code, library: ProductLibrary, request: PhaseRequest) {
    const { kernel, index, addressOf, workspace, part } = request;
    this.#code = code;
    this.#library = library;
    this.#of = request;
    this.#phase = kernel.phases[index]!;
    this.#areas = areasOf(kernel);
    this.#columnLists = addressOf(kernel.tables) + 4 * this.#phase.start;
    this.#stepLists = this.#columnLists + 12 * this.#phase.positions;
    const first = workspace + this.#areas.shared;
    this.#own = part ? code.local("i32") : first;
    if (typeof this.#own === "object" && part)
      code
        .get(part.thread)
        .i32(this.#areas.own)
        .op("i32.mul")
        .i32(first)
        .op("i32.add")
        .set(this.#own);
  }

  gatherKernel(): void {
    const code = this.#code;
    const { size, kernel: weights } = this.#of.kernel;
    const { left } = this.#areas;
    const { from, to } = rangeOf(code, this.#of.part, { length: size.outputs, unit: 8 });
    const gather = this.#gather(left, true, false);
    this.#inSteps((step, steps) => {
      code.i32(startOf(weights, this.#of.addressOf));
      code
        .value(from)
        .i32(4 * weights.strides[0]!)
        .op("i32.mul")
        .op("i32.add");
      code
        .i32(4 * weights.strides[0]!)
        .value(to)
        .value(from)
        .op("i32.sub");
      this.#area(this.#areas.steps + listBytes).get(steps);
      code.get(step).i32(left).op("i32.mul").value(from).op("i32.add").i32(bytesPerFloat);
      code.op("i32.mul").i32(this.#leftPanel()).op("i32.add").call(gather);
    });
  }

  multiply(finish: Finish | undefined): void {
    const code = this.#code;
    const { kernel, index, part } = this.#of;
    const [column, total, columns] = locals(code, "i32", 3) as Three;
    const all = { length: columnsOf(kernel, this.#phase), unit: lineElements };
    const rows = { from: 0, to: kernel.size.outputs };
    const { positions } = this.#phase;
    handOut(code, part, { ...all, least: 128, word: index, fixed: true }, ({ from, to }) => {
      code.value(to).set(total);
      code.forRange({ local: column, from, to: total, step: longestList }, () => {
        minimum(code, total, column, longestList).set(columns);
        this.#multiplyPanel(column, columns);
        this.#toPlaces(column, columns);
        if (finish) finishColumns(code, finish, { rows, column, columns, positions });
      });
    });
  }

  /** Windows beside each other, a step of the sum behind the other, times the kernel. */
  #multiplyPanel(column: Local, columns: Local): void {
    const code = this.#code;
    const { kernel, addressOf } = this.#of;
    const { x, out, size } = kernel;
    const { right } = this.#areas;
    const gather = this.#gather(right, false, kernel.padded);
    this.#area(0).i32(this.#columnLists).i32(this.#phase.positions).get(column).get(columns);
    code
      .i32(4 * x.strides[0]!)
      .i32(4 * sizeOf(out.shape.slice(1)))
      .call(this.#expand());
    this.#inSteps((step, steps) => {
      code.i32(startOf(x, addressOf));
      this.#area(0).get(columns);
      this.#area(this.#areas.steps).get(steps);
      this.#area(this.#areas.windows).call(gather);
      const plain = isPlain(kernel);
      const row = plain ? kernel.kernel.strides[0]! : this.#areas.left;
      code
        .i32(plain ? 0 : 1)
        .i32(0)
        .i32(size.outputs)
        .get(columns)
        .get(steps);
      code
        .get(step)
        .i32(bytesPerFloat * (plain ? 1 : row))
        .op("i32.mul");
      code
        .i32(plain ? startOf(kernel.kernel, addressOf) : this.#leftPanel())
        .op("i32.add")
        .i32(row);
      this.#area(this.#areas.windows).i32(right);
      code.get(step).i32(0).op("i32.ne");
      this.#area(this.#areas.product).i32(right).call(this.#library.multiply!);
    });
  }

  /** The product's columns go to their places, those of one sample together. */
  #toPlaces(column: Local, columns: Local): void {
    const code = this.#code;
    const { kernel, addressOf } = this.#of;
    const { positions } = this.#phase;
    const [edge, places, left, run, high, cRow, c] = locals(code, "i32", 7) as Seven;
    const accumulate = code.local("i32"); // 0
    this.#area(this.#areas.product).set(edge);
    this.#area(listBytes).set(places).get(columns).set(left);
    code.i32(kernel.size.outputs).set(high).i32(addressOf(kernel.out)).set(c);
    code.i32(4 * sizeOf(kernel.out.shape.slice(2))).set(cRow);
    code.i32(positions).get(column).i32(positions).op("i32.rem_u").op("i32.sub").set(run);
    code.loop((again) => {
      code.get(run).get(left).get(run).get(left).op("i32.lt_u").op("select").set(run);
      const tile = { edge, c, cRow, places, high, wide: run, accumulate };
      placeTile(code, tile, this.#placing());
      for (const local of [edge, places])
        code.get(run).i32(2).op("i32.shl").get(local).op("i32.add").set(local);
      code.get(left).get(run).op("i32.sub").set(left).i32(positions).set(run);
      code.get(left).brIf(again);
    });
  }

  /** As many steps of the sum as a table holds, again and again: the first of them, and how many. */
  #inSteps(body: (step: Local, steps: Local) => void): void {
    const code = this.#code;
    const { kernel } = this.#of;
    const [step, steps, depth] = locals(code, "i32", 3) as Three;
    code.i32(depthOf(kernel, this.#phase)).set(depth);
    code.forRange({ local: step, from: 0, to: depth, step: longestList }, () => {
      minimum(code, depth, step, longestList).set(steps);
      this.#area(this.#areas.steps).i32(this.#stepLists).i32(this.#phase.window);
      code
        .get(step)
        .get(steps)
        .i32(4 * kernel.x.strides[1]!)
        .i32(4 * kernel.kernel.strides[1]!);
      code.call(this.#expand());
      body(step, steps);
    });
  }

  /** Pushes an address in what this thread works in. */
  #area(offset: number): Code {
    if (typeof this.#own === "number") return this.#code.i32(this.#own + offset);
    return this.#code.get(this.#own).i32(offset).op("i32.add");
  }

  #leftPanel = () => this.#of.workspace + this.#areas.panels[this.#of.index]!;

  #expand = (): FunctionHandle => this.#library.shared("expand", expandFunction);

  #gather = (pitch: number, strided: boolean, masked: boolean): FunctionHandle =>
    this.#library.shared(`gather ${pitch} ${strided} ${masked}`, (module) =>
      gatherFunction(module, { width: 8, parts: pitch / 8, pitch, strided, masked }),
    );

  #placing(): Placing {
    const row = bytesPerFloat * this.#areas.right;
    return {
      add: this.#library.shared(`add ${row}`, (module) => addFunction(module, row)),
      scatter: this.#library.shared(`scatter ${row}`, (module) => scatterFunction(module, row)),
    };
  }
}

const startOf = ({ buffer, offset }: ArrayView, addressOf: AddressOf) =>
  addressOf(buffer) + bytesPerFloat * offset;
