/**
 * A disk that is full at the k-th call, for every k. A test file puts it in place of Node's:
 * `vi.mock("node:fs/promises", async (original) => failing(await original()))`.
 */
import { expect } from "vitest";
import { InputError } from "../../src/base/errors.ts";

/** Counts down at each call; the disk is full for the one that meets zero. */
export const disk = { callsLeft: Number.POSITIVE_INFINITY };

const wrapped = <T extends object>(target: T, names: readonly string[]): T =>
  new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name);
      if (typeof value !== "function") return value;
      if (!names.includes(String(name))) return value.bind(object);
      return async (...given: unknown[]) => {
        if (disk.callsLeft-- === 0) {
          const [content] = given as [{ length: number; slice(from: number, to: number): unknown }];
          // a write that fails has written something
          if (name === "writeFile") await value.call(object, content.slice(0, content.length >> 1));
          throw Object.assign(new Error("full"), { code: "ENOSPC" });
        }
        const result: unknown = await value.apply(object, given);
        return name === "open" ? wrapped(result as object, ["writeFile", "sync"]) : result;
      };
    },
  });

export function failing<T extends object>(real: T): T {
  const names = ["open", "rename", "mkdir", "stat"];
  const fs = wrapped(real, names);
  return { ...real, ...Object.fromEntries(names.map((name) => [name, Reflect.get(fs, name)])) };
}

/**
 * Runs `write` with the first, second, … call failing, and `check` after each, until it succeeds;
 * returns how often it failed.
 */
export async function failEach(
  prepare: () => Promise<void>,
  write: () => Promise<void>,
  check: () => Promise<void> | void,
): Promise<number> {
  for (let call = 0; call < 100; call++) {
    await prepare();
    disk.callsLeft = call;
    const fault = await write().catch((error: unknown) => error);
    disk.callsLeft = Number.POSITIVE_INFINITY;
    await check();
    if (fault === undefined) return call;
    expect(fault).toBeInstanceOf(InputError);
    expect(String(fault)).toContain("the disk is full");
  }
  throw new Error("never succeeded");
}
