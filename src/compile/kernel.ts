/** Kernels: the loops a plan consists of, still free of any machine. */
import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Literal, Op } from "../graph/ops.ts";
import type { WindowAxis } from "../graph/windows.ts";

/** Where a buffer lies: in a slot of the session, a literal of the program, its scratch memory, or a row of a kernel. */
export type Place =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "output"; readonly output: number }
  | { readonly kind: "literal"; readonly literal: Literal }
  | { readonly kind: "scratch" }
  | { readonly kind: "row" };

/** An array in memory, row-major and without gaps. */
export interface Buffer {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
  place: Place;
}

/** offset + Σ coefficient · loop variable. */
export interface Index {
  readonly offset: number;
  readonly coefficients: readonly number[];
}

export type ElementwiseOp = Extract<
  Op,
  | "neg"
  | "sqrt"
  | "exp"
  | "log"
  | "tanh"
  | "erf"
  | "sigmoid"
  | "softplus"
  | "cast"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "maximum"
  | "less"
  | "lessEqual"
  | "equal"
  | "where"
>;

/** One value inside a loop body; equal values of one kernel are one object. */
export type Value = { readonly id: number; readonly dtype: DType } & (
  | { readonly kind: "load"; readonly buffer: Buffer; readonly index: Index }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "coordinate"; readonly index: Index }
  | { readonly kind: "compute"; readonly op: ElementwiseOp; readonly src: readonly Value[] }
);

export interface Store {
  readonly buffer: Buffer;
  readonly index: Index;
  readonly value: Value;
}

