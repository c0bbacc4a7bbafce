/**
 * No module that is ever emitted holds an instruction of relaxed SIMD, whose results differ between
 * machines: every program of the conformance suite and more, in both widths, on one thread and on two.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Code, ModuleBuilder } from "../src/backends/wasm/encode.ts";
import { laneAccesses, lanes, loads, plain, stores } from "../src/backends/wasm/opcodes.ts";
import { type WasmSession, wasmSession } from "../src/backends/wasm/session.ts";
import { sizeOf } from "../src/base/shape.ts";
import { grad } from "../src/grad/grad.ts";
import * as g from "../src/graph/build.ts";
import { type Node, toposort, trace } from "../src/graph/node.ts";
import { cases } from "./conformance/cases.ts";
import { names, trainOn } from "./same-bits/networks.js";
import { instructionsOf, isRelaxed } from "./support/instructions.ts";

/** Every module that is compiled, from the first line of a test on: its bytes, once each. */
const modules = new Map<string, Uint8Array>();
const { Module } = WebAssembly;
beforeAll(() => {
  WebAssembly.Module = new Proxy(Module, {
    construct(target, [bytes]: [Uint8Array<ArrayBuffer>]) {
      modules.set(Buffer.from(bytes).toString("latin1"), bytes.slice());
      return new target(bytes);
    },
  });
});
afterAll(() => {
  WebAssembly.Module = Module;
});

const sessions: readonly (readonly [name: string, session: WasmSession])[] = [
  ["128 bits", wasmSession({ vectorBits: 128 })],
  ["256 bits", wasmSession({ vectorBits: 256 })],
  ["two threads", wasmSession({ vectorBits: 128, threads: 2, eager: true })],
  ["two threads, 256 bits", wasmSession({ vectorBits: 256, threads: 2, eager: true })],
];
afterAll(() => {
  for (const [, session] of sessions) session.close();
});

/** Compiles without running. */
function compileOn(session: WasmSession, roots: readonly Node[]): void {
  const inputs = toposort(roots).flatMap((n) => (n.op === "input" ? [n as Node<"input">] : []));
  const slots = Object.fromEntries(
    inputs.map((n) => [n.arg.name, session.allocate(n.shape, n.dtype)]),
  );
  const outputs = roots.map((node) => ({ node, to: session.allocate(node.shape, node.dtype) }));
  session.compile({ inputs: slots, outputs }).free();
  for (const slot of [...Object.values(slots), ...outputs.map(({ to }) => to)]) session.free(slot);
}

/** A value and, where it has one, its gradient. */
function withGradient(y: Node): Node[] {
  const wrt = toposort([y]).filter((n) => n.op === "input" && n.dtype === "f32");
  if (y.dtype !== "f32" || wrt.length === 0) return [y];
  return [y, ...grad(g.sum(g.reshape(y, [sizeOf(y.shape)]), [0]), wrt)];
}

