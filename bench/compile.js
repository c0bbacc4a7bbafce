/**
 * What it takes to compile each network's training step, cold and warm, part by part; what its
 * memory takes beside what is alive at its widest moment; and what a call costs.
 * `node bench/compile.js [--only NAME] [--processes 5]` after `npm run build`; every cold figure is the
 * median over that many processes, each new. Milliseconds of processor time, so that other work on the
 * machine counts less.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { emitModule, workspaceOf } from "../dist/src/backends/wasm/emit.js";
import { wasmSession } from "../dist/src/backends/wasm/session.js";
import { readsOf, writesOf } from "../dist/src/compile/kernel.js";
import { aligned, layOut } from "../dist/src/compile/memory.js";
import { orderKernels } from "../dist/src/compile/order.js";
import { simplify } from "../dist/src/compile/simplify.js";
import { add, input } from "../dist/src/graph/build.js";
import { cases } from "./cases.js";
import { open } from "./contestants/golgi.js";
import { sizeOf } from "./numbers.js";

const { values: flags } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    processes: { type: "string", default: "5" },
    child: { type: "string" },
  },
});
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const warmTimes = 5;

/** The largest sum of bytes that are alive at once. */
function widest(kernels) {
  const spans = new Map();
  kernels.forEach((kernel, i) => {
    for (const buffer of [...readsOf(kernel), ...writesOf(kernel)])
      if (buffer.place.kind === "scratch")
        spans.set(buffer, { first: spans.get(buffer)?.first ?? i, last: i });
  });
  const alive = (i) =>
    [...spans].reduce(
      (sum, [{ shape }, { first, last }]) =>
        first <= i && i <= last ? sum + aligned(4 * sizeOf(shape)) : sum,
      aligned(workspaceOf(kernels[i])),
    );
  return Math.max(...kernels.map((_, i) => alive(i)));
}

/** A session that compiles stage by stage and tells what each took; its programs do nothing. */
function staged(session, told) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  const compile = ({ inputs, outputs }) => {
    const took = {};
    let last = performance.now();
    const clock = (name, value) => {
      took[name] = performance.now() - last;
      last = performance.now();
      return value;
    };
    const nodes = clock("simplify", simplify(outputs.map(({ node }) => node)));
    const names = Object.keys(inputs);
    const results = nodes.map((node, i) => ({
      ...{ node, sharedWith: names.filter((name) => inputs[name] === outputs[i].to) },
    }));
    const kernels = clock("fuse", orderKernels(results));
    const arena = clock("lay out", layOut(kernels, workspaceOf));
    const request = { kernels, addressOf: () => 65_536, workspaces: arena.workspaces };
    const bytes = clock("emit", emitModule({ ...request, bits: session.vectorBits }));
    const module = clock("module", new WebAssembly.Module(bytes));
    clock("instance", new WebAssembly.Instance(module, { golgi: { memory } }));
    const size = { kernels: kernels.length, code: bytes.length, scratch: arena.bytes };
    Object.assign(told, { took, ...size, alive: () => widest(kernels) });
    return { run: () => {}, free: () => {}, scratchBytes: arena.bytes };
  };
  return new Proxy(session, {
    get(target, name) {
      if (name === "compile") return compile;
      const value = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

/** In a process of its own: the whole way with the first run, or stage by stage, once or often. */
async function child(mode, each) {
  const told = {};
  performance.now = processorTime;
  const sessions = () => (mode === "whole" ? wasmSession() : staged(wasmSession(), told));
  const golgi = await open({ sessions });
  for (let i = 0; i < (mode === "warm" ? warmTimes : 1); i++) {
    const { compileSeconds, run } = await golgi.prepare({ ...each, learningRate: 1e-3 });
    told.compile = 1e3 * compileSeconds;
    const start = performance.now();
    run(1);
    told.first = performance.now() - start;
  }
  console.log(JSON.stringify({ ...told, widest: told.alive?.() }));
  process.exit();
}

const ask = (mode, { id }) => {
  const told = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), "--child", mode, "--only", id],
    { encoding: "utf8" },
  );
  return JSON.parse(told.stdout);
};

/** Nanoseconds of a run of a program that adds two numbers, and of one with rows and a key written before. */
function calls() {
  const session = wasmSession();
  const [x, to] = [session.allocate([4], "f32"), session.allocate([4], "f32")];
  const [rows, key] = [session.allocate([32], "i32"), session.allocate([2], "i32")];
  const node = add(input("x", [4]), input("x", [4]));
  const program = session.compile({ inputs: { x }, outputs: [{ node, to }] });
  const chosen = new Int32Array(32);
  const nanoseconds = (run) => {
    const times = 20_000;
    const round = () => {
      const start = performance.now();
      for (let i = 0; i < times; i++) run(i);
      return (1e6 * (performance.now() - start)) / times;
    };
    return Math.min(...Array.from({ length: 20 }, round));
  };
  const whole = (step) => {
    session.write(rows, chosen);
    session.write(key, [0, step]);
    program.run();
  };
  return { run: nanoseconds(program.run), whole: nanoseconds(whole) };
}

function report(each) {
  const times = Array.from({ length: Number(flags.processes) });
  const whole = times.map(() => ask("whole", each));
  const parts = times.map(() => ask("cold", each));
  const warm = ask("warm", each);
  const { kernels, code, scratch, widest } = warm;
  const ms = (value) => value.toFixed(1).padStart(7);
  const total = median(whole.map(({ compile }) => compile));
  const first = median(whole.map((one) => one.first));
  console.log(
    `${each.name}: ${ms(total)} ms to compile, ${ms(first)} ms the first run; ${kernels} kernels, ${code} bytes of code; scratch ${(scratch / 1e6).toFixed(2)} MB, ${(scratch / widest).toFixed(3)} × the widest moment`,
  );
  const names = Object.keys(warm.took);
  const spelled = ({ compile }, took) => {
    const rest = compile - names.reduce((sum, name) => sum + took[name], 0);
    return [["trace", rest], ...names.map((name) => [name, took[name]])]
      .map(([name, value]) => `${name} ${value.toFixed(1)}`)
      .join(" · ");
  };
  const cold = Object.fromEntries(
    names.map((name) => [name, median(parts.map(({ took }) => took[name]))]),
  );
  console.log(`  cold  ${spelled({ compile: median(parts.map((one) => one.compile)) }, cold)}`);
  console.log(`  warm  ${spelled(warm, warm.took)}`);
}

const chosen = cases.filter(
  ({ group, id, name }) =>
    group === "steps" && (flags.child ? id === flags.only : name.includes(flags.only)),
);
if (flags.child) await child(flags.child, chosen[0]);
for (const each of chosen) report(each);
const { run, whole } = calls();
console.log(`a call: ${run.toFixed(0)} ns; with rows and key written, ${whole.toFixed(0)} ns`);