/** Elementwise work over a nest of loops, each result stored at its own place. */
export interface MapKernel {
  readonly kind: "map";
  readonly loops: readonly number[];
  stores: Store[];
  /** Buffers set to zero first (the margins of a pad). */
  readonly clears: readonly Buffer[];
}
/** A sum or maximum over the last `reduced` loops, for each setting of the others. */
export interface ReduceKernel {
  readonly kind: "reduce";
  readonly op: "sum" | "max";
  readonly loops: readonly number[];
  readonly reduced: number;
  readonly value: Value;
  /** Where the result goes; its index has coefficient 0 on the reduced loops. */
  readonly store: Omit<Store, "value">;
}
/** Maps and reductions that follow each other within the same outer loops. */
export interface RowwiseKernel {
  readonly kind: "rowwise";
  /** Lengths of these loops: the first ones of each kernel of the body. */
  readonly rows: readonly number[];
  /** Of buffers that lie in a row there is one row a thread: indices there say nothing of the outer loops. */
  readonly body: readonly (MapKernel | ReduceKernel)[];
}
/** A matrix read where it lies: batch, row and column strides in elements. */
export interface MatrixView {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly batchStride: number;
  readonly rowStride: number;
  readonly columnStride: number;
}
export interface ProductKernel {
  readonly kind: "product";
  readonly size: {
    readonly batch: number;
    readonly m: number;
    readonly k: number;
    readonly n: number;
  };
  readonly a: MatrixView;
  readonly b: MatrixView;
  readonly out: Buffer;
  /** What follows on each piece of the result (compile/epilogues.ts). */
  readonly epilogue?: MapKernel | undefined;
}
/** An array read where it lies: strides in elements, one an axis; below 0 an axis runs backwards. */
export interface ArrayView {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly strides: readonly number[];
}
/** The input of a convolution, and the stride from group to group of its channels. */
export interface GroupedView extends ArrayView {
  readonly groupStride: number;
}
/** Positions of one image that meet the same elements of the window, as tables in bytes. */
export interface ConvolutionPhase {
  readonly positions: number;
  readonly window: number;
  readonly blocks: number;
  /** Where its tables start among the kernel's, in elements. */
  readonly start: number;
}
/** A matrix product whose right operand is windows of x (compile/convolution.ts). */
export interface ConvolutionKernel {
  readonly kind: "convolution";
  readonly size: {
    readonly batch: number;
    readonly groups: number;
    /** Outputs and channels of one group. */
    readonly outputs: number;
    readonly channels: number;
  };
  readonly x: GroupedView;
  readonly kernel: ArrayView;
  readonly tables: Buffer;
  readonly phases: readonly ConvolutionPhase[];
  /** Whether some element of the window may lie outside x. */
  readonly padded: boolean;
  readonly out: Buffer;
  /** What follows on each piece of the result (compile/epilogues.ts). */
  readonly epilogue?: MapKernel | undefined;
}
/** Places of one axis that meet the same elements of the window, evenly spaced. */
export interface DirectClass {
  /** The first place of the result, from one to the next, and how many. */
  readonly first: number;
  readonly every: number;
  readonly count: number;
  /** From one place to the next in the padded copy. */
  readonly step: number;
  /** Elements of the window, and where they lie in the padded copy for the first place. */
  readonly terms: readonly { readonly q: number; readonly at: number }[];
}
/** One spatial axis of a padded copy of x. */
export interface DirectAxis {
  readonly classes: readonly DirectClass[];
  readonly length: number;
  /** Zeros before the first element of x, and how many elements of x there are. */
  readonly before: number;
  readonly inside: number;
}
/** A convolution of few terms, multiplied where they lie in padded copies (compile/direct.ts). */
export interface DirectKernel {
  readonly kind: "direct";
  readonly size: ConvolutionKernel["size"];
  readonly x: GroupedView;
  readonly kernel: ArrayView;
  readonly axes: readonly DirectAxis[];
  readonly out: Buffer;
}
/** One spatial axis of a correlation. */
export interface CorrelationAxis {
  readonly results: number;
  readonly window: number;
  /** From result to result, and from element to element of the window, in x. */
  readonly stride: number;
  readonly dilation: number;
  /** Of the padded copy of x: its length, zeros in front, and which elements of x lie within. */
  readonly length: number;
  readonly before: number;
  readonly skipped: number;
  readonly inside: number;
}
/** A convolution of few results and long sums, made side by side (compile/correlation.ts). */
export interface CorrelationKernel {
  readonly kind: "correlation";
  readonly size: ConvolutionKernel["size"];
  readonly x: GroupedView;
  readonly kernel: ArrayView;
  readonly axes: readonly CorrelationAxis[];
  readonly out: Buffer;
}
/** Kernels that elementwise work may follow, piece by piece. */
export type WithResult = ProductKernel | ConvolutionKernel;
/** The place of the first largest element in each window over the last axes of x. */
export interface WindowArgmaxKernel {
  readonly kind: "windowArgmax";
  readonly axes: readonly WindowAxis[];
  /** That of x. */
  readonly shape: Shape;
  readonly x: Buffer;
  readonly out: Buffer;
  /** The elements themselves. */
  largest: Buffer | null;
}
/** A value to one place in each window, zeros elsewhere; windows lie side by side. */
export interface WindowFillKernel {
  readonly kind: "windowFill";
  readonly axes: readonly WindowAxis[];
  /** The places are those of an array of this shape. */
  readonly shape: Shape;
  readonly places: Buffer;
  readonly values: Buffer;
  readonly out: Buffer;
}
export interface RandomKernel {
  readonly kind: "random";
  readonly key: Buffer;
  readonly purpose: number;
  readonly out: Buffer;
}
/** Rows of `table` at `rows`, or added to `out` at `rows`. */
export interface RowsKernel {
  readonly kind: "gather" | "scatter";
  /** Rows of the long array, their width, and how many are moved. */
  readonly size: { readonly length: number; readonly width: number; readonly count: number };
  readonly table: Buffer;
  readonly rows: Buffer;
  readonly out: Buffer;
}
/** An array of the body of a loop: the whole of one outside, or the step's slice of it. */
export interface Binding {
  readonly buffer: Buffer;
  readonly sliced: boolean;
}
/** The kernels of one step, run again and again over slices that advance. */
export interface LoopKernel {
  readonly kind: "loop";
  readonly length: number;
  readonly reverse: boolean;
  /** What a step computes; a carry's result lies where the carry is read. */
  readonly results: readonly Result[];
  /** The kernels of `results`; they name their inputs and number their outputs as a program's do. */
  body: readonly Kernel[];
  readonly inputs: ReadonlyMap<string, Binding>;
  readonly outputs: readonly Binding[];
  /** Copied before the first step. */
  readonly carries: readonly { readonly initial: Buffer; readonly buffer: Buffer }[];
}
export type Kernel =
  | MapKernel
  | ReduceKernel
  | RowwiseKernel
  | ProductKernel
  | ConvolutionKernel
  | DirectKernel
  | CorrelationKernel
  | WindowArgmaxKernel
  | WindowFillKernel
  | RandomKernel
  | RowsKernel
  | LoopKernel;

