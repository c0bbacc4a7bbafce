/**
 * Training steps and products on several threads against one, interleaved, and what two programs that
 * share nothing get together, each on its own core: the machine's limit of two threads at that moment.
 * `node bench/threads.js [threads] [part of a name] [rounds]`.
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { wasmSession } from "../dist/src/backends/wasm/session.js";
import { availableThreads } from "../dist/src/backends/wasm/threads/pool.js";
import { input, matmul } from "../dist/src/graph/build.js";
import { mlp } from "../dist/src/nn/index.js";
import { adam } from "../dist/src/optim/index.js";
import { compileStep, ResidentSamples, SlotTree } from "../dist/src/train/step.js";

const threads = Number(process.argv[2] ?? availableThreads());
const steps = [
  { widths: [30, 16, 1], batchSize: 32 },
  { widths: [30, 64, 32, 1], batchSize: 64 },
  { widths: [64, 64, 32, 1], batchSize: 256 },
  { widths: [784, 32, 10], batchSize: 32 },
  { widths: [784, 128, 10], batchSize: 64 },
  { widths: [784, 512, 256, 10], batchSize: 128 },
  { widths: [2000, 512, 128, 5], batchSize: 256 },
  { widths: [20000, 256, 2], batchSize: 64 },
];
const products = [64, 96, 128, 256, 512, 1024];

function trainingStep(session, { widths, batchSize }) {
  const [inputs, outputs] = [widths[0], widths.at(-1)];
  const model = mlp({ inputs, hidden: widths.slice(1, -1), outputs, activation: "relu" });
  const loss = outputs > 1 ? "categoricalCrossEntropy" : "binaryCrossEntropy";
  const rows = 4 * batchSize;
  const table = {
    shape: [inputs],
    data: Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(i * 1.7)),
  };
  const targets = Float32Array.from({ length: rows }, (_, i) => i % Math.max(2, outputs));
  const optimizer = adam();
  const initial = model.init(0);
  const params = new SlotTree(session, "params", initial);
  const state = new SlotTree(session, "state", optimizer.init(initial));
  const data = new ResidentSamples(session, { rows, inputs: { table }, targets });
  const step = compileStep({
    session,
    model,
    loss,
    optimizer,
    params,
    state,
    data,
    batchSize,
    seed: 0,
  });
  const chosen = Int32Array.from({ length: batchSize }, (_, i) => (i * 7) % rows);
  let number = 0;
  return () => step.run(chosen, { learningRate: 1e-3, step: number++ });
}

function product(session, n) {
  const inputs = Object.fromEntries(
    ["a", "b"].map((name) => [
      name,
      session.allocate(
        [n, n],
        "f32",
        Float32Array.from({ length: n * n }, (_, i) => Math.sin(i)),
      ),
    ]),
  );
  const node = matmul(input("a", [n, n]), input("b", [n, n]));
  const outputs = [{ node, to: session.allocate([n, n], "f32") }];
  const program = session.compile({ inputs, outputs });
  return () => program.run();
}

/** Microseconds of each call, for so many seconds. */
function times(run, seconds) {
  const samples = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const started = performance.now();
    run();
    samples.push((performance.now() - started) * 1000);
  }
  return samples;
}

const spell = ({ widths, batchSize }) => `step ${widths.join("-")} b${batchSize}`;
const contestants = [
  ...steps.map((each) => ({ name: spell(each), make: (session) => trainingStep(session, each) })),
  ...products.map((n) => ({ name: `product ${n}³`, make: (session) => product(session, n) })),
];
const rounds = Number(process.argv[4] ?? 40);
const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.floor(values.length * q)];

/** A program of its own in another thread: asked for a time, it runs so long and tells its samples. */
function copyOf(name) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { name } });
  const ask = (seconds) =>
    new Promise((resolve) => {
      worker.once("message", resolve);
      worker.postMessage(seconds);
    });
  return { ask, end: () => worker.terminate() };
}

function serve({ name }) {
  const run = contestants.find((each) => each.name === name).make(wasmSession());
  parentPort.on("message", (seconds) => parentPort.postMessage(times(run, seconds)));
}

const turn = 0.015; // seconds
async function measure({ name, make }) {
  const sessions = [wasmSession(), wasmSession({ threads })];
  const runs = sessions.map(make);
  const copy = copyOf(name);
  for (const run of runs) times(run, 0.3); // V8 compiles in two stages
  await copy.ask(0.3);
  for (const run of runs) times(run, 0.1);
  const samples = [[], [], [], []]; // one thread, several, one beside a copy, the copy
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, run] of runs.entries()) samples[i].push(...times(run, turn));
    const other = copy.ask(turn);
    await new Promise((resolve) => setTimeout(resolve, 1));
    samples[2].push(...times(runs[0], turn));
    samples[3].push(...(await other));
  }
  const columns = [0, 0.5].flatMap((q) => {
    const [single, several, beside, other] = samples.map((values) => quantile(values, q));
    return [
      single.toFixed(1).padStart(10),
      several.toFixed(1).padStart(10),
      (single / several).toFixed(2).padStart(7),
      (single / beside + single / other).toFixed(2).padStart(7),
    ];
  });
  const part = String(sessions[1].activeThreads).padStart(10);
  console.log(`${name.padEnd(26)}${columns.join("")}${part}`);
  for (const session of sessions) session.close();
  await copy.end();
}

async function main() {
  const ways = "ratio copies";
  console.log(`microseconds a call on one thread and on ${threads}; Node ${process.version}`);
  console.log(`${"".padEnd(32)}best of each  ${ways}             medians  ${ways}  took part`);
  for (const each of contestants)
    if (each.name.includes(process.argv[3] ?? "")) await measure(each);
}

if (isMainThread) await main();
else serve(workerData);
