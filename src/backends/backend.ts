/** What a backend is: memory with slots, and programs that compute nodes from slots into slots. */
import type { DType, HostArray } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";

/** A persistent buffer of one session: a parameter, optimizer state, data, a learning rate. */
export interface Slot {
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * What a program computes. Each named input reads its slot; all outputs are computed from the
 * slots as they were before the run, so an output may go to a slot that is also an input.
 */
export interface ProgramRequest {
  readonly inputs: Readonly<Record<string, Slot>>;
  readonly outputs: readonly { readonly node: Node; readonly to: Slot }[];
}

/** What one kernel computes from what, and how much that is. */
export interface KernelFacts {
  /** A line, as `describe` says it. */
  readonly text: string;
  /** Floating-point operations; a function such as exp counts as one. */
  readonly operations: number;
  /** Of all arrays that it reads or writes. */
  readonly bytes: number;
  /** Of a loop: how many steps it has, and the kernels of one step. */
  readonly loop?: { readonly steps: number; readonly body: readonly KernelFacts[] };
}

/** What one kernel of a program does, and how long it takes. */
export interface KernelProfile extends KernelFacts {
  readonly microseconds: number;
}

/** One compiled program; `run` is one call, whatever the program holds. */
export interface Program {
  run(): void;
  /** Bytes of scratch memory beside the slots. */
  readonly scratchBytes: number;
  /** The program as text: one line a kernel. */
  describe(): string;
  /** Every kernel timed by itself, which leaves its results behind: for a program made to look at. */
  profile(): readonly KernelProfile[];
  /** Gives back the memory of the program's literals; the program must not run again. */
  free(): void;
}

/** What a slot starts with; a function is called when memory is taken. */
export type Start = ArrayLike<number> | (() => ArrayLike<number>);

/** One memory and the programs that work on it. */
export interface Session {
  readonly name: string;
  /** How many threads share large programs; 1 if left out. */
  readonly threads?: number;
  /** Bits of the vectors that programs are laid out for, where there are any. */
  readonly vectorBits?: number;
  /** Bytes of all slots and scratch together that it can have; without a limit if left out. */
  readonly mostBytes?: number;
  /** A slot, zero unless `data` is given, which must stay as it is until a slot is used or a program run. */
  allocate(shape: Shape, dtype: DType, data?: Start): Slot;
  free(slot: Slot): void;
  /** Replaces the slot's elements, or those from element `start` on. */
  write(slot: Slot, data: ArrayLike<number>, start?: number): void;
  /** A copy of the slot's elements. */
  read(slot: Slot): HostArray;
  compile(request: ProgramRequest): Program;
}