/** A result and the names of the inputs that lie in the same memory. */
export interface Result {
  readonly node: Node;
  readonly sharedWith: readonly string[];
}

/** What was reached from values asked for before: they never change. */
const reached = new WeakMap<Value, readonly Value[]>();

/** Values reached from `roots`, operands first. */
export function valuesOf(roots: readonly Value[]): readonly Value[] {
  if (roots.length === 1) return valuesFrom(roots[0]!);
  const seen = new Set<Value>();
  for (const root of roots) for (const value of valuesFrom(root)) seen.add(value);
  return [...seen];
}

function valuesFrom(root: Value): readonly Value[] {
  const known = reached.get(root);
  if (known) return known;
  const seen = new Set<Value>();
  const visit = (value: Value) => {
    if (value.kind === "compute") for (const each of value.src) if (!seen.has(each)) visit(each);
    seen.add(value);
  };
  visit(root);
  const values = [...seen];
  reached.set(root, values);
  return values;
}

function loadsOf(roots: readonly Value[]): Buffer[] {
  const loads: Buffer[] = [];
  for (const value of valuesOf(roots)) if (value.kind === "load") loads.push(value.buffer);
  return loads;
}

const outsideRow = ({ place }: Buffer) => place.kind !== "row";

/** What a map stores, or what a reduction combines. */
export const rootsOf = (kernel: MapKernel | ReduceKernel): readonly Value[] =>
  kernel.kind === "map" ? kernel.stores.map(({ value }) => value) : [kernel.value];

/** What a product or a convolution reads itself. */
export const operandsOf = (kernel: WithResult): Buffer[] =>
  kernel.kind === "product"
    ? [kernel.a.buffer, kernel.b.buffer]
    : [kernel.x.buffer, kernel.kernel.buffer, kernel.tables];

/** What an epilogue reads beside the result that it follows. */
const besides = ({ out, epilogue }: WithResult): Buffer[] =>
  epilogue ? readsOf(epilogue).filter((buffer) => buffer !== out) : [];

/** Buffers that a kernel reads. */
export function readsOf(kernel: Kernel): Buffer[] {
  switch (kernel.kind) {
    case "map":
    case "reduce":
      return loadsOf(rootsOf(kernel));
    case "rowwise": {
      const made = new Set(writesOf(kernel));
      return kernel.body.flatMap(readsOf).filter((each) => outsideRow(each) && !made.has(each));
    }
    case "product":
    case "convolution":
      return [...operandsOf(kernel), ...besides(kernel)];
    case "direct":
    case "correlation":
      return [kernel.x.buffer, kernel.kernel.buffer];
    case "windowArgmax":
      return [kernel.x];
    case "windowFill":
      return [kernel.places, kernel.values];
    case "random":
      return [kernel.key];
    case "loop":
      return [
        ...kernel.carries.map(({ initial }) => initial),
        ...[...kernel.inputs.values()].flatMap(({ buffer }) =>
          kernel.carries.some((carry) => carry.buffer === buffer) ? [] : [buffer],
        ),
        ...kernel.body.flatMap(readsOf).filter(({ place }) => place.kind === "literal"),
      ];
    default:
      return [kernel.table, kernel.rows];
  }
}

/** Buffers that a kernel writes. */
export function writesOf(kernel: Kernel): Buffer[] {
  switch (kernel.kind) {
    case "map":
      return kernel.stores.map(({ buffer }) => buffer);
    case "reduce":
      return [kernel.store.buffer];
    case "windowArgmax":
      return kernel.largest ? [kernel.out, kernel.largest] : [kernel.out];
    case "rowwise":
      return kernel.body.flatMap(writesOf).filter(outsideRow);
    case "loop":
      return kernel.outputs.map(({ buffer }) => buffer);
    case "product":
    case "convolution":
      return [kernel.out, ...(kernel.epilogue ? writesOf(kernel.epilogue) : [])];
    default:
      return [kernel.out];
  }
}
