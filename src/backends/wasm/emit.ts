/** A plan as one WebAssembly module: a function a kernel, and `run` that calls them in order. */

import { bytesPerElement } from "../../base/dtype.ts";
import { sizeOf } from "../../base/shape.ts";
import {
  type Buffer,
  type Kernel,
  type LoopKernel,
  type ProductKernel,
  readsOf,
  writesOf,
} from "../../compile/kernel.ts";
import { type Arena, aligned, layOut } from "../../compile/memory.ts";
import type { AddressOf } from "./body.ts";
import { convolutionWorkspaceBytes, emitConvolution, isPartlyClear } from "./convolution.ts";
import { correlationBytes, emitCorrelation } from "./correlation.ts";
import { directBytes, emitDirectConvolution } from "./direct.ts";
import {
  type Code,
  type FunctionHandle,
  type Local,
  type MemoryImport,
  ModuleBuilder,
  type VectorBits,
} from "./encode.ts";
import { emitFinish } from "./epilogue.ts";
import { wholeBytes } from "./gemm/whole.ts";
import {
  emitPrepareProduct,
  emitProduct,
  isDirect,
  type Product,
  ProductLibrary,
  workspaceBytes,
} from "./gemm.ts";
import { emitClear, emitMap, emitReduce, type Setting } from "./loops.ts";
import { emitNativeProduct, isNative, multiplyFunction } from "./native.ts";
import {
  emitNativeConvolution,
  emitPrepareNative,
  gathersKernel,
  nativeConvolutionBytes,
} from "./nativeConvolution.ts";
import type { Part } from "./part.ts";
import { emitRandom, emitRows } from "./rows.ts";
import { emitRowwise, placesInRow } from "./rowwise.ts";
import {
  bodyLayout,
  buffersOf,
  bytesOf,
  type Layout,
  moves,
  outermost,
  type Step,
  stagingBytes,
  stridesOf,
  sumOf,
} from "./steps.ts";
import { emitWindowFill, fillsAll } from "./windowFill.ts";
import { emitWindowArgmax } from "./windows.ts";

/** The most that 32-bit addresses reach: 65 536 pages of 64 KiB, 4 GiB. */
export const maximumPages = 65_536;

/** Bytes that a kernel works in beside its buffers; a loop: what one of its steps works in. */
export const workspaceOf = (kernel: Kernel, threads = 1, native = false): number => {
  if (native && isNative(kernel))
    return kernel.kind === "convolution" ? nativeConvolutionBytes(kernel, threads) : 0;
  if (kernel.kind === "loop") return layOutBody(kernel, threads).bytes + stagingBytes(kernel.body);
  if (kernel.kind === "convolution") return threads * convolutionWorkspaceBytes(kernel);
  if (kernel.kind === "direct") return threads * directBytes(kernel);
  if (kernel.kind === "correlation") return threads * correlationBytes(kernel);
  if (kernel.kind === "rowwise") return threads * placesInRow(kernel).bytes;
  if (kernel.kind !== "product") return 0;
  const together = threads > 1 ? wholeBytes(kernel.size) : 0;
  return threads * workspaceBytes(kernel.size) + together;
};

/** Whether threads prepare something together before they share a kernel. */
export const isPrepared = (kernel: Kernel, native = false): boolean =>
  native && isNative(kernel)
    ? kernel.kind === "convolution" && gathersKernel(kernel)
    : kernel.kind === "product" && wholeBytes(kernel.size) > 0;
const layOutBody = ({ body }: LoopKernel, threads: number): Arena =>
  layOut(body, (kernel) => workspaceOf(kernel, threads));

export interface EmitRequest {
  readonly kernels: readonly Kernel[];
  readonly addressOf: AddressOf;
  /** Address of the work space of each kernel. */
  readonly workspaces: readonly number[];
  readonly bits: VectorBits;
  /** Large products and convolutions are left to the module's import `multiply`. */
  readonly native?: boolean;
}

