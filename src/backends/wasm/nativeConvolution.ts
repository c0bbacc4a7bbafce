/**
 * Convolutions left to a BLAS: windows are gathered to a panel of bounded size, multiplied there,
 * and the result goes to its places. The kernel's panel is gathered once for all columns.
 */
import type { Blas } from "../../base/platform/types.ts";
import { sizeOf } from "../../base/shape.ts";
import type { ConvolutionKernel, ConvolutionPhase } from "../../compile/kernel.ts";
import type { AddressOf } from "./body.ts";
import { isPartlyClear } from "./convolution.ts";
import { memoryImport } from "./emit.ts";
import { type Code, type FunctionHandle, type Local, ModuleBuilder } from "./encode.ts";
import { gatherFunction } from "./gemm/gather.ts";
import { addFunction, minimum } from "./gemm/packed.ts";
import { placeTile, scatterFunction } from "./gemm/spread.ts";
import { expandFunction, listBytes, tableBytes } from "./gemm/tables.ts";
import { advance, bytesPerFloat, locals } from "./gemm/vectors.ts";

/** Measured: with fewer outputs, or a shorter sum, gathering takes more than the product saves. */
const leastOutputs = 16;
const leastDepth = 32;
const leastMultiplications = 1_000_000;
/** Columns of a panel, steps of the sum that a table holds, and bytes of a panel. */
const panelColumns = 512;
const tableSteps = 256;
const panelBytes = 1_500_000;

/** How a convolution is cut: lengths of rows of the panels, and how many steps of the sum they hold. */
interface Cut {
  readonly left: number;
  readonly right: number;
  readonly depth: number;
}

const eights = (length: number) => 8 * Math.ceil(length / 8);

/** The cut, or `null` where WebAssembly does it. */
function cutOf(kernel: ConvolutionKernel): Cut | null {
  const { batch, groups, outputs, channels } = kernel.size;
  const columns = batch * Math.max(...kernel.phases.map(({ positions }) => positions));
  const depth = channels * Math.max(...kernel.phases.map(({ window }) => window));
  const small = outputs < leastOutputs || depth < leastDepth || columns < leastOutputs;
  if (groups > 1 || small || isPartlyClear(kernel)) return null;
  if (outputs * columns * depth < leastMultiplications) return null;
  const [left, right] = [eights(outputs), eights(Math.min(columns, panelColumns))];
  const fitting = Math.floor(panelBytes / (bytesPerFloat * Math.max(left, right)));
  return { left, right, depth: Math.min(depth, Math.max(1, fitting)) };
}

/** Where tables of columns and of steps, both panels and the product lie, from the work space on. */
function areasOf({ left, right, depth }: Cut) {
  const steps = tableBytes;
  const leftPanel = 2 * tableBytes;
  const rightPanel = leftPanel + bytesPerFloat * left * depth;
  const product = rightPanel + bytesPerFloat * right * depth;
  return { columns: 0, steps, left: leftPanel, right: rightPanel, product };
}

/** Bytes that a convolution needs if BLAS does it, else 0. */
export function nativeConvolutionBytes(kernel: ConvolutionKernel): number {
  const cut = cutOf(kernel);
  return cut ? areasOf(cut).product + bytesPerFloat * eights(kernel.size.outputs) * cut.right : 0;
}

interface Request {
  readonly kernel: ConvolutionKernel;
  readonly addressOf: AddressOf;
  readonly workspace: number;
  readonly blas: Blas;
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
}

/** The calls that compute a convolution, or `null` where WebAssembly does it. */
export function nativeConvolution(request: Request): (() => void) | null {
  const { kernel, memory } = request;
  const cut = cutOf(kernel);
  if (!cut) return null;
  const module = new WebAssembly.Module(emitPanels(request, cut));
  const { exports } = new WebAssembly.Instance(module, { golgi: { memory } });
  const calls = kernel.phases.flatMap((phase, i) =>
    phaseCalls({ ...request, cut, phase, panels: panelsOf(exports, i) }),
  );
  return () => {
    for (const call of calls) call();
  };
}

