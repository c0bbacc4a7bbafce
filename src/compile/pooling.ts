/** Pooling by the largest: the search gives the values too, and their gradient goes back window by window. */
import { sizeOf } from "../base/shape.ts";
import { isOp, type Node } from "../graph/node.ts";

const bare = (a: Node): Node => (isOp(a, "reshape") ? bare(a.src[0]) : a);

const searchOf = (rows: Node): Node<"windowArgmax"> | null => {
  const search = bare(rows);
  return isOp(search, "windowArgmax") ? search : null;
};

/** The search that finds all that `y` gathers, if there is one. */
export function searchOfLargest(y: Node<"gather">): Node<"windowArgmax"> | null {
  const search = searchOf(y.src[1]);
  return search && y.shape[1] === 1 && bare(y.src[0]) === bare(search.src[0]) ? search : null;
}

/** The search over windows side by side, one element of each of which `y` fills, if there is one. */
export function searchOfFilled(y: Node<"scatter">): Node<"windowArgmax"> | null {
  const search = searchOf(y.src[1]);
  if (!search || y.shape[1] !== 1 || y.shape[0] !== sizeOf(search.src[0].shape)) return null;
  const leading = search.shape.length - search.arg.length;
  const apart = search.arg.every(
    ({ length, stride, low }, i) =>
      low === 0 &&
      stride === length &&
      search.shape[leading + i]! * length <= search.src[0].shape[leading + i]!,
  );
  return apart ? search : null;
}
