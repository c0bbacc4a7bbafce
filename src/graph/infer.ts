/** The shape and dtype of every op's result; the only place that checks shapes. */
import type { DType } from "../base/dtype.ts";
import { ShapeError } from "../base/errors.ts";
import { type Shape, sameShape, sizeOf, spellShape } from "../base/shape.ts";
import type { Node } from "./node.ts";
import type { Op, Ops, Ranges } from "./ops.ts";
import { convolutionShape, windowsShape } from "./windows.ts";

interface Kind {
  readonly shape: Shape;
  readonly dtype: DType;
}
type Rule<K extends Op> = (src: Readonly<Ops[K]["src"]>, arg: Ops[K]["arg"], op: K) => Kind;

const fail = (op: Op, problem: string, remedy: string): never => {
  throw new ShapeError(`${op}: ${problem}. ${remedy}`);
};
const isLength = (length: number) => Number.isSafeInteger(length) && length >= 0;
const lengths = (op: Op, shape: Shape): Shape =>
  shape.every(isLength)
    ? shape
    : fail(op, `${spellShape(shape)} is no shape`, "Lengths are whole numbers from 0 up.");
const needs = (op: Op, node: Node, dtype: DType) =>
  node.dtype === dtype ||
  fail(op, `got ${node.dtype}, needs ${dtype}`, `Convert with cast(x, "${dtype}").`);
const alike = (op: Op, a: Node, b: Node): Kind => {
  if (!sameShape(a.shape, b.shape))
    fail(
      op,
      `shapes ${spellShape(a.shape)} and ${spellShape(b.shape)} differ`,
      "Broadcast one with expand().",
    );
  if (a.dtype !== b.dtype)
    fail(op, `dtypes ${a.dtype} and ${b.dtype} differ`, "Convert one with cast().");
  return a;
};

const float = (op: Op, a: Node): Kind => {
  needs(op, a, "f32");
  return { shape: a.shape, dtype: "f32" };
};
const unary = ([a]: readonly [Node], _: null, op: Op): Kind => float(op, a);
const binary = ([a, b]: readonly [Node, Node], _: null, op: Op): Kind => {
  alike(op, a, b);
  return float(op, a);
};
const compare = ([a, b]: readonly [Node, Node], _: null, op: Op): Kind => {
  if (a.dtype === "bool") fail(op, "got bool", 'Convert with cast(x, "f32").');
  return { shape: alike(op, a, b).shape, dtype: "bool" };
};
const reduction = ([a]: readonly [Node], axes: readonly number[], op: Op): Kind => {
  const ascending = axes.every((axis, i) => i === 0 || axis > axes[i - 1]!);
  if (!ascending || !axes.every((axis) => isLength(axis) && axis < a.shape.length))
    fail(
      op,
      `axes [${axes}] of ${spellShape(a.shape)}`,
      "Name axes of the input, ascending, once.",
    );
  if (op === "max" && axes.some((axis) => a.shape[axis] === 0))
    fail(
      op,
      `axes [${axes}] of ${spellShape(a.shape)} hold no element`,
      "The largest of none is not defined.",
    );
  float(op, a);
  return { shape: a.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)), dtype: "f32" };
};
const ranked = (op: Op, a: Node, ranges: Ranges) =>
  ranges.length === a.shape.length ||
  fail(op, `${ranges.length} ranges for ${spellShape(a.shape)}`, "Give one range an axis.");

const spelledBoth = (a: Node, b: Node) => `${spellShape(a.shape)} x ${spellShape(b.shape)}`;
function product([a, b]: readonly [Node, Node]): Kind {
  const [x, y] = [a.shape, b.shape];
  if (x.length < 2 || y.length !== x.length)
    fail(
      "matmul",
      `${spelledBoth(a, b)}: ranks must be equal and at least 2`,
      "Reshape or expand one.",
    );
  if (!sameShape(x.slice(0, -2), y.slice(0, -2)))
    fail("matmul", `${spelledBoth(a, b)}: leading lengths differ`, "Broadcast one with expand().");
  const [m, k, k2, n] = [x.at(-2)!, x.at(-1)!, y.at(-2)!, y.at(-1)!];
  if (k !== k2)
    fail(
      "matmul",
      `${spelledBoth(a, b)}: inner lengths ${k} and ${k2} differ`,
      "Transpose one with transpose()?",
    );
  needs("matmul", a, "f32");
  needs("matmul", b, "f32");
  return { shape: [...x.slice(0, -2), m, n], dtype: "f32" };
}

