// What the page does for the test, with the library as a bundler takes it from the package.
import { availableThreads, wasmSession } from "golgi";
import { half, trainOn } from "../networks.js";

/** Sessions by their number of threads. */
const sessions = new Map();
function sessionOf(/** @type {number} */ threads) {
  if (!sessions.has(threads)) sessions.set(threads, wasmSession({ threads, eager: true }));
  return sessions.get(threads);
}

export const tasks = {
  facts: async () => ({
    isolated: crossOriginIsolated,
    availableThreads: availableThreads(),
    cores: navigator.hardwareConcurrency,
    threads: sessionOf(4).threads,
  }),

  /** Trains one network, afresh or from a checkpoint, again and again until all threads are there. */
  async train({ name, threads, checkpoint }) {
    const session = sessionOf(threads);
    const from = checkpoint && fromText(checkpoint);
    const hashes = new Set();
    for (const deadline = performance.now() + 120_000; ; ) {
      const { hash, ...outcome } = await trainOn(name, { session, from });
      hashes.add(hash);
      if (outcome.threads === session.threads || performance.now() > deadline)
        return { ...outcome, hashes: [...hashes] };
    }
  },

  /** Answers with the checkpoint of about half a training, which then goes on until the page goes. */
  trainHalf: ({ name, threads }) =>
    new Promise((resolve, reject) => {
      const write = (/** @type {Uint8Array} */ bytes, /** @type {number} */ step) => {
        if (step === half) resolve({ checkpoint: toText(bytes) });
      };
      trainOn(name, { session: sessionOf(threads), write }).catch(reject);
    }),
};

const toText = (/** @type {Uint8Array} */ bytes) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const fromText = (/** @type {string} */ text) =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
