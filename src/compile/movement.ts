/** Movement ops as index arithmetic: where an element of the result is read in the source. */
import type { Shape } from "../base/shape.ts";
import { isOp, type Node } from "../graph/node.ts";
import type { Index } from "./kernel.ts";

export const nowhere = (loops: number): Index => ({
  offset: 0,
  coefficients: new Array<number>(loops).fill(0),
});
/** The loop variable itself. */
export function variable(loops: number, loop: number): Index {
  const coefficients = new Array<number>(loops).fill(0);
  coefficients[loop] = 1;
  return { offset: 0, coefficients };
}
export function sameIndex(a: Index, b: Index): boolean {
  if (a === b) return true;
  if (a.offset !== b.offset) return false;
  for (let loop = 0; loop < a.coefficients.length; loop++)
    if (a.coefficients[loop] !== b.coefficients[loop]) return false;
  return true;
}

/** The same steps from the other end of an axis. */
const backwards = ({ offset, coefficients }: Index, length: number): Index => ({
  offset: length - 1 - offset,
  coefficients: coefficients.map((c) => -c),
});

/** The element of a row-major array of `shape` at one index an axis. */
export function flatten(shape: Shape, axes: readonly Index[], loops: number): Index {
  const coefficients = new Array<number>(loops).fill(0);
  let offset = 0;
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const index = axes[axis]!;
    offset += stride * index.offset;
    for (let loop = 0; loop < loops; loop++)
      coefficients[loop]! += stride * index.coefficients[loop]!;
    stride *= shape[axis]!;
  }
  return { offset, coefficients };
}

/** Axes of `from` and `to` in the smallest groups that hold equally many elements. */
function groups(from: Shape, to: Shape): { from: number[]; to: number[] }[] {
  const found: { from: number[]; to: number[] }[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const group = { from: [] as number[], to: [] as number[] };
    let [x, y] = [1, 1];
    do {
      if (i < from.length && (x <= y || j >= to.length)) {
        x *= from[i]!;
        group.from.push(i++);
      } else {
        y *= to[j]!;
        group.to.push(j++);
      }
    } while (x !== y && (i < from.length || j < to.length));
    found.push(group);
  }
  return found;
}

/**
 * Reading a reshape: one index an axis of the source, or `null` where an axis of the result must
 * be split, which no sum of multiples of loop variables can do.
 */
function throughReshape(
  from: Shape,
  to: Shape,
  axes: readonly Index[],
  loops: number,
): Index[] | null {
  const out = from.map(() => nowhere(loops));
  for (const group of groups(from, to)) {
    const long = group.from.filter((axis) => from[axis] !== 1);
    const lengths = group.to.map((axis) => to[axis]!);
    const flat = flatten(
      lengths,
      group.to.map((axis) => axes[axis]!),
      loops,
    );
    if (long.length === 1) out[long[0]!] = flat;
    else if (long.length > 1) {
      // several axes to several: only where they are the same but for lengths of 1
      const matching = group.to.filter((axis) => to[axis] !== 1);
      if (
        matching.length !== long.length ||
        matching.some((axis, i) => to[axis] !== from[long[i]!])
      )
        return null;
      matching.forEach((axis, i) => {
        out[long[i]!] = axes[axis]!;
      });
    }
  }
  return out;
}

/** Index of each axis of the source of a movement op, or `null` where there is none. */
export function sourceAxes(y: Node, axes: readonly Index[], loops: number): Index[] | null {
  const from = (y.src[0] as Node).shape;
  if (isOp(y, "reshape")) return throughReshape(from, y.shape, axes, loops);
  if (isOp(y, "permute")) return from.map((_, axis) => axes[y.arg.indexOf(axis)]!);
  if (isOp(y, "expand"))
    return axes.map((index, axis) => (from[axis] === 1 ? nowhere(loops) : index));
  if (isOp(y, "slice"))
    return axes.map((index, axis) => ({ ...index, offset: index.offset + y.arg[axis]![0] }));
  if (isOp(y, "reverse"))
    return axes.map((index, axis) =>
      y.arg.includes(axis) ? backwards(index, from[axis]!) : index,
    );
  return isOp(y, "detach") ? [...axes] : null;
}
