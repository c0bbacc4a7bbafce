import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModuleBuilder, type VectorBits } from "./encode.ts";
import {
  emitProduct,
  type Operand,
  ProductLibrary,
  type ProductSize,
  workspaceBytes,
} from "./gemm.ts";

type Layout = Omit<Operand, "address">;
interface Case extends Required<ProductSize> {
  readonly a: Layout;
  readonly b: Layout;
  readonly c: { readonly rowStride: number; readonly batchStride: number };
}

/** Numbers a layout reaches: the highest index plus one. */
const extent = (layout: Layout, batch: number, rows: number, columns: number) =>
  rows * columns * batch === 0
    ? 0
    : (batch - 1) * (layout.batchStride ?? 0) +
      (rows - 1) * layout.rowStride +
      (columns - 1) * layout.columnStride +
      1;

/** The definition, slowly: blocks of 256, multiply then add, every step rounded to float32. */
function definition(p: Case, a: Float32Array, b: Float32Array, c: Float32Array): void {
  const { fround } = Math;
  const { batch, m, n, k } = p;
  for (let q = 0; q < batch; q += 1)
    for (let i = 0; i < m; i += 1)
      for (let j = 0; j < n; j += 1) {
        let total = 0;
        for (let start = 0; start < k; start += 256) {
          let sum = 0;
          for (let s = start; s < Math.min(k, start + 256); s += 1) {
            const left = a[q * (p.a.batchStride ?? 0) + i * p.a.rowStride + s * p.a.columnStride]!;
            const right = b[q * (p.b.batchStride ?? 0) + s * p.b.rowStride + j * p.b.columnStride]!;
            sum = fround(sum + fround(left * right));
          }
          total = start === 0 ? sum : fround(total + sum);
        }
        c[q * p.c.batchStride + i * p.c.rowStride + j] = total;
      }
}

let seed = 1;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
  return Math.fround(seed / 2 ** 31);
};

/** Runs the product by the definition, and in V8 in each layout. */
function compare(p: Case): void {
  for (const bits of [128, 256] as const) compareIn(bits, p);
}

/** C is guarded: nothing else may be written. */
function compareIn(bits: VectorBits, p: Case): void {
  const lengths = [
    extent(p.a, p.batch, p.m, p.k),
    extent(p.b, p.batch, p.k, p.n),
    extent({ ...p.c, columnStride: 1 }, p.batch, p.m, p.n) + 16,
    Math.ceil(workspaceBytes(p) / 4) + 16,
  ];
  const starts = [64];
  for (const length of lengths) starts.push(Math.ceil((starts.at(-1)! + length) / 64) * 64);
  const pages = Math.ceil((4 * starts.at(-1)!) / 65536);
  const limits = { minimumPages: pages, maximumPages: pages, shared: false };
  const module = new ModuleBuilder({
    memory: { module: "golgi", name: "memory", ...limits },
    bits,
  });
  const [a, b, c, workspace] = starts.map((start) => 4 * start) as [number, number, number, number];
  module.function({ name: "run", parameters: [], results: [], exported: true }, (code) => {
    const library = new ProductLibrary(module);
    const operands = {
      a: { ...p.a, address: a },
      b: { ...p.b, address: b },
      c: { ...p.c, address: c },
    };
    emitProduct(code, library, { ...p, ...operands, workspace });
  });
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const compiled = new WebAssembly.Module(module.bytes());
  const { exports } = new WebAssembly.Instance(compiled, { golgi: { memory } });
  const floats = new Float32Array(memory.buffer).fill(77);
  const part = (i: number) => floats.subarray(starts[i]!, starts[i]! + lengths[i]!);
  for (const i of [0, 1])
    part(i).forEach((_, at, all) => {
      all[at] = random();
    });
  const expected = part(2).slice();
  definition(p, part(0), part(1), expected);
  (exports.run as () => void)();
  const found = part(2);
  const wrong = expected.findIndex((value, at) => !Object.is(value, found[at]));
  const said = `${found[wrong]}, not ${expected[wrong]}, at ${wrong}`;
  expect(wrong < 0 ? "same bits" : said).toBe("same bits");
  expect(
    part(3)
      .subarray(-16)
      .every((value) => value === 77),
    "scratch",
  ).toBe(true);
}

