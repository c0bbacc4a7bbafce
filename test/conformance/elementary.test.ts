/** The compiled functions equal the scalar ones over the whole float32 range, bit for bit. */
import { expect, test } from "vitest";
import { erf32, exp32, log32, sigmoid32, softplus32, tanh32 } from "../../src/base/lanes32.ts";
import { erf, exp, input, log, sigmoid, softplus, tanh } from "../../src/graph/build.ts";
import { bothWidths } from "../support/run.ts";

const functions = {
  exp: [exp, exp32],
  log: [log, log32],
  tanh: [tanh, tanh32],
  erf: [erf, erf32],
  sigmoid: [sigmoid, sigmoid32],
  softplus: [softplus, softplus32],
} as const;
const count = 200_003;
/** Float32 numbers spread over all bit patterns, and more of them near 0 and near ±90. */
const spread = new Float32Array(count);
const bits = new Uint32Array(spread.buffer);
for (let i = 0; i < count; i++)
  if (i % 2 === 0) bits[i] = Math.imul(i, 21_473);
  else spread[i] = (i / count - 0.5) * 220;

const names = Object.keys(functions) as (keyof typeof functions)[];
const cases = bothWidths().flatMap((session) => names.map((name) => ({ session, name })));
test.each(cases)("$name, $session.vectorBits bits", ({ session, name }) => {
  const slot = session.allocate([count], "f32", spread);
  const to = session.allocate([count], "f32");
  const [build, scalar] = functions[name];
  const node = build(input("x", [count]));
  session.compile({ inputs: { x: slot }, outputs: [{ node, to }] }).run();
  const wrong = session.read(to).findIndex((y, i) => !Object.is(y, scalar(spread[i]!)));
  expect(wrong < 0 ? "none differs" : `${name}(${spread[wrong]}) differs`).toBe("none differs");
});
