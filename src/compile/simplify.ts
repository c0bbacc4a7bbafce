/** Rewrites of a graph that leave every bit of its results as they were. */
import {
  add,
  constant,
  convolution,
  expand,
  lessEqual,
  matmul,
  max,
  neg,
  pad,
  permute,
  rebuilt,
  reshape,
  slice,
  sub,
  sum,
  transpose,
} from "../graph/build.ts";
import { isOp, type Node, toposort, trace } from "../graph/node.ts";
import type { Op } from "../graph/ops.ts";
import { outsideBits } from "./convolution.ts";
import { masksOf } from "./masks.ts";
import { picksOf, rewrittenPicks } from "./scans.ts";

/** A simpler node with the same values, or `null`; `alone` if nobody else reads its first source. */
type Rule<K extends Op> = (y: Node<K>, alone: boolean) => Node | null;

const isConstant = (n: Node, value: number) => isOp(n, "constant") && Object.is(n.arg.value, value);
/** A constant is a constant whatever its shape. */
const ofConstant = (y: Node): Node | null => {
  const a = y.src[0] as Node;
  return isOp(a, "constant") ? constant(a.arg.value, y.shape, y.dtype) : null;
};

const isTranspose = (order: readonly number[]) => {
  const last = order.length - 1;
  return order[last] === last - 1 && order.every((from, to) => to >= last - 1 || from === to);
};
/** A sum of one term is 0 + x: for x = -0 not the same as x. */
const sumOfOne = (y: Node<"sum">): Node | null =>
  y.arg.every((axis) => y.src[0].shape[axis] === 1)
    ? add(y.src[0], constant(0, y.src[0].shape))
    : null;

/** Reduced axes brought next to each other, which one loop can then walk. */
const adjacentAxes =
  (reduce: typeof sum) =>
  (y: Node<"sum"> | Node<"max">): Node | null => {
    const axes = y.arg.filter((axis) => y.src[0].shape[axis] !== 1);
    if (axes.every((axis, i) => i === 0 || axis === axes[i - 1]! + 1)) return null;
    const kept = y.src[0].shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const moved = permute(y.src[0], [...kept, ...axes]);
    return reshape(
      reduce(
        moved,
        axes.map((_, i) => kept.length + i),
      ),
      y.shape,
    );
  };

/** Padding that the kernel cannot test for, as one bit an element of the window, goes into x. */
function paddedBefore(y: Node<"convolution">): Node | null {
  const [x, kernel] = y.src;
  if (outsideBits(y) <= 32) return null;
  const margins = y.arg.axes.map(({ low, high, inputDilation }): [number, number] => [
    Math.max(0, Math.floor(low / inputDilation)),
    Math.max(0, Math.floor(high / inputDilation)),
  ]);
  const axes = y.arg.axes.map((axis, i) => ({
    ...axis,
    low: axis.low - margins[i]![0] * axis.inputDilation,
    high: axis.high - margins[i]![1] * axis.inputDilation,
  }));
  return convolution(pad(x, [[0, 0], [0, 0], ...margins]), kernel, { ...y.arg, axes });
}

const rules: { readonly [K in Op]?: Rule<K> } = {
  detach: ({ src: [a] }) => a,
  neg: ({ src: [a] }) => (isOp(a, "neg") ? a.src[0] : null),
  // x + (-y) is x - y in IEEE arithmetic, to the bit
  add: ({ src: [a, b] }) =>
    isOp(b, "neg") ? sub(a, b.src[0]) : isOp(a, "neg") ? sub(b, a.src[0]) : null,
  mul: ({ src: [a, b] }) =>
    isConstant(a, 1)
      ? b
      : isConstant(b, 1)
        ? a
        : isConstant(a, -1)
          ? neg(b)
          : isConstant(b, -1)
            ? neg(a)
            : null,
  div: ({ src: [a, b] }) => (isConstant(b, 1) ? a : null),
  sum: (y) => sumOfOne(y) ?? adjacentAxes(sum)(y),
  max: adjacentAxes(max),
  reshape: (y) => {
    const [a] = y.src;
    return isOp(a, "reshape") ? reshape(a.src[0], y.shape) : ofConstant(y);
  },
  permute: (y, alone) => {
    const [a] = y.src;
    // (A B)ᵀ = Bᵀ Aᵀ, to the bit: each element sums the same products in the same order
    if (isOp(a, "matmul") && alone && isTranspose(y.arg))
      return matmul(transpose(a.src[1]), transpose(a.src[0]));
    if (isOp(a, "permute"))
      return permute(
        a.src[0],
        y.arg.map((axis) => a.arg[axis]!),
      );
    return ofConstant(y);
  },
  expand: (y) => {
    const [a] = y.src;
    return isOp(a, "expand") ? expand(a.src[0], y.shape) : ofConstant(y);
  },
  reverse: ofConstant,
  convolution: paddedBefore,
  slice: (y) => {
    const [a] = y.src;
    if (!isOp(a, "slice")) return ofConstant(y);
    const from = a.arg.map(([start]) => start);
    return slice(
      a.src[0],
      y.arg.map(([start, end], axis) => [from[axis]! + start, from[axis]! + end]),
    );
  },
};

/** The same values from fewer nodes; equal nodes become one. */
export const simplify = (roots: readonly Node[]): Node[] => trace(() => rewrite(roots));

/** The same within the present scope, so that equal bodies of scans become one too. */
function rewrite(roots: readonly Node[]): Node[] {
  const order = toposort(roots);
  const readers = new Map<Node, number>(roots.map((root) => [root, 1]));
  for (const y of order)
    for (const s of y.src as readonly Node[]) readers.set(s, (readers.get(s) ?? 0) + 1);
  const picks = picksOf(order);
  const masks = masksOf(order);
  const done = new Map<Node, Node>();
  /** What `y` reads: a mask by way of the result that it has made. */
  const source = (s: Node, y: Node): Node => {
    const cut = masks.get(s);
    if (!cut || cut === y) return done.get(s)!;
    const operands = (cut.src as readonly Node[]).map((each) => done.get(each)!);
    return lessEqual(rebuilt(cut, operands), operands[1]!);
  };
  for (const y of order) {
    if (isOp(y, "pick")) continue; // done with its scan
    const old = y.src as readonly Node[];
    const src = old.map((s) => source(s, y));
    if (isOp(y, "scan")) {
      for (const [pick, now] of rewrittenPicks(y, picks.get(y) ?? [], src, rewrite))
        done.set(pick, now);
      continue;
    }
    const alone = old.length > 0 && readers.get(old[0]!) === 1;
    done.set(y, simplest(rebuilt(y, src), alone));
  }
  return roots.map((root) => done.get(root)!);
}

function simplest(y: Node, alone: boolean): Node {
  let [simple, next]: [Node, Node | null] = [y, y];
  while (next) {
    simple = next;
    next = (rules[simple.op] as Rule<Op> | undefined)?.(simple, alone) ?? null;
  }
  return simple;
}
