/** Maps and reductions of the same rows, one after the other while a row lies in the nearest cache. */
import { sizeOf } from "../base/shape.ts";
import { alongColumns, collapse } from "./collapse.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type MapKernel,
  type ReduceKernel,
  type RowwiseKernel,
  readsOf,
  rootsOf,
  type Value,
  valuesOf,
  writesOf,
} from "./kernel.ts";

type Member = MapKernel | ReduceKernel;

/** Shorter rows fill no vectors, longer ones no cache; fewer rows give threads nothing to share. */
const elements = { least: 32, most: 65_536 };
const leastRows = 16;
/** Elements of one array that a block of rows may have: a few such arrays lie in the second cache. */
const blockElements = 8192;

/** Kernels that run one after the other, or row by row if there are several. */
interface Unit {
  readonly kernels: Kernel[];
  readonly reads: Set<Buffer>;
  readonly writes: Set<Buffer>;
  /** Lengths of the outer loops that they share; none yet; or nobody may join. */
  rows: readonly number[] | "any" | "none";
}

const product = (lengths: readonly number[]) =>
  lengths.reduce((total, length) => total * length, 1);

/** The loops around the results of a reduction whose terms lie side by side. */
function rowsOf(kernel: Kernel): readonly number[] | "any" {
  if (kernel.kind !== "reduce") return "any";
  const rows = kernel.loops.slice(0, -kernel.reduced);
  const length = product(kernel.loops.slice(rows.length));
  const fits = length >= elements.least && length <= elements.most && product(rows) >= leastRows;
  return fits && !alongColumns(kernel, collapse(kernel)) ? rows : "any";
}

const isMember = (kernel: Kernel): kernel is Member =>
  kernel.kind === "map" || kernel.kind === "reduce";

/** Whether the outer loops of a kernel are `rows`, and no sum runs over them. */
function walks(kernel: Kernel, rows: readonly number[]): boolean {
  if (!isMember(kernel)) return false;
  const kept = kernel.loops.length - (kernel.kind === "reduce" ? kernel.reduced : 0);
  return rows.length <= kept && rows.every((length, loop) => length === kernel.loops[loop]);
}

/** Whether all that a kernel reads or writes of a buffer lies in the row at hand. */
function staysInRow(kernel: Member, buffer: Buffer, depth: number): boolean {
  const { loops } = kernel;
  const length = sizeOf(buffer.shape) / product(loops.slice(0, depth));
  const strides = loops.slice(0, depth).map((_, i) => length * product(loops.slice(i + 1, depth)));
  const inRow = ({ offset, coefficients }: Index) => {
    const spans = coefficients.slice(depth).map((c, i) => c * (loops[depth + i]! - 1));
    const end = (sign: number) =>
      spans.reduce((total, span) => total + (span * sign > 0 ? span : 0), offset);
    const walksRows = strides.every((c, loop) => loops[loop] === 1 || coefficients[loop] === c);
    return walksRows && end(-1) >= 0 && end(1) < length;
  };
  const stores = kernel.kind === "map" ? kernel.stores : [kernel.store];
  return (
    stores.every((store) => store.buffer !== buffer || inRow(store.index)) &&
    valuesOf(rootsOf(kernel)).every(
      (v) => v.kind !== "load" || v.buffer !== buffer || inRow(v.index),
    )
  );
}

/** The rows in which a kernel can join a unit that comes after all it reads, if it can. */
function sharedRows(unit: Unit, kernel: Kernel, reads: readonly Buffer[]) {
  const rows = unit.rows === "any" ? rowsOf(kernel) : unit.rows;
  if (typeof rows === "string" || !walks(kernel, rows)) return null;
  if (unit.rows === "any" && !unit.kernels.every((each) => walks(each, rows))) return null;
  const common = reads.filter((buffer) => unit.reads.has(buffer) || unit.writes.has(buffer));
  if (!common.some(({ shape }) => sizeOf(shape) >= product(rows))) return null;
  const all = [...unit.kernels, kernel] as Member[];
  const inRow = (buffer: Buffer) => all.every((each) => staysInRow(each, buffer, rows.length));
  return common.every((buffer) => !unit.writes.has(buffer) || inRow(buffer)) ? rows : null;
}

/** What becomes of the kernels of a unit. */
interface Plan {
  readonly rows: readonly number[];
  /** So many rows go through all kernels together: one more loop within each of them. */
  readonly block: number;
  /** Stands for a buffer of which there is never more than a block of rows. */
  readonly blockOf: ReadonlyMap<Buffer, Buffer>;
}

/** An index with the last of the outer loops cut in two; in a block, the others say nothing. */
function inBlocks({ offset, coefficients }: Index, plan: Plan, own?: Buffer): Index {
  const { rows, block } = plan;
  const outer = coefficients.slice(0, rows.length);
  const step = own ? sizeOf(own.shape) / block : outer.at(-1)!;
  const blocks = own ? outer.map(() => 0) : [...outer.slice(0, -1), step * block];
  return { offset, coefficients: [...blocks, step, ...coefficients.slice(rows.length)] };
}

