/**
 * Threads that run programs together with the one that calls, over one shared memory.
 *
 * Each worker owns a word of that memory. It holds how many messages the worker has handled while
 * it waits for work; the caller overwrites it with an order. A worker that is not there yet, or
 * still compiles, is not waited for: the others share its work, and the bits are the same.
 */
import { availableThreads as countThreads, Worker, workersStartAlone } from "#platform";
import { InternalError } from "../../../base/errors.ts";
import type { Blas, Thread } from "../../../base/platform/types.ts";
import { Choice } from "./choice.ts";
import type { BarrierWords } from "./emit.ts";

const line = 16; // words in a cache line

/** Places in the block of words that all threads share, and the orders a worker's word can hold. */
const words = {
  ...{ count: 0, generation: line, sleepers: 2 * line, failed: 3 * line },
  ...{ program: 3 * line + 1, threads: 3 * line + 2 },
  ...{ text: 4 * line, textLength: 8 * line, workers: 12 * line },
  ...{ away: 0, work: -1, leave: -2 },
} as const;

const blockLength = (workers: number) => words.workers + workers * line;
/** Bytes of the block for so many threads. */
export const controlBytes = (threads: number): number => 4 * blockLength(threads - 1);

/** A page may share memory only if it is isolated from other origins. */
export const canShareMemory = (): boolean =>
  typeof SharedArrayBuffer !== "undefined" &&
  (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false;

/** How many threads this machine runs at once; 1 where they cannot share memory. */
export const availableThreads = (): number => (canShareMemory() ? countThreads() : 1);

const spinsOf = (threads: number) => (threads > countThreads() ? 50 : 20_000);
const startup = 30_000; // milliseconds in which a thread starts, on a busy machine
const slice = 100; // milliseconds between two looks at whether all is well

type Run = (thread: number, threads: number) => void;

/** A program as the pool knows it. */
export interface PoolProgram {
  run(): void;
  free(): void;
}

interface ProgramOptions {
  /** Bytes that are set to zero before each run. */
  readonly tickets?: { readonly address: number; readonly bytes: number };
  /** Whether it runs on one thread where that is faster; else always on all. */
  readonly chosen?: boolean | undefined;
}
const nothing = { address: 0, bytes: 0 };

export interface PoolOptions {
  readonly memory: WebAssembly.Memory;
  /** Where the block of `controlBytes` lies; all zero. */
  readonly address: number;
  readonly threads: number;
  /** Wait for workers that are not there yet, instead of going on without them; see `#gather`. */
  readonly eager: boolean;
  /** What every thread leaves large products to. */
  readonly blas?: Blas | undefined;
  /** Milliseconds of silence, beside twenty times the own work, after which a thread is given up. */
  readonly patience?: number;
}

export class Pool {
  readonly words: BarrierWords;
  readonly spins: number;
  readonly #options: PoolOptions;
  readonly #control: Int32Array;
  readonly #workers: Thread[] = [];
  #messages = 0;
  #closed = false;
  /** How many threads the last run had. */
  active = 1;

  constructor(options: PoolOptions) {
    const { memory, address, threads } = options;
    this.#options = options;
    this.#control = new Int32Array(memory.buffer, address, blockLength(threads - 1));
    const at = (word: number) => address + 4 * word;
    const { count, generation, sleepers } = words;
    this.words = { count: at(count), generation: at(generation), sleepers: at(sleepers) };
    this.spins = spinsOf(threads);
  }

  /** Compiles nothing here: every thread makes an instance of the module. Starts the workers. */
  program(
    module: WebAssembly.Module,
    { tickets = nothing, chosen = !this.#options.eager }: ProgramOptions = {},
  ): PoolProgram {
    this.#start();
    const { memory, blas } = this.#options;
    const sleep = (generation: number) => this.#sleep(generation);
    const golgi = { memory, sleep, ...(blas ? { multiply: blas.multiplier(memory) } : {}) };
    const { exports } = new WebAssembly.Instance(module, { golgi });
    const serial = this.#post({ module });
    const choice = chosen ? new Choice() : null;
    const words = () => new Int32Array(memory.buffer, tickets.address, tickets.bytes / 4);
    let zeros: Int32Array | undefined; // the memory may not be there before the first run
    return {
      run: () => {
        zeros ??= words();
        zeros.fill(0);
        this.#choose(exports.run as Run, serial, choice);
      },
      free: () => void this.#post({ forget: serial }),
    };
  }

  /** Ends the workers; programs then run on the calling thread alone. */
  close(): void {
    this.#closed = true;
    for (const worker of this.#workers) worker.stop();
  }

  #start(): void {
    if (this.#messages > 0) return;
    const { memory, address, threads, blas } = this.#options;
    const control = this.#control;
    const native = blas && { module: blas.module, library: blas.library };
    for (let i = 0; i < threads - 1; i++) {
      const state = words.workers + i * line;
      const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      worker.onEnd(() => void Atomics.store(control, state, words.away));
      const layout = { ...words, address, length: control.length };
      worker.post({ start: { memory, words: layout, state, spins: this.spins, blas: native } });
      this.#workers.push(worker);
    }
    this.#messages = 1;
  }

  /** Every worker gets the same messages: their number says which ones it has handled. */
  #post(message: object): number {
    for (const worker of this.#workers) worker.post(message);
    this.#messages += 1;
    return this.#messages;
  }

  #choose(run: Run, serial: number, choice: Choice | null): void {
    if (this.#fault) throw this.#fault;
    const { threads } = this.#options;
    if (this.#closed || choice?.shared === false) this.active = 1;
    else {
      if (!choice) this.#gather(serial);
      this.active = this.#number(serial);
    }
    const started = performance.now();
    if (this.active === 1) run(0, 1);
    else this.#share(run, serial, started);
    if (choice?.shared === false || this.active === threads)
      choice?.took(performance.now() - started);
  }

  /** Runs a program together with the workers that have a number. */
  #share(run: Run, serial: number, started: number): void {
    const control = this.#control;
    const threads = this.active;
    this.#started = started;
    control[words.program] = serial;
    control[words.threads] = threads;
    this.#eachActive((state) => {
      Atomics.store(control, state, words.work);
      Atomics.notify(control, state);
    });
    try {
      run(0, threads);
      this.#eachActive((state) => this.#await(state, words.work));
      if (control[words.failed] !== 0) throw new InternalError(this.#reason());
    } catch (problem) {
      this.#fault = problem instanceof InternalError ? problem : new InternalError(String(problem));
      Atomics.compareExchange(control, words.failed, 0, 1);
      this.close();
      throw this.#fault;
    }
  }
  #fault: InternalError | null = null;
  /** When the run under way began. */
  #started = 0;

  /** Numbers the workers that wait with this program, from 1; returns how many threads there are. */
  #number(serial: number): number {
    const control = this.#control;
    let threads = 1;
    for (let state = words.workers; state < control.length; state += line) {
      const handled = Atomics.load(control, state);
      control[state + 1] = handled >= serial ? threads++ : 0;
      // it waits for work where it should read its messages
      if (handled > 0 && handled < serial) this.#callOut(state, handled);
    }
    return threads;
  }

  #callOut(state: number, handled: number): void {
    Atomics.compareExchange(this.#control, state, handled, words.leave);
    Atomics.notify(this.#control, state);
  }

  #eachActive(body: (state: number) => void): void {
    for (let state = words.workers; state < this.#control.length; state += line)
      if (this.#control[state + 1]! > 0) body(state);
  }

  /** Waits until every worker has this program, but for those that start only when nobody waits. */
  #gather(serial: number): void {
    this.#started = performance.now();
    for (let state = words.workers; state < this.#control.length; state += line)
      for (;;) {
        const handled = Atomics.load(this.#control, state);
        if (handled >= serial) break;
        if (handled > 0) this.#callOut(state, handled);
        else if (!workersStartAlone) break;
        else this.#await(state, handled, startup);
      }
  }

  /** The host's side of a barrier in WebAssembly. */
  #sleep(generation: number): void {
    Atomics.add(this.#control, words.sleepers, 1);
    try {
      this.#await(words.generation, generation);
    } finally {
      Atomics.sub(this.#control, words.sleepers, 1);
    }
  }

  /** Returns when the word is no longer `value`: looks at it for a while, then sleeps. */
  #await(word: number, value: number, patience = this.#options.patience ?? 10_000): void {
    const control = this.#control;
    const changed = () => Atomics.load(control, word) !== value;
    for (let i = 0; i < this.spins; i++) if (changed()) return;
    // the others have parts of the same size: a thread that takes so much longer is gone
    const now = performance.now();
    const deadline = now + patience + 20 * (now - this.#started);
    while (!changed()) {
      if (Atomics.load(control, words.failed) !== 0) throw new InternalError(this.#reason());
      if (performance.now() > deadline)
        throw new InternalError(
          "A thread does not answer. The session cannot go on: make a new one.",
        );
      rest(control, word, value);
    }
  }

  /** What the first thread that stopped left to say. */
  #reason(): string {
    const { failed, text, textLength } = words;
    const codes = this.#control.subarray(text, text + textLength);
    const said = String.fromCharCode(...codes.subarray(0, codes.indexOf(0)));
    return `Thread ${this.#control[failed]! - 1} stopped: ${said}. The session cannot go on: make a new one.`;
  }
}

/** A page's main thread may not sleep: it goes on looking. */
function rest(control: Int32Array, word: number, value: number): void {
  try {
    Atomics.wait(control as Int32Array<SharedArrayBuffer>, word, value, slice);
  } catch {} // the loop around this looks again
}
