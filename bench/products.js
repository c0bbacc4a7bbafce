/**
 * Matrix products in WebAssembly, one thread, against the limits of the core measured in the run.
 *
 * A core that others slow down for milliseconds shows its limit to a short run, and not to a long
 * one. So the last column compares means: all turns of a product, and the limit in the turns between.
 */
import { measurePeak, presentLimit } from "./peak.js";

const engine = new URL(process.argv[2] ?? "../dist/src/backends/wasm/", import.meta.url);
const { ModuleBuilder } = await import(new URL("encode.js", engine).href);
const { emitProduct, ProductLibrary, workspaceBytes } = await import(
  new URL("gemm.js", engine).href
);
const { bestVectorBits } = await import(new URL("wide.js", engine).href);
const bits = bestVectorBits();

/** [m, n, k, kind]: the two letters say whether A and B are plain or transposed views. */
const cases = [
  [32, 16, 30, "nn"],
  [32, 16, 30, "nt"],
  [16, 30, 32, "tn"],
  [30, 16, 32, "tn"],
  [32, 1, 16, "nn"],
  [16, 1, 32, "tn"],
  [1, 32, 16, "nn"],
  [32, 16, 1, "nt"],
  [8, 8, 8, "nn"],
  [16, 16, 16, "nn"],
  [128, 10, 64, "nn"],
  [64, 10, 128, "tn"],
  [64, 64, 64, "nn"],
  [64, 64, 64, "nt"],
  [64, 64, 64, "tn"],
  [128, 128, 128, "nn"],
  [250, 250, 250, "nn"],
  [255, 255, 255, "nn"],
  [256, 256, 256, "nn"],
  [256, 256, 256, "nt"],
  [256, 256, 256, "tn"],
  [256, 256, 256, "tt"],
  [16, 30, 569, "tn"],
  [128, 512, 784, "nn"],
  [512, 512, 512, "nn"],
  [1024, 1024, 1024, "nn"],
];
const rounds = 60;
const sliceSeconds = 0.002;

function makeProduct([m, n, k, kind]) {
  const strides = (rows, columns, letter) =>
    letter === "n" ? { rowStride: columns, columnStride: 1 } : { rowStride: 1, columnStride: rows };
  const starts = [256];
  for (const bytes of [4 * m * k, 4 * k * n, 4 * m * n, workspaceBytes({ m, n, k })])
    starts.push(Math.ceil((starts.at(-1) + bytes) / 256) * 256);
  const pages = Math.ceil(starts.at(-1) / 65536);
  const limits = { minimumPages: pages, maximumPages: pages, shared: false };
  const module = new ModuleBuilder({
    memory: { module: "golgi", name: "memory", ...limits },
    bits,
  });
  const [a, b, c, workspace] = starts;
  const product = module.function({ parameters: [], results: [] }, (code) =>
    emitProduct(code, new ProductLibrary(module), {
      ...{ m, n, k, workspace },
      a: { address: a, ...strides(m, k, kind[0]) },
      b: { address: b, ...strides(k, n, kind[1]) },
      c: { address: c, rowStride: n },
    }),
  );
  const repeat = { name: "repeat", parameters: ["i32"], results: [], exported: true };
  module.function(repeat, (code, times) =>
    code.loop((again) => code.call(product).get(times).i32(1).op("i32.sub").tee(times).brIf(again)),
  );
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  new Float32Array(memory.buffer, a, (c - a) / 4).forEach((_, i, all) => {
    all[i] = Math.sin(i);
  });
  const compiled = new WebAssembly.Module(module.bytes());
  return new WebAssembly.Instance(compiled, { golgi: { memory } }).exports.repeat;
}

const time = (run, times) => {
  const start = performance.now();
  run(times);
  return (performance.now() - start) / 1e3 / times;
};

/** Warm: thousands of calls, and as many as fill a slice. */
function warm(run) {
  for (let i = 0, end = performance.now() + 60; performance.now() < end || i < 3; i += 1) run(1);
  for (let i = 0; i < 5; i += 1) run(Math.max(1, Math.round(sliceSeconds / time(run, 1))));
  return Math.max(1, Math.round(sliceSeconds / time(run, 3)));
}

const before = measurePeak();
const contestants = cases.map((shape) => {
  const run = makeProduct(shape);
  return { shape, run, times: warm(run), samples: [], limits: [] };
});
for (let round = 0; round < rounds; round += 1)
  for (const { run, times, samples, limits } of contestants) {
    samples.push(time(run, times));
    if (before) limits.push(presentLimit(1e3 * times * samples.at(-1)));
  }
const after = measurePeak();

const quantile = (samples, q) => samples.toSorted((x, y) => x - y)[Math.floor(q * samples.length)];
const limit = (name) => (before && after ? Math.max(before[name], after[name]) : Number.NaN);
const share = (speed, name) => `${((100 * speed) / limit(name)).toFixed(0)} %`.padStart(7);
console.log(
  `256-bit FMA ${limit("fused")} GFLOP/s, 128-bit multiply then add ${limit("plain")} GFLOP/s, Node ${process.version}, ${bits}-bit vectors`,
);
console.log(
  "C [m, n] = A B over k          median      best  best GFLOP/s  of FMA  of 128-bit  mean of mean",
);
const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);
for (const { shape, samples, limits } of contestants) {
  const [m, n, k, kind] = shape;
  const [median, best] = [quantile(samples, 0.5), quantile(samples, 0)];
  const speed = (2 * m * n * k) / best / 1e9;
  const micro = (seconds) => `${(1e6 * seconds).toFixed(3)} µs`.padStart(14);
  const name = `${m} × ${n} over ${k} ${kind}`.padEnd(24);
  // limits: as much time, so the mean of the inverses
  const [spent, least] = [sum(samples), sum(limits.map((limit) => (2 * m * n * k) / limit / 1e9))];
  const meanShare = `${((100 * least) / spent).toFixed(0)} %`.padStart(14);
  console.log(
    `${name}${micro(median)}${micro(best)}${speed.toFixed(1).padStart(8)}${share(speed, "fused")}${share(speed, "plain")}${meanShare}`,
  );
}
