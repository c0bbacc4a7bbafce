import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryImport } from "./emit.ts";
import { ModuleBuilder } from "./encode.ts";
import { mostThreads, rangeOf } from "./part.ts";

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
