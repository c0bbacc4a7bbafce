import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryImport } from "./emit.ts";
import { ModuleBuilder } from "./encode.ts";
import { handOut, mostThreads, rangeOf } from "./part.ts";

/** The ranges of all threads, computed by WebAssembly. */
function rangesOf(loop: { length: number; unit: number; scale: number }, threads: number) {
  const module = new ModuleBuilder({ memory: memoryImport(false) });
  const type = { name: "range", parameters: ["i32", "i32"], results: [], exported: true } as const;
  module.function(type, (code, thread, count) => {
    const { from, to } = rangeOf(
      code,
      { thread: thread!, threads: count!, expected: threads },
      loop,
    );
    code.i32(0).value(from).store("i32.store").i32(4).value(to).store("i32.store");
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const words = new Uint32Array(memory.buffer, 0, 2);
  const compiled = new WebAssembly.Module(module.bytes());
  const { range } = new WebAssembly.Instance(compiled, { golgi: { memory } }).exports;
  return Array.from({ length: threads }, (_, thread) => {
    (range as (thread: number, threads: number) => void)(thread, threads);
    return [words[0]!, words[1]!] as const;
  });
}

test("parts follow each other, start at whole units, and none is larger than needed (property)", () => {
  const loops = fc.record({
    length: fc.oneof(fc.nat(200), fc.nat(200_000_000)),
    unit: fc.constantFrom(1, 4, 5, 16),
    scale: fc.constantFrom(1, 4),
  });
  fc.assert(
    fc.property(loops, fc.integer({ min: 1, max: mostThreads }), (loop, threads) => {
      const ranges = rangesOf(loop, threads);
      const largest = Math.ceil(Math.ceil(loop.length / loop.unit) / threads) * loop.unit;
      ranges.forEach(([from, to], i) => {
        expect(from).toBe(i === 0 ? 0 : ranges[i - 1]![1]);
        expect(to - from).toBeLessThanOrEqual(largest * loop.scale);
        if (to > from) expect(from % (loop.unit * loop.scale)).toBe(0);
      });
      expect(ranges.at(-1)![1]).toBe(loop.length * loop.scale);
    }),
  );
});

test("pieces that are handed out are all taken once, from whole units on (property)", () => {
  const [tickets, list] = [64, 256];
  const piecesOf = (loop: { length: number; unit: number }, expected: number) => {
    const module = new ModuleBuilder({ memory: memoryImport(true) });
    const type = { parameters: ["i32", "i32"], results: [], exported: true } as const;
    module.function({ name: "take", ...type }, (code, thread, threads) => {
      const part = { thread: thread!, threads: threads!, expected, tickets };
      const at = code.local("i32");
      code.i32(list).set(at);
      handOut(code, part, { ...loop, least: 8, word: 3 }, ({ from, to }) => {
        code.get(at).value(from).store("i32.store").get(at).value(to);
        code.store("i32.store", { offset: 4 }).get(at).i32(8).op("i32.add").set(at);
      });
    });
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const compiled = new WebAssembly.Module(module.bytes());
    const { take } = new WebAssembly.Instance(compiled, { golgi: { memory } }).exports;
    (take as (thread: number, threads: number) => void)(0, expected);
    const words = [...new Uint32Array(memory.buffer, list, 1024)];
    const pairs = words.flatMap((from, i) => (i % 2 ? [] : [[from, words[i + 1]!] as const]));
    return pairs.filter(([from, to]) => from < to);
  };
  const loops = fc.record({
    length: fc.integer({ min: 500, max: 9000 }),
    unit: fc.constantFrom(1, 5, 16),
  });
  fc.assert(
    fc.property(loops, fc.integer({ min: 2, max: 8 }), (loop, expected) => {
      const pieces = piecesOf(loop, expected);
      expect(pieces.length).toBeGreaterThanOrEqual(2 * expected);
      pieces.forEach(([from, to], i) => {
        expect(from).toBe(i === 0 ? 0 : pieces[i - 1]![1]);
        expect(from % loop.unit).toBe(0);
        const half = loop.length / expected / 2 + loop.unit;
        expect(to - from).toBeLessThanOrEqual(i < expected ? half : half / 4 + loop.unit);
      });
      expect(pieces.at(-1)![1]).toBe(loop.length);
    }),
  );
});
