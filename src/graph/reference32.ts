/** The oracle in float32: each operation rounded, each sum in the defined order. Backends equal it bit for bit. */
import { erf32, exp32, log32, sigmoid32, softplus32, tanh32 } from "../base/lanes32.ts";
import type { Machine, Value } from "./reference.ts";

const lanes = 8;
const block = 256;

/** Term i goes to lane i mod 8; then the lanes are added pairwise. */
function sum(terms: Value): number {
  const totals = new Float64Array(lanes);
  terms.forEach((term, i) => {
    totals[i % lanes] = Math.fround(totals[i % lanes]! + term);
  });
  for (let half = lanes / 2; half >= 1; half /= 2)
    for (let lane = 0; lane < half; lane++)
      totals[lane] = Math.fround(totals[lane]! + totals[lane + half]!);
  return totals[0]!;
}

/** Blocks of 256 along K, each from zero, multiply then add; the blocks' sums added in order. */
function dot(a: Value, b: Value): number {
  let total = 0;
  for (let start = 0; start < a.length; start += block) {
    let part = 0;
    for (let k = start; k < Math.min(start + block, a.length); k++)
      part = Math.fround(part + Math.fround(a[k]! * b[k]!));
    total = start === 0 ? part : Math.fround(total + part);
  }
  return total;
}

export const float32: Machine = {
  round: Math.fround,
  exp: exp32,
  log: log32,
  tanh: tanh32,
  erf: erf32,
  sigmoid: sigmoid32,
  softplus: softplus32,
  sum,
  dot,
};
