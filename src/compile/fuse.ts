/** From a graph to kernels: elementwise work goes into the loops of its readers, or shares loops. */
import { InternalError } from "../base/errors.ts";
import { type Shape, sizeOf, stridesOf } from "../base/shape.ts";
import { isOp, type Node } from "../graph/node.ts";
import { collapse } from "./collapse.ts";
import { convolutionSize, convolutionTables, groupedView, type Tables } from "./convolution.ts";
import { correlationAxes } from "./correlation.ts";
import { directAxes } from "./direct.ts";
import { joinsOf, type Part } from "./joins.ts";
import type {
  ArrayView,
  Buffer,
  ElementwiseOp,
  Index,
  Kernel,
  MapKernel,
  MatrixView,
  Store,
  Value,
} from "./kernel.ts";
import { readsOf, valuesOf, writesOf } from "./kernel.ts";
import { flatten, nowhere, sameIndex, sourceAxes, variable } from "./movement.ts";
import { searchOfFilled, searchOfLargest } from "./pooling.ts";
import { loopOf, type Pick, picksOf } from "./scans.ts";
import { sequence } from "./sequence.ts";
import { roles, storedNodes } from "./stored.ts";
import { ValueTable } from "./values.ts";

interface Body {
  readonly loops: readonly number[];
  readonly table: ValueTable;
  /** What this kernel stores: read at the same place it is the value itself. */
  readonly own: Map<Buffer, { readonly index: Index; readonly value: Value }>;
}

/** The body of a kernel that others may join. */
interface OpenBody extends Body {
  readonly kernel: MapKernel;
  readonly position: number;
}

class Fuser {
  readonly kernels: Kernel[] = [];
  readonly buffers = new Map<Node, Buffer>();
  readonly #stored: Set<Node>;
  readonly #picks: ReadonlyMap<Node, readonly Pick[]>;
  readonly #joins: ReadonlyMap<Node, readonly Part[]>;
  #made = 0;
  readonly #writer = new Map<Buffer, number>();
  /** By their loops, in the order of their kernels. */
  readonly #bodies = new Map<string, OpenBody[]>();
  /** Of the convolutions so far, by all that decides them. */
  readonly #tables = new Map<string, Tables>();

  constructor(options: {
    stored: Set<Node>;
    picks: ReadonlyMap<Node, readonly Pick[]>;
    joins: ReadonlyMap<Node, readonly Part[]>;
  }) {
    this.#stored = options.stored;
    this.#picks = options.picks;
    this.#joins = options.joins;
  }

  #buffer({ shape, dtype }: Node): Buffer {
    return { id: this.#made++, shape, dtype, place: { kind: "scratch" } };
  }

