/** Steps of loops: where the buffers of a body lie, and how far they move from step to step. */
import { bytesPerElement } from "../../base/dtype.ts";
import { sizeOf } from "../../base/shape.ts";
import {
  type Buffer,
  type Kernel,
  type LoopKernel,
  readsOf,
  writesOf,
} from "../../compile/kernel.ts";
import { type Arena, aligned } from "../../compile/memory.ts";
import type { AddressOf } from "./body.ts";
import type { Code, Local } from "./encode.ts";

/** One call in a program. */
export interface Step {
  /** Number of the kernel. */
  readonly kernel: number;
  /** What the kernel clears, what its threads prepare together, or its work. */
  readonly phase: "clear" | "prepare" | "work";
  /** Whether threads share it; else the first one does it alone. */
  readonly shared: boolean;
  /** Whether all must have come here before anyone goes on. */
  readonly barrier: boolean;
}

/** How far a buffer advances with each step of the loop at a depth. */
interface Move {
  readonly depth: number;
  readonly bytes: number;
}

/** Where the buffers of some kernels lie, `depth` loops deep. */
export interface Layout {
  readonly addressOf: AddressOf;
  readonly movesOf: (buffer: Buffer) => readonly Move[];
  /** Address of `stagingBytes`. */
  readonly staging: number;
  readonly depth: number;
}

export const outermost = (addressOf: AddressOf): Layout => ({
  addressOf,
  movesOf: () => [],
  staging: 0,
  depth: 0,
});

export const bytesOf = ({ shape }: Buffer): number => sizeOf(shape) * bytesPerElement;
export const buffersOf = (kernel: Kernel): Buffer[] => [
  ...new Set([...readsOf(kernel), ...writesOf(kernel)]),
];

/** Whether a kernel's code can add a stride to an address; others work on copies of slices. */
export const moves = (kernel: Kernel): boolean =>
  ["map", "reduce", "rowwise", "product"].includes(kernel.kind);

/** Room for the slices that one kernel works on. */
export const stagingBytes = (body: readonly Kernel[]): number =>
  Math.max(
    0,
    ...body.map((kernel) =>
      moves(kernel) || kernel.kind === "loop"
        ? 0
        : buffersOf(kernel).reduce((total, buffer) => total + aligned(bytesOf(buffer)), 0),
    ),
  );

/** Where a step's buffers lie: those outside by their binding, the step's own in the work space. */
export function bodyLayout(
  kernel: LoopKernel,
  { outer, arena, workspace }: { outer: Layout; arena: Arena; workspace: number },
): Layout {
  const { depth } = outer;
  const bound = ({ place }: Buffer) =>
    place.kind === "input"
      ? kernel.inputs.get(place.name)
      : place.kind === "output"
        ? kernel.outputs[place.output]
        : undefined;
  return {
    addressOf: (buffer) => {
      const binding = bound(buffer);
      if (buffer.place.kind === "literal") return outer.addressOf(buffer);
      return binding ? outer.addressOf(binding.buffer) : workspace + arena.offsets.get(buffer)!;
    },
    movesOf: (buffer) => {
      const binding = bound(buffer);
      if (!binding) return [];
      const outside = outer.movesOf(binding.buffer);
      return binding.sliced ? [...outside, { depth, bytes: bytesOf(buffer) }] : outside;
    },
    staging: workspace + arena.bytes,
    depth: depth + 1,
  };
}

/** Σ counter · bytes of each buffer, in locals. */
export function stridesOf(
  code: Code,
  buffers: readonly Buffer[],
  { layout, counters }: { layout: Layout; counters: readonly Local[] },
): Map<Buffer, Local> {
  const stride = (buffer: Buffer) => {
    const local = code.local("i32");
    code.i32(0);
    for (const { depth, bytes } of layout.movesOf(buffer))
      code.get(counters[depth]!).i32(bytes).op("i32.mul").op("i32.add");
    code.set(local);
    return local;
  };
  return new Map(buffers.map((buffer) => [buffer, stride(buffer)]));
}

/** An address that has moved, in a local. */
export function sumOf(code: Code, stride: Local | undefined, address: number): Local {
  const sum = code.local("i32");
  code.i32(address);
  if (stride) code.get(stride).op("i32.add");
  code.set(sum);
  return sum;
}
