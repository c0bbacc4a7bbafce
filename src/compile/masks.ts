/** Where max(x, t) has cut x off can be read from the result: x then need not be kept. */
import { isOp, type Node } from "../graph/node.ts";

/**
 * Tests x ≤ t whose answer y ≤ t gives as well, and this y = x ≤ t ? t : x, the only other reader of
 * x. A rectifier's gradient then reads what the next layer reads anyway.
 */
export function masksOf(order: readonly Node[]): Map<Node, Node> {
  const readers = new Map<Node, number>();
  for (const y of order)
    for (const s of new Set(y.src as readonly Node[])) readers.set(s, (readers.get(s) ?? 0) + 1);
  const masks = new Map<Node, Node>();
  for (const y of order) {
    if (!isOp(y, "where")) continue;
    const [test, cut, x] = y.src;
    if (!isOp(test, "lessEqual") || test.src[0] !== x || test.src[1] !== cut) continue;
    if (readers.get(x) === 2 && readers.get(test)! > 1) masks.set(test, y);
  }
  return masks;
}
