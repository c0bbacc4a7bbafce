/** Results go straight to where they belong, and what is still read there is read first. */
import { hasResult, mapOf, replacedBy, withEpilogues } from "./epilogues.ts";
import { fuse } from "./fuse.ts";
import {
  type Buffer,
  type Kernel,
  type MapKernel,
  operandsOf,
  type Result,
  readsOf,
  valuesOf,
  writesOf,
} from "./kernel.ts";
import { flatten, sameIndex, variable } from "./movement.ts";
import { joinRows } from "./rowwise.ts";
import { ValueTable } from "./values.ts";

const isShared = (buffer: Buffer, names: readonly string[]) =>
  buffer.place.kind === "input" && names.includes(buffer.place.name);

/** A kernel may write over what it reads if it reads each element only where it writes it. */
function writesInPlace(kernel: Kernel, out: Buffer, names: readonly string[]): boolean {
  const map = mapOf(kernel);
  if (!map || map.clears.length > 0) return false;
  if (hasResult(kernel) && operandsOf(kernel).some((buffer) => isShared(buffer, names)))
    return false;
  const stores = map.stores.filter(({ buffer }) => buffer === out);
  const loads = valuesOf(map.stores.map(({ value }) => value));
  return loads.every(
    (v) =>
      v.kind !== "load" ||
      !isShared(v.buffer, names) ||
      stores.every(({ index }) => sameIndex(v.index, index)),
  );
}

/** `after[i]` holds the kernels that must run before kernel i. */
const dependencies = (
  reads: readonly (readonly Buffer[])[],
  writer: ReadonlyMap<Buffer, number>,
): Set<number>[] =>
  reads.map(
    (buffers, i) =>
      new Set(buffers.flatMap((buffer) => writer.get(buffer) ?? []).filter((j) => j !== i)),
  );

/** The numbers of the kernels that read each input, by its name. */
function inputReaders(reads: readonly (readonly Buffer[])[]): Map<string, Set<number>> {
  const readers = new Map<string, Set<number>>();
  reads.forEach((buffers, i) => {
    for (const { place } of buffers) if (place.kind === "input") addReader(readers, place.name, i);
  });
  return readers;
}

const addReader = (readers: Map<string, Set<number>>, name: string, kernel: number) =>
  readers.set(name, (readers.get(name) ?? new Set()).add(kernel));

/** Whether `from` comes, directly or not, after `to`. */
function follows(before: readonly Set<number>[], from: number, to: number): boolean {
  const seen = new Set([from]);
  for (const i of seen) {
    if (i === to) return true;
    for (const j of before[i]!) seen.add(j);
  }
  return false;
}

/** Kernel numbers, each after those it must follow, else in the order given. */
function sorted(before: readonly Set<number>[]): number[] {
  const order: number[] = [];
  const done = new Set<number>();
  const stack = before.map((_, i) => i).reverse();
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const open = [...before[top]!].filter((j) => !done.has(j));
    if (done.has(top) || open.length === 0) {
      if (!done.has(top)) order.push(top);
      done.add(top);
      stack.pop();
    } else stack.push(...open.reverse());
  }
  return order;
}

function copy(from: Buffer, to: Buffer): MapKernel {
  const loops = from.shape.length;
  const axes = from.shape.map((_, loop) => variable(loops, loop));
  const index = flatten(from.shape, axes, loops);
  const value = new ValueTable().load(from, index);
  return { kind: "map", loops: from.shape, stores: [{ buffer: to, index, value }], clears: [] };
}

const isSource = ({ place }: Buffer) => place.kind === "input" || place.kind === "literal";

/** Copies of inputs come before results that may be written over them. */
const sourcesFirst = (results: readonly Buffer[]): number[] =>
  [...results.keys()].sort((a, b) => +isSource(results[b]!) - +isSource(results[a]!));

