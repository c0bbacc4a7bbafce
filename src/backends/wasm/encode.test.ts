import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Code, type Local, ModuleBuilder, type ValueType } from "./encode.ts";
import { alignments, laneAccesses, lanes, loads, type Mnemonic, plain, stores } from "./opcodes.ts";

const limits = { minimumPages: 1, maximumPages: 4, shared: false };
const memoryImport = { module: "golgi", name: "memory", ...limits };

/** Compiles one function in V8 and returns it with its memory. */
function compile(
  parameters: readonly ValueType[],
  results: readonly ValueType[],
  body: (code: Code, ...parameters: Local[]) => void,
) {
  const builder = new ModuleBuilder({ memory: memoryImport });
  builder.function({ name: "run", parameters, results, exported: true }, body);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
  const module = new WebAssembly.Module(builder.bytes());
  const { exports } = new WebAssembly.Instance(module, { golgi: { memory } });
  const run = exports.run as (...values: (number | bigint)[]) => number | bigint | undefined;
  return { run, view: new DataView(memory.buffer), memory };
}

// An instruction that lacks its operands makes V8 say the instruction's name.
describe("every mnemonic is what V8 calls that opcode", () => {
  const refusal = (write: (code: Code) => void): string => {
    try {
      compile([], [], write);
    } catch (error) {
      return (error as Error).message;
    }
    return "accepted";
  };
  const silent: readonly string[] = ["unreachable", "nop", "return"]; // they need no operand
  test.each([...plain.keys()].filter((m) => !silent.includes(m)))("%s", (mnemonic) => {
    expect(refusal((code) => code.op(mnemonic))).toContain(` for ${mnemonic} (`);
  });
  test.each([...loads.keys()])("%s", (mnemonic) => {
    expect(refusal((code) => code.load(mnemonic))).toContain(` for ${mnemonic} (`);
  });
  test.each([...stores.keys()])("%s", (mnemonic) => {
    expect(refusal((code) => code.store(mnemonic))).toContain(` for ${mnemonic} (`);
  });
  test.each([...lanes.keys()])("%s", (mnemonic) => {
    expect(refusal((code) => code.lane(mnemonic, 1))).toContain(` for ${mnemonic} (`);
  });
  test.each([...laneAccesses.keys()])("%s", (mnemonic) => {
    const lanesOf = 16 / 2 ** alignments.get(mnemonic)!;
    const refused = refusal((code) => code.laneAccess(mnemonic, lanesOf - 1));
    expect(refused).toContain(` for ${mnemonic} (`);
  });
  test("unreachable, nop, return", () => {
    expect(compile([], [], (code) => code.op("nop").op("return").op("unreachable")).run()).toBe(
      undefined,
    );
    expect(compile([], [], (code) => code.op("unreachable")).run).toThrow(/unreachable/);
  });
});

describe("scalar arithmetic gives JavaScript's numbers", () => {
  const int = (a: number, b: number): Partial<Record<Mnemonic, number>> => ({
    "i32.add": (a + b) | 0,
    "i32.sub": (a - b) | 0,
    "i32.mul": Math.imul(a, b),
    "i32.and": a & b,
    "i32.or": a | b,
    "i32.xor": a ^ b,
    "i32.shl": a << b,
    "i32.shr_s": a >> b,
    "i32.shr_u": (a >>> b) | 0,
    "i32.eq": Number(a === b),
    "i32.ne": Number(a !== b),
    "i32.lt_s": Number(a < b),
    "i32.lt_u": Number(a >>> 0 < b >>> 0),
    "i32.gt_s": Number(a > b),
    "i32.gt_u": Number(a >>> 0 > b >>> 0),
    "i32.le_s": Number(a <= b),
    "i32.le_u": Number(a >>> 0 <= b >>> 0),
    "i32.ge_s": Number(a >= b),
    "i32.ge_u": Number(a >>> 0 >= b >>> 0),
  });
  const float = (a: number, b: number): Partial<Record<Mnemonic, number>> => ({
    "f32.add": Math.fround(a + b),
    "f32.sub": Math.fround(a - b),
    "f32.mul": Math.fround(a * b),
    "f32.div": Math.fround(a / b),
    "f32.min": Math.min(a, b),
    "f32.max": Math.max(a, b),
    "f32.eq": Number(a === b),
    "f32.ne": Number(a !== b),
    "f32.lt": Number(a < b),
    "f32.gt": Number(a > b),
    "f32.le": Number(a <= b),
    "f32.ge": Number(a >= b),
  });
  const binary = (mnemonic: Mnemonic) => {
    const type = mnemonic.slice(0, 3) as ValueType;
    const result = /(eq|ne|[lg][te])(_[su])?$/.test(mnemonic) ? "i32" : type;
    return compile([type, type], [result], (code, a, b) => code.get(a!).get(b!).op(mnemonic)).run;
  };

  test("i32", () => {
    const functions = new Map(Object.keys(int(0, 0)).map((m) => [m, binary(m as Mnemonic)]));
    const word = fc.oneof(fc.integer(), fc.integer({ min: -3, max: 33 }));
    fc.assert(
      fc.property(word, word, (a, b) => {
        for (const [mnemonic, value] of Object.entries(int(a, b)))
          expect(functions.get(mnemonic)!(a, b), mnemonic).toBe(value);
      }),
    );
  });
  test("f32, and the four lanes of f32x4", () => {
    const functions = new Map(Object.keys(float(0, 0)).map((m) => [m, binary(m as Mnemonic)]));
    const vectors = new Map(
      (["add", "sub", "mul", "div", "min", "max"] as const).map((name) => [
        `f32.${name}`,
        compile(["f32", "f32"], ["f32"], (code, a, b) => {
          code.get(a!).op("f32x4.splat").get(b!).op("f32x4.splat").op(`f32x4.${name}`);
          code.lane("f32x4.extract_lane", 2);
        }).run,
      ]),
    );
    const real = fc.float({ noNaN: false });
    fc.assert(
      fc.property(real, real, (a, b) => {
        for (const [mnemonic, value] of Object.entries(float(a, b))) {
          expect(functions.get(mnemonic)!(a, b), mnemonic).toBe(value);
          if (vectors.has(mnemonic)) expect(vectors.get(mnemonic)!(a, b), mnemonic).toBe(value);
        }
      }),
    );
  });
});

