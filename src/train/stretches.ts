/** The stretches of rows that a program has in memory one after the other: all at once, or by windows from disk. */
import { stream } from "../base/random.ts";
import { sizeOf } from "../base/shape.ts";
import type { Block, Pages } from "./samples.ts";

/** Rows that are in memory together. */
export interface Stretch {
  readonly rows: number;
  /** Their numbers among all rows, one for each row of the window. */
  readonly numbers: () => Int32Array;
  /** The pages they are read from; `null` where they are in memory anyway. */
  readonly pages: Int32Array | null;
  /** The order in which they are trained on, by their places in memory. */
  readonly order: () => Int32Array;
}

/** Numbers in a window: 32 MiB of them. */
const windowNumbers = 8_388_608;

/** Pages of a window. */
const pagesAtOnce = ({ pageRows }: Pages, shape: Block["shape"]): number =>
  Math.max(1, Math.floor(windowNumbers / (pageRows * sizeOf(shape))));

const pageCount = ({ rows, pageRows }: Pages): number => Math.ceil(rows / pageRows);

/** Rows that memory is needed for. */
export function residentRows(rows: number, { shape, pages }: Block): number {
  if (!pages) return rows;
  return Math.min(pageCount(pages), pagesAtOnce(pages, shape)) * pages.pageRows;
}

/** One epoch's stretches: on disk the pages are shuffled, dealt into windows, and each window is shuffled. */
export function stretchesOf(
  rows: number,
  { shape, pages }: Block,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): Stretch[] {
  const shuffle = (length: number, index = 0) =>
    stream({ seed, purpose: "shuffle", epoch, index }).permutation(length);
  if (!pages) return [whole(rows, () => shuffle(rows))];
  const order = shuffle(pageCount(pages));
  return windows(order, pages, shape).map((each, i) =>
    stretchOf(each, pages, (length) => shuffle(length, i + 1)),
  );
}

/** All rows in their own order. */
export function stretchesInOrder(rows: number, { shape, pages }: Block): Stretch[] {
  const inOrder = (length: number) => new Int32Array(length).map((_, row) => row);
  if (!pages) return [whole(rows, () => inOrder(rows))];
  return windows(inOrder(pageCount(pages)), pages, shape).map((each) =>
    stretchOf(each, pages, inOrder),
  );
}

const whole = (rows: number, order: () => Int32Array): Stretch => ({
  ...{ rows, order, pages: null },
  numbers: () => new Int32Array(rows).map((_, row) => row),
});

function windows(order: Int32Array, pages: Pages, shape: Block["shape"]): Int32Array[] {
  const most = pagesAtOnce(pages, shape);
  return Array.from({ length: Math.ceil(order.length / most) }, (_, i) =>
    order.subarray(i * most, (i + 1) * most),
  );
}

function stretchOf(
  chosen: Int32Array,
  { rows: all, pageRows }: Pages,
  orderOf: (length: number) => Int32Array,
): Stretch {
  const inPage = (page: number) => Math.min(pageRows, all - page * pageRows);
  const rows = chosen.reduce((sum, page) => sum + inPage(page), 0);
  return {
    ...{ rows, pages: chosen },
    order: () => orderOf(rows),
    numbers() {
      const numbers = new Int32Array(rows);
      let at = 0;
      for (const page of chosen)
        for (let i = 0; i < inPage(page); i++) numbers[at++] = page * pageRows + i;
      return numbers;
    },
  };
}
