/** Node's side: files whose faults are one line, and writes that are whole or absent. */
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import { availableParallelism, homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import * as threads from "node:worker_threads";
import { aboutLater as about } from "./nodeFaults.ts";
import type { FileContent, Platform, Thread } from "./types.ts";

export { createFile, openFile, scratchFile, sha256OfFile } from "./nodeFiles.ts";
export { vectorSwitch } from "./nodeVectors.ts";

const kindOf = (path: string) =>
  fs.stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });

export const availableThreads: Platform["availableThreads"] = availableParallelism;

export class Worker implements Thread {
  readonly #worker: threads.Worker;

  constructor(url: URL, _options: { readonly type: "module" }) {
    this.#worker = new threads.Worker(url, { name: "golgi", execArgv: [] });
    this.#worker.unref();
  }

  post(message: unknown): void {
    this.#worker.postMessage(message);
  }

  stop(): void {
    void this.#worker.terminate();
  }

  onEnd(callback: () => void): void {
    this.#worker.on("error", callback).on("exit", callback);
  }
}

export const workersStartAlone: Platform["workersStartAlone"] = true;

export const openBlas: Platform["openBlas"] = async () =>
  (await import("./nodeBlas.ts")).openBlas();

/** A plain array: a Buffer's slice() is a view, where everyone expects a copy. */
export const readFile: Platform["readFile"] = (path) =>
  about(path, async () => {
    const { buffer, byteOffset, byteLength } = await fs.readFile(path);
    return new Uint8Array(buffer, byteOffset, byteLength);
  });

export const exists: Platform["exists"] = (path) =>
  about(path, async () => (await kindOf(path)) !== null);

export const isDirectory: Platform["isDirectory"] = (path) =>
  about(path, async () => (await kindOf(path))?.isDirectory() ?? false);

export const listDirectory: Platform["listDirectory"] = (path) =>
  about(path, async () => (await fs.readdir(path)).sort());

export const remove: Platform["remove"] = (path) =>
  about(path, () => fs.rm(path, { recursive: true, force: true }));

export const removeEmpty: Platform["removeEmpty"] = (path) => fs.rmdir(path).catch(() => {});

export const stateFolder: Platform["stateFolder"] = () => {
  const { GOLGI_STATE, XDG_STATE_HOME } = process.env;
  if (GOLGI_STATE !== undefined) return GOLGI_STATE || null;
  return join(XDG_STATE_HOME || join(homedir(), ".local", "state"), "golgi");
};

export const appendLine: Platform["appendLine"] = (path, line) =>
  about(path, async () => {
    await fs.mkdir(dirname(path), { recursive: true });
    await fs.appendFile(path, `${line}\n`);
  });

export const sha256: Platform["sha256"] = async (bytes) =>
  createHash("sha256").update(bytes).digest("hex");

let siblings = 0;
/** A name beside `path` that no other process and no other call of this one uses. */
const sibling = (path: string, role: string) =>
  join(dirname(resolve(path)), `${basename(resolve(path))}.${role}-${process.pid}-${siblings++}`);

async function writeDurably(path: string, content: FileContent): Promise<void> {
  const file = await fs.open(path, "wx");
  try {
    const whole = typeof content === "string" || content instanceof Uint8Array;
    for (const piece of whole ? [content] : content) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename in this folder outlast a power cut; Windows has no such call and needs none. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await fs.open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export const writeFileAtomic: Platform["writeFileAtomic"] = (path, content) =>
  about(path, async () => {
    const partial = sibling(path, "partial");
    try {
      await writeDurably(partial, content);
      await fs.rename(partial, path);
    } catch (error) {
      await fs.rm(partial, { force: true });
      throw error;
    }
    await syncDirectory(dirname(resolve(path)));
  });

export const writeDirectoryAtomic: Platform["writeDirectoryAtomic"] = (path, files, options = {}) =>
  about(path, async () => {
    const partial = sibling(path, "partial");
    await fs.mkdir(dirname(resolve(path)), { recursive: true });
    try {
      await fs.mkdir(partial);
      for (const [name, content] of Object.entries(files))
        await writeDurably(join(partial, name), content);
      await syncDirectory(partial);
      await putInPlace(partial, path, options.replace ?? false);
    } catch (error) {
      await fs.rm(partial, { recursive: true, force: true });
      throw error;
    }
    await syncDirectory(dirname(resolve(path)));
  });

/** Renames `partial` to `path`; what stood there is moved aside first and comes back on a fault. */
async function putInPlace(partial: string, path: string, replace: boolean): Promise<void> {
  if (!replace || (await kindOf(path)) === null) return fs.rename(partial, path);
  const old = sibling(path, "old");
  await fs.rename(path, old);
  try {
    await fs.rename(partial, path);
  } catch (error) {
    await fs.rename(old, path);
    throw error;
  }
  await fs.rm(old, { recursive: true });
}