describe("constants survive the encoding", () => {
  test.each([
    0,
    1,
    -1,
    63,
    64,
    -64,
    -65,
    127,
    128,
    8191,
    8192,
    -8192,
    -8193,
    2 ** 31 - 1,
    -(2 ** 31),
  ])("i32 %d", (value) => {
    expect(compile([], ["i32"], (code) => code.i32(value)).run()).toBe(value);
  });
  test("i32 at random, addresses above 2 GiB wrap", () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(compile([], ["i32"], (code) => code.i32(value)).run()).toBe(value);
        expect(compile([], ["i32"], (code) => code.i32(value >>> 0)).run()).toBe(value);
      }),
    );
  });
  test("i64 at random", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(compile([], ["i64"], (code) => code.i64(value)).run()).toBe(value);
      }),
    );
  });
  test.each([0, -0, 1.5, Number.NaN, Infinity, -Infinity, 2 ** -149, 0.1])("f32 %d", (value) => {
    expect(compile([], ["f32"], (code) => code.f32(value)).run()).toBe(Math.fround(value));
    const lane = compile([], ["f32"], (code) => code.f32x4(value).lane("f32x4.extract_lane", 3));
    expect(lane.run()).toBe(Math.fround(value));
  });
  test("numbers that do not fit are refused", () => {
    expect(() => compile([], ["i32"], (code) => code.i32(2 ** 32))).toThrow(/not a 32-bit/);
    expect(() => compile([], ["i32"], (code) => code.i32(0.5))).toThrow(/not a 32-bit/);
    expect(() =>
      compile([], ["i32"], (code) => code.i32(0).load("i32.load", { offset: -4 })),
    ).toThrow(/unsigned/);
    expect(() => compile([], [], (code) => code.shuffle([1, 2]))).toThrow(/shuffle/);
  });
});

describe("memory", () => {
  test.each([0, 1, 63, 64, 127, 128, 129, 16383, 16384, 65532])("offset %d", (offset) => {
    const { run, view } = compile([], ["i32"], (code) => code.i32(0).load("i32.load", { offset }));
    view.setInt32(offset, 12345 + offset, true);
    expect(run()).toBe(12345 + offset);
  });
  test("offsets up to 4 GiB trap instead of wrapping", () => {
    const { run } = compile([], ["i32"], (code) =>
      code.i32(8).load("i32.load", { offset: 0xfffffffc }),
    );
    expect(() => run()).toThrow(WebAssembly.RuntimeError);
  });
  test("narrow, splat, zero and lane accesses", () => {
    const { run, view } = compile([], [], (code) => {
      const v = code.local("v128");
      code.i32(0).i32(0).load("i32.load8_s").store("i32.store", { offset: 16 });
      code.i32(0).i32(0).load("v128.load32_splat").store("v128.store", { offset: 32 });
      code.i32(0).load("v128.load32_zero", { offset: 4 }).set(v);
      code.i32(0).get(v).laneAccess("v128.load32_lane", 2).set(v);
      code.i32(0).get(v).laneAccess("v128.store32_lane", 2, { offset: 48 });
      code.i32(0).get(v).get(v).shuffle32(2, 0, 4, 6).store("v128.store", { offset: 64 });
    });
    view.setInt32(0, -2, true);
    view.setInt32(4, 7, true);
    run();
    const words = Array.from({ length: 20 }, (_, i) => view.getInt32(4 * i, true));
    expect(words.slice(4, 5)).toEqual([-2]);
    expect(words.slice(8, 12)).toEqual([-2, -2, -2, -2]);
    expect(words.slice(12, 13)).toEqual([-2]);
    expect(words.slice(16, 20)).toEqual([-2, 7, 7, -2]);
  });
  test("copy and fill", () => {
    const { run, memory } = compile([], [], (code) => {
      code.i32(8).i32(0xab).i32(4).op("memory.fill");
      code.i32(100).i32(8).i32(3).op("memory.copy");
    });
    run();
    expect([...new Uint8Array(memory.buffer, 99, 5)]).toEqual([0, 0xab, 0xab, 0xab, 0]);
  });
});

