import { expect, test } from "vitest";
import { MemoryError } from "../../base/errors.ts";
import { Heap, mostBytes } from "./heap.ts";
import { wasmSession } from "./session.ts";

test("blocks lie apart, at multiples of 256, and take no memory before it is asked for", () => {
  const heap = new Heap(false);
  const blocks = [heap.take(1), heap.take(1_000_000), heap.take(257)];
  const ends = blocks.map(({ address, bytes }) => address + bytes);
  expect(blocks.map(({ address }) => address % 256)).toEqual([0, 0, 0]);
  expect(blocks[1]!.address).toBeGreaterThanOrEqual(ends[0]!);
  expect(blocks[2]!.address).toBeGreaterThanOrEqual(ends[1]!);
  expect(heap.memory.buffer.byteLength).toBe(65_536);
  heap.back();
  expect(heap.memory.buffer.byteLength).toBeGreaterThanOrEqual(ends[2]! + 256);
});

test("what was given back is taken again for an equal size, and is not known to be zero", () => {
  const heap = new Heap(false);
  const first = heap.take(1000);
  heap.give(first);
  expect(heap.take(1001)).toEqual({ ...first, used: true });
  expect(heap.take(1000)).toMatchObject({ used: false });
});

test("more than 32 bits address is refused, with how much it is", () => {
  const heap = new Heap(false);
  heap.take(mostBytes - 1024);
  heap.check();
  expect(() => heap.check(1024)).toThrow(MemoryError);
  expect(() => heap.check(1024)).toThrow(/needs 4097 MiB, .*limit 4096 MiB/);
  heap.take(1024);
  expect(() => heap.back()).toThrow(MemoryError);
  expect(heap.memory.buffer.byteLength).toBe(65_536);
});

test("a slot starts with zeros or its data, whatever lay there before", () => {
  const session = wasmSession();
  const first = session.allocate([4], "f32", [1, 2, 3, 4]);
  expect([...session.read(first)]).toEqual([1, 2, 3, 4]);
  session.free(first);
  const second = session.allocate([4], "f32");
  const third = session.allocate([2], "bool", [1, 0]);
  session.write(second, [5], 1);
  expect([...session.read(second)]).toEqual([0, 5, 0, 0]);
  expect([...session.read(third)]).toEqual([1, 0]);
});
