/** Sums over the steps of a scan. */
import { matmul, permute, rebuilt, reshape, sum, transpose } from "../graph/build.ts";
import { isOp, type Node } from "../graph/node.ts";
import type { Op } from "../graph/ops.ts";
import { placeholder } from "../graph/scan.ts";

/** Ops through which a sum over steps may pass. */
const linear: ReadonlySet<Op> = new Set<Op>([
  "add",
  "neg",
  "reshape",
  "permute",
  "pad",
  "slice",
  "reverse",
]);

/** Sums over all steps, computed after the loop from stacked values where that is one operation. */
export class Totals {
  /** Placeholders for stacks, by what they stack. */
  readonly stacks = new Map<Node, Node>();
  /** What must be added up step by step. */
  readonly accumulated = new Map<Node, Node>();
  readonly #length: number;
  readonly #varies: ReadonlySet<Node>;

  constructor(length: number, varies: ReadonlySet<Node>) {
    this.#length = length;
    this.#varies = varies;
  }

  /** A placeholder for the values of `y` at all steps, [steps, ...]. */
  stack(y: Node): Node {
    const { dtype } = y;
    const found = this.stacks.get(y) ?? placeholder({ shape: [this.#length, ...y.shape], dtype });
    this.stacks.set(y, found);
    return found;
  }

  /** Σ y over the steps. */
  of(y: Node): Node {
    if (this.#isOneOperation(y)) return this.#afterwards(y);
    const found = this.accumulated.get(y) ?? placeholder(y);
    this.accumulated.set(y, found);
    return found;
  }

  #isOneOperation(y: Node): boolean {
    const src = y.src as readonly Node[];
    if (isOp(y, "matmul") || isOp(y, "sum")) return src.every((s) => this.#varies.has(s));
    return linear.has(y.op) && src.every((s) => this.#isOneOperation(s));
  }

  #afterwards(y: Node): Node {
    if (isOp(y, "matmul")) {
      const [a, b] = y.src;
      return matmul(transpose(this.#long(transpose(a))), this.#long(b));
    }
    if (isOp(y, "sum")) {
      const over = [0, ...y.arg.map((axis) => axis + 1)];
      return reshape(sum(this.stack(y.src[0]), over), y.shape);
    }
    return rebuilt(
      y,
      (y.src as readonly Node[]).map((s) => this.#afterwards(s)),
    );
  }

  /** [..., k, n] at all steps as [..., steps · k, n]. */
  #long(y: Node): Node {
    const inner = isOp(y, "permute") && isOp(y.src[0], "permute") ? undoubled(y) : y;
    const batch = inner.shape.length - 2;
    const [k, n] = [inner.shape.at(-2)!, inner.shape.at(-1)!];
    const axes = inner.shape.map((_, axis) => axis + 1);
    const together = permute(this.stack(inner), [...axes.slice(0, batch), 0, ...axes.slice(batch)]);
    return reshape(together, [...inner.shape.slice(0, batch), this.#length * k, n]);
  }
}

/** A transpose of a transpose is what it was. */
function undoubled(y: Node & Node<"permute">): Node {
  const inner = y.src[0] as Node & Node<"permute">;
  return permute(
    inner.src[0],
    y.arg.map((axis) => inner.arg[axis]!),
  );
}