describe("control", () => {
  const triangle = (from: number, to: number, step: number) => {
    let sum = 0;
    for (let i = from; i < to; i += step) sum += i;
    return sum;
  };
  test.each([
    [0, 10, 1],
    [0, 10, 3],
    [5, 5, 1],
    [6, 5, 1],
    [3, 200, 64],
  ])("forRange %d … %d by %d, known and unknown ends", (from, to, step) => {
    const known = compile([], ["i32"], (code) => {
      const [i, sum] = [code.local("i32"), code.local("i32")];
      code.forRange({ local: i, from, to, step }, () =>
        code.get(sum).get(i).op("i32.add").set(sum),
      );
      code.get(sum);
    });
    const unknown = compile(["i32", "i32"], ["i32"], (code, start, end) => {
      const [i, sum] = [code.local("i32"), code.local("i32")];
      code.forRange({ local: i, from: start!, to: end!, step }, () =>
        code.get(sum).get(i).op("i32.add").set(sum),
      );
      code.get(sum);
    });
    expect(known.run()).toBe(triangle(from, to, step));
    expect(unknown.run(from, to)).toBe(triangle(from, to, step));
  });
  test("branches leave the label they name, however deep", () => {
    const { run } = compile(["i32"], ["i32"], (code, n) => {
      const result = code.local("i32");
      code.block((outer) => {
        code.loop((again) => {
          code.block((inner) => {
            code.get(n!).i32(7).op("i32.eq").brIf(outer);
            code.get(n!).i32(7).op("i32.gt_s").brIf(inner);
            code.get(n!).i32(1).op("i32.add").set(n!).br(again);
          });
          code.get(n!).i32(2).op("i32.sub").set(n!);
          code.get(result).i32(1).op("i32.add").set(result).br(again);
        });
      });
      code.get(result);
    });
    const model = (n: number) => {
      let count = 0;
      for (let i = n; i !== 7; ) {
        if (i < 7) i += 1;
        else [i, count] = [i - 2, count + 1];
      }
      return count;
    };
    for (const n of [0, 7, 8, 9, 20]) expect(run(n)).toBe(model(n));
  });
  test("if and else", () => {
    const { run } = compile(["i32"], ["i32"], (code, n) => {
      const x = code.local("i32");
      code.get(n!).if(
        () => code.i32(10).set(x),
        () => code.i32(20).set(x),
      );
      code
        .get(n!)
        .i32(2)
        .op("i32.eq")
        .if(() => code.i32(30).set(x))
        .get(x);
    });
    expect([run(0), run(1), run(2)]).toEqual([20, 10, 30]);
  });
});

describe("modules", () => {
  test("functions call those before them and themselves; large bodies; shared types", () => {
    const builder = new ModuleBuilder({ memory: memoryImport, name: "demo" });
    const pair = { parameters: ["i32", "i32"], results: ["i32"] } as const;
    const add = builder.function(pair, (code, a, b) => code.get(a!).get(b!).op("i32.add"));
    const sum = builder.function({ name: "sum", ...pair, exported: true }, (code, a, b) => {
      code.get(a!);
      for (let i = 0; i < 20_000; i += 1) code.get(b!).call(add);
    });
    expect([add.index, sum.index]).toEqual([0, 1]);
    const bytes = builder.bytes();
    const module = new WebAssembly.Module(bytes);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const { exports } = new WebAssembly.Instance(module, { golgi: { memory } });
    expect((exports.sum as (a: number, b: number) => number)(5, 3)).toBe(60_005);
    expect(WebAssembly.Module.exports(module)).toEqual([{ name: "sum", kind: "function" }]);
    const [names] = WebAssembly.Module.customSections(module, "name");
    expect(new TextDecoder().decode(names)).toMatch(/demo.*function0.*sum/s);
  });
  test("shared memory with atomics", () => {
    const builder = new ModuleBuilder({ memory: { ...memoryImport, shared: true } });
    const count = { name: "count", parameters: [], results: ["i32"], exported: true } as const;
    builder.function(count, (code) => {
      code.i32(64).i32(5).store("i32.atomic.rmw.add").op("drop").fence();
      code.i32(64).i32(0).store("memory.atomic.notify").op("drop");
      code.i32(64).i32(1).i64(0n).store("memory.atomic.wait32").op("drop");
      code.i32(64).load("i32.atomic.load");
    });
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
    const module = new WebAssembly.Module(builder.bytes());
    const { exports } = new WebAssembly.Instance(module, { golgi: { memory } });
    const call = exports.count as () => number;
    expect([call(), call()]).toEqual([5, 10]);
  });
});
