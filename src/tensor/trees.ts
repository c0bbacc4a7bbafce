/** Trees of tensors: inputs in their place, the same paths side by side, nodes exchanged. */
import type { HostArray } from "../base/dtype.ts";
import { leavesOf, mapTree } from "../base/tree.ts";
import { input } from "../graph/build.ts";
import { compute } from "./compute.ts";
import { isTensor, Tensor, type Tensors } from "./tensor.ts";

/** Leaves with their paths, `["0.weight", tensor]`, in the order of the records' keys. */
export const tensorsOf = (tree: Tensors): [path: string, tensor: Tensor][] =>
  leavesOf(tree, isTensor);

/** The same tree with other tensors. */
export const mapTensors = <T extends Tensors>(
  tree: T,
  change: (tensor: Tensor, path: string) => Tensor,
): T => mapTree(tree, isTensor, change) as T;

/** Tensors without a value yet, alike in shape and dtype; each is the input `prefix + path`. */
export const placeholders = <T extends Tensors>(tree: T, prefix: string): T =>
  mapTensors(tree, ({ shape, dtype }, path) => new Tensor(input(prefix + path, shape, dtype)));

/** The elements of every leaf by its path, computed now where they are not known. */
export function hostValues(tree: Tensors): Map<string, HostArray> {
  const leaves = tensorsOf(tree);
  const values = compute(leaves.map(([, { node }]) => node));
  return new Map(leaves.map(([path], i) => [path, values[i]!]));
}
