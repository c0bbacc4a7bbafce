/** THE closed list of ops. Everything else composes from these. */
import type { DType, HostArray } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import type { Node } from "./node.ts";
import type { ConvolutionArg, WindowAxis } from "./windows.ts";

/** A host array that a graph carries; two literals are equal only if they are the same object. */
export interface Literal {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: HostArray;
}
export interface InputArg {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}
export interface ConstantArg {
  readonly value: number;
  readonly shape: Shape;
  readonly dtype: DType;
}
/** Two numbers an axis: [start, end) of a slice; elements added before and after by a pad. */
export type Ranges = readonly (readonly [number, number])[];

/** One step of a recurrence as a closed graph: it reads its parameters and nothing else. */
export interface ScanArg {
  /** How many steps. */
  readonly length: number;
  /** Steps run from the last to the first. */
  readonly reverse: boolean;
  /** How many of the stacked arrays there are; a step reads one slice of each. */
  readonly slices: number;
  /** An input for each source: what is carried, then the slices, then what every step reads. */
  readonly parameters: readonly Node[];
  /** What the step makes of each carry. */
  readonly next: readonly Node[];
}
/** What a scan is asked for: a carry after the last step, or a value of the body at every step. */
export type PickArg =
  | { readonly kind: "last"; readonly carry: number }
  | { readonly kind: "steps"; readonly value: Node };

type Unary = { src: [Node]; arg: null };
type Binary = { src: [Node, Node]; arg: null };

/** Every op there is: the nodes it reads and the argument it carries. */
export interface Ops {
  // 1. Sources
  input: { src: []; arg: InputArg }; // a named slot, bound when the program is compiled
  literal: { src: []; arg: Literal }; // an array known while tracing
  constant: { src: []; arg: ConstantArg }; // one value everywhere
  iota: { src: []; arg: { readonly shape: Shape; readonly axis: number } }; // i32: the coordinate
  random: { src: [Node]; arg: { readonly shape: Shape; readonly purpose: number } }; // [0,1); key i32 [2]
  // 2. Elementwise: equal shapes in, the same shape out
  neg: Unary;
  sqrt: Unary;
  exp: Unary;
  log: Unary;
  tanh: Unary;
  erf: Unary;
  sigmoid: Unary; // 1 / (1 + exp(-x))
  softplus: Unary; // log(1 + exp(x)); its derivative is the sigmoid
  cast: { src: [Node]; arg: DType };
  detach: Unary; // the same value, through which no gradient flows
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  maximum: Binary;
  less: Binary; // bool
  lessEqual: Binary; // bool
  equal: Binary; // bool
  where: { src: [Node, Node, Node]; arg: null }; // condition, if true, if false
  // 3. Reductions: these axes, kept with length 1
  sum: { src: [Node]; arg: readonly number[] };
  max: { src: [Node]; arg: readonly number[] };
  // 4. Movement: no arithmetic
  reshape: { src: [Node]; arg: Shape };
  permute: { src: [Node]; arg: readonly number[] };
  expand: { src: [Node]; arg: Shape }; // axes of length 1 grow
  slice: { src: [Node]; arg: Ranges };
  pad: { src: [Node]; arg: Ranges }; // with zeros
  reverse: { src: [Node]; arg: readonly number[] }; // these axes run backwards
  // 5. Contractions, windows and rows
  matmul: { src: [Node, Node]; arg: null }; // [..., m, k] x [..., k, n]
  convolution: { src: [Node, Node]; arg: ConvolutionArg }; // [n, c, ...] with [o, c/groups, ...]
  windowArgmax: { src: [Node]; arg: readonly WindowAxis[] }; // i32: flat place of the first largest
  gather: { src: [Node, Node]; arg: null }; // [n, d] at rows i32 [m] -> [m, d]
  scatter: { src: [Node, Node]; arg: number }; // [m, d] added at rows i32 [m] -> [arg, d]
  // 6. Recurrence
  scan: { src: Node[]; arg: ScanArg }; // carries [...], stacked [steps, ...], shared by every step
  pick: { src: [Node]; arg: PickArg }; // of a scan: a last carry [...], or values [steps, ...]
}
export type Op = keyof Ops;
