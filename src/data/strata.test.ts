import fc from "fast-check";
import { expect, test } from "vitest";
import { strataOf } from "./strata.ts";

test("numbers fall into ranges by their rank, equal ones in the order of their rows", () => {
  const few = fc.constantFrom(-2, -0, 0, 0.5, 1, 1e300);
  fc.assert(
    fc.property(fc.array(few, { minLength: 1, maxLength: 120 }), (numbers) => {
      const values = Float64Array.from(numbers);
      const rows = Int32Array.from(numbers.keys()).reverse();
      const target = { task: "regression", column: "y", labels: [], meanings: [] } as const;
      const { of, count } = strataOf(
        { ...target, numeric: true, values, rows, findings: [] },
        rows,
      );
      const entries = Array.from(rows.keys());
      entries.sort((a, b) => values[rows[a]!]! - values[rows[b]!]! || a - b);
      entries.forEach((entry, rank) => {
        expect(of[entry]).toBe(Math.floor((rank * count) / rows.length));
      });
    }),
  );
});