const kinds = ["nn", "nt", "tn", "tt"] as const;
/** Dense operands, plain or transposed. */
function dense(m: number, n: number, k: number, kind: (typeof kinds)[number], batch = 1): Case {
  const layout = (rows: number, columns: number, transposed: boolean) => ({
    rowStride: transposed ? 1 : columns,
    columnStride: transposed ? rows : 1,
    batchStride: rows * columns,
  });
  const a = layout(m, k, kind[0] === "t");
  const b = layout(k, n, kind[1] === "t");
  return { batch, m, n, k, a, b, c: { rowStride: n, batchStride: m * n } };
}

describe("the bits of a product are those of its definition", () => {
  const shapes = [
    [1, 1, 1],
    [1, 1, 300],
    [3, 5, 7],
    [2, 3, 4],
    [4, 8, 256],
    [5, 8, 257],
    [13, 9, 300],
    [33, 17, 513],
    [32, 16, 30],
    [16, 30, 32],
    [32, 1, 16],
    [1, 16, 32],
    [32, 16, 1],
    [1, 40, 600],
    [40, 1, 600],
    [3, 40, 20],
    [40, 3, 20],
    [6, 6, 6],
    [64, 64, 64],
    [65, 63, 66],
    [127, 129, 40],
    [126, 520, 9],
    [250, 90, 260],
    [10, 32, 128],
    [128, 10, 32],
    [7, 1000, 3],
    [1000, 7, 3],
    [2, 2, 1030],
    [21, 1, 512],
    [30, 100, 300],
  ] as const;
  test.each(shapes)("[%d, %d] over %d", (m, n, k) => {
    for (const kind of kinds) compare(dense(m, n, k, kind));
  });
  test.each([
    [0, 3, 4],
    [3, 0, 4],
    [3, 4, 0],
    [40, 40, 0],
    [0, 0, 0],
    [1, 1, 0],
  ])("[%d, %d] over %d: nothing, or zeros", (m, n, k) => compare(dense(m, n, k, "nn")));
  test("batches, repeated operands, room between rows", () => {
    for (const kind of kinds) {
      compare(dense(6, 7, 5, kind, 3));
      const p = dense(40, 36, 50, kind, 2);
      compare({ ...p, b: { ...p.b, batchStride: 0 } });
      compare({ ...p, c: { rowStride: 41, batchStride: 41 * 40 + 3 } });
    }
    const p = dense(9, 70, 11, "nn");
    compare({ ...p, a: { rowStride: 0, columnStride: 1 } });
    compare({ ...p, a: { rowStride: 3, columnStride: 0 } });
    compare({ ...p, b: { rowStride: 1, columnStride: 0 } });
    compare({ ...p, b: { rowStride: 0, columnStride: 1 } });
    compare({ ...p, b: { rowStride: 300, columnStride: 4 } });
    compare({ ...p, a: { rowStride: 2, columnStride: 37 } });
  });
  test("any size and strides", () => {
    const length = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 70 }));
    const depth = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 200, max: 600 }));
    const stride = fc.integer({ min: 0, max: 9 });
    const layout = fc.record({ rowStride: stride, columnStride: stride, batchStride: stride });
    const batch = fc.integer({ min: 1, max: 3 });
    const parts = { batch, m: length, n: length, k: depth, a: layout, b: layout };
    const property = fc.property(fc.record(parts), (p) =>
      compare({ ...p, c: { rowStride: p.n, batchStride: p.m * p.n } }),
    );
    fc.assert(property, { numRuns: 60 });
  });
});
