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
export function sumSquares(code: Code, shape: Shape, { a, b, depth, sums }: Factors): void {
  const { rows, rowStride, rowStep, apart, starts } = shape;
  const lanes = locals(code, "v128", 4);
  const spare = locals(code, "v128", 4);
  const repeated = locals(code, "v128", 4 * rows);
  const place = (lane: number) => bytesPerFloat * lane * apart;
  const several = (steps: 1 | 4, load: (start: number) => void) => {
    const all = [...repeated.keys()].filter((i) => i % 4 < steps);
    for (const i of all) {
      const offset = bytesPerFloat * (Math.floor(i / 4) * rowStride + (i % 4) * rowStep);
      code.get(a).load("v128.load32_splat", { offset }).set(repeated[i]!);
    }
    starts.forEach((start, j) => {
      load(start);
      for (const i of all) {
        const sum = sums[Math.floor(i / 4) * starts.length + j]!;
        code
          .get(sum)
          .get(repeated[i]!)
          .get(lanes[i % 4]!);
        code.op("f32x4.mul").op("f32x4.add").set(sum);
      }
    });
    advance(code, a, bytesPerFloat * steps * rowStep);
    advance(code, b, bytesPerFloat * steps);
  };
  const repeat = (steps: 1 | 4, load: (start: number) => void) => {
    const times = code.local("i32");
    code.get(depth).i32(steps === 4 ? 2 : 3);
    code.op(steps === 4 ? "i32.shr_u" : "i32.and").set(times);
    const step = code.local("i32");
    code.forRange({ local: step, from: 0, to: times, step: 1 }, () => several(steps, load));
  };
  repeat(4, (start) => {
    lanes.forEach((lane, i) => {
      code
        .get(b)
        .load("v128.load", { offset: place(start + i) })
        .set(lane);
    });
    transpose4(code, lanes, spare);
  });
  const [vector] = lanes as [Local];
  repeat(1, (start) => {
    lanes.forEach((_, lane) => {
      const offset = place(start + lane);
      code.get(b).get(vector).laneAccess("v128.load32_lane", lane, { offset }).set(vector);
    });
  });
}
