/** Fewer, longer loops: lengths of 1 go, and neighbors that every access walks as one become one. */
import type { Index, MapKernel, ReduceKernel, RowwiseKernel, Value } from "./kernel.ts";
import { valuesOf } from "./kernel.ts";

export interface Collapsed {
  /** Lengths of the loops that remain, outermost first. */
  readonly outer: readonly number[];
  /** Lengths of the reduced loops that remain (none for a map). */
  readonly reduced: readonly number[];
  /** The coefficients of an index on the remaining loops. */
  coefficients(index: Index): readonly number[];
}

/** A loop that remains, by its number among those of the kernel (the last of those it stands for). */
export interface Loop {
  readonly loop: number;
  readonly length: number;
}

const indicesOf = (roots: readonly Value[]): Index[] =>
  valuesOf(roots).flatMap((v) => (v.kind === "load" || v.kind === "coordinate" ? [v.index] : []));

/** Loops to keep among `from` … `to` − 1, each with its length. */
function merge(loops: readonly number[], indices: readonly Index[], from: number, to: number) {
  const kept: Loop[] = [];
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

function accessed(kernel: MapKernel | ReduceKernel): Index[] {
  const stores = kernel.kind === "map" ? kernel.stores : [{ ...kernel.store, value: kernel.value }];
  return [...stores.map(({ index }) => index), ...indicesOf(stores.map(({ value }) => value))];
}

/** The loops around the body of a rowwise kernel. */
export const rowLoops = ({ rows, body }: RowwiseKernel): Loop[] =>
  merge(rows, body.flatMap(accessed), 0, rows.length);

/** Loops of a kernel; of the first `depth` loops, `rows` remain. */
export function collapse(
  kernel: MapKernel | ReduceKernel,
  { rows, depth }: { rows: readonly Loop[]; depth: number } = { rows: [], depth: 0 },
): Collapsed {
  const indices = accessed(kernel);
  const split = kernel.loops.length - (kernel.kind === "reduce" ? kernel.reduced : 0);
  const outer = [...rows, ...merge(kernel.loops, indices, depth, split)];
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

/** Whether more loads lie side by side along the last kept loop than along the reduced one. */
export function alongColumns(kernel: ReduceKernel, collapsed: Collapsed): boolean {
  const last = collapsed.outer.length - 1;
  if (last < 0 || collapsed.reduced.length === 0) return false;
  const strides = valuesOf([kernel.value]).flatMap((v) =>
    v.kind === "load" ? [collapsed.coefficients(v.index)] : [],
  );
  const scattered = (loop: number) => strides.filter((c) => c[loop]! > 1).length;
  return scattered(last) < scattered(last + 1);
}
