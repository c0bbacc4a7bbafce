import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
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

/** What a fresh process prints that imports a module of this project and runs code on it as `m`. */
function printedBy(module: string, code: string, { flags = [], wide = "1" }: Child = {}): string {
  const url = JSON.stringify(new URL(module, import.meta.url).href);
  const source = `import(${url}).then((m) => console.log(${code}))`;
  return execFileSync(process.execPath, [...flags, "--conditions=source", "-e", source], {
    env: { ...process.env, GOLGI_WIDE: wide },
    encoding: "utf8",
  });
}
interface Child {
  readonly flags?: readonly string[];
  readonly wide?: string;
}

describe.skipIf(vectorSwitch === null)("where V8 has a tried switch", () => {
  test("GOLGI_WIDE=0 leaves it alone", () => {
    const printed = printedBy("./wide.ts", "m.bestVectorBits()", { wide: "0" });
    expect(printed.trim()).toBe("128");
  });

  test("V8 says that it makes one store, product and sum of two", () => {
    const flags = ["--trace-wasm-revectorize"];
    const printed = printedBy("./wide.ts", "m.bestVectorBits()", { flags });
    expect(printed).toMatch(/Decided? to vectorize/);
    for (const kind of ["Store", "F32x4Mul", "F32x4Add", "Phi", "Load"])
      expect(printed).toMatch(new RegExp(`Revec: Print .*\\b${kind}`));
    expect(printed.trim().split("\n").at(-1)).toBe("256");
  });
});

test("an engine that was not tried has no switch", () => {
  if (Number(process.versions.node.split(".")[0]) < 24) expect(vectorSwitch).toBeNull();
});
