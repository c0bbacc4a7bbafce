import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  betaLower,
  betaQuantile,
  chiSquareTail,
  erf,
  erfc,
  exp,
  expm1,
  gammaUpper,
  log,
  log1p,
  log2,
  logGamma,
  normalCdf,
  normalQuantile,
} from "./math.ts";

const path = new URL("../../test/goldens/math/special.json", import.meta.url);
const goldens: Record<string, number[][]> = JSON.parse(readFileSync(path, "utf8"));

/** Distance in units of the last place of the right answer. */
function ulps(got: number, right: number): number {
  if (Object.is(got, right) || got === right) return 0;
  const spacing = Math.max(2 ** (Math.floor(Math.log2(Math.abs(right))) - 52), 5e-324);
  return Math.abs(got - right) / spacing;
}

type Special = (...x: number[]) => number;
const cases: [string, Special, number][] = [
  ["exp", exp, 1],
  ["expm1", expm1, 2],
  ["log", log, 1],
  ["log2", log2, 2],
  ["log1p", log1p, 2],
  ["erf", erf, 2],
  ["erfc", erfc, 4],
  ["normalCdf", normalCdf, 4],
  ["normalQuantile", normalQuantile, 4],
  ["logGamma", logGamma, 4],
  ["gammaUpper", gammaUpper, 150],
  ["betaLower", betaLower, 250],
  ["betaQuantile", betaQuantile, 100],
];

test.each(cases)("%s is within its ulp bound of mpmath", (name, f, limit) => {
  let worst = { distance: 0, row: [] as number[], got: 0 };
  for (const row of goldens[name]!) {
    const got = f(...row.slice(0, -1));
    const distance = ulps(got, row.at(-1)!);
    if (!(distance <= worst.distance)) worst = { distance, row, got };
  }
  expect(worst.distance, JSON.stringify(worst)).toBeLessThanOrEqual(limit);
});

test("the ends of the domains", () => {
  const nan: Special[] = [exp, expm1, log, log1p, log2, erf, erfc, normalCdf, normalQuantile];
  for (const f of [...nan, logGamma]) expect(f(Number.NaN)).toBeNaN();
  expect([exp(-Infinity), exp(Infinity), exp(-746), exp(710), exp(0)]).toEqual([
    0,
    Infinity,
    0,
    Infinity,
    1,
  ]);
  expect(exp(-745)).toBe(5e-324);
  expect([log(0), log(-1), log(Infinity), log(1)]).toEqual([-Infinity, Number.NaN, Infinity, 0]);
  expect([log1p(-1), log1p(-2), log1p(Infinity)]).toEqual([-Infinity, Number.NaN, Infinity]);
  expect(Object.is(log1p(-0), -0) && Object.is(expm1(-0), -0)).toBe(true);
  expect([expm1(-Infinity), expm1(Infinity)]).toEqual([-1, Infinity]);
  expect([erf(-Infinity), erf(Infinity), erfc(-Infinity), erfc(Infinity)]).toEqual([-1, 1, 2, 0]);
  expect([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(0)]).toEqual([0, 1, 0.5]);
  expect([0, 0.5, 1, 1.1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity, Number.NaN]);
  expect([logGamma(0), logGamma(1), logGamma(2), logGamma(-1)]).toEqual([
    Infinity,
    0,
    0,
    Number.NaN,
  ]);
  expect([betaLower(2, 3, 0), betaLower(2, 3, 1), betaLower(-1, 1, 0.5)]).toEqual([
    0,
    1,
    Number.NaN,
  ]);
  expect([betaQuantile(2, 3, 0), betaQuantile(2, 3, 1)]).toEqual([0, 1]);
  expect([gammaUpper(2, 0), gammaUpper(2, Infinity), gammaUpper(0, 1)]).toEqual([1, 0, Number.NaN]);
});

test("log2 is exact at every power of two", () => {
  for (let k = -1074; k < 1024; k++) expect(log2(2 ** k)).toBe(k);
});

test("quantiles that every table prints", () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 15);
  expect(chiSquareTail(3.841458820694124, 1)).toBeCloseTo(0.05, 14);
  expect(chiSquareTail(18.307038053275146, 10)).toBeCloseTo(0.05, 14);
});

test("inverses and symmetries hold anywhere", () => {
  const p = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
  const shape = fc.double({ min: 0.5, max: 200, noNaN: true });
  fc.assert(
    fc.property(p, shape, shape, (p, a, b) => {
      const x = betaQuantile(a, b, p);
      if (x > 1e-12 && x < 0.999) expect(betaLower(a, b, x) / p).toBeCloseTo(1, 9);
      expect(betaLower(a, b, p) + betaLower(b, a, 1 - p)).toBeCloseTo(1, 12);
      expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 12);
      expect(erf(p) + erfc(p)).toBeCloseTo(1, 15);
    }),
  );
});
