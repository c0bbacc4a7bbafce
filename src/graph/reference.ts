/** The oracle: slow, plain, obviously right, in float64. Every backend is tested against it. */
import { InternalError } from "../base/errors.ts";
import { uniform32 } from "../base/random.ts";
import { type Shape, sizeOf, stridesOf } from "../base/shape.ts";
import { isOp, type Node, toposort } from "./node.ts";
import type { Op } from "./ops.ts";
import { argmaxInWindows, convolve, reversed } from "./reference-windows.ts";

export type Value = Float64Array;
type Unary = "exp" | "log" | "tanh" | "erf" | "sigmoid" | "softplus";

/** What arithmetic is done in: how a result is rounded, and in which order terms are summed. */
export interface Machine extends Readonly<Record<Unary, (x: number) => number>> {
  /** Rounds a float64 result of one operation to the machine's numbers. */
  round(x: number): number;
  sum(terms: Value): number;
  /** Σ a·b over two rows of equal length. */
  dot(a: Value, b: Value): number;
}

/** erf by its Maclaurin series, or by the continued fraction of erfc for large arguments. */
function erf(x: number): number {
  const z = Math.abs(x);
  if (!(z < 6)) return Number.isNaN(x) ? x : Math.sign(x);
  if (z < 3) {
    let term = x;
    let total = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(total); n++) {
      term *= (-x * x) / n;
      total += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * total;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * (z + fraction)));
}

const float64: Machine = {
  round: (x) => x,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  erf,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  sum: (terms) => terms.reduce((total, term) => total + term, 0),
  dot: (a, b) => a.reduce((total, x, i) => total + x * b[i]!, 0),
};

type Kernel<K extends Op> = (m: Machine, y: Node<K>, ...src: Value[]) => Value;

const fill = (shape: Shape, at: (i: number) => number): Value =>
  Float64Array.from({ length: sizeOf(shape) }, (_, i) => at(i));
const place = (coordinates: readonly number[], strides: readonly number[]) =>
  coordinates.reduce((total, c, axis) => total + c * strides[axis]!, 0);
/** Coordinates of element `i` of `shape`. */
const coordinates = (shape: Shape, i: number): number[] => {
  let rest = i;
  const strides = stridesOf(shape);
  return strides.map((stride) => {
    const c = Math.floor(rest / stride);
    rest -= c * stride;
    return c;
  });
};
/** Strides with 0 on axes of length 1: reading them repeats. */
const loose = (shape: Shape) => stridesOf(shape).map((s, axis) => (shape[axis] === 1 ? 0 : s));

/** A kernel that needs no more of its node than the shape. */
type Elementwise = (m: Machine, y: { readonly shape: Shape }, ...src: Value[]) => Value;
const one =
  (f: (x: number) => number): Elementwise =>
  (m, y, a) =>
    fill(y.shape, (i) => m.round(f(a![i]!)));
const function1 =
  (name: Unary): Elementwise =>
  (m, y, a) =>
    fill(y.shape, (i) => m[name](a![i]!));
const two =
  (f: (x: number, z: number) => number): Elementwise =>
  (m, y, a, b) =>
    fill(y.shape, (i) => m.round(f(a![i]!, b![i]!)));

/** Calls `done` with the terms of each reduced element, in row-major order of the reduced axes. */
const reduce =
  (done: (m: Machine, terms: Value) => number) =>
  (m: Machine, y: Node<"sum"> | Node<"max">, a: Value): Value => {
    const { shape } = y.src[0];
    const inner = shape.map((length, axis) => (y.arg.includes(axis) ? length : 1));
    const strides = stridesOf(shape);
    return fill(y.shape, (i) => {
      const start = place(coordinates(y.shape, i), strides);
      return done(
        m,
        fill(inner, (j) => a![start + place(coordinates(inner, j), strides)]!),
      );
    });
  };

const toInt32 = (x: number) =>
  Number.isNaN(x) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x))) + 0; // + 0: no -0

function matmul(m: Machine, y: Node<"matmul">, a: Value, b: Value): Value {
  const [rows, columns] = [y.shape.at(-2)!, y.shape.at(-1)!];
  const inner = y.src[0].shape.at(-1)!;
  return fill(y.shape, (i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const batch = Math.floor(row / rows);
    const right = Float64Array.from(
      { length: inner },
      (_, k) => b[(batch * inner + k) * columns + column]!,
    );
    return m.dot(a.subarray(row * inner, (row + 1) * inner), right);
  });
}

function scatter(m: Machine, y: Node<"scatter">, a: Value, at: Value): Value {
  const [length, width] = y.shape as [number, number];
  const out = new Float64Array(length * width);
  a.forEach((x, i) => {
    const row = at[Math.floor(i / width)]!;
    if (row < 0 || row >= length) return; // a place outside adds nothing
    const to = row * width + (i % width);
    out[to] = m.round(out[to]! + x);
  });
  return out;
}