/** Where the matrices of a product lie. */
function productOf(
  code: Code,
  { a, b, out, size }: ProductKernel,
  { addressOf, strides, workspace }: KernelPlace,
): Product {
  const at = (buffer: Buffer, offset: number) => {
    const address = addressOf(buffer) + bytesPerElement * offset;
    const stride = strides?.get(buffer);
    return stride ? sumOf(code, stride, address) : address;
  };
  const operand = (view: ProductKernel["a"]) => ({
    ...view,
    address: at(view.buffer, view.offset),
  });
  const c = { address: at(out, 0), rowStride: size.n, batchStride: size.m * size.n };
  return { ...size, a: operand(a), b: operand(b), c, workspace };
}

/** What threads do together before the work of a kernel that `isPrepared`. */
export function emitPrepare(
  code: Code,
  library: ProductLibrary,
  kernel: Kernel,
  place: KernelPlace,
): void {
  if (kernel.kind === "convolution") emitPrepareNative(code, library, kernel, place);
  else if (kernel.kind === "product" && place.part)
    emitPrepareProduct(code, library, productOf(code, kernel, place), place.part);
}

/** Whether a BLAS does a kernel here: not in a loop. */
const isNativeAt = (kernel: Kernel, { multiply }: ProductLibrary, { around }: KernelPlace) =>
  multiply !== undefined && !around && isNative(kernel);

function emitProductKernel(
  code: Code,
  library: ProductLibrary,
  kernel: ProductKernel,
  place: KernelPlace,
): void {
  const { epilogue, size } = kernel;
  const { addressOf, strides, part } = place;
  const product = productOf(code, kernel, place);
  // a small result is still near when it is complete
  const multiply = isNativeAt(kernel, library, place) ? library.multiply : undefined;
  const small = !multiply && isDirect(product, code.bits);
  const whole = epilogue && !part && size.batch === 1 && small;
  const setting = { addressOf, strides };
  const finish = whole ? undefined : emitFinish(library.module, kernel, setting, 1);
  if (multiply) emitNativeProduct(code, multiply, { ...product, finish }, part);
  else emitProduct(code, library, { ...product, finish }, part);
  if (whole) emitMap(code, epilogue, setting);
}

export interface KernelPlace extends Setting {
  /** Address of the kernel's work space. */
  readonly workspace: number;
  /** For a loop: the loops around it. */
  readonly around?: { readonly layout: Layout; readonly counters: readonly Local[] };
  /** For a loop that threads run together. */
  readonly team?: Team | undefined;
}

/** How threads that run a loop together wait for each other. */
export interface Team {
  readonly threads: number;
  /** Takes the number of threads that run. */
  readonly barrier: FunctionHandle;
  schedule(request: Omit<EmitRequest, "bits">): readonly Step[];
}

/** The steps of one thread alone. */
const serial = (kernels: readonly Kernel[]): Step[] =>
  kernels.flatMap((each, kernel) => {
    const step = { kernel, shared: false, barrier: false } as const;
    if (isEmpty(each)) return [];
    const work = { ...step, phase: "work" } as const;
    return clearedBy(each).length > 0 ? [{ ...step, phase: "clear" } as const, work] : [work];
  });

/** Buffers that are set to zero before a kernel runs. */
export function clearedBy(kernel: Kernel): readonly Buffer[] {
  if (kernel.kind === "scatter" || (kernel.kind === "convolution" && isPartlyClear(kernel)))
    return [kernel.out];
  if (kernel.kind === "windowFill" && !fillsAll(kernel)) return [kernel.out];
  return kernel.kind === "map" ? kernel.clears : [];
}

