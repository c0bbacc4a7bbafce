import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stream } from "../base/random.ts";
import { loess, quicklySmoothed, smoothed } from "./loess.ts";

const folder = new URL("../../test/goldens/calibration/", import.meta.url);
const fromR = JSON.parse(readFileSync(new URL("fromR.json", folder), "utf8")).loess;

test("equals R's loess on its exact surface, ties and ends included", () => {
  const near = (got: Float64Array, right: number[]) => {
    for (const [i, value] of got.entries()) expect(value).toBeCloseTo(right[i]!, 9);
  };
  near(loess(fromR.x, fromR.y, fromR.at), fromR.fitted75);
  near(loess(fromR.x, fromR.y, fromR.at, { span: 1 }), fromR.fitted100);
});

test("a parabola is its own smooth, a line with two different x, a mean with one", () => {
  const x = [3, 1, 4, 1.5, 5, 9, 2.6];
  const y = x.map((value) => 2 - value + 0.5 * value * value);
  const at = [1, 2, 8];
  for (const [i, value] of loess(x, y, at).entries())
    expect(value).toBeCloseTo(2 - at[i]! + 0.5 * at[i]! ** 2, 9);
  const two = loess([0, 0, 1, 1], [1, 3, 4, 6], [0.5], { span: 1 });
  expect(two[0]).toBeCloseTo(3.5, 12);
  expect(loess([2, 2, 2], [1, 2, 6], [2])[0]).toBeCloseTo(3, 12);
});

test("bad input is told in one line", () => {
  expect(() => loess([1], [1, 2], [1])).toThrow("loess: 1 and 2 rows differ");
  expect(() => loess([], [], [1])).toThrow("loess: no points");
  expect(() => loess([1], [1], [1], { span: 0 })).toThrow("loess: span 0");
});

describe("sums over a tree of points", () => {
  const draws = stream({ seed: 3, purpose: "bootstrap" });
  const made = (of: () => number) => {
    const x = Float64Array.from({ length: 5000 }, of).sort();
    return { x, y: x.map((p) => Number(draws.nextFloat() < p)) };
  };
  const kinds = {
    "evenly spread": made(() => draws.nextFloat()),
    "crowded near 0": made(() => draws.nextFloat() * draws.nextFloat() ** 9),
    "few different": made(() => Math.round(draws.nextFloat() * 40) / 40),
    "repeated as by a resample": made(() => Math.round(draws.nextFloat() * 3000) / 3000),
    "in two heaps": made(() => (draws.nextFloat() < 0.5 ? 0 : 0.9) + draws.nextFloat() / 1000),
  };
  test.each(Object.entries(kinds))("give the same curve: %s", (_, points) => {
    const at = Float64Array.from({ length: 41 }, (_, i) => points.x[Math.floor((i * 4999) / 40)]!);
    const right = smoothed(points, at);
    quicklySmoothed(points, at).forEach((value, i) => {
      expect(Math.abs(value - right[i]!)).toBeLessThan(1e-9);
    });
  });
});
