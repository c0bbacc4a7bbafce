/** What a kernel costs on one core, roughly: enough to decide whether threads pay. */
import { sizeOf } from "../base/shape.ts";
import { hasResult } from "./epilogues.ts";
import {
  type ElementwiseOp,
  type Kernel,
  readsOf,
  type Value,
  valuesOf,
  writesOf,
} from "./kernel.ts";
import { correlationTerms, directTerms } from "./operations.ts";

/** Instructions an element, where it is more than one. */
const instructions: { readonly [K in ElementwiseOp]?: number } = {
  sqrt: 3,
  div: 3,
  exp: 27,
  log: 30,
  tanh: 40,
  erf: 50,
  sigmoid: 40,
  softplus: 60,
};

const arithmetic = (roots: readonly Value[]): number =>
  valuesOf(roots).reduce(
    (total, v) => total + (v.kind === "compute" ? (instructions[v.op] ?? 1) : 1),
    0,
  );
const product = (lengths: readonly number[]) => lengths.reduce((total, l) => total * l, 1);
const instructionTime = 0.08; // nanoseconds for one of four lanes
const elementTime = 0.1; // nanoseconds to move one element from or to a near cache

/** Nanoseconds on one core. */
export function costOf(kernel: Kernel): number {
  const map = hasResult(kernel) && kernel.epilogue;
  return ownCost(kernel) + (map ? ownCost(map) : 0);
}

function ownCost(kernel: Kernel): number {
  switch (kernel.kind) {
    case "map": {
      const roots = kernel.stores.map(({ value }) => value);
      const each = instructionTime * arithmetic(roots) + elementTime * kernel.stores.length;
      return product(kernel.loops) * each;
    }
    case "reduce":
      return product(kernel.loops) * instructionTime * (1 + arithmetic([kernel.value]));
    case "rowwise":
      return kernel.body.reduce((total, each) => total + costOf(each), 0);
    case "product": {
      const { batch, m, n, k } = kernel.size;
      return batch * (m * n * k * 0.055 + (m * k + k * n + m * n) * 2 * elementTime);
    }
    case "convolution": {
      const { size, phases, out } = kernel;
      const { groups, outputs, channels, batch } = size;
      const each = phases.reduce((total, { positions, window }) => total + positions * window, 0);
      const columns = batch * groups * channels * each;
      return columns * (outputs * 0.055 + 5 * elementTime) + sizeOf(out.shape) * elementTime;
    }
    case "direct":
      return directTerms(kernel) * 0.08 + sizeOf(kernel.x.buffer.shape) * elementTime;
    case "correlation":
      return correlationTerms(kernel) * 0.08;
    case "windowArgmax": {
      const window = kernel.axes.reduce((total, { length }) => total * length, 1);
      return sizeOf(kernel.out.shape) * window * 4 * instructionTime;
    }
    case "random":
      return sizeOf(kernel.out.shape) * 3;
    case "loop":
      return kernel.length * kernel.body.reduce((total, each) => total + costOf(each), 0);
    default:
      return [...readsOf(kernel).slice(1), ...writesOf(kernel)].reduce(
        (total, { shape }) => total + 2 * elementTime * sizeOf(shape),
        0,
      );
  }
}
