/** Splits by time: scikit-learn's folds where it has them, and no future on the learning side. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldsForward, momentOf, splitForward } from "./time.ts";

const { forward } = JSON.parse(
  readFileSync(new URL("../../../test/goldens/protocols/splitters.json", import.meta.url), "utf8"),
) as {
  forward: { time: number[]; folds: { learning: number[]; later: number[] }[] }[];
};

const momentsOf = (time: readonly number[]) => ({
  column: "day",
  of: Float64Array.from(time),
  spell: (row: number) => String(time[row]),
});
const all = (time: readonly number[]) => Int32Array.from(time.keys());
const groupsOf = (of: readonly number[]) => ({
  column: "patient",
  names: Array.from({ length: Math.max(...of) + 1 }, (_, i) => `p${i}`),
  of: Int32Array.from(of),
});

describe("folds forward in time", () => {
  test.each(forward)("are those of TimeSeriesSplit", ({ time, folds }) => {
    const timed = { moments: momentsOf(time), rows: all(time), groups: null };
    const found = foldsForward(timed, folds.length);
    expect(found.map(({ learning, later }) => [[...learning], [...later]])).toEqual(
      folds.map(({ learning, later }) => [learning, later]),
    );
  });

  test("too few times are refused", () => {
    const time = [1, 1, 1, 2, 2, 2, 2, 2];
    const timed = { moments: momentsOf(time), rows: all(time), groups: null };
    expect(() => foldsForward(timed, 3)).toThrow("“day” has too few different times for 3 folds");
  });
});

describe("a split in time", () => {
  test("the latest fifth, ties together", () => {
    const time = [5, 1, 2, 9, 9, 3, 4, 6, 7, 8];
    const timed = { moments: momentsOf(time), rows: all(time), groups: null };
    const { learning, later, leftOut, cut } = splitForward(timed, 0.2);
    expect([...later]).toEqual([3, 4]);
    expect([learning.length, leftOut.length, time[cut]]).toEqual([8, 0, 9]);
  });

  test("nothing learned is later than what is judged, and no group is on two sides", () => {
    const row = fc.record({ time: fc.integer({ min: 0, max: 30 }), group: fc.nat(12) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 8, maxLength: 80 }), fc.boolean(), (rows, grouped) => {
        const time = rows.map((each) => each.time);
        const group = rows.map((each) => each.group);
        const groups = grouped ? groupsOf(group) : null;
        const timed = { moments: momentsOf(time), rows: all(time), groups };
        let found: ReturnType<typeof splitForward>;
        try {
          found = splitForward(timed, 0.3);
        } catch {
          const begun = grouped
            ? group.map((g) => Math.min(...time.filter((_, i) => group[i] === g)))
            : time;
          return new Set(begun).size === 1;
        }
        const { learning, later, leftOut } = found;
        const last = Math.max(...Array.from(learning, (i) => time[i]!));
        const first = Math.min(...Array.from(later, (i) => time[i]!));
        const parts = [...learning, ...later, ...leftOut].sort((a, b) => a - b);
        expect(parts).toEqual([...time.keys()]);
        if (!grouped) expect(leftOut.length).toBe(0);
        const learned = new Set(Array.from(learning, (i) => group[i]));
        const torn = grouped && Array.from(later).some((i) => learned.has(group[i]));
        return learning.length > 0 && later.length > 0 && last < first && !torn;
      }),
    );
  });

  test("patients who all begin at one time cannot be split", () => {
    const time = [0, 5, 9, 0, 7];
    const timed = { moments: momentsOf(time), rows: all(time), groups: groupsOf([0, 0, 0, 1, 1]) };
    expect(() => splitForward(timed, 0.2)).toThrow(
      "every group of “patient” begins at the same “day”",
    );
  });
});

test("dates are ordered as JavaScript orders them; two-faced ones are none", () => {
  const cells = ["2024-05-31", "2024-06-01T08:30", "01.06.2024 09:00:01", "2024/12/3", "2025-01"];
  const moments = cells.map(momentOf);
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  expect(new Set(moments).size).toBe(cells.length);
  for (const cell of ["3/4/2024", "2024-13-01", "May 2024", "", "31.05.24"])
    expect(momentOf(cell), cell).toBeNaN();
});
