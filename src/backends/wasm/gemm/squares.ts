/** Lanes that lie apart, their steps side by side: read where they lie, four steps of four at once. */
import type { Code, Local } from "../encode.ts";
import { advance, bytesPerFloat, locals, transpose4 } from "./vectors.ts";

interface Shape {
  readonly rows: number;
  /** Of the repeated operand, in elements: from row to row, and along the sum. */
  readonly rowStride: number;
  readonly rowStep: number;
  /** Elements from lane to lane. */
  readonly apart: number;
  /** The first lane of each vector. */
  readonly starts: readonly number[];
}

interface Factors {
  readonly a: Local;
  readonly b: Local;
  readonly depth: Local;
  /** From zero on: row by row, a vector each. */
  readonly sums: readonly Local[];
}

/** Adds the products of `depth` steps to the sums, ascending; moves `a` and `b`. */
export function sumSquares(code: Code, shape: Shape, { depth, ...factors }: Factors): void {
  const lanes = locals(code, "v128", 4);
  const spare = locals(code, "v128", 4);
  const [vector] = lanes as [Local];
  const { b } = factors;
  const place = (lane: number) => bytesPerFloat * lane * shape.apart;
  const repeat = (steps: 1 | 4, load: (start: number) => void) => {
    const [step, times] = locals(code, "i32", 2) as [Local, Local];
    code.get(depth).i32(steps === 4 ? 2 : 3);
    code.op(steps === 4 ? "i32.shr_u" : "i32.and").set(times);
    code.forRange({ local: step, from: 0, to: times, step: 1 }, () =>
      addSteps(code, shape, { ...factors, lanes: lanes.slice(0, steps) }, load),
    );
  };
  repeat(4, (start) => {
    lanes.forEach((lane, i) => {
      const offset = place(start + i);
      code.get(b).load("v128.load", { offset }).set(lane);
    });
    transpose4(code, lanes, spare);
  });
  repeat(1, (start) => {
    lanes.forEach((_, lane) => {
      const offset = place(start + lane);
      code.get(b).get(vector).laneAccess("v128.load32_lane", lane, { offset }).set(vector);
    });
  });
}

/** One step or four: `load` leaves four lanes of each in `lanes`. */
function addSteps(
  code: Code,
  { rows, rowStride, rowStep, starts }: Shape,
  { a, b, sums, lanes }: Omit<Factors, "depth"> & { lanes: readonly Local[] },
  load: (start: number) => void,
): void {
  const repeated = Array.from({ length: rows }, () => locals(code, "v128", lanes.length));
  repeated.forEach((row, i) => {
    row.forEach((local, step) => {
      const offset = bytesPerFloat * (i * rowStride + step * rowStep);
      code.get(a).load("v128.load32_splat", { offset }).set(local);
    });
  });
  starts.forEach((start, j) => {
    load(start);
    repeated.forEach((row, i) => {
      const sum = sums[i * starts.length + j]!;
      row.forEach((local, step) => {
        code.get(sum).get(local).get(lanes[step]!);
        code.op("f32x4.mul").op("f32x4.add").set(sum);
      });
    });
  });
  advance(code, a, bytesPerFloat * lanes.length * rowStep);
  advance(code, b, bytesPerFloat * lanes.length);
}
