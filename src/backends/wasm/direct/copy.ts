/** Loops over the axes of arrays, and runs of elements copied. */
import type { Code, Local } from "../encode.ts";
import { advance, bytesPerFloat } from "../gemm/vectors.ts";

/** An address that moves by so many bytes from one to the next along each axis. */
interface Pointer {
  readonly at: Local;
  readonly steps: readonly number[];
}

/** Loops over `counts`, the first outermost; `body` gets the addresses. */
export function nest(
  code: Code,
  counts: readonly number[],
  pointers: readonly Pointer[],
  body: (at: readonly Local[]) => void,
  axis = 0,
): void {
  const count = counts[axis];
  if (count === undefined) {
    body(pointers.map(({ at }) => at));
    return;
  }
  if (count === 1) {
    nest(code, counts, pointers, body, axis + 1);
    return;
  }
  const inner = pointers.map(({ at, steps }) => {
    const own = code.local("i32");
    code.get(at).set(own);
    return { at: own, steps };
  });
  code.forRange({ local: code.local("i32"), from: 0, to: count, step: 1 }, () => {
    nest(code, counts, inner, body, axis + 1);
    for (const { at, steps } of inner) advance(code, at, steps[axis]!);
  });
}

interface Run {
  readonly from: Local;
  readonly to: Local;
  readonly fromOffset: number;
  readonly toOffset: number;
  readonly count: number;
  /** From one element to the next where they come from, in bytes. */
  readonly stride: number;
}

/** Vectors of one step of a long run. */
const together = 4;

/** Elements a stride apart go side by side. */
export function copyRun(code: Code, { from, to, count, stride, ...offsets }: Run): void {
  if (count <= 0) return;
  const [source, target] = [code.local("i32"), code.local("i32")];
  code.get(from).i32(offsets.fromOffset).op("i32.add").set(source);
  code.get(to).i32(offsets.toOffset).op("i32.add").set(target);
  const block = 4 * together;
  const blocks = Math.floor(count / block);
  if (blocks > 0)
    code.forRange({ local: code.local("i32"), from: 0, to: blocks, step: 1 }, () => {
      copyVectors(code, { source, target, stride, starts: [0, 4, 8, 12] });
      advance(code, source, block * stride);
      advance(code, target, block * bytesPerFloat);
    });
  const rest = count - block * blocks;
  if (rest === 0) return;
  // the last vector ends with the run
  if (count >= 4) {
    const starts = Array.from({ length: Math.ceil(rest / 4) }, (_, i) => Math.min(4 * i, rest - 4));
    copyVectors(code, { source, target, stride, starts });
    return;
  }
  for (let i = 0; i < rest; i += 1) {
    code
      .get(target)
      .get(source)
      .i32(i * stride)
      .op("i32.add")
      .load("f32.load");
    code.store("f32.store", { offset: i * bytesPerFloat });
  }
}

interface Vectors {
  readonly source: Local;
  readonly target: Local;
  readonly stride: number;
  /** Elements, the first at most 3 below 0. */
  readonly starts: readonly number[];
}

function copyVectors(code: Code, { source, target, stride, starts }: Vectors): void {
  const lowest = Math.min(0, ...starts);
  const at = (base: Local, step: number) => {
    if (lowest === 0) return base;
    const moved = code.local("i32");
    code
      .get(base)
      .i32(lowest * step)
      .op("i32.add")
      .set(moved);
    return moved;
  };
  const [read, write] = [at(source, stride), at(target, bytesPerFloat)];
  const values = starts.map((start) => {
    const value = code.local("v128");
    if (stride === bytesPerFloat)
      code
        .get(read)
        .load("v128.load", { offset: (start - lowest) * stride })
        .set(value);
    else loadStrided(code, { read, stride, first: start - lowest, value });
    return value;
  });
  // the higher address first, as V8 pairs stores
  for (const [i, value] of [...values.entries()].toReversed())
    code
      .get(write)
      .get(value)
      .store("v128.store", { offset: (starts[i]! - lowest) * bytesPerFloat });
}

/** Four elements a stride apart. */
function loadStrided(
  code: Code,
  { read, stride, first, value }: { read: Local; stride: number; first: number; value: Local },
): void {
  if (stride === 2 * bytesPerFloat) {
    for (const half of [0, 1])
      code.get(read).load("v128.load", { offset: first * stride + 16 * half });
    code.shuffle32(0, 2, 4, 6).set(value);
    return;
  }
  for (let lane = 0; lane < 4; lane += 1) {
    code
      .get(read)
      .i32((first + lane) * stride)
      .op("i32.add");
    if (lane === 0) code.load("v128.load32_zero");
    else code.get(value).laneAccess("v128.load32_lane", lane);
    code.set(value);
  }
}
