/**
 * Square products by `--backend blas` beside NumPy's arrays and the same library file, in turns:
 * `PYTHON=… node bench/blas.js [1 or 2 threads]`.
 */
import { fileURLToPath } from "node:url";
import { openBlas } from "../dist/src/base/platform/nodeBlas.js";
import { contestants as all } from "./contestants/index.js";
import { start } from "./process.js";

const threads = Number(process.argv[2] ?? 1);
const sizes = [256, 512, 768, 1024];
const [rounds, sliceSeconds] = [41, 0.02];
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const { library } = await openBlas();
const python = process.env.PYTHON ?? "python3";
const numpy = fileURLToPath(new URL("blas.py", import.meta.url));
const contestants = [
  all.find(({ name }) => name === (threads > 1 ? "golgi-blas-2" : "golgi-blas")),
  { command: [python, numpy, library, `${threads}`] },
];
const [golgi, peer] = await Promise.all(contestants.map((each) => start(each)));
if (peer.missing) throw new Error(`NumPy is missing: ${peer.missing}. Set PYTHON.`);

/** Seconds of each in turns of some runs; who has no turn stands still. */
async function measured(n, times) {
  const inputs = Object.fromEntries(
    ["a", "b"].map((name, i) => [name, { shape: [n, n], seed: i + 1 }]),
  );
  await golgi.call("prepare", { case: { kind: "product", views: "nn", inputs } });
  await peer.call("prepare", { n });
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const pair = [];
    for (const each of [golgi, peer])
      pair.push((await each.call("run", { lead: 2, times })).seconds / times);
    samples.push(pair);
  }
  return samples;
}

console.log(`${library}, ${threads} thread(s), NumPy ${peer.version}; GFLOP/s of the medians`);
console.log("  n     Golgi    NumPy  Golgi's share (median of ratios)");
for (const n of sizes) {
  const flops = 2 * n ** 3;
  const times = Math.max(1, Math.round((sliceSeconds * 60e9 * threads) / flops));
  const samples = await measured(n, times);
  const speed = (i) => (flops / median(samples.map((pair) => pair[i])) / 1e9).toFixed(1);
  const share = median(samples.map(([mine, theirs]) => theirs / mine)).toFixed(3);
  console.log(`${`${n}`.padStart(5)} ${speed(0).padStart(8)} ${speed(1).padStart(8)}  ${share}`);
}
golgi.close();
peer.close();
process.exit();
