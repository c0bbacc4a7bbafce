import { expect, test } from "vitest";
import { stream } from "../base/random.ts";
import { type DrawPlan, eachDraw } from "./draws.ts";

/** As it is defined: one stream, each stratum in turn. */
function defined({ seed, strata }: DrawPlan, resamples: number): number[][] {
  const draws = stream({ seed, purpose: "bootstrap" });
  return Array.from({ length: resamples }, () => {
    const counts: number[] = Array(strata.flatMap((units) => [...units]).length).fill(0);
    for (const units of strata)
      for (const _ of units) counts[units[draws.nextInteger(units.length)]!]!++;
    return counts;
  });
}

const drawn = (plan: DrawPlan, resamples: number): number[][] => {
  const all: number[][] = [];
  eachDraw(plan, resamples, (counts) => all.push([...counts]));
  return all;
};

const plan = (seed: number): DrawPlan => ({
  seed,
  strata: [Int32Array.of(0, 2, 4, 5), Int32Array.of(1, 3, 6)],
});

test("draws are those of the stream, new or kept, few or many", () => {
  for (const [seed, resamples] of [
    [1, 5],
    [1, 3],
    [2, 4],
    [1, 9],
    [2, 4],
  ] as const)
    expect(drawn(plan(seed), resamples)).toEqual(defined(plan(seed), resamples));
  const other = { seed: 1, strata: [Int32Array.of(0, 1, 2, 3, 4, 5, 6)] };
  expect(drawn(other, 5)).toEqual(defined(other, 5));
});

test("more draws than are kept, and those that made room, are the same", () => {
  const kept = (seed: number, resamples: number, bytes: number) => {
    const all: number[][] = [];
    eachDraw(plan(seed), resamples, (counts) => all.push([...counts]), bytes);
    return all;
  };
  // seven bytes a resample: room for one plan, for the other, for none
  for (const [seed, resamples, bytes] of [
    [5, 4, 40],
    [6, 5, 40],
    [5, 4, 40],
    [5, 9, 40],
    [6, 2, 40],
  ] as const)
    expect(kept(seed, resamples, bytes)).toEqual(defined(plan(seed), resamples));
});
