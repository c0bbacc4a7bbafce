/** Every call of the file system fails once, in turn: what stood there before, or the new, never half. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { disk, failEach, failing } from "../../../test/support/disk.ts";
import { writeDirectoryAtomic, writeFileAtomic } from "./node.ts";

vi.mock("node:fs/promises", async (original) => failing(await original<object>()));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "golgi-faults-"));
});
afterEach(() => {
  disk.callsLeft = Number.POSITIVE_INFINITY;
  rmSync(folder, { recursive: true, force: true });
});

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
