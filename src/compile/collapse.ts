/** Fewer, longer loops: lengths of 1 go, and neighbors that every access walks as one become one. */
import type { Index, MapKernel, ReduceKernel, Value } from "./kernel.ts";
import { valuesOf } from "./kernel.ts";

export interface Collapsed {
  /** Lengths of the loops that remain, outermost first. */
  readonly outer: readonly number[];
  /** Lengths of the reduced loops that remain (none for a map). */
  readonly reduced: readonly number[];
  /** The coefficients of an index on the remaining loops. */
  coefficients(index: Index): readonly number[];
}

const indicesOf = (roots: readonly Value[]): Index[] =>
  valuesOf(roots).flatMap((v) => (v.kind === "load" || v.kind === "coordinate" ? [v.index] : []));

/** Loops to keep among `from` … `to` − 1, each with its length. */
function merge(loops: readonly number[], indices: readonly Index[], from: number, to: number) {
  const kept: { loop: number; length: number }[] = [];
  for (let loop = from; loop < to; loop++) {
    const length = loops[loop]!;
    if (length === 1) continue;
    const before = kept.at(-1);
    const together =
      before && indices.every(({ coefficients: c }) => c[before.loop] === c[loop]! * length);
    if (together) kept[kept.length - 1] = { loop, length: before.length * length };
    else kept.push({ loop, length });
  }
  return kept;
}

export function collapse(kernel: MapKernel | ReduceKernel): Collapsed {
  const stores = kernel.kind === "map" ? kernel.stores : [{ ...kernel.store, value: kernel.value }];
  const indices = [
    ...stores.map(({ index }) => index),
    ...indicesOf(stores.map(({ value }) => value)),
  ];
  const split = kernel.loops.length - (kernel.kind === "reduce" ? kernel.reduced : 0);
  const outer = merge(kernel.loops, indices, 0, split);
  const reduced = merge(kernel.loops, indices, split, kernel.loops.length);
  const kept = [...outer, ...reduced];
  const known = new Map<Index, readonly number[]>();
  const coefficients = (index: Index) => {
    const found = known.get(index) ?? kept.map(({ loop }) => index.coefficients[loop]!);
    known.set(index, found);
    return found;
  };
  return {
    outer: outer.map(({ length }) => length),
    reduced: reduced.map(({ length }) => length),
    coefficients,
  };
}
