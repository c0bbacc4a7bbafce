import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { vectorSwitch } from "#platform";
import { wasmSession } from "./session.ts";
import { bestVectorBits, pairs } from "./wide.ts";

/** A switch that only remembers where it stands. */
function recorded(optimized: <T>(work: () => T) => T) {
  const settings: boolean[] = [];
  return { settings, set: (on: boolean) => void settings.push(on), optimized };
}

test("pairing stays on where the bits are the same", () => {
  const fake = recorded((work) => work());
  expect(pairs(fake)).toBe(true);
  expect(fake.settings).toEqual([true]);
});

test("pairing is switched off again where one bit differs", () => {
  const fake = recorded((work) => {
    const result = work();
    if (result instanceof Int32Array) result[47]! ^= 1;
    return result;
  });
  expect(pairs(fake)).toBe(false);
  expect(fake.settings).toEqual([true, false]);
});

test("a session runs in the widest vectors that the engine has a tried switch for", () => {
  const widest = vectorSwitch ? 256 : 128;
  expect(bestVectorBits()).toBe(widest);
  expect(wasmSession().vectorBits).toBe(widest);
  expect(wasmSession({ vectorBits: 128 }).vectorBits).toBe(128);
});

test("Node 20 has no switch; Node 24 on x64 has one, unless GOLGI_WIDE is 0", () => {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 24) expect(vectorSwitch).toBeNull();
  const module = new URL("../../base/platform/nodeVectors.ts", import.meta.url).href;
  const code = `import(${JSON.stringify(module)}).then((m) => console.log(m.vectorSwitch === null))`;
  if (major < 24) return;
  const off = { env: { ...process.env, GOLGI_WIDE: "0" }, encoding: "utf8" } as const;
  expect(execFileSync(process.execPath, ["-e", code], off).trim()).toBe("true");
});
