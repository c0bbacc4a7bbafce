/** What a kernel moves and computes, counted. */
import { bytesPerElement } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { hasResult } from "./epilogues.ts";
import {
  type CorrelationKernel,
  type DirectKernel,
  type Kernel,
  readsOf,
  type Value,
  valuesOf,
  writesOf,
} from "./kernel.ts";

const product = (lengths: readonly number[]) => lengths.reduce((total, l) => total * l, 1);
const computed = (roots: readonly Value[]) =>
  valuesOf(roots).filter(({ kind }) => kind === "compute").length;

/** Bytes of all arrays that a kernel reads or writes, each once. */
export const bytesOf = (kernel: Kernel): number =>
  [...new Set([...readsOf(kernel), ...writesOf(kernel)])].reduce(
    (total, { shape }) => total + sizeOf(shape) * bytesPerElement,
    0,
  );

/** Multiplications of a direct convolution. */
export function directTerms({ size, axes }: DirectKernel): number {
  const along = axes.map(({ classes }) =>
    classes.reduce((total, { count, terms }) => total + count * terms.length, 0),
  );
  return product(Object.values(size)) * product(along);
}

/** Multiplications of a correlation. */
export const correlationTerms = ({ size, axes }: CorrelationKernel): number =>
  product(Object.values(size)) * product(axes.map(({ results, window }) => results * window));

/** Floating-point operations; a function such as exp counts as one. */
export function operationsOf(kernel: Kernel): number {
  const map = hasResult(kernel) && kernel.epilogue;
  return ownOperations(kernel) + (map ? ownOperations(map) : 0);
}

function ownOperations(kernel: Kernel): number {
  switch (kernel.kind) {
    case "map":
      return product(kernel.loops) * computed(kernel.stores.map(({ value }) => value));
    case "reduce":
      return product(kernel.loops) * (1 + computed([kernel.value]));
    case "rowwise":
      return kernel.body.reduce((total, each) => total + operationsOf(each), 0);
    case "product":
      return 2 * product(Object.values(kernel.size));
    case "convolution": {
      const { groups, outputs, channels, batch } = kernel.size;
      const each = kernel.phases.reduce((total, p) => total + p.positions * p.window, 0);
      return 2 * batch * groups * channels * outputs * each;
    }
    case "direct":
      return 2 * directTerms(kernel);
    case "correlation":
      return 2 * correlationTerms(kernel);
    case "loop":
      return kernel.length * kernel.body.reduce((total, each) => total + operationsOf(each), 0);
    case "scatter":
      return sizeOf(kernel.table.shape);
    default:
      return 0;
  }
}
