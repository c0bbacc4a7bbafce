import fc from "fast-check";
import { expect, test } from "vitest";
import { quantile, sortedAround } from "./quantile.ts";

test("values in order around some shares have the quantiles of values in order", () => {
  const number = fc.oneof(
    fc.integer({ min: 0, max: 5 }),
    fc.double({ noNaN: true, min: -9, max: 9 }),
  );
  fc.assert(
    fc.property(
      fc.array(number, { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (list, share) => {
        const [values, sorted] = [Float64Array.from(list), Float64Array.from(list).sort()];
        const shares = [Math.max(share, 0.5), Math.min(share, 0.5)];
        sortedAround(values, shares);
        for (const each of shares) expect(quantile(values, each)).toBe(quantile(sorted, each));
        expect(values.toSorted()).toEqual(sorted);
      },
    ),
  );
});
