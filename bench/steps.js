/** Whole training steps (forward, loss, backward, Adam), Golgi beside PyTorch, in one run: `node bench/steps.js`. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { wasmSession } from "../dist/src/backends/wasm/session.js";
import { mlp } from "../dist/src/nn/index.js";
import { adam } from "../dist/src/optim/index.js";
import { compileStep, ResidentSamples, SlotTree } from "../dist/src/train/step.js";

/** Widths, rows in a batch. */
const cases = [
  { widths: [30, 16, 1], batchSize: 32 },
  { widths: [30, 64, 32, 1], batchSize: 64 },
  { widths: [784, 128, 10], batchSize: 64 },
  { widths: [784, 512, 256, 10], batchSize: 128 },
];
const spell = ({ widths, batchSize }) => `${widths.join("-")} b${batchSize}`;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

function prepare({ widths, batchSize }) {
  const session = wasmSession();
  const [inputs, outputs] = [widths[0], widths.at(-1)];
  const model = mlp({ inputs, hidden: widths.slice(1, -1), outputs, activation: "relu" });
  const loss = outputs > 1 ? "categoricalCrossEntropy" : "binaryCrossEntropy";
  const rows = 8 * batchSize;
  const samples = {
    rows,
    inputs: {
      table: {
        shape: [inputs],
        data: Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(i * 1.7)),
      },
    },
    targets: Float32Array.from({ length: rows }, (_, i) => i % Math.max(2, outputs)),
  };
  const optimizer = adam();
  const initial = model.init(0);
  const started = performance.now();
  const params = new SlotTree(session, "params", initial);
  const state = new SlotTree(session, "state", optimizer.init(initial));
  const data = new ResidentSamples(session, samples);
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
  const compile = performance.now() - started;
  const chosen = Int32Array.from({ length: batchSize }, (_, i) => (i * 7) % rows);
  let number = 0;
  const run = () => step.run(chosen, { learningRate: 1e-3, step: number++ });
  return { run, compile, step };
}

function time(run, seconds = 0.3) {
  let count = 0;
  const started = performance.now();
  while (performance.now() - started < seconds * 1000) {
    for (let i = 0; i < 10; i++) run();
    count += 10;
  }
  return ((performance.now() - started) / count) * 1000;
}

/** Microseconds a step of each case in PyTorch, one thread; null where Python or torch is missing. */
function torch() {
  const python = process.env.PYTHON ?? "python3";
  const script = fileURLToPath(new URL("steps.py", import.meta.url));
  const { status, stdout } = spawnSync(python, [script, JSON.stringify(cases)], {
    encoding: "utf8",
  });
  return status === 0 ? JSON.parse(stdout) : null;
}

const prepared = cases.map(prepare);
for (const { run } of prepared) time(run, 1); // V8 compiles in two stages
const rounds = 5;
const ours = cases.map(() => []);
const theirs = cases.map(() => []);
let version = null;
for (let round = 0; round < rounds; round++) {
  for (const [i, { run }] of prepared.entries()) ours[i].push(time(run));
  const rival = torch();
  version = rival?.version ?? null;
  for (const [i, value] of rival?.microseconds.entries() ?? []) theirs[i].push(value);
}
console.log(
  `microseconds a step, one thread, medians of ${rounds}; Node ${process.version}, PyTorch ${version ?? "not found (set PYTHON)"}`,
);
console.log("step                      golgi   pytorch    ratio   compile ms");
cases.forEach((each, i) => {
  const [mine, other] = [median(ours[i]), theirs[i].length ? median(theirs[i]) : Number.NaN];
  const ratio = theirs[i].length
    ? median(ours[i].map((value, round) => theirs[i][round] / value))
    : Number.NaN;
  console.log(
    `${spell(each).padEnd(22)} ${mine.toFixed(1).padStart(8)} ${other.toFixed(1).padStart(9)} ${ratio.toFixed(1).padStart(7)}x ${prepared[i].compile.toFixed(0).padStart(9)}`,
  );
});
if (process.argv.includes("--plan"))
  for (const { step } of prepared) console.log(`\n${step.program.describe()}`);
