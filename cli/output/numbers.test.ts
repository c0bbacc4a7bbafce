import { describe, expect, test } from "vitest";
import * as numbers from "./numbers.ts";

const { bytes, counted, decimals, duration, figure, integer, listed, percent, pValue } = numbers;
/** Ties as spaces, as a page writes them. */
const spaced = (text: string) => text.replaceAll("\u00a0", " ").replaceAll("\u202f", "'");

test("decimals: a real minus, no −0, thin spaces between thousands", () => {
  expect(decimals(0.99444, 3)).toBe("0.994");
  expect(decimals(-1.06, 1)).toBe("−1.1");
  expect(decimals(-0.0001, 2)).toBe("0.00");
  expect(spaced(decimals(1234567.891, 2))).toBe("1'234'567.89");
  expect(spaced(integer(1945))).toBe("1'945");
  expect(integer(999)).toBe("999");
});

test.each([
  [0, "0"],
  [0.041333, "0.0413"],
  [1.23456, "1.23"],
  [54.94, "54.9"],
  [-346.2, "−346"],
  [12345.6, "12'346"],
  [1.234e-7, "1.23e−7"],
  [6.02e23, "6.02e23"],
  [Number.NaN, "—"],
  [Number.NEGATIVE_INFINITY, "−∞"],
])("figure(%d) is %s", (value, text) => expect(spaced(figure(value))).toBe(text));

test("percent: only none is 0 and only all is 100", () => {
  const shown = [
    [212, 569],
    [0, 5],
    [1, 1000],
    [999, 1000],
    [5, 5],
    [0, 0],
  ].map(([part, whole]) => spaced(percent(part!, whole!)));
  expect(shown).toEqual(["37 %", "0 %", "< 1 %", "> 99 %", "100 %", "—"]);
});

test("p values", () => {
  expect([0.71, 0.0499, 0.05, 0.00099, 1].map(pValue).map(spaced)).toEqual([
    "p = 0.71",
    "p = 0.050",
    "p = 0.050",
    "p < 0.001",
    "p = 1.00",
  ]);
});

test("durations", () => {
  const seconds = [6.1e-6, 0.0091, 0.42, 9.96, 59.4, 200, 3599, 7500, Number.POSITIVE_INFINITY];
  expect(seconds.map(duration).map(spaced)).toEqual([
    "6.1 µs",
    "9.1 ms",
    "0.4 s",
    "10 s",
    "59 s",
    "3 min 20 s",
    "1 h 0 min",
    "2 h 5 min",
    "—",
  ]);
});

test("bytes and counts", () => {
  expect([999, 4104, 12_000_000].map(bytes).map(spaced)).toEqual(["999 B", "4.1 kB", "12 MB"]);
  expect([1, 2].map((n) => spaced(counted(n, "row")))).toEqual(["1 row", "2 rows"]);
});

test("lists end where people stop reading", () => {
  expect(listed(["a", "b", "c"], 2)).toBe("a, b, c");
  expect(listed(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
});

describe("sparkline", () => {
  test("falls with the loss, from the highest block to the lowest", () =>
    expect(numbers.sparkline([8, 4, 2, 1], 24)).toBe("█▄▂▁"));

  test("has no more blocks than there is room, each the mean of its stretch", () =>
    expect(numbers.sparkline([0, 2, 7, 9, 5, 5], 3)).toBe("▁█▅"));

  test("a flat curve is flat", () => expect(numbers.sparkline([3, 3, 3], 8)).toBe("▁▁▁"));
});