const rows = (op: Op, a: Node, at: Node) => {
  if (a.shape.length !== 2 || at.shape.length !== 1)
    fail(
      op,
      `${spellShape(a.shape)} at ${spellShape(at.shape)}`,
      "Needs [n, d] and row numbers [m].",
    );
  needs(op, at, "i32");
  return float(op, a);
};

const spellKind = ({ dtype, shape }: Kind) => `${dtype} ${spellShape(shape)}`;
const sameKind = (a: Kind, b: Kind) => a.dtype === b.dtype && sameShape(a.shape, b.shape);

/** A scan has no value of its own; `pick` takes one of its results. */
function steps(src: readonly Node[], arg: Ops["scan"]["arg"]): Kind {
  const { length, slices, parameters, next } = arg;
  const carries = next.length;
  lengths("scan", [length]);
  src.forEach((given, i) => {
    const inner = parameters[i]!;
    const sliced = i >= carries && i < carries + slices;
    if (sliced && given.shape[0] !== length)
      fail(
        "scan",
        `a stacked input is ${spellShape(given.shape)}, and there are ${length} steps`,
        "Its first axis must be the steps.",
      );
    const needed = sliced ? { ...inner, shape: [length, ...inner.shape] } : inner;
    if (!sameKind(given, needed))
      fail("scan", `got ${spellKind(given)}, needs ${spellKind(needed)}`, "Mend that source.");
  });
  next.forEach((after, i) => {
    if (sameKind(src[i]!, after)) return;
    const change = `carry ${i} enters as ${spellKind(src[i]!)} and leaves as ${spellKind(after)}`;
    fail("scan", change, "A step must keep the shape and dtype of what it carries.");
  });
  return { shape: [], dtype: "f32" };
}
function picked([from]: readonly [Node], arg: Ops["pick"]["arg"]): Kind {
  if (from.op !== "scan") fail("pick", `got ${from.op}`, "Pick from a scan.");
  const { length, next } = from.arg as Ops["scan"]["arg"];
  if (arg.kind === "steps") return { shape: [length, ...arg.value.shape], dtype: arg.value.dtype };
  const last = next[arg.carry];
  if (!last) return fail("pick", `carry ${arg.carry} of ${next.length}`, "Count from 0.");
  return { shape: last.shape, dtype: last.dtype };
}

