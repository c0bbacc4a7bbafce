/** Threads that stop, or never answer, are an error in the caller; none outlives the process. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { InternalError } from "../../../base/errors.ts";
import { memoryImport } from "../emit.ts";
import { type Code, type Local, ModuleBuilder } from "../encode.ts";
import { barrierFunction } from "./emit.ts";
import { controlBytes, Pool } from "./pool.ts";

/** A program of hand-made code, run by three threads. */
function made(
  write: (code: Code, thread: Local, barrier: (code: Code) => void) => void,
  patience = 60_000,
) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const options = { memory, address: 256, threads: 3, eager: true, patience };
  expect(256 + controlBytes(3)).toBeLessThan(4096);
  const pool = new Pool(options);
  const module = new ModuleBuilder({ memory: memoryImport(true) });
  const sleep = module.hostFunction("sleep", { parameters: ["i32"], results: [] });
  const barrier = barrierFunction(module, sleep, pool);
  const type = { name: "run", parameters: ["i32", "i32"], results: [], exported: true } as const;
  module.function(type, (code, thread, threads) =>
    write(code, thread!, (at) => void at.get(threads!).call(barrier)),
  );
  const program = pool.program(new WebAssembly.Module(module.bytes()));
  return { pool, program, words: new Int32Array(memory.buffer, 4096, 64) };
}

test("no thread passes a barrier before all have come", () => {
  // each adds 1 to word 0, waits, and copies it to its own word
  const { pool, program, words } = made((code, thread, barrier) => {
    const at = { offset: 4096 };
    code.i32(0).i32(1).store("i32.atomic.rmw.add", at).op("drop");
    barrier(code);
    code.get(thread).i32(4).op("i32.mul").i32(0).load("i32.atomic.load", at);
    code.store("i32.store", { offset: 4100 });
    barrier(code);
  });
  for (let run = 1; run <= 2000; run++) {
    program.run();
    expect([...words.subarray(0, 4)]).toEqual([3 * run, 3 * run, 3 * run, 3 * run]);
  }
  expect(pool.active).toBe(3);
  pool.close();
  program.run();
  expect(words[0]).toBe(6001);
});

test.each([0, 1, 2])("a trap in thread %i is an error at once", (which) => {
  const { program } = made((code, thread, barrier) => {
    code.get(thread).i32(which).op("i32.eq");
    code.if(() => code.op("unreachable"));
    barrier(code);
  });
  expect(() => program.run()).toThrow(/unreachable/);
  expect(() => program.run()).toThrow(InternalError);
});

test("a thread that never comes back is given up", () => {
  const endless = (code: Code, thread: Local, barrier: (code: Code) => void) => {
    code.get(thread).i32(1).op("i32.eq");
    code.if(() => code.loop((again) => code.br(again)));
    barrier(code);
  };
  const { program } = made(endless, 300);
  expect(() => program.run()).toThrow("A thread does not answer.");
});

const built = new URL("../../../../dist/src/backends/wasm/session.js", import.meta.url);
test.skipIf(!existsSync(built))("a process ends by itself (skipped where nothing is built)", () => {
  const script = `
    const { wasmSession } = await import(${JSON.stringify(built.href)});
    const { input, tanh } = await import(${JSON.stringify(new URL("../../graph/build.js", built).href)});
    const session = wasmSession({ threads: 3, eager: true });
    const [x, to] = [0, 0].map(() => session.allocate([1000], "f32"));
    session.compile({ inputs: { x }, outputs: [{ node: tanh(input("x", [1000])), to }] }).run();
    console.log(session.activeThreads);
  `;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: fileURLToPath(new URL("../../../..", import.meta.url)),
    encoding: "utf8",
    timeout: 20_000,
  });
  expect([child.status, child.stdout.trim(), child.stderr]).toEqual([0, "3", ""]);
});