function memberInBlocks(kernel: Member, plan: Plan): Member {
  const { rows, block, blockOf } = plan;
  const moved = <A extends { readonly buffer: Buffer; readonly index: Index }>(access: A): A => {
    const own = blockOf.get(access.buffer);
    return { ...access, buffer: own ?? access.buffer, index: inBlocks(access.index, plan, own) };
  };
  const values = new Map<Value, Value>();
  const now = (value: Value) => values.get(value)!;
  const translated = (value: Value): Value => {
    if (value.kind === "load") return moved(value);
    if (value.kind === "compute") return { ...value, src: value.src.map(now) };
    return value.kind === "constant" ? value : { ...value, index: inBlocks(value.index, plan) };
  };
  for (const value of valuesOf(rootsOf(kernel))) values.set(value, translated(value));
  const loops = [
    ...rows.slice(0, -1),
    ...[rows.at(-1)! / block, block],
    ...kernel.loops.slice(rows.length),
  ];
  return kernel.kind === "reduce"
    ? { ...kernel, loops, store: moved(kernel.store), value: now(kernel.value) }
    : {
        ...kernel,
        loops,
        stores: kernel.stores.map((s) => ({ ...moved(s), value: now(s.value) })),
      };
}

/** Several kernels as one; of what only they read, `inside`, there is never more than some rows. */
function rowwise(
  members: readonly Member[],
  { rows, inside }: { rows: readonly number[]; inside: readonly Buffer[] },
): RowwiseKernel {
  const length = (kernel: Member) => product(kernel.loops.slice(rows.length));
  const longest = Math.max(...members.map(length));
  const most = Math.min(blockElements / longest, product(rows) / leastRows);
  const block = [64, 32, 16, 8, 4, 2].find((n) => n <= most && rows.at(-1)! % n === 0) ?? 1;
  const blockOf = new Map<Buffer, Buffer>();
  for (const buffer of inside) {
    const shape = [block, sizeOf(buffer.shape) / product(rows)];
    blockOf.set(buffer, { ...buffer, shape, place: { kind: "row" } });
  }
  const body = members.map((member) => memberInBlocks(member, { rows, block, blockOf }));
  return { kind: "rowwise", rows: [...rows.slice(0, -1), rows.at(-1)! / block], body };
}

/** The units made so far, and who of them touches what. */
class Units {
  readonly all: Unit[] = [];
  readonly #writer = new Map<Buffer, number>();
  readonly #touching = new Map<Buffer, Set<number>>();

  /** Joins a kernel to the latest unit that it can, if it comes after all that the kernel reads. */
  add(kernel: Kernel, isFixed: boolean): void {
    const reads = [...new Set(readsOf(kernel))];
    const joined = isFixed ? null : this.#joined(kernel, reads);
    const at = joined ?? this.all.length;
    if (joined === null) {
      const fresh = { kernels: [], reads: new Set<Buffer>(), writes: new Set<Buffer>() };
      this.all.push({ ...fresh, rows: isFixed ? "none" : rowsOf(kernel) });
    }
    const unit = this.all[at]!;
    const writes = writesOf(kernel);
    unit.kernels.push(kernel);
    for (const buffer of reads) unit.reads.add(buffer);
    for (const buffer of writes) unit.writes.add(buffer);
    for (const buffer of writes) this.#writer.set(buffer, at);
    for (const buffer of isFixed ? [] : [...reads, ...writes])
      this.#touching.set(buffer, (this.#touching.get(buffer) ?? new Set()).add(at));
  }

  #joined(kernel: Kernel, reads: readonly Buffer[]): number | null {
    const earliest = Math.max(0, ...reads.map((buffer) => this.#writer.get(buffer) ?? 0));
    const near = new Set(reads.flatMap((buffer) => [...(this.#touching.get(buffer) ?? [])]));
    for (const at of [...near].sort((a, b) => b - a)) {
      if (at < earliest) return null;
      const unit = this.all[at]!;
      const rows = sharedRows(unit, kernel, reads);
      if (!rows) continue;
      unit.rows = rows;
      return at;
    }
    return null;
  }
}

/**
 * Joins maps and reductions that walk the same rows. `kernels` come in an order that runs, and so
 * does the result; `results` are read by others, and what writes one of `alone` is left as it is.
 */
export function joinRows(
  kernels: readonly Kernel[],
  { results, alone }: { results: readonly Buffer[]; alone: ReadonlySet<Buffer> },
): Kernel[] {
  const units = new Units();
  for (const kernel of kernels) {
    const clears = kernel.kind === "map" && kernel.clears.length > 0;
    const isAlone = writesOf(kernel).some((buffer) => alone.has(buffer));
    units.add(kernel, clears || isAlone || !isMember(kernel));
  }
  const outside = new Set(results);
  for (const { reads, writes } of units.all)
    for (const buffer of reads) if (!writes.has(buffer)) outside.add(buffer);
  return units.all.map(({ kernels: members, writes, rows }) => {
    if (members.length === 1 || typeof rows === "string") return members[0]!;
    const inside = [...writes].filter((buffer) => !outside.has(buffer));
    return rowwise(members as Member[], { rows, inside });
  });
}
