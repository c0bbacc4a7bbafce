import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as chosen from "#platform";
import { InputError } from "../errors.ts";
import * as browser from "./browser.ts";
import * as node from "./node.ts";
import type { Platform } from "./types.ts";

const platforms: Readonly<Record<string, Platform>> = { node, browser };
const text = (value: string) => new TextEncoder().encode(value);

let folder = "";
const inside = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "golgi-platform-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("#platform is Node's in Node", () => expect(chosen.readFile).toBe(node.readFile));

describe.each(Object.entries(platforms))("sha256 in %s", (_, { sha256 }) => {
  // FIPS 180-4 examples and the SHA-256 of nothing.
  test.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ])("of %j", async (input, digest) => expect(await sha256(text(input))).toBe(digest));

  test("of a view into a larger buffer", async () => {
    expect(await sha256(text("xabcx").subarray(1, 4))).toBe(await sha256(text("abc")));
  });
});

describe("the browser", () => {
  test("says that files need Node", async () => {
    await expect(browser.readFile("a.csv")).rejects.toThrow(
      new InputError(
        "a.csv: reading and writing files by path needs Node. Pass the bytes instead.",
      ),
    );
  });
});

describe("reading", () => {
  test("a file", async () => {
    writeFileSync(inside("a"), "äß");
    expect(await node.readFile(inside("a"))).toEqual(text("äß"));
  });

  test.each([
    ["missing", () => "nothing", /nothing: no such file or folder/],
    ["a folder", () => ".", /a folder where a file is needed/],
    ["below a file", () => "file/x", /a part of this path is a file/],
  ])("%s is one line", async (_, name, message) => {
    writeFileSync(inside("file"), "");
    const fault = await node.readFile(inside(name())).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(InputError);
    expect((fault as Error).message).toMatch(message);
    expect((fault as Error).message).not.toContain("\n");
  });

  test.skipIf(process.getuid?.() === 0)(
    "without permission is one line (root may read all)",
    async () => {
      writeFileSync(inside("locked"), "");
      chmodSync(inside("locked"), 0);
      await expect(node.readFile(inside("locked"))).rejects.toThrow(/permission denied/);
    },
  );

  test("what is there", async () => {
    mkdirSync(inside("folder"));
    writeFileSync(inside("file"), "");
    const seen = async (name: string) => [
      await node.exists(inside(name)),
      await node.isDirectory(inside(name)),
    ];
    expect(await seen("folder")).toEqual([true, true]);
    expect(await seen("file")).toEqual([true, false]);
    expect(await seen("nothing")).toEqual([false, false]);
    expect(await seen("file/below")).toEqual([false, false]);
    expect(await node.listDirectory(folder)).toEqual(["file", "folder"]);
  });
});

describe("writing", () => {
  test("a file replaces the old one and leaves nothing beside it", async () => {
    await node.writeFileAtomic(inside("a"), "old");
    await node.writeFileAtomic(inside("a"), text("new"));
    expect(readFileSync(inside("a"), "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test("a file where a folder stands leaves the folder alone", async () => {
    mkdirSync(inside("a"));
    await expect(node.writeFileAtomic(inside("a"), "x")).rejects.toThrow(InputError);
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test("a folder, with its parents", async () => {
    await node.writeDirectoryAtomic(inside("runs/one"), { "a.txt": "A", "b.bin": text("B") });
    expect(readdirSync(inside("runs"))).toEqual(["one"]);
    expect(readFileSync(inside("runs/one/b.bin"), "utf8")).toBe("B");
  });

  test("a folder is not replaced unless told", async () => {
    await node.writeDirectoryAtomic(inside("run"), { old: "1" });
    await expect(node.writeDirectoryAtomic(inside("run"), { new: "2" })).rejects.toThrow(
      /exists already and is not empty/,
    );
    expect(readdirSync(folder)).toEqual(["run"]);
    expect(readdirSync(inside("run"))).toEqual(["old"]);
    await node.writeDirectoryAtomic(inside("run"), { new: "2" }, { replace: true });
    expect(readdirSync(folder)).toEqual(["run"]);
    expect(readdirSync(inside("run"))).toEqual(["new"]);
  });

  test("a fault half-way keeps the old folder and leaves no part of the new", async () => {
    await node.writeDirectoryAtomic(inside("run"), { old: "1" });
    const files = { fine: "1", "no/such/folder": "2" };
    await expect(
      node.writeDirectoryAtomic(inside("run"), files, { replace: true }),
    ).rejects.toThrow(InputError);
    expect(readdirSync(folder)).toEqual(["run"]);
    expect(readdirSync(inside("run"))).toEqual(["old"]);
  });
});