/** A kernel's code, without what is cleared before it. */
export function emitKernel(
  code: Code,
  library: ProductLibrary,
  kernel: Kernel,
  place: KernelPlace,
): void {
  const { addressOf, part } = place;
  if (kernel.kind === "map") emitMap(code, kernel, place);
  else if (kernel.kind === "reduce") emitReduce(code, kernel, place);
  else if (kernel.kind === "rowwise") emitRowwise(code, kernel, place);
  else if (kernel.kind === "random") emitRandom(code, kernel, addressOf, part);
  else if (kernel.kind === "product") emitProductKernel(code, library, kernel, place);
  else if (kernel.kind === "loop") emitLoop(code, library, kernel, place);
  else if (kernel.kind === "convolution") {
    const emit = isNativeAt(kernel, library, place) ? emitNativeConvolution : emitConvolution;
    emit(code, library, kernel, place);
  } else if (kernel.kind === "direct") emitDirectConvolution(code, kernel, place);
  else if (kernel.kind === "correlation") emitCorrelation(code, kernel, place);
  else if (kernel.kind === "windowFill") emitWindowFill(code, kernel, addressOf, part);
  else if (kernel.kind === "windowArgmax") emitWindowArgmax(code, kernel, addressOf, part);
  else emitRows(code, kernel, addressOf, part);
}

/** All steps of a loop; each kernel of a step is a function of the counters it needs. */
function emitLoop(
  code: Code,
  library: ProductLibrary,
  kernel: LoopKernel,
  { addressOf, workspace, around, part, team }: KernelPlace,
): void {
  const { layout, counters } = around ?? { layout: outermost(addressOf), counters: [] };
  const arena = layOutBody(kernel, part && team ? team.threads : 1);
  const body = bodyLayout(kernel, { outer: layout, arena, workspace });
  const workspaces = arena.workspaces.map((offset) => workspace + offset);
  const request = { kernels: kernel.body, addressOf: body.addressOf, workspaces };
  const steps = part && team ? team.schedule(request) : serial(kernel.body);
  const calls = steps.map((step) => {
    const inner = { kernel: kernel.body[step.kernel]!, workspace: workspaces[step.kernel]! };
    return stepFunction(library, { ...step, ...inner, layout: body, team });
  });
  const alone = (run: () => void) => (part ? code.get(part.thread).op("i32.eqz").if(run) : run());
  alone(() => copyCarries(code, kernel, { layout, counters }));
  const [index, counter] = [code.local("i32"), code.local("i32")];
  code.forRange({ local: index, from: 0, to: kernel.length, step: 1 }, () => {
    if (kernel.reverse)
      code
        .i32(kernel.length - 1)
        .get(index)
        .op("i32.sub")
        .set(counter);
    else code.get(index).set(counter);
    steps.forEach(({ shared, barrier }, i) => {
      // what comes first may need what the step before, or the copies, have left
      if (part && team && (barrier || i === 0)) code.get(part.threads).call(team.barrier);
      const call = () => calls[i]!(code, [...counters, counter], part);
      if (shared) call();
      else alone(call);
    });
  });
}

function copyCarries(
  code: Code,
  kernel: LoopKernel,
  around: { readonly layout: Layout; readonly counters: readonly Local[] },
): void {
  for (const { initial, buffer } of kernel.carries) {
    const strides = stridesOf(code, [initial, buffer], around);
    const at = (each: Buffer) => sumOf(code, strides.get(each), around.layout.addressOf(each));
    code.get(at(buffer)).get(at(initial)).i32(bytesOf(buffer)).op("memory.copy");
  }
}

interface StepRequest {
  readonly kernel: Kernel;
  readonly workspace: number;
  readonly phase: Step["phase"];
  readonly shared: boolean;
  readonly layout: Layout;
  readonly team: Team | undefined;
}