/** What is emitted for each phase; a depth or column is the first of a panel. */
interface Panels {
  left(depth: number, steps: number): void;
  right(column: number, columns: number, depth: number, steps: number): void;
  /** Adds if it is not for the first steps of the sum. */
  place(column: number, columns: number, adds: number): void;
}
const panelsOf = (exports: WebAssembly.Exports, i: number) =>
  Object.fromEntries(
    ["left", "right", "place"].map((name) => [name, exports[`${name}${i}`]]),
  ) as unknown as Panels;

interface PhaseRequest extends Request {
  readonly cut: Cut;
  readonly phase: ConvolutionPhase;
  readonly panels: Panels;
}

function phaseCalls({ kernel, cut, phase, panels, ...request }: PhaseRequest): (() => void)[] {
  const { batch, channels, outputs: m } = kernel.size;
  const [columns, depths] = [batch * phase.positions, channels * phase.window];
  const areas = areasOf(cut);
  const at = (offset: number, leading: number) => ({
    address: request.workspace + offset,
    leading,
  });
  const operands = {
    a: { ...at(areas.left, cut.left), transposed: true },
    b: { ...at(areas.right, cut.right), transposed: false },
    c: at(areas.product, cut.right),
  };
  const calls: (() => void)[] = [];
  for (let depth = 0; depth < depths; depth += cut.depth) {
    const k = Math.min(cut.depth, depths - depth);
    calls.push(() => panels.left(depth, k));
    for (let column = 0; column < columns; column += cut.right) {
      const n = Math.min(cut.right, columns - column);
      const multiply = request.blas.prepare(request.memory, { m, n, k, ...operands });
      calls.push(() => {
        panels.right(column, n, depth, k);
        multiply();
        panels.place(column, n, depth);
      });
    }
  }
  return calls;
}

interface Library {
  readonly expand: FunctionHandle;
  readonly left: FunctionHandle;
  readonly right: FunctionHandle;
  readonly add: FunctionHandle;
  readonly scatter: FunctionHandle;
}

function emitPanels({ kernel, shared, ...place }: Request, cut: Cut): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder({ memory: memoryImport(shared), bits: 128 });
  const panel = (pitch: number, strided: boolean, masked: boolean) =>
    gatherFunction(module, { width: 8, parts: pitch / 8, pitch, strided, masked });
  const row = bytesPerFloat * cut.right;
  const library: Library = {
    expand: expandFunction(module),
    left: panel(cut.left, true, false),
    right: panel(cut.right, false, kernel.padded),
    ...{ add: addFunction(module, row), scatter: scatterFunction(module, row) },
  };
  kernel.phases.forEach((phase, i) => {
    const emitter = new PhaseEmitter({ kernel, phase, cut, library, ...place });
    const add = (name: string, count: number, write: (code: Code, given: Local[]) => void) =>
      module.function(
        {
          ...{ name: `${name}${i}`, parameters: new Array<"i32">(count).fill("i32"), results: [] },
          exported: true,
        },
        (code, ...given) => write(code, given),
      );
    add("left", 2, (code, given) => emitter.left(code, given as Two));
    add("right", 4, (code, given) => emitter.right(code, given as Four));
    add("place", 3, (code, given) => emitter.place(code, given as Three));
  });
  return module.bytes();
}
type Two = [Local, Local];
type Three = [Local, Local, Local];
type Four = [Local, Local, Local, Local];

interface Emission {
  readonly kernel: ConvolutionKernel;
  readonly phase: ConvolutionPhase;
  readonly cut: Cut;
  readonly library: Library;
  readonly addressOf: AddressOf;
  readonly workspace: number;
}

class PhaseEmitter {
  readonly #of: Emission;
  readonly #areas: ReturnType<typeof areasOf>;
  /** Addresses of the tables of columns and of the steps of the sum. */
  readonly #columnLists: number;
  readonly #depthLists: number;

