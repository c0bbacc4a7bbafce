/** Trees of values, as parameters are kept: records nested in records, leaves at their paths. */
export type Tree<Leaf> = Leaf | { readonly [name: string]: Tree<Leaf> };
export type IsLeaf<Leaf> = (value: unknown) => value is Leaf;

/** Leaves with their dotted paths (`"0.weight"`), in the order of the records' keys. */
export function leavesOf<Leaf>(
  tree: Tree<Leaf>,
  isLeaf: IsLeaf<Leaf>,
  path = "",
): [path: string, leaf: Leaf][] {
  if (isLeaf(tree)) return [[path, tree]];
  return Object.entries(tree as Record<string, Tree<Leaf>>).flatMap(([name, branch]) =>
    leavesOf(branch, isLeaf, path === "" ? name : `${path}.${name}`),
  );
}

/** The same tree with every leaf replaced. */
export function mapTree<Leaf, Out>(
  tree: Tree<Leaf>,
  isLeaf: IsLeaf<Leaf>,
  change: (leaf: Leaf, path: string) => Out,
  path = "",
): Tree<Out> {
  if (isLeaf(tree)) return change(tree, path);
  return Object.fromEntries(
    Object.entries(tree as Record<string, Tree<Leaf>>).map(([name, branch]) => [
      name,
      mapTree(branch, isLeaf, change, path === "" ? name : `${path}.${name}`),
    ]),
  );
}
