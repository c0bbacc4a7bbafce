/** Every node of a computation with its value and its gradient: backpropagation, open to view. */
import { ShapeError } from "../base/errors.ts";
import { sizeOf, spellShape } from "../base/shape.ts";
import { grad } from "../grad/grad.ts";
import { toposort } from "../graph/node.ts";
import { formulaOf, isNumber, nameAll } from "../graph/print.ts";
import { compute } from "./compute.ts";
import { nest } from "./read.ts";
import type { NestedNumbers } from "./shapes.ts";
import type { Tensor, Tensors } from "./tensor.ts";
import { tensorsOf } from "./trees.ts";

/** One node: what it is called, how it is computed, what it is, and how the result follows it. */
export interface GraphLine {
  readonly name: string;
  /** Empty for what is given. */
  readonly formula: string;
  readonly value: NestedNumbers;
  /** ∂result/∂node, in the shape of the node; `null` where there is none, as for a comparison. */
  readonly gradient: NestedNumbers | null;
}

/**
 * Every node that `result`, one number, is computed from, inputs first, each with its value and
 * gradient. `named` gives names to tensors by their paths; plain numbers have no line of their own.
 *
 *     const [w, x] = [tensor(2), tensor(-1)];
 *     console.log(spellGraph(await inspectGraph(sigmoid(mul(w, x)), { w, x })));
 */
export async function inspectGraph(result: Tensor, named: Tensors = {}): Promise<GraphLine[]> {
  if (sizeOf(result.shape) !== 1)
    throw new ShapeError(
      `inspectGraph: the result is ${spellShape(result.shape)}, gradients need one number. Take its mean() or sum().`,
    );
  const order = toposort([result.node]);
  const names = nameAll(order, new Map(tensorsOf(named).map(([path, { node }]) => [node, path])));
  const given = new Set(tensorsOf(named).map(([, { node }]) => node));
  const shown = order.filter((node) => given.has(node) || !isNumber(node));
  const smooth = shown.filter(({ dtype }) => dtype === "f32");
  const numbers = compute([...shown, ...grad(result.node, smooth)]);
  const gradients = new Map(smooth.map((node, i) => [node, numbers[shown.length + i]!]));
  return shown.map((node, i) => {
    const gradient = gradients.get(node);
    return {
      name: names.get(node)!,
      formula: node.src.length === 0 ? "" : formulaOf(node, names),
      value: nest(numbers[i]!, node.shape),
      gradient: gradient ? nest(gradient, node.shape) : null,
    };
  });
}

const spellNumbers = (numbers: NestedNumbers | null, digits: number): string =>
  numbers === null
    ? ""
    : typeof numbers === "number"
      ? numbers.toFixed(digits)
      : `[${numbers.map((each) => spellNumbers(each, digits)).join(", ")}]`;

/** The lines of `inspectGraph` as a table for a fixed-width font, `digits` after the point (default 2). */
export function spellGraph(
  lines: readonly GraphLine[],
  { digits = 2 }: { readonly digits?: number } = {},
): string {
  const head = ["name", "formula", "value", "gradient"];
  const cells = lines.map(({ name, formula, value, gradient }) => [
    name,
    formula,
    spellNumbers(value, digits),
    spellNumbers(gradient, digits),
  ]);
  const widths = head.map((title, i) =>
    Math.max(title.length, ...cells.map((row) => row[i]!.length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [head, ...cells].map(line).join("\n");
}