const rules: { readonly [K in Op]: Rule<K> } = {
  input: (_, arg) => ({ shape: lengths("input", arg.shape), dtype: arg.dtype }),
  literal: (_, arg) =>
    arg.data.length === sizeOf(lengths("literal", arg.shape))
      ? { shape: arg.shape, dtype: arg.dtype }
      : fail(
          "literal",
          `${arg.data.length} values for ${spellShape(arg.shape)}`,
          "Mend the shape.",
        ),
  constant: (_, arg) => ({ shape: lengths("constant", arg.shape), dtype: arg.dtype }),
  iota: (_, { shape, axis }) =>
    isLength(axis) && axis < lengths("iota", shape).length
      ? { shape, dtype: "i32" }
      : fail("iota", `axis ${axis} of ${spellShape(shape)}`, "Name an axis of the shape."),
  random: ([key], { shape }) => {
    needs("random", key, "i32");
    if (!sameShape(key.shape, [2]))
      fail("random", `key ${spellShape(key.shape)}`, "A key is [seed, step].");
    return { shape: lengths("random", shape), dtype: "f32" };
  },
  neg: unary,
  sqrt: unary,
  exp: unary,
  log: unary,
  tanh: unary,
  erf: unary,
  sigmoid: unary,
  softplus: unary,
  cast: ([a], dtype) => ({ shape: a.shape, dtype }),
  detach: unary,
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  maximum: binary,
  less: compare,
  lessEqual: compare,
  equal: compare,
  where: ([condition, a, b]) => {
    needs("where", condition, "bool");
    if (!sameShape(condition.shape, a.shape))
      fail(
        "where",
        `condition ${spellShape(condition.shape)}, value ${spellShape(a.shape)}`,
        "Broadcast one with expand().",
      );
    return { shape: alike("where", a, b).shape, dtype: a.dtype };
  },
  sum: reduction,
  max: reduction,
  reshape: ([a], shape) =>
    sizeOf(lengths("reshape", shape)) === sizeOf(a.shape)
      ? { shape, dtype: a.dtype }
      : fail(
          "reshape",
          `${spellShape(a.shape)} has ${sizeOf(a.shape)} elements, ${spellShape(shape)} needs ${sizeOf(shape)}`,
          "The number of elements must stay.",
        ),
  permute: ([a], order) =>
    order.length === a.shape.length && a.shape.every((_, axis) => order.includes(axis))
      ? { shape: order.map((axis) => a.shape[axis]!), dtype: a.dtype }
      : fail("permute", `order [${order}] of ${spellShape(a.shape)}`, "Name each axis once."),
  expand: ([a], shape) =>
    shape.length === a.shape.length &&
    lengths("expand", shape).every(
      (length, axis) => a.shape[axis] === 1 || a.shape[axis] === length,
    )
      ? { shape, dtype: a.dtype }
      : fail(
          "expand",
          `${spellShape(a.shape)} cannot grow to ${spellShape(shape)}`,
          "Only axes of length 1 grow; reshape() adds axes.",
        ),
  slice: ([a], ranges) => {
    ranked("slice", a, ranges);
    if (
      !ranges.every(
        ([start, end], axis) => isLength(start) && start <= end && end <= a.shape[axis]!,
      )
    )
      fail(
        "slice",
        `ranges ${JSON.stringify(ranges)} of ${spellShape(a.shape)}`,
        "Ranges are [start, end) inside the axis.",
      );
    return { shape: ranges.map(([start, end]) => end - start), dtype: a.dtype };
  },
  pad: ([a], ranges) => {
    ranked("pad", a, ranges);
    if (!ranges.flat().every(isLength))
      fail("pad", `by ${JSON.stringify(ranges)}`, "Give whole numbers from 0 up.");
    return {
      ...float("pad", a),
      shape: a.shape.map((length, axis) => ranges[axis]![0] + length + ranges[axis]![1]),
    };
  },
  reverse: ([a], axes) =>
    new Set(axes).size === axes.length &&
    axes.every((axis) => isLength(axis) && axis < a.shape.length)
      ? { shape: a.shape, dtype: a.dtype }
      : fail(
          "reverse",
          `axes [${axes}] of ${spellShape(a.shape)}`,
          "Name axes of the input, once.",
        ),
  matmul: product,
  convolution: ([x, kernel], arg, op) => {
    needs(op, kernel, "f32");
    return { ...float(op, x), shape: convolutionShape(x.shape, kernel.shape, arg) };
  },
  windowArgmax: ([a], axes, op) => {
    needs(op, a, "f32");
    return { shape: windowsShape(a.shape, axes), dtype: "i32" };
  },
  gather: ([a, at], _, op) => ({ ...rows(op, a, at), shape: [at.shape[0]!, a.shape[1]!] }),
  scatter: ([a, at], length, op) => {
    if (rows(op, a, at).shape[0] !== at.shape[0])
      fail(op, `${a.shape[0]} rows at ${at.shape[0]} places`, "Give one place a row.");
    return { shape: lengths(op, [length, a.shape[1]!]), dtype: "f32" };
  },
  scan: steps,
  pick: picked,
};

/** Shape and dtype of `op` on `src`; throws a `ShapeError` that names the op, what it got and the remedy. */
export const infer = <K extends Op>(
  op: K,
  src: Readonly<Ops[K]["src"]>,
  arg: Ops[K]["arg"],
): Kind => {
  if (op !== "pick" && (src as readonly Node[]).some((s) => s.op === "scan"))
    fail(op, "got a scan", "Take one of its results with pick().");
  return (rules[op] as Rule<K>)(src, arg, op);
};