  /** Adds the kernels that compute a stored node. */
  store(y: Node): void {
    if (isOp(y, "pick")) return; // stored with its scan
    if (isOp(y, "scan")) {
      this.#scan(y);
      return;
    }
    const buffer = this.#buffer(y);
    this.buffers.set(y, buffer);
    if (isOp(y, "input")) buffer.place = { kind: "input", name: y.arg.name };
    else if (isOp(y, "literal")) buffer.place = { kind: "literal", literal: y.arg };
    else if (isOp(y, "sum") || isOp(y, "max")) this.#reduce(y, buffer);
    else if (isOp(y, "matmul")) this.#product(y, buffer);
    else if (isOp(y, "convolution")) this.#convolution(y, buffer);
    else if (isOp(y, "windowArgmax")) {
      const x = this.#operand(y.src[0]);
      const { shape } = y.src[0];
      this.#append({ kind: "windowArgmax", axes: y.arg, shape, x, out: buffer, largest: null });
    } else if (isOp(y, "pad")) this.#pad(y, buffer);
    else if (isOp(y, "random"))
      this.#append({
        kind: "random",
        key: this.#operand(y.src[0]),
        purpose: y.arg.purpose,
        out: buffer,
      });
    else if (isOp(y, "gather") || isOp(y, "scatter")) this.#rows(y, buffer);
    else if (this.#joins.has(y)) this.#join(y, buffer);
    else this.#map(y, buffer);
  }

  /** What a kernel can be a plain loop over only if it lies in memory is stored before it. */
  #storeNow(y: Node): void {
    this.#stored.add(y);
    this.store(y);
  }

  #rows(y: Node<"gather"> | Node<"scatter">, buffer: Buffer): void {
    const [table, rows] = y.src;
    const gathers = isOp(y, "gather");
    const search = gathers ? searchOfLargest(y) : searchOfFilled(y as Node<"scatter">);
    const found = search && this.buffers.get(search);
    const kernel = this.kernels.find((k) => k.kind === "windowArgmax" && k.out === found);
    const [length, width, count] = [(gathers ? table : y).shape[0]!, y.shape[1]!, rows.shape[0]!];
    if (kernel?.kind === "windowArgmax" && gathers && !kernel.largest) {
      kernel.largest = buffer;
      this.#writer.set(buffer, this.kernels.indexOf(kernel));
    } else if (kernel?.kind === "windowArgmax" && !gathers) {
      const { axes, shape, out: places } = kernel;
      const values = this.#operand(table);
      this.#append({ kind: "windowFill", axes, shape, places, values, out: buffer });
    } else
      this.#append({
        ...{ kind: y.op, size: { length, width, count } },
        ...{ table: this.#operand(table), rows: this.#operand(rows), out: buffer },
      });
  }

  #scan(y: Node & Node<"scan">): void {
    const picks = this.#picks.get(y)!;
    for (const pick of picks) this.buffers.set(pick, this.#buffer(pick));
    const loop = loopOf(y, picks, {
      resultOf: (pick) => this.buffers.get(pick)!,
      operand: (source) => this.#operand(source),
      fresh: (node) => this.#buffer(node),
    });
    this.#append(loop);
  }

  /** Elementwise work joins the latest loops of its shape that come after all it reads. */
  #map(y: Node, buffer: Buffer): void {
    const axes = y.shape.map((_, loop) => variable(y.shape.length, loop));
    const index = flatten(y.shape, axes, y.shape.length);
    const own = (body: Body) => [{ buffer, index, value: this.#lower(body, y, axes, true) }];
    const { body, stores } = this.#joined(y.shape, y.src, own) ?? this.#opened(y.shape, own);
    body.own.set(buffer, stores[0]!);
  }

  /** Parts of a sum side by side: one store each, in loops of their shape. */
  #join(y: Node, buffer: Buffer): void {
    const parts = this.#joins.get(y)!;
    const loops = parts[0]!.source.shape;
    const axes = loops.map((_, loop) => variable(loops.length, loop));
    const covers = parts.length * sizeOf(loops) === sizeOf(y.shape);
    const side = (body: Body) =>
      parts.map(({ source, start }) => {
        const inside = axes.map((index, axis) => ({ ...index, offset: start[axis]! }));
        // x + 0: what adding the other terms makes of -0
        const zero = body.table.constant(0, y.dtype);
        const value = body.table.compute("add", [this.#lower(body, source, axes), zero], y.dtype);
        return { buffer, index: flatten(y.shape, inside, loops.length), value };
      });
    const sources = parts.map(({ source }) => source);
    if (!covers)
      this.#append({ kind: "map", loops, stores: side(this.#body(loops)), clears: [buffer] });
    else if (!this.#joined(loops, sources, side)) this.#opened(loops, side);
  }

  /** The latest kernel with these loops to which `make` can add what is computed from `sources`. */
  #joined(loops: Shape, sources: readonly Node[], make: (body: Body) => Store[]) {
    const leaves = leavesOf(sources, this.#stored).map((leaf) => this.buffers.get(leaf)!);
    const written = (buffer: Buffer) => this.#writer.get(buffer) ?? -1;
    const last = leaves.reduce((latest, buffer) => Math.max(latest, written(buffer)), -1);
    const bodies = this.#bodies.get(loops.join()) ?? [];
    for (let i = bodies.length - 1; i >= 0; i -= 1) {
      const body = bodies[i]!;
      const { kernel, position, own } = body;
      if (position < last) break;
      if (leaves.some((buffer) => written(buffer) === position && !own.has(buffer))) continue;
      const stores = make(body);
      const values = valuesOf(stores.map(({ value }) => value));
      if (values.some((v) => v.kind === "load" && written(v.buffer) >= position)) continue;
      kernel.stores.push(...stores);
      for (const { buffer } of stores) this.#writer.set(buffer, position);
      return { body, stores };
    }
    return null;
  }

  /** A kernel of its own, which others may join. */
  #opened(loops: Shape, make: (body: Body) => Store[]) {
    const body = this.#body(loops);
    const stores = make(body);
    const kernel: MapKernel = { kind: "map", loops, stores: [...stores], clears: [] };
    const open = { ...body, kernel, position: this.kernels.length };
    this.#append(kernel);
    const bodies = this.#bodies.get(loops.join());
    if (bodies) bodies.push(open);
    else this.#bodies.set(loops.join(), [open]);
    return { body, stores };
  }

  #body(loops: readonly number[]): Body {
    return { loops, table: new ValueTable(), own: new Map() };
  }

  #append(kernel: Kernel): void {
    for (const buffer of writesOf(kernel)) this.#writer.set(buffer, this.kernels.length);
    this.kernels.push(kernel);
  }

  #pad(y: Node<"pad">, buffer: Buffer): void {
    const [a] = y.src;
    const loops = a.shape.length;
    const axes = a.shape.map((_, loop) => variable(loops, loop));
    const value = this.#lower(this.#body(a.shape), a, axes);
    const inside = axes.map((index, axis) => ({ ...index, offset: y.arg[axis]![0] }));
    const index = flatten(y.shape, inside, loops);
    this.#append({
      kind: "map",
      loops: a.shape,
      stores: [{ buffer, index, value }],
      clears: [buffer],
    });
  }

  #reduce(y: Node<"sum"> | Node<"max">, buffer: Buffer): void {
    const [a] = y.src;
    const kept = a.shape.map((_, axis) => axis).filter((axis) => !y.arg.includes(axis));
    const loops = [...kept, ...y.arg].map((axis) => a.shape[axis]!);
    const loopOf = (axis: number) => [...kept, ...y.arg].indexOf(axis);
    const axes = a.shape.map((_, axis) => variable(loops.length, loopOf(axis)));
    const value = this.#lower(this.#body(loops), a, axes);
    const out = axes.map((index, axis) => (y.arg.includes(axis) ? nowhere(loops.length) : index));
    const store = { buffer, index: flatten(y.shape, out, loops.length) };
    const kernel = {
      kind: "reduce",
      op: y.op,
      loops,
      reduced: y.arg.length,
      value,
      store,
    } as const;
    if (collapse(kernel).reduced.length > 1) {
      this.#storeNow(a);
      this.#reduce(y, buffer);
    } else this.#append(kernel);
  }

  #product(y: Node<"matmul">, buffer: Buffer): void {
    const [a, b] = y.src;
    const batch = y.shape.slice(0, -2);
    const [m, k, n] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
    const size = { batch: batch.reduce((total, length) => total * length, 1), m, k, n };
    const view = (operand: Node) => this.#matrix(operand, batch);
    this.#append({ kind: "product", size, a: view(a), b: view(b), out: buffer });
  }

  #convolution(y: Node<"convolution">, buffer: Buffer): void {
    const [x, kernel] = y.src;
    const view = (operand: Node) => this.#view(operand);
    const views = { x: groupedView(y, this.#stored, view), kernel: view(kernel) };
    const common = { size: convolutionSize(y), ...views, out: buffer };
    const direct = directAxes(y);
    const correlation = direct ? null : correlationAxes(y, views);
    if (direct) this.#append({ kind: "direct", axes: direct, ...common });
    if (correlation) this.#append({ kind: "correlation", axes: correlation, ...common });
    if (direct || correlation) return;
    const key = JSON.stringify([
      y.arg,
      x.shape,
      kernel.shape,
      views.x.strides,
      views.kernel.strides,
    ]);
    const { literal, ...kept } = this.#tables.get(key) ?? convolutionTables(y, views);
    this.#tables.set(key, { literal, ...kept });
    const { shape, dtype } = literal;
    const tables: Buffer = {
      ...{ id: -1 - this.kernels.length, shape, dtype },
      place: { kind: "literal", literal },
    };
    this.#append({ kind: "convolution", ...kept, ...views, tables, out: buffer });
  }

  #matrix(operand: Node, batch: Shape): MatrixView {
    const { buffer, offset, strides } = this.#view(operand);
    // one stride for all batch axes together
    const steps = stridesOf(batch);
    const long = batch.flatMap((length, axis) => (length === 1 ? [] : [axis]));
    const batchStride = long.length === 0 ? 0 : strides[long.at(-1)!]!;
    const even = long.every((axis) => strides[axis] === batchStride * steps[axis]!);
    if (!even) {
      this.#storeNow(operand);
      return this.#matrix(operand, batch);
    }
    return {
      buffer,
      offset,
      batchStride,
      rowStride: strides.at(-2)!,
      columnStride: strides.at(-1)!,
    };
  }

  /** The strides at which a kernel reads an operand, through whatever moves it. */
  #view(operand: Node): ArrayView {
    const loops = operand.shape.length;
    let [from, axes] = [operand, operand.shape.map((_, loop) => variable(loops, loop))];
    while (!this.#stored.has(from)) {
      const source = from.src[0] as Node;
      if (isOp(from, "reshape") && this.#stored.has(source)) break;
      const next = sourceAxes(from, axes, loops);
      if (next) [from, axes] = [source, next];
      else this.#storeNow(source);
    }
    const buffer = this.buffers.get(this.#stored.has(from) ? from : (from.src[0] as Node))!;
    const { offset, coefficients } = flatten(from.shape, axes, loops);
    return { buffer, offset, strides: coefficients };
  }

  /** The buffer of an operand that a kernel reads as it lies in memory. */
  #operand(operand: Node): Buffer {
    const from = !this.#stored.has(operand) && isOp(operand, "reshape") ? operand.src[0] : operand;
    if (!this.#stored.has(from)) this.#storeNow(from);
    return this.buffers.get(from)!;
  }

  /** The value of `y` at one index an axis, within a body. */
  #lower(
    body: Body,
    y: Node,
    axes: readonly Index[],
    root = false,
    seen = new Map<Node, Map<readonly Index[], Value>>(),
  ): Value {
    const known = seen.get(y)?.get(axes);
    if (known) return known;
    const value = this.#fresh(body, y, axes, root, seen);
    seen.set(y, (seen.get(y) ?? new Map()).set(axes, value));
    return value;
  }

  #fresh(
    body: Body,
    y: Node,
    axes: readonly Index[],
    root: boolean,
    seen: Map<Node, Map<readonly Index[], Value>>,
  ): Value {
    const loops = body.loops.length;
    if (this.#stored.has(y) && !root) return this.#load(body, y, flatten(y.shape, axes, loops));
    if (isOp(y, "constant")) return body.table.constant(y.arg.value, y.dtype);
    if (isOp(y, "iota")) return body.table.coordinate(axes[y.arg.axis]!);
    if (roles[y.op] === "movement") {
      const source = y.src[0] as Node;
      if (isOp(y, "reshape") && this.#stored.has(source))
        return this.#load(body, source, flatten(y.shape, axes, loops));
      const next = sourceAxes(y, axes, loops);
      if (next) return this.#lower(body, source, next, false, seen);
      this.#storeNow(source);
      return this.#load(body, source, flatten(y.shape, axes, loops));
    }
    if (roles[y.op] !== "elementwise") throw new InternalError(`fuse: ${y.op} inside a loop body.`);
    const src = (y.src as readonly Node[]).map((s) => this.#lower(body, s, axes, false, seen));
    return body.table.compute(y.op as ElementwiseOp, src, y.dtype);
  }

  #load(body: Body, y: Node, index: Index): Value {
    const buffer = this.buffers.get(y)!;
    const own = body.own.get(buffer);
    return own && sameIndex(own.index, index) ? own.value : body.table.load(buffer, index);
  }
}

/** What lies in memory of all that `nodes` are computed from. */
function leavesOf(nodes: readonly Node[], stored: ReadonlySet<Node>): Node[] {
  const reached = new Set(nodes);
  for (const y of reached)
    if (!stored.has(y)) for (const s of y.src as readonly Node[]) reached.add(s);
  return [...reached].filter((y) => stored.has(y));
}

/** Stores that nobody else reads, and that are no results, are left out. */
function dropUnread(kernels: readonly Kernel[], results: ReadonlySet<Buffer>): Kernel[] {
  const read = new Set(kernels.flatMap(readsOf));
  const wanted = (buffer: Buffer) => read.has(buffer) || results.has(buffer);
  for (const kernel of kernels)
    if (kernel.kind === "map") kernel.stores = kernel.stores.filter(({ buffer }) => wanted(buffer));
  return kernels.filter((kernel) => writesOf(kernel).some(wanted));
}

/** Kernels in an order that runs, and the buffer of each of `roots`. */
export function fuse(roots: readonly Node[]): { kernels: Kernel[]; results: Buffer[] } {
  const order = sequence(roots);
  const { joins, inside } = joinsOf(order, roots);
  const stored = storedNodes(order, { roots, joins, inside });
  const fuser = new Fuser({ stored, picks: picksOf(order), joins });
  for (const y of order) if (stored.has(y)) fuser.store(y);
  const results = roots.map((root) => fuser.buffers.get(root)!);
  return { kernels: dropUnread(fuser.kernels, new Set(results)), results };
}
