/**
 * Recurrent layers, 48 steps as one loop beside 48 programs of one step, and PyTorch: `node bench/scan.js`.
 * Milliseconds of processor time, so that other work on the machine counts less.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { wasmSession } from "../dist/src/backends/wasm/session.js";
import { input } from "../dist/src/graph/build.js";
import { trace } from "../dist/src/graph/node.js";
import { gru, lstm, recurrent } from "../dist/src/nn/index.js";
import {
  hostValues,
  placeholders,
  square,
  sum,
  Tensor,
  tensorsOf,
  valueAndGrad,
} from "../dist/src/tensor/index.js";

const layers = { recurrent, lstm, gru };
const [features, hidden, batch, steps] = [12, 64, 32, 48];

/** A program over `time` steps: the last state, or the gradients of all parameters too. */
function prepare({ name, time, training }) {
  const session = wasmSession();
  const model = layers[name](features, hidden);
  const params = model.init(0);
  const values = hostValues(params);
  const shape = [batch, time, features];
  const data = Float32Array.from({ length: batch * time * features }, (_, i) => Math.sin(1.7 * i));
  const inputs = { x: session.allocate(shape, "f32", data) };
  for (const [path, each] of tensorsOf(params))
    inputs[`p.${path}`] = session.allocate(each.shape, "f32", values.get(path));
  const started = performance.now();
  const results = trace(() => {
    const x = new Tensor(input("x", shape));
    const given = placeholders(params, "p.");
    if (!training) return [model.apply(given, x)];
    const { value, gradients } = valueAndGrad((p) => sum(square(model.apply(p, x))))(given);
    return [value, ...tensorsOf(gradients).map(([, each]) => each)];
  });
  const outputs = results.map(({ node }) => ({ node, to: session.allocate(node.shape, "f32") }));
  const program = session.compile({ inputs, outputs });
  return { run: program.run, program, compile: performance.now() - started };
}

/** Milliseconds of processor time a run. */
function time(run, milliseconds = 150) {
  let count = 0;
  const from = process.cpuUsage();
  const until = performance.now() + milliseconds;
  do {
    for (let i = 0; i < 4; i++) run();
    count += 4;
  } while (performance.now() < until);
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000 / count;
}

/** Milliseconds a run in PyTorch, one thread; null where Python or torch is missing. */
function torch(cases) {
  const python = process.env.PYTHON ?? "python3";
  const script = fileURLToPath(new URL("scan.py", import.meta.url));
  const argument = JSON.stringify({ cases, features, hidden, batch, steps });
  const { status, stdout } = spawnSync(python, [script, argument], { encoding: "utf8" });
  return status === 0 ? JSON.parse(stdout) : null;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const cases = Object.keys(layers).flatMap((name) =>
  [false, true].map((training) => ({ name, training })),
);
const prepared = cases.map((each) => ({
  loop: prepare({ ...each, time: steps }),
  single: prepare({ ...each, time: 1 }),
  long: prepare({ ...each, time: 10 * steps }),
}));
for (const { loop, single } of prepared) for (const { run } of [loop, single]) time(run, 400);
const rounds = 5;
const measured = cases.map(() => ({ loop: [], single: [], ratio: [] }));
for (let round = 0; round < rounds; round++)
  prepared.forEach(({ loop, single }, i) => {
    const [one, other] = [time(loop.run), steps * time(single.run)];
    measured[i].loop.push(one);
    measured[i].single.push(other);
    measured[i].ratio.push(one / other);
  });
const rival = torch(cases);
console.log(
  `[${batch}, ${steps}, ${features}], ${hidden} hidden; ms of one processor, medians of ${rounds}; Node ${process.version}, PyTorch ${rival?.version ?? "not found (set PYTHON)"}`,
);
console.log(
  "layer                 one loop  48 singles    ratio   pytorch   compile ms: 1, 48, 480 steps",
);
cases.forEach(({ name, training }, i) => {
  const { loop, single, ratio } = measured[i];
  const { single: one, loop: many, long } = prepared[i];
  const compile = [one, many, long].map((each) => each.compile.toFixed(0).padStart(4)).join("");
  console.log(
    `${`${name}${training ? ", gradients" : ""}`.padEnd(21)} ${median(loop).toFixed(2).padStart(8)} ${median(single).toFixed(2).padStart(11)} ${median(ratio).toFixed(2).padStart(8)} ${(rival?.milliseconds[i] ?? Number.NaN).toFixed(2).padStart(9)}   ${compile}`,
  );
});
if (process.argv.includes("--plan"))
  for (const { loop } of prepared) console.log(`\n${loop.program.describe()}`);