/** Lets a map store `buffer`, a result already, in a second place; says whether it could. */
function addStore(kernel: Kernel | undefined, buffer: Buffer, to: () => Buffer): boolean {
  const map = kernel && mapOf(kernel);
  const stores = map?.stores.filter((store) => store.buffer === buffer) ?? [];
  if (!map || map.clears.length > 0 || stores.length === 0) return false;
  const other = to();
  map.stores.push(...stores.map((store) => ({ ...store, buffer: other })));
  return true;
}

/** A result that its epilogue alone reads lies where the epilogue stores it. */
function shareResult(kernel: Kernel, buffer: Buffer, needed: readonly (readonly Buffer[])[]): void {
  const store = mapOf(kernel)?.stores.find((each) => each.buffer === buffer);
  if (!store || !hasResult(kernel) || !replacedBy(kernel, store).includes(kernel.out)) return;
  const { out } = kernel;
  if (out.place.kind !== "scratch" || needed.some((read) => read.includes(out))) return;
  out.place = buffer.place;
}

/**
 * Kernels in an order in which every result is computed from the inputs as they were before the
 * run, even where a result lies in the memory of an input (a parameter and its update).
 */
export function orderKernels(results: readonly Result[]): Kernel[] {
  const fused = fuse(results.map(({ node }) => node));
  const inPlace = fused.results.filter((_, i) => results[i]!.sharedWith.length > 0);
  const joined = joinRows(fused.kernels, { results: fused.results, alone: new Set(inPlace) });
  const spoils = (buffer: Buffer, operands: readonly Buffer[]) => {
    const result = results[fused.results.indexOf(buffer)];
    return operands.some((operand) => result && isShared(operand, result.sharedWith));
  };
  const kernels = withEpilogues(joined, spoils);
  for (const kernel of kernels)
    if (kernel.kind === "loop") kernel.body = orderKernels(kernel.results);
  const reads = kernels.map(readsOf);
  const writer = new Map(kernels.flatMap((kernel, i) => writesOf(kernel).map((b) => [b, i])));
  const before = dependencies(reads, writer);
  const inputs = inputReaders(reads);
  const copies: Kernel[] = [];
  let next =
    1 + Math.max(-1, ...[...reads.flat(), ...writer.keys(), ...fused.results].map(({ id }) => id));
  const fresh = (like: Buffer, place: Buffer["place"]): Buffer => ({ ...like, id: next++, place });
  for (const output of sourcesFirst(fused.results)) {
    const { sharedWith } = results[output]!;
    const to = () => fresh(buffer, { kind: "output", output });
    const buffer = fused.results[output]!;
    const own = writer.get(buffer);
    const readers = new Set(sharedWith.flatMap((name) => [...(inputs.get(name) ?? [])]));
    const inPlace =
      own !== undefined &&
      (!readers.delete(own) || writesInPlace(kernels[own]!, buffer, sharedWith));
    const direct =
      inPlace &&
      buffer.place.kind === "scratch" &&
      ![...readers].some((reader) => follows(before, reader, own));
    if (direct) {
      buffer.place = { kind: "output", output };
      for (const reader of readers) before[own]!.add(reader);
      if (sharedWith.length === 0) shareResult(kernels[own]!, buffer, [fused.results, ...reads]);
    } else if (sharedWith.length === 0 && addStore(kernels[own ?? -1], buffer, to)) {
      // a result twice: its loops store it twice
    } else if (isSource(buffer)) {
      // to where nothing is read, or by way of scratch memory
      const held = sharedWith.length === 0 ? to() : fresh(buffer, { kind: "scratch" });
      kernels.push(copy(buffer, held));
      if (buffer.place.kind === "input") addReader(inputs, buffer.place.name, before.length);
      before.push(new Set());
      if (sharedWith.length > 0) copies.push(copy(held, to()));
    } else copies.push(copy(buffer, to()));
  }
  return [...sorted(before).map((i) => kernels[i]!), ...copies];
}