/** A kernel of a step as a function; the result writes its call. */
function stepFunction(
  library: ProductLibrary,
  { kernel, workspace, phase, shared, layout, team }: StepRequest,
): (code: Code, counters: readonly Local[], part?: Part) => void {
  const moving = buffersOf(kernel).filter((buffer) => layout.movesOf(buffer).length > 0);
  const needed = moving.flatMap(layout.movesOf).map((move) => move.depth + 1);
  const depth = kernel.kind === "loop" ? layout.depth : Math.max(0, ...needed);
  const parameters = new Array<"i32">(depth + (shared ? 2 : 0)).fill("i32");
  const type = { name: kernel.kind, parameters, results: [] };
  const made = library.module.function(type, (code, ...given) => {
    const counters = given.slice(0, depth);
    const [thread, threads] = given.slice(depth);
    const part = thread && threads && team && { thread, threads, expected: team.threads };
    const strides = stridesOf(code, moving, { layout, counters });
    const around = { layout, counters };
    const run = (setting: Setting) => {
      if (phase === "work")
        emitKernel(code, library, kernel, { ...setting, workspace, around, team });
      else for (const buffer of clearedBy(kernel)) emitClear(code, buffer, setting);
    };
    const setting = { addressOf: layout.addressOf, strides, part };
    if (phase === "clear" || kernel.kind === "loop" || moves(kernel)) run(setting);
    else staged(code, kernel, { layout, strides, run });
  });
  return (code, counters, part) => {
    for (const counter of counters.slice(0, depth)) code.get(counter);
    if (shared && part) code.get(part.thread).get(part.threads);
    code.call(made);
  };
}

/** A kernel that cannot move, between copies of the slices it reads and of those it writes. */
function staged(
  code: Code,
  kernel: Kernel,
  at: {
    readonly layout: Layout;
    readonly strides: ReadonlyMap<Buffer, Local>;
    readonly run: (setting: Setting) => void;
  },
): void {
  const { addressOf, staging } = at.layout;
  const places = new Map<Buffer, number>();
  let next = staging;
  for (const buffer of at.strides.keys()) {
    places.set(buffer, next);
    next += aligned(bytesOf(buffer));
  }
  const copy = (buffers: readonly Buffer[], into: boolean) => {
    for (const buffer of buffers) {
      const place = places.get(buffer);
      if (place === undefined) continue;
      const slice = sumOf(code, at.strides.get(buffer), addressOf(buffer));
      code.value(into ? place : slice).value(into ? slice : place);
      code.i32(bytesOf(buffer)).op("memory.copy");
    }
  };
  // what it adds to is clear already
  copy([...readsOf(kernel), ...clearedBy(kernel)], true);
  at.run({ addressOf: (buffer) => places.get(buffer) ?? addressOf(buffer) });
  copy(writesOf(kernel), false);
}

/** Kernels that compute nothing are left out. */
export const isEmpty = (kernel: Kernel): boolean =>
  kernel.kind !== "loop" && sizeOf(writesOf(kernel)[0]!.shape) === 0;

export const memoryImport = (shared: boolean): MemoryImport => ({
  ...{ module: "golgi", name: "memory", minimumPages: 1, maximumPages, shared },
});

export function emitModule(
  { kernels, addressOf, workspaces, bits, native = false }: EmitRequest,
  { shared = false }: { readonly shared?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder({ memory: memoryImport(shared), bits });
  const library = new ProductLibrary(module, native ? multiplyFunction(module) : undefined);
  const emit = (kernel: Kernel, i: number) => (code: Code) => {
    for (const buffer of clearedBy(kernel)) emitClear(code, buffer, { addressOf });
    emitKernel(code, library, kernel, { addressOf, workspace: workspaces[i]! });
  };
  const functions = kernels.flatMap((kernel, i) =>
    isEmpty(kernel)
      ? []
      : [
          module.function(
            { name: `${kernel.kind}${i}`, parameters: [], results: [] },
            emit(kernel, i),
          ),
        ],
  );
  module.function({ name: "run", parameters: [], results: [], exported: true }, (code) => {
    for (const f of functions) code.call(f);
  });
  return module.bytes();
}