const transposed = (a: Node) => {
  const axes = a.shape.map((_, axis) => axis);
  return g.permute(a, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
};

/** Direct and packed, by rows and by lanes, batched, matrix times vector, long sums. */
const products = [
  [32, 30, 16],
  [1, 300, 37],
  [130, 70, 260],
  [515, 300, 33],
  [256, 256, 256],
  [7, 1000, 9],
  [3, 65, 66, 67],
];
/** Columns of many places, rows of few places, groups, strides, three dimensions. */
const convolutions = [
  { x: [5, 3, 12, 13], kernel: [20, 3, 3, 3], stride: 1, groups: 1 },
  { x: [3, 6, 9], kernel: [4, 3, 4], stride: 2, groups: 2 },
  { x: [1, 40, 3, 3], kernel: [70, 40, 3, 3], stride: 1, groups: 1 },
  { x: [4, 8, 17, 17], kernel: [8, 1, 3, 3], stride: 3, groups: 8 },
  { x: [2, 3, 6, 7, 8], kernel: [5, 3, 2, 3, 3], stride: 1, groups: 1 },
];

describe.each(sessions)("%s", (_, session) => {
  test.each(Object.keys(cases) as (keyof typeof cases)[])("%s", (op) => {
    for (const c of cases[op])
      trace(() => {
        const nodes = c.arguments.map(({ shape, dtype }, i) => g.input(`x${i}`, shape, dtype));
        compileOn(session, withGradient(c.build(...(nodes as never[]))));
      });
  });

  test.each(products.map((p) => [p]))("product %j and its gradients", (shape) => {
    const [n, k, m] = [shape.at(-1)!, shape.at(-2)!, shape.at(-3)!];
    const batch = shape.slice(0, -3);
    trace(() => {
      const [a, b] = [g.input("a", [...batch, m, k]), g.input("b", [...batch, k, n])];
      compileOn(session, withGradient(g.matmul(a, b)));
      const turned = g.input("c", [...batch, k, m]);
      compileOn(session, [g.tanh(g.matmul(transposed(turned), b))]);
    });
  });

  test.each(convolutions)("convolution %j and its gradients", ({ x, kernel, stride, groups }) => {
    const axis = { stride, low: 1, high: 2, inputDilation: 1, kernelDilation: 1 };
    trace(() => {
      const [a, w] = [g.input("x", x), g.input("w", kernel)];
      const y = g.convolution(a, w, { axes: x.slice(2).map(() => axis), groups });
      compileOn(session, withGradient(g.mul(y, y)));
    });
  });

  test.each(names)("a training step: %s", async (name) => {
    await trainOn(name, { session });
  });
});

test("no relaxed instruction in any of them", () => {
  const seen = new Set<number>();
  for (const module of modules.values()) {
    const instructions = instructionsOf(module);
    for (const { opcode } of instructions) seen.add(opcode);
    expect(instructions.filter(isRelaxed)).toEqual([]);
  }
  expect(modules.size).toBeGreaterThan(1000);
  // all kinds of code came by: products, square roots, lanes in memory, shuffles, the barrier
  const kinds = ["f32x4.mul", "f32x4.sqrt", "v128.store32_lane", "v128.load32_splat"] as const;
  const barrier = "i32.atomic.rmw.add";
  for (const name of [...kinds, barrier] as const) expect(seen, name).toContain(opcodeOf(name));
});

/** Opcodes of the encoder, as the reader has them. */
const encoder = new Map<string, number>([...plain, ...loads, ...stores, ...lanes, ...laneAccesses]);
function opcodeOf(mnemonic: string): number {
  const code = encoder.get(mnemonic)!;
  return code > 0xff ? (code >> 8) * 0x1000 + (code & 0xff) : code;
}

describe("the reader of modules", () => {
  const limits = { minimumPages: 1, maximumPages: 4, shared: false };
  const memory = { module: "golgi", name: "memory", ...limits };
  const read = (write: (code: Code) => void) => {
    const builder = new ModuleBuilder({ memory });
    builder.function({ parameters: ["i32"], results: [], name: "f" }, write);
    return instructionsOf(builder.bytes()).map(({ opcode }) => opcode);
  };

  /** Anything the encoder can write, with the opcode that must be read. */
  type Piece = readonly [opcode: number, write: (code: Code) => void];
  const named = <M extends string>(table: ReadonlyMap<M, number>, write: (m: M) => Piece[1]) =>
    fc.constantFrom(...table.keys()).map((m): Piece => [opcodeOf(m), write(m)]);
  const word = fc.integer({ min: 0, max: 0xffffffff });
  const offset = fc.integer({ min: 0, max: 0x7fffffff });
  const pieces = fc.oneof(
    named(plain, (m) => (code) => void code.op(m)),
    offset.chain((offset) => named(loads, (m) => (code) => void code.load(m, { offset }))),
    offset.chain((offset) => named(stores, (m) => (code) => void code.store(m, { offset }))),
    named(lanes, (m) => (code) => void code.lane(m, 1)),
    named(laneAccesses, (m) => (code) => void code.laneAccess(m, 1)),
    word.map((value): Piece => [0x41, (code) => void code.i32(value)]),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): Piece => [0x42, (code) => void code.i64(value)]), // biome-ignore format: one thought
    fc.float().map((value): Piece => [0x43, (code) => void code.f32(value)]),
    word.map((value): Piece => [0xfd00c, (code) => void code.v128(value, 0x0205fd, 0x8dfd0b, 0)]),
    fc.constant<Piece>([0xfd00d, (code) => void code.shuffle32(0, 5, 2, 7)]),
    fc.constant<Piece>([0xfe003, (code) => void code.fence()]),
  );

  test("reads what the encoder wrote, constants that look like instructions too (property)", () => {
    fc.assert(
      fc.property(fc.array(pieces), fc.array(pieces), (outside, inside) => {
        const found = read((code) => {
          for (const [, write] of outside) write(code);
          code.loop((start) => {
            for (const [, write] of inside) write(code);
            code.brIf(start);
          });
        });
        const of = (list: readonly Piece[]) => list.map(([opcode]) => opcode);
        expect(found).toEqual([...of(outside), 0x03, ...of(inside), 0x0d, 0x0b, 0x0b]);
      }),
    );
  });

  test("refuses an unknown instruction, a body that is too long, and half a module", () => {
    const builder = new ModuleBuilder({ memory });
    builder.function({ parameters: [], results: [], name: "f" }, (code) => code.op("nop"));
    const module = builder.bytes();
    const at = instructionsOf(module)[0]!.at;
    const changed = (byte: number) => module.with(at, byte);
    expect(() => instructionsOf(changed(0xf0))).toThrow("there is no instruction 0xf0");
    expect(() => instructionsOf(changed(0x0b))).toThrow("A body ends at");
    expect(() => instructionsOf(module.subarray(0, at))).toThrow("The module ends at");
  });

  // f32x4.max has the type of f32x4.relaxed_max, and its opcode as many bytes
  test("finds the relaxed instruction that stands in a plain one's place, as V8 does", () => {
    let changed = 0;
    for (const module of modules.values()) {
      const place = instructionsOf(module).find(({ opcode }) => opcode === opcodeOf("f32x4.max"));
      if (!place) continue;
      changed += 1;
      const relaxed = module.slice();
      relaxed.set([0xfd, 0x8e, 0x02], place.at); // 0x10e in LEB128
      expect(instructionsOf(relaxed).filter(isRelaxed)).toEqual([{ ...place, opcode: 0xfd10e }]);
      if (changed <= 20) expect(refusal(relaxed)).toMatch(/^$|relaxed-simd/);
    }
    expect(changed).toBeGreaterThan(50);
  });

  /** Why V8 does not take a module; nothing where it knows relaxed instructions. */
  function refusal(module: Uint8Array<ArrayBuffer>): string {
    try {
      new Module(module);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  }
});
