/**
 * Convolutions beside plain products of the same size, in one run: `node bench/convolutions.js [PART OF A NAME]`,
 * as a Markdown table with `--markdown`.
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wasmSession } from "../dist/src/backends/wasm/session.js";
import { grad } from "../dist/src/grad/grad.js";
import * as g from "../dist/src/graph/build.js";

/** What it is, x, kernel, stride, padding, groups. */
const cases = [
  ["1 to 16 channels", [64, 1, 28, 28], [16, 1, 3, 3], 1, 1, 1],
  ["16 to 16", [64, 16, 28, 28], [16, 16, 3, 3], 1, 1, 1],
  ["16 to 32", [64, 16, 14, 14], [32, 16, 3, 3], 1, 1, 1],
  ["32 to 32", [32, 32, 28, 28], [32, 32, 3, 3], 1, 1, 1],
  ["64 to 64", [16, 64, 28, 28], [64, 64, 3, 3], 1, 1, 1],
  ["128 to 128", [16, 128, 14, 14], [128, 128, 3, 3], 1, 1, 1],
  ["64 to 128, stride 2", [16, 64, 28, 28], [128, 64, 3, 3], 2, 1, 1],
  ["64 to 128, 1 × 1, stride 2", [16, 64, 28, 28], [128, 64, 1, 1], 2, 0, 1],
  ["512 to 512", [16, 512, 4, 4], [512, 512, 3, 3], 1, 1, 1],
  ["64 to 64, 1 × 1", [16, 64, 28, 28], [64, 64, 1, 1], 1, 0, 1],
  ["depthwise 64", [16, 64, 28, 28], [64, 1, 3, 3], 1, 1, 64],
  ["depthwise 64, stride 2", [16, 64, 28, 28], [64, 1, 3, 3], 2, 1, 64],
  ["depthwise 32, 1-d of 7", [32, 32, 1000], [32, 1, 7], 1, 3, 32],
  ["32 groups of 4", [16, 128, 14, 14], [128, 4, 3, 3], 1, 1, 32],
  ["12 to 32, 1-d of 7", [32, 12, 1000], [32, 12, 7], 1, 3, 1],
  ["32 to 64, 1-d of 5", [32, 32, 250], [64, 32, 5], 1, 2, 1],
  ["average pooling, 2 × 2", [1024, 1, 28, 28], [1, 1, 2, 2], 2, 0, 1],
  ["8 to 16, 3-d", [2, 8, 24, 24, 24], [16, 8, 3, 3, 3], 1, 1, 1],
];
const rounds = Number(process.env.ROUNDS ?? 15);
const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { markdown: { type: "boolean", default: false } },
});
const only = positionals[0];

function programOf(session, nodes, shapes) {
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      session.allocate(
        shape,
        "f32",
        Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i)),
      ),
    ]),
  );
  const outputs = nodes.map((node) => ({ node, to: session.allocate(node.shape, "f32") }));
  const program = session.compile({ inputs, outputs });
  return () => program.run();
}

/** A product of the size of each direction: m outputs by n positions over k terms. */
function product(m, k, n) {
  const [a, b] = [g.input("a", [m, k]), g.input("b", [k, n])];
  return programOf(wasmSession({ threads: 1 }), [g.matmul(a, b)], { a: [m, k], b: [k, n] });
}

function contestants([name, x, kernel, stride, padding, groups]) {
  const axis = { stride, low: padding, high: padding, inputDilation: 1, kernelDilation: 1 };
  const [a, w] = [g.input("x", x), g.input("w", kernel)];
  const y = g.convolution(a, w, { axes: x.slice(2).map(() => axis), groups });
  const seed = g.input("g", y.shape);
  const loss = g.sum(g.reshape(g.mul(y, seed), [sizeOf(y.shape)]), [0]);
  const [dx, dw] = grad(loss, [a, w]);
  const [n, , ...window] = [x[0], ...kernel.slice(1)];
  const [positions, inside] = [sizeOf(y.shape.slice(2)), sizeOf(window)];
  const [outputs, channels] = [kernel[0], kernel[1]];
  const flops = 2 * sizeOf(y.shape) * channels * inside;
  const wholeFlops = 2 * outputs * channels * inside * n * positions;
  const shapes = { x, w: kernel, g: y.shape };
  const one = (node) => programOf(wasmSession({ threads: 1 }), [node], shapes);
  return {
    name,
    flops,
    pairs: [
      ["forward", one(y), product(outputs, channels * inside, n * positions)],
      [
        "input gradient",
        one(dx),
        product(channels * groups, (outputs / groups) * inside, n * sizeOf(x.slice(2))),
        sizeOf(x.slice(2)) / positions,
      ],
      ["kernel gradient", one(dw), product(outputs, n * positions, channels * inside)],
    ].map(([direction, ours, plain, more = 1]) => ({
      direction,
      ours,
      plain,
      flops,
      productFlops: wholeFlops * more,
      times: [[], []],
    })),
  };
}

const time = (run) => {
  const start = performance.now();
  run();
  return performance.now() - start;
};
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Milliseconds in PyTorch, one thread; null where Python or torch is missing. */
function torch(chosen) {
  const script = fileURLToPath(new URL("convolutions.py", import.meta.url));
  const python = process.env.PYTHON ?? "python3";
  const { status, stdout } = spawnSync(python, [script, JSON.stringify(chosen)], {
    encoding: "utf8",
  });
  return status === 0 ? JSON.parse(stdout) : null;
}

const chosen = cases.filter(([name]) => !only || name.includes(only));
const rival = torch(chosen);
const peer = `PyTorch ${rival?.version ?? "not found (set PYTHON)"}`;
console.log(
  values.markdown
    ? `GFLOP/s, one thread, Node ${process.version}, ${cpus()[0].model}; the share is the median of interleaved runs.\n`
    : `GFLOP/s, one thread, Node ${process.version}: ours, the product of the same size, its share (median of interleaved runs), ${peer}`,
);
const say = values.markdown
  ? (...cells) => console.log(`| ${cells.join(" | ")} |`)
  : (name, direction, ...cells) =>
      console.log(
        `${name.padEnd(28)}${direction.padEnd(16)}${cells.map((c) => c.padStart(7)).join("")}`,
      );
if (values.markdown) {
  say("case", "direction", "Golgi", "the product of its size", "share", peer);
  say("---", "---", "--:", "--:", "--:", "--:");
}
for (const [i, example] of chosen.entries()) {
  const { name, pairs } = contestants(example);
  for (const [k, { direction, ours, plain, flops, productFlops, times }] of pairs.entries()) {
    // nobody asks for the gradient of the ones that average
    if (name.startsWith("average") && k === 2) continue;
    for (let warm = 0; warm < 3; warm += 1) for (const run of [ours, plain]) run();
    for (let round = 0; round < rounds; round += 1)
      for (const [side, run] of [ours, plain].entries()) times[side].push(time(run));
    const shares = times[0].map((t, round) => flops / t / (productFlops / times[1][round]));
    const [own, same, theirs] = [
      flops / Math.min(...times[0]),
      productFlops / Math.min(...times[1]),
      flops / (rival?.milliseconds[i][k] ?? Number.NaN),
    ].map((speed) => (Number.isNaN(speed) ? "–" : (speed / 1e6).toFixed(1)));
    say(name, direction, own, same, `${(100 * median(shares)).toFixed(0)} %`, theirs);
  }
}
