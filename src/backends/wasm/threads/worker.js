// A thread of the pool (pool.ts). Plain JavaScript, because a thread starts from a file that Node
// and browsers read as it stands.

/** Node's port to the thread that started this one, or a browser's worker itself. */
const port = globalThis.process?.getBuiltinModule?.("node:worker_threads").parentPort ?? self;

/** @type {Map<number, (thread: number, threads: number) => void>} programs by serial number */
const programs = new Map();
let handled = 0;
let memory, control, words, state, spins, multiply;

/** The system's BLAS for this thread, as base/platform/nodeBlas.ts has it for the first. */
function multiplierOf({ module, library }) {
  const { createRequire } = globalThis.process.getBuiltinModule("node:module");
  return createRequire(module)(module).multiplier(library, memory);
}

/** Returns when the word is no longer `value`; throws when another thread has stopped. */
function sleepWhile(word, value) {
  while (Atomics.load(control, word) === value) {
    if (Atomics.load(control, words.failed) !== 0) throw new Error("another thread stopped");
    Atomics.wait(control, word, value, 100);
  }
}

/** The host's side of a barrier in WebAssembly. */
function sleep(generation) {
  Atomics.add(control, words.sleepers, 1);
  try {
    sleepWhile(words.generation, generation);
  } finally {
    Atomics.sub(control, words.sleepers, 1);
  }
}

function fail(error) {
  const text = String(error).slice(0, words.textLength - 1);
  if (Atomics.compareExchange(control, words.failed, 0, control[state + 1] + 1) === 0)
    for (let i = 0; i <= text.length; i++) control[words.text + i] = text.charCodeAt(i) || 0;
  Atomics.notify(control, words.generation);
}

/** Runs what the main thread orders, until it orders to look at the messages. */
function serve() {
  for (;;) {
    Atomics.store(control, state, handled);
    Atomics.notify(control, state);
    for (let i = 0; i < spins && Atomics.load(control, state) === handled; i++);
    while (Atomics.load(control, state) === handled) Atomics.wait(control, state, handled);
    if (Atomics.load(control, state) === words.leave) break;
    try {
      programs.get(control[words.program])(control[state + 1], control[words.threads]);
    } catch (error) {
      fail(error);
    }
  }
  Atomics.store(control, state, words.away);
}

port.onmessage = ({ data }) => {
  handled += 1;
  if (data.start) {
    ({ memory, words, state, spins } = data.start);
    control = new Int32Array(memory.buffer, words.address, words.length);
    if (data.start.blas) multiply = multiplierOf(data.start.blas);
  }
  if (data.module) {
    const golgi = { memory, sleep, multiply };
    const instance = new WebAssembly.Instance(data.module, { golgi });
    programs.set(handled, instance.exports.run);
  }
  if (data.forget) programs.delete(data.forget);
  serve();
};
