import fc from "fast-check";
import { expect, test } from "vitest";
import { eigenSymmetric } from "./eigen.ts";

const square = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc.tuple(
    fc.constant(n),
    fc.array(fc.double({ noNaN: true, min: -100, max: 100 }), {
      minLength: n * n,
      maxLength: n * n,
    }),
  ),
);

test("A v = λ v, vectors of length 1 and at right angles (property)", () => {
  fc.assert(
    fc.property(square, ([n, entries]) => {
      const a = Float64Array.from({ length: n * n }, (_, i) => {
        const [row, column] = [Math.floor(i / n), i % n];
        const entry = entries[Math.max(row, column) * n + Math.min(row, column)]!;
        return Math.abs(entry) < 1e-100 ? 0 : entry; // its square is lost
      });
      const size = Math.sqrt(a.reduce((sum, x) => sum + x * x, 0)) + 1e-300;
      const { values, vectors } = eigenSymmetric(a, n);
      const dot = (x: Float64Array, y: Float64Array) => x.reduce((s, xi, i) => s + xi * y[i]!, 0);
      vectors.forEach((v, k) => {
        for (let row = 0; row < n; row++) {
          const found = dot(a.slice(row * n, (row + 1) * n), v);
          expect(Math.abs(found - values[k]! * v[row]!) / size).toBeLessThan(1e-12);
        }
        vectors.forEach((w, j) => {
          expect(Math.abs(dot(v, w) - Number(j === k))).toBeLessThan(1e-12);
        });
        if (k > 0) expect(values[k]!).toBeLessThanOrEqual(values[k - 1]!);
      });
    }),
  );
});

test("a matrix whose values are known", () => {
  // second differences: 2 − 2 cos(kπ / (n + 1))
  const n = 9;
  const a = Float64Array.from({ length: n * n }, (_, i) => {
    const gap = Math.abs(Math.floor(i / n) - (i % n));
    return gap === 0 ? 2 : gap === 1 ? -1 : 0;
  });
  eigenSymmetric(a, n).values.forEach((value, i) => {
    expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)), 12);
  });
  expect([...eigenSymmetric(new Float64Array(4), 2).values]).toEqual([0, 0]);
});
