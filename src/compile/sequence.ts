/** The order in which values are computed: what is of no further use is done with early. */
import { sizeOf } from "../base/shape.ts";
import { type Node, toposort } from "../graph/node.ts";

/**
 * All that `roots` need, operands first. Roots nearest to the sources come first: a layer's update
 * follows its gradient, so what only it reads is not kept until the gradient of the first layer is
 * known. Single numbers that nobody reads hold no memory: they wait for the last of them and share
 * loops.
 */
export function sequence(roots: readonly Node[]): Node[] {
  const depth = new Map<Node, number>();
  const read = new Set<Node>();
  for (const y of toposort(roots)) {
    const src = y.src as readonly Node[];
    depth.set(
      y,
      src.reduce((most, s) => Math.max(most, depth.get(s)! + 1), 0),
    );
    for (const s of src) read.add(s);
  }
  const waits = (y: Node) => sizeOf(y.shape) === 1 && !read.has(y);
  const last = roots.filter(waits).reduce((most, y) => Math.max(most, depth.get(y)!), 0);
  const place = (y: Node) => (waits(y) ? last : depth.get(y)!);
  return toposort([...roots].sort((a, b) => place(a) - place(b)));
}
