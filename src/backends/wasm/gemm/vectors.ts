/** Pieces of code that several kernels share. */
import type { Code, Local } from "../encode.ts";

export const bytesPerFloat = 4;

/** Four vectors become the four columns of the 4 × 4 matrix whose rows they were. */
export function transpose4(code: Code, rows: readonly Local[], spare: readonly Local[]): void {
  const [row0, row1, row2, row3] = rows as [Local, Local, Local, Local];
  const [low01, high01, low23, high23] = spare as [Local, Local, Local, Local];
  code.get(row0).get(row1).shuffle32(0, 1, 4, 5).set(low01);
  code.get(row0).get(row1).shuffle32(2, 3, 6, 7).set(high01);
  code.get(row2).get(row3).shuffle32(0, 1, 4, 5).set(low23);
  code.get(row2).get(row3).shuffle32(2, 3, 6, 7).set(high23);
  code.get(low01).get(low23).shuffle32(0, 2, 4, 6).set(row0);
  code.get(low01).get(low23).shuffle32(1, 3, 5, 7).set(row1);
  code.get(high01).get(high23).shuffle32(0, 2, 4, 6).set(row2);
  code.get(high01).get(high23).shuffle32(1, 3, 5, 7).set(row3);
}

/** `local += amount`. */
export function advance(code: Code, local: Local, amount: number | Local): void {
  if (amount !== 0) code.get(local).value(amount).op("i32.add").set(local);
}

export const locals = (code: Code, type: Local["type"], count: number): Local[] =>
  Array.from({ length: count }, () => code.local(type));
