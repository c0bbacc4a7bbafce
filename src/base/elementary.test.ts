import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as elementary from "./elementary.ts";
import type { Lanes } from "./lanes.ts";
import { erf32, exp32, lanes32, log32, sigmoid32, softplus32, tanh32 } from "./lanes32.ts";

const floats = new Float32Array(1);
const ints = new Int32Array(floats.buffer);

function bits(value: number): number {
  floats[0] = value;
  return ints[0]!;
}

function float(word: number): number {
  ints[0] = word;
  return floats[0]!;
}

/** Place of a float32 among all of them, in order; -0 and 0 share one. */
function place(value: number): number {
  const word = bits(value);
  return word < 0 ? -(word & 0x7fffffff) : word;
}

/** How many float32 lie from one to the other; endless if only one is NaN. */
function ulps(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Object.is(a, b) ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(place(a) - place(b));
}

/** The float64 truth; the error of Math.exp and its kin is far below a float32's last place. */
const truth = {
  exp: [exp32, Math.exp],
  log: [log32, Math.log],
  tanh: [tanh32, Math.tanh],
  sigmoid: [
    sigmoid32,
    (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  ],
  softplus: [softplus32, (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
} as const;

/** The largest distance over every `stride`-th float32 from `first` to `last`, and where it is. */
function sweep(name: keyof typeof truth, first: number, last: number, stride: number) {
  const [ours, exact] = truth[name];
  let worst = { ulp: 0, x: 0 };
  const [from, to] = [bits(first), bits(last)];
  for (let word = Math.min(from, to); word <= Math.max(from, to); word += stride) {
    const x = float(word);
    const ulp = ulps(ours(x), Math.fround(exact(x)));
    if (ulp > worst.ulp) worst = { ulp, x };
  }
  return worst;
}

const infinity = Number.POSITIVE_INFINITY;
const bounds = { exp: 1, log: 1, tanh: 2, sigmoid: 2, softplus: 3 } as const;
const names = Object.keys(bounds) as (keyof typeof bounds)[];

describe("distance from float64", () => {
  test.each(names)("%s over the whole range", (name) => {
    for (const [first, last] of [[0, infinity] as const, [-0, -infinity] as const]) {
      const { ulp, x } = sweep(name, first, last, 4_001);
      expect(ulp, `at ${x}`).toBeLessThanOrEqual(bounds[name]);
    }
  });

  test.each([
    ["exp", 88.7, 88.8, "overflow"],
    ["exp", 88.99, 89.01, "the upper clamp"],
    ["exp", -87.5, -87, "the last normal results"],
    ["exp", -103.0, -104.1, "the last subnormal results"],
    ["exp", 0.34, 0.36, "the first change of n"],
    ["log", 1.1e-38, 1.2e-38, "the first normal argument"],
    ["log", 0, 1e-41, "subnormal arguments"],
    ["log", 0.999, 1.001, "the zero"],
    ["log", 0.7069, 0.7073, "the change of k"],
    ["log", 3.4e38, infinity, "the last finite argument"],
    ["tanh", 9.0, 9.02, "the step to 1"],
    ["tanh", -9.99, -10.01, "the clamp"],
    ["tanh", 0.17, 0.18, "the first change of n"],
    ["sigmoid", -87, -89.5, "the first subnormal results"],
    ["sigmoid", -103.2, -104.1, "the last subnormal results"],
    ["sigmoid", 16.6, 17.4, "the step to 1"],
    ["softplus", -87, -89.5, "the first subnormal results"],
    ["softplus", -103.2, -104.1, "the last subnormal results"],
    ["softplus", -0.5, -2.1, "its least exact stretch"],
  ] as const)("%s from %s to %s: %s", (name, first, last, _reason) => {
    const stride = Math.max(1, Math.floor(Math.abs(bits(last) - bits(first)) / 20_000));
    const { ulp, x } = sweep(name, first, last, stride);
    expect(ulp, `at ${x}`).toBeLessThanOrEqual(bounds[name]);
  });

  test("erf against values of 60 digits", () => {
    const file = new URL("../../test/goldens/elementary/erf.json", import.meta.url);
    const golden = JSON.parse(readFileSync(file, "utf8")) as { x: number[]; erf: number[] };
    expect(golden.x.length).toBeGreaterThan(2000);
    golden.x.forEach((word, index) => {
      const [x, exact] = [float(word), float(golden.erf[index]!)];
      expect(ulps(erf32(x), exact), `at ${x}`).toBeLessThanOrEqual(2);
    });
  });
});

describe("special values", () => {
  const { NaN: nan, NEGATIVE_INFINITY: minusInfinity } = Number;
  test.each([
    ["exp", exp32, [1, 1, infinity, 0]],
    ["log", log32, [minusInfinity, minusInfinity, infinity, nan]],
    ["tanh", tanh32, [0, -0, 1, -1]],
    ["erf", erf32, [0, -0, 1, -1]],
    ["sigmoid", sigmoid32, [0.5, 0.5, 1, 0]],
    ["softplus", softplus32, [Math.fround(Math.LN2), Math.fround(Math.LN2), infinity, 0]],
  ] as const)("%s of 0, -0, Infinity, -Infinity and NaN", (_, ours, expected) => {
    expect([0, -0, infinity, minusInfinity].map((x) => ours(x))).toEqual(expected);
    for (const word of [0x7fc00000, 0x7f800001, 0x7fffffff, -1, -0x7fffff]) {
      expect(ours(float(word))).toBeNaN();
    }
  });

  test("log of any negative number is NaN", () => {
    for (const x of [-1e-45, -1e-39, -0.5, -1, -3e38]) expect(log32(x)).toBeNaN();
  });

  test("tanh and erf are odd, bit for bit", () => {
    for (let word = 0; word < 0x7f800000; word += 1_000_003) {
      for (const ours of [tanh32, erf32]) {
        const x = float(word);
        expect(bits(ours(-x))).toBe(bits(-ours(x)));
      }
    }
  });
});

test("operations, constants left out", () => {
  const counts = Object.entries(elementary).map(([name, write]) => {
    let count = 0;
    const counted = Object.entries(lanes32).map(([operation, run]) => {
      const isConstant = operation === "float" || operation === "int";
      const tallied = (...operands: [number, number, number]) => {
        if (!isConstant) count++;
        return run(...operands);
      };
      return [operation, tallied];
    });
    write(Object.fromEntries(counted) as Lanes<number>, 0);
    return `${name} ${count}`;
  });
  expect(counts.sort()).toMatchInlineSnapshot(`
    [
      "erf 28",
      "exp 27",
      "log 33",
      "sigmoid 31",
      "softplus 42",
      "tanh 28",
    ]
  `);
});
