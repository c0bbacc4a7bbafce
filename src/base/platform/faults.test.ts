/** Every call of the file system fails once, in turn: what stood there before, or the new, never half. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { InputError } from "../errors.ts";
import { writeDirectoryAtomic, writeFileAtomic } from "./node.ts";

/** Counts down at each call; the disk is full for the one that meets zero. */
const disk = vi.hoisted(() => ({ callsLeft: Number.POSITIVE_INFINITY }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const failing = <T extends object>(target: T, names: readonly string[]): T =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name);
        if (typeof value !== "function") return value;
        if (!names.includes(String(name))) return value.bind(object);
        return async (...given: unknown[]) => {
          if (disk.callsLeft-- === 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
          const result: unknown = await value.apply(object, given);
          return name === "open" ? failing(result as object, ["writeFile", "sync"]) : result;
        };
      },
    });
  const names = ["open", "rename", "mkdir", "stat"];
  const fs = failing(real, names);
  return { ...real, ...Object.fromEntries(names.map((name) => [name, Reflect.get(fs, name)])) };
});

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "golgi-faults-"));
});
afterEach(() => {
  disk.callsLeft = Number.POSITIVE_INFINITY;
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `write` with the first, second, … call failing, and `check` after each, until it succeeds. */
async function failEach(
  prepare: () => Promise<void>,
  write: () => Promise<void>,
  check: () => void,
) {
  for (let call = 0; call < 100; call++) {
    await prepare();
    disk.callsLeft = call;
    const fault = await write().catch((error: unknown) => error);
    disk.callsLeft = Number.POSITIVE_INFINITY;
    check();
    if (fault === undefined) return call;
    expect(fault).toBeInstanceOf(InputError);
    expect(String(fault)).toContain("the disk is full");
  }
  throw new Error("never succeeded");
}

describe("with a disk that is full at the k-th call, for every k", () => {
  test("a file is the old or the new", async () => {
    const path = join(folder, "file");
    const calls = await failEach(
      () => writeFileAtomic(path, "old"),
      () => writeFileAtomic(path, "new"),
      () => {
        expect(["old", "new"]).toContain(readFileSync(path, "utf8"));
        expect(readdirSync(folder)).toEqual(["file"]);
      },
    );
    expect(calls).toBeGreaterThanOrEqual(5);
  });

  test("a folder is the old or the new, with all its files", async () => {
    const path = join(folder, "run");
    const calls = await failEach(
      () => writeDirectoryAtomic(path, { a: "old", b: "old" }, { replace: true }),
      () => writeDirectoryAtomic(path, { a: "new", b: "new" }, { replace: true }),
      () => {
        const contents = ["a", "b"].map((name) => readFileSync(join(path, name), "utf8"));
        expect([
          ["old", "old"],
          ["new", "new"],
        ]).toContainEqual(contents);
        expect(readdirSync(folder)).toEqual(["run"]);
      },
    );
    expect(calls).toBeGreaterThanOrEqual(12);
  });

  test("a new folder is absent or whole", async () => {
    const path = join(folder, "run");
    await failEach(
      async () => rmSync(path, { recursive: true, force: true }),
      () => writeDirectoryAtomic(path, { a: "new", b: "new" }),
      () => {
        if (existsSync(path)) expect(readdirSync(path)).toEqual(["a", "b"]);
        expect(readdirSync(folder).filter((name) => name !== "run")).toEqual([]);
      },
    );
  });
});
