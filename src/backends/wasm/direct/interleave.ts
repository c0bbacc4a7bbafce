/** Rows of several lanes become one row of vectors, a number of each lane in turn. */
import type { Code, Local } from "../encode.ts";
import { advance, bytesPerFloat, locals, transpose4 } from "../gemm/vectors.ts";

interface Interleaving {
  readonly from: Local;
  readonly to: Local;
  readonly fromOffset: number;
  readonly toOffset: number;
  /** Elements of each row, which lie side by side. */
  readonly count: number;
  /** How many rows, a multiple of four, and from one to the next in bytes. */
  readonly lanes: number;
  readonly laneStride: number;
}

export function interleave(code: Code, { from, to, count, ...rest }: Interleaving): void {
  const { fromOffset, toOffset, lanes, laneStride } = rest;
  if (count <= 0) return;
  const [source, target] = [code.local("i32"), code.local("i32")];
  const step = bytesPerFloat * lanes;
  code.get(from).i32(fromOffset).op("i32.add").set(source);
  code.get(to).i32(toOffset).op("i32.add").set(target);
  const four = () => {
    const rows = locals(code, "v128", 4);
    const spare = locals(code, "v128", 4);
    for (let lane = 0; lane < lanes; lane += 4) {
      rows.forEach((row, i) => {
        const offset = (lane + i) * laneStride;
        code.get(source).load("v128.load", { offset }).set(row);
      });
      transpose4(code, rows, spare);
      rows.forEach((row, i) => {
        const offset = i * step + bytesPerFloat * lane;
        code.get(target).get(row).store("v128.store", { offset });
      });
    }
  };
  const counter = code.local("i32");
  code.forRange({ local: counter, from: 0, to: Math.floor(count / 4), step: 1 }, () => {
    four();
    advance(code, source, 4 * bytesPerFloat);
    advance(code, target, 4 * step);
  });
  const left = count % 4;
  if (left === 0) return;
  if (count >= 4) {
    // the last four end with the rows
    advance(code, source, bytesPerFloat * (left - 4));
    advance(code, target, step * (left - 4));
    four();
    return;
  }
  for (let i = 0; i < left; i += 1)
    for (let lane = 0; lane < lanes; lane += 1) {
      code.get(target).get(source);
      code.load("f32.load", { offset: lane * laneStride + i * bytesPerFloat });
      code.store("f32.store", { offset: i * step + lane * bytesPerFloat });
    }
}
