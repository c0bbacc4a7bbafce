/** A program that several threads run together: the same code, each with its own number. */

import {
  clearedBy,
  type EmitRequest,
  emitKernel,
  emitPrepare,
  memoryImport,
  type Team,
} from "../emit.ts";
import { type Code, type FunctionHandle, type Local, ModuleBuilder } from "../encode.ts";
import { ProductLibrary } from "../gemm.ts";
import { emitClear } from "../loops.ts";
import { multiplyFunction } from "../native.ts";
import { type Part, ticketWords } from "../part.ts";
import type { Step } from "../steps.ts";

/** Addresses of the words that a barrier needs, each in a cache line of its own. */
export interface BarrierWords {
  /** How many have come. */
  readonly count: number;
  /** How often all have come. */
  readonly generation: number;
  /** How many sleep instead of spinning. */
  readonly sleepers: number;
}

export interface Barrier {
  readonly words: BarrierWords;
  /** Looks at the barrier before a thread goes to sleep: one takes a nanosecond or two. */
  readonly spins: number;
}

export interface ThreadedRequest extends EmitRequest, Barrier {
  readonly steps: readonly Step[];
  /** How many threads there may be, and the steps of a loop's body. */
  readonly threads: number;
  readonly schedule: Team["schedule"];
  /** Address of `ticketBytes` for each step, all zero when a run starts. */
  readonly tickets: number;
}

/** Words that say which pieces of a step are taken. */
export const ticketBytes = 4 * ticketWords;

/**
 * `barrier(threads)`: the last to come lets all go on. Who waits looks a while at the generation,
 * then has the host's `sleep(generation)` put it to sleep until that has changed.
 */
export function barrierFunction(
  module: ModuleBuilder,
  sleep: FunctionHandle,
  { words, spins }: Barrier,
): FunctionHandle {
  const current = (code: Code) => code.i32(words.generation).load("i32.atomic.load");
  const type = { parameters: ["i32"], results: [] } as const;
  return module.function({ name: "barrier", ...type }, (code, threads) => {
    const [generation, left] = [code.local("i32"), code.local("i32")];
    const release = () => {
      code.i32(words.count).i32(0).store("i32.atomic.store");
      code.i32(words.generation).get(generation).i32(1).op("i32.add").store("i32.atomic.store");
      code.i32(words.sleepers).load("i32.atomic.load");
      code.if(() => code.i32(words.generation).i32(-1).store("memory.atomic.notify").op("drop"));
    };
    const wait = () => {
      code.i32(spins).set(left);
      code.block((end) => {
        code.loop((again) => {
          current(code).get(generation).op("i32.ne").brIf(end);
          code.get(left).i32(1).op("i32.sub").tee(left).brIf(again);
        });
        code.get(generation).call(sleep);
      });
    };
    code
      .get(threads)
      .i32(1)
      .op("i32.eq")
      .if(() => code.op("return"));
    current(code).set(generation);
    code.i32(words.count).i32(1).store("i32.atomic.rmw.add").i32(1).op("i32.add");
    code.get(threads).op("i32.eq").if(release, wait);
  });
}

/** A module whose `run(thread, threads)` all threads call at once. */
export function emitThreaded(request: ThreadedRequest): Uint8Array<ArrayBuffer> {
  const { kernels, addressOf, workspaces, bits, steps } = request;
  const module = new ModuleBuilder({ memory: memoryImport(true), bits });
  const sleep = module.hostFunction("sleep", { parameters: ["i32"], results: [] });
  const multiply = request.native ? multiplyFunction(module) : undefined;
  const barrier = barrierFunction(module, sleep, request);
  const library = new ProductLibrary(module, multiply);
  const team = { barrier, threads: request.threads, schedule: request.schedule };
  const emit =
    ({ kernel: i, phase }: Step) =>
    (code: Code, part?: Part) => {
      const kernel = kernels[i]!;
      const place = { addressOf, workspace: workspaces[i]!, part, team };
      if (phase === "work") emitKernel(code, library, kernel, place);
      else if (phase === "prepare") emitPrepare(code, library, kernel, place);
      else for (const buffer of clearedBy(kernel)) emitClear(code, buffer, { addressOf, part });
    };
  const functions = steps.map((step, i) => {
    const body = emit(step);
    const name = `${step.phase === "work" ? kernels[step.kernel]!.kind : step.phase}${step.kernel}`;
    const parameters = step.shared ? (["i32", "i32"] as const) : [];
    return module.function({ name, parameters, results: [] }, (code, thread, threads) => {
      const shares = { expected: team.threads, tickets: request.tickets + ticketBytes * i };
      body(code, thread && threads && { thread, threads, ...shares });
    });
  });
  const type = { parameters: ["i32", "i32"], results: [] } as const;
  module.function({ name: "run", ...type, exported: true }, (code, ...given) => {
    const [thread, threads] = given as [Local, Local];
    steps.forEach((step, i) => {
      if (step.barrier) code.get(threads).call(barrier);
      if (step.shared) code.get(thread).get(threads).call(functions[i]!);
      else
        code
          .get(thread)
          .op("i32.eqz")
          .if(() => code.call(functions[i]!));
    });
  });
  return module.bytes();
}