  constructor(emission: Emission) {
    const { kernel, phase, cut, addressOf, workspace } = emission;
    this.#of = emission;
    const areas = Object.entries(areasOf(cut)).map(([name, offset]) => [name, workspace + offset]);
    this.#areas = Object.fromEntries(areas) as ReturnType<typeof areasOf>;
    this.#columnLists = addressOf(kernel.tables) + 4 * phase.start;
    this.#depthLists = this.#columnLists + 12 * phase.positions;
  }

  /** The kernel's rows beside each other, a step of the sum behind the other. */
  left(code: Code, [depth, steps]: Two): void {
    const { kernel: weights, size } = this.#of.kernel;
    this.#inSteps(code, { depth, steps, panel: "left" }, (some, target) => {
      code.i32(this.#startOf(weights)).i32(4 * weights.strides[0]!);
      code.i32(size.outputs).i32(this.#areas.steps + listBytes);
      code.get(some).get(target).call(this.#of.library.left);
    });
  }

  /** Windows beside each other, a step of the sum behind the other. */
  right(code: Code, [column, columns, depth, steps]: Four): void {
    const { x, out } = this.#of.kernel;
    code.i32(this.#areas.columns).i32(this.#columnLists).i32(this.#of.phase.positions);
    code
      .get(column)
      .get(columns)
      .i32(4 * x.strides[0]!);
    code.i32(4 * sizeOf(out.shape.slice(1))).call(this.#of.library.expand);
    this.#inSteps(code, { depth, steps, panel: "right" }, (some, target) => {
      code.i32(this.#startOf(x)).i32(this.#areas.columns).get(columns);
      code.i32(this.#areas.steps).get(some).get(target).call(this.#of.library.right);
    });
  }

  /** The product's columns go to their places, those of one sample together. */
  place(code: Code, [column, columns, adds]: Three): void {
    const { kernel, library, phase, addressOf } = this.#of;
    const [edge, places, left, run, rows, cRow, c] = locals(code, "i32", 7) as Seven;
    code.i32(this.#areas.product).set(edge).get(columns).set(left);
    code.i32(this.#areas.columns + listBytes).set(places);
    code.i32(kernel.size.outputs).set(rows);
    code.i32(4 * sizeOf(kernel.out.shape.slice(2))).set(cRow);
    code.i32(addressOf(kernel.out)).set(c);
    code.i32(phase.positions).get(column).i32(phase.positions).op("i32.rem_u").op("i32.sub");
    code.set(run);
    code.loop((again) => {
      code.get(run).get(left).get(run).get(left).op("i32.lt_u").op("select").set(run);
      const tile = { edge, c, cRow, places, high: rows, wide: run, accumulate: adds };
      placeTile(code, tile, library);
      for (const local of [edge, places])
        code.get(run).i32(2).op("i32.shl").get(local).op("i32.add").set(local);
      code.get(left).get(run).op("i32.sub").set(left).i32(phase.positions).set(run);
      code.get(left).brIf(again);
    });
  }

  #startOf = ({ buffer, offset }: ConvolutionKernel["kernel"]) =>
    this.#of.addressOf(buffer) + bytesPerFloat * offset;

  /** So many steps of the sum as the table holds, again and again. */
  #inSteps(
    code: Code,
    { depth, steps, panel }: { depth: Local; steps: Local; panel: "left" | "right" },
    body: (some: Local, target: Local) => void,
  ): void {
    const { x, kernel: weights } = this.#of.kernel;
    const [done, some, target] = locals(code, "i32", 3) as Three;
    code.i32(this.#areas[panel]).set(target);
    code.forRange({ local: done, from: 0, to: steps, step: tableSteps }, () => {
      minimum(code, steps, done, tableSteps).set(some);
      code.i32(this.#areas.steps).i32(this.#depthLists).i32(this.#of.phase.window);
      code.get(depth).get(done).op("i32.add").get(some);
      code
        .i32(4 * x.strides[1]!)
        .i32(4 * weights.strides[1]!)
        .call(this.#of.library.expand);
      body(some, target);
      advance(code, target, bytesPerFloat * tableSteps * this.#of.cut[panel]);
    });
  }
}
type Seven = [Local, Local, Local, Local, Local, Local, Local];