const kernels: { readonly [K in Exclude<Op, "input" | "scan" | "pick">]: Kernel<K> } = {
  literal: (_, y) => Float64Array.from(y.arg.data),
  constant: (m, y) => fill(y.shape, () => (y.dtype === "f32" ? m.round(y.arg.value) : y.arg.value)),
  iota: (_, y) => fill(y.shape, (i) => coordinates(y.shape, i)[y.arg.axis]!),
  random: (_, y, key) =>
    fill(y.shape, (i) => uniform32({ seed: key![0]!, step: key![1]!, purpose: y.arg.purpose }, i)),
  neg: one((x) => -x),
  sqrt: one(Math.sqrt),
  exp: function1("exp"),
  log: function1("log"),
  tanh: function1("tanh"),
  erf: function1("erf"),
  sigmoid: function1("sigmoid"),
  softplus: function1("softplus"),
  cast: (m, y, a) =>
    fill(y.shape, (i) =>
      y.arg === "f32" ? m.round(a![i]!) : y.arg === "i32" ? toInt32(a![i]!) : +(a![i]! !== 0),
    ),
  detach: (_, __, a) => a!,
  add: two((x, z) => x + z),
  sub: two((x, z) => x - z),
  mul: two((x, z) => x * z),
  div: two((x, z) => x / z),
  maximum: two(Math.max),
  less: two((x, z) => +(x < z)),
  lessEqual: two((x, z) => +(x <= z)),
  equal: two((x, z) => +(x === z)),
  where: (_, y, c, a, b) => fill(y.shape, (i) => (c![i] ? a![i]! : b![i]!)),
  sum: reduce((m, terms) => m.sum(terms)),
  max: reduce((_, terms) => terms.reduce((top, x) => Math.max(top, x), -Infinity)),
  reshape: (_, __, a) => a!,
  permute: (_, y, a) => {
    const from = stridesOf(y.src[0].shape);
    const strides = y.arg.map((axis) => from[axis]!);
    return fill(y.shape, (i) => a![place(coordinates(y.shape, i), strides)]!);
  },
  expand: (_, y, a) => {
    const strides = loose(y.src[0].shape);
    return fill(y.shape, (i) => a![place(coordinates(y.shape, i), strides)]!);
  },
  slice: (_, y, a) => {
    const strides = stridesOf(y.src[0].shape);
    const start = place(
      y.arg.map(([from]) => from),
      strides,
    );
    return fill(y.shape, (i) => a![start + place(coordinates(y.shape, i), strides)]!);
  },
  pad: (_, y, a) => {
    const { shape } = y.src[0];
    const strides = stridesOf(shape);
    return fill(y.shape, (i) => {
      const at = coordinates(y.shape, i).map((c, axis) => c - y.arg[axis]![0]);
      return at.every((c, axis) => c >= 0 && c < shape[axis]!) ? a![place(at, strides)]! : 0;
    });
  },
  reverse: (_, y, a) => reversed(y.arg, { shape: y.shape, values: a! }),
  matmul: (m, y, a, b) => matmul(m, y, a!, b!),
  convolution: (m, y, x, kernel) =>
    convolve(
      (a, b) => m.dot(a, b),
      y.arg,
      y.shape,
      { shape: y.src[0].shape, values: x! },
      { shape: y.src[1].shape, values: kernel! },
    ),
  windowArgmax: (_, y, a) => argmaxInWindows(y.arg, y.shape, { shape: y.src[0].shape, values: a! }),
  gather: (_, y, a, at) => {
    const [length, width] = y.src[0].shape as [number, number];
    return fill(y.shape, (i) => {
      const row = at![Math.floor(i / width)]!;
      return row >= 0 && row < length ? a![row * width + (i % width)]! : 0;
    });
  },
  scatter: (m, y, a, at) => scatter(m, y, a!, at!),
};

type Inputs = Readonly<Record<string, ArrayLike<number>>>;

/** The results of a scan that are picked: its body evaluated step after step. */
function unroll(
  m: Machine,
  y: Node<"scan">,
  sources: readonly Value[],
  picks: readonly Node<"pick">[],
): Map<Node, Value> {
  const { length, reverse, slices, parameters, next } = y.arg;
  const values = picks.flatMap(({ arg }) => (arg.kind === "steps" ? [arg.value] : []));
  const stacks = values.map(({ shape }) => new Float64Array(length * sizeOf(shape)));
  let carries = sources.slice(0, next.length);
  for (let i = 0; i < length; i++) {
    const step = reverse ? length - 1 - i : i;
    const inputs = parameters.map((parameter, at): [string, Value] => {
      const size = sizeOf(parameter.shape);
      const sliced = at >= next.length && at < next.length + slices;
      const given = carries[at] ?? sources[at]!;
      const value = sliced ? given.subarray(step * size, (step + 1) * size) : given;
      return [(parameter as Node<"input">).arg.name, value];
    });
    const results = evaluate([...next, ...values], Object.fromEntries(inputs), m);
    carries = results.splice(0, next.length);
    results.forEach((value, at) => void stacks[at]!.set(value, step * value.length));
  }
  let stacked = 0;
  return new Map(
    picks.map((pick) => [
      pick,
      pick.arg.kind === "last" ? carries[pick.arg.carry]! : stacks[stacked++]!,
    ]),
  );
}

/** Values of `roots`, given a value for each named input. */
export function evaluate(
  roots: readonly Node[],
  inputs: Inputs,
  machine: Machine = float64,
): Value[] {
  const values = new Map<Node, Value>();
  const order = toposort(roots);
  for (const y of order) {
    if (isOp(y, "scan")) {
      const picks = order.filter(
        (n): n is Node & Node<"pick"> => isOp(n, "pick") && n.src[0] === y,
      );
      const sources = y.src.map((s) => values.get(s)!);
      for (const [pick, value] of unroll(machine, y, sources, picks)) values.set(pick, value);
    } else if (isOp(y, "pick")) continue;
    else if (y.op === "input") {
      const { name } = (y as Node<"input">).arg;
      const given = inputs[name];
      if (!given) throw new InternalError(`evaluate: input ${name} has no value.`);
      values.set(y, Float64Array.from(given));
    } else {
      const kernel = kernels[y.op as "constant"] as Kernel<Op>;
      values.set(y, kernel(machine, y, ...y.src.map((s) => values.get(s)!)));
    }
  }
  return roots.map((root) => values.get(root)!);
}
