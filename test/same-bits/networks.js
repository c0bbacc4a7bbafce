// Three small trainings whose weights have one SHA-256 wherever they run: in Node, from the files as
// they are built, and in a page. Plain JavaScript, because Node 20 reads it as it stands.
import { nn, optim, train, wasmSession } from "golgi";

/** @typedef {import("golgi").train.FitState} FitState */
/** @typedef {import("golgi").train.LabeledSamples} LabeledSamples */

/** Numbers in [-1, 1) that a seed decides (mulberry32), exact in float32. @param {number} seed */
function draws(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >> 8) / 2 ** 23;
  };
}

/**
 * Rows of noise whose class is decided by some of their numbers.
 * @param {{ rows: number, shape: number[], classes: number, seed: number }} options
 * @returns {LabeledSamples}
 */
function made({ rows, shape, classes, seed }) {
  const draw = draws(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from({ length: rows * size }, draw);
  const targets = Float32Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0, c = 0] = data.subarray(row * size);
    return Math.min(classes - 1, Math.floor(((a - b * c + 2) / 4) * classes));
  });
  return { rows, inputs: { table: { shape, data } }, targets };
}

/** By name: how it is built, what it learns from, and how. Few lengths are multiples of a vector's. */
const trainings = {
  mlp: {
    build: () => nn.mlp({ inputs: 41, hidden: [67, 34], outputs: 1, dropout: 0.2 }),
    samples: { rows: 300, shape: [41], classes: 2 },
    options: { loss: "binaryCrossEntropy", batchSize: 101 },
  },
  cnn: {
    build: () =>
      nn.sequential(
        nn.convolution2d(1, 7, 3, { padding: 1 }),
        nn.relu,
        nn.maxPool2d(2),
        nn.convolution2d(7, 18, 3),
        nn.gelu,
        nn.flatten,
        nn.linear(18 * 3 * 3, 3),
      ),
    samples: { rows: 60, shape: [1, 11, 11], classes: 3 },
    options: { loss: "categoricalCrossEntropy", batchSize: 21 },
  },
  lstm: {
    build: () => nn.sequential(nn.lstm(5, 21), nn.linear(21, 1)),
    samples: { rows: 90, shape: [7, 5], classes: 2 },
    options: { loss: "binaryCrossEntropy", batchSize: 31 },
  },
};
export const names = /** @type {(keyof typeof trainings)[]} */ (Object.keys(trainings));
/** Steps after which a training is about half done: the second of three in the second of four epochs. */
export const half = 5;

/** SHA-256 of tensors: paths in order, each with its bytes. @param {train.Weights[]} groups */
async function hashOf(...groups) {
  const parts = groups.flatMap((tensors) =>
    Object.keys(tensors)
      .sort()
      .flatMap((path) => [path, new Uint8Array(tensors[path].data.buffer)]),
  );
  const bytes = await new Blob(parts).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Trains one of the networks on so many threads, from its beginning or from a checkpoint's bytes.
 * `write` gets a checkpoint of every step. @type {typeof import("./networks.js").trainOn}
 */
export async function trainOn(name, { threads = 1, from, write, ...given }) {
  const { build, samples, options } = trainings[name];
  const session = given.session ?? wasmSession({ threads, eager: true });
  const state = from && (await train.decodeState(from));
  let end = state;
  try {
    const { weights } = await train.fit(build, made({ ...samples, seed: 1 }), {
      ...options,
      epochs: 4,
      validation: made({ ...samples, rows: 25, seed: 2 }),
      optimizer: optim.adam({ learningRate: 0.004 }),
      seed: 11,
      session,
      checkpoint: {
        every: 0,
        from: state,
        async write(reached) {
          end = reached;
          await write?.(await train.encodeState(reached), reached.step);
        },
      },
    });
    return {
      hash: await hashOf(weights, end.params, end.optimizer),
      threads: session.activeThreads ?? 1,
      vectorBits: session.vectorBits ?? 0,
      resumedAt: state?.step ?? 0,
      steps: end.step,
    };
  } finally {
    if (!given.session) session.close();
  }
}
