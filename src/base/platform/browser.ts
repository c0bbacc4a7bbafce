/** The browser's side: no files by path, a hash from Web Crypto. */
import { InputError } from "../errors.ts";
import type { Platform, Thread } from "./types.ts";

const needsNode = (path: string) =>
  new InputError(`${path}: reading and writing files by path needs Node. Pass the bytes instead.`);

const noFiles = (path: string): Promise<never> => Promise.reject(needsNode(path));

function noFile(path: string): never {
  throw needsNode(path);
}

export const readFile: Platform["readFile"] = noFiles;
export const exists: Platform["exists"] = noFiles;
export const isDirectory: Platform["isDirectory"] = noFiles;
export const listDirectory: Platform["listDirectory"] = noFiles;
export const writeFileAtomic: Platform["writeFileAtomic"] = noFiles;
export const writeDirectoryAtomic: Platform["writeDirectoryAtomic"] = noFiles;
export const remove: Platform["remove"] = noFiles;
export const removeEmpty: Platform["removeEmpty"] = noFiles;
export const stateFolder: Platform["stateFolder"] = () => null;
export const appendLine: Platform["appendLine"] = noFiles;
export const openFile: Platform["openFile"] = noFile;
export const scratchFile: Platform["scratchFile"] = noFile;
export const createFile: Platform["createFile"] = noFile;
export const sha256OfFile: Platform["sha256OfFile"] = noFiles;

export const availableThreads: Platform["availableThreads"] = () => navigator.hardwareConcurrency;

/** A dedicated worker; what it says of its own faults stays within the pool. */
export class Worker implements Thread {
  readonly #worker: globalThis.Worker;

  constructor(url: URL, options: { readonly type: "module" }) {
    this.#worker = new globalThis.Worker(url, { ...options, name: "golgi" });
  }

  post(message: unknown): void {
    this.#worker.postMessage(message);
  }

  stop(): void {
    this.#worker.terminate();
  }

  onEnd(callback: () => void): void {
    this.#worker.addEventListener("error", callback);
  }
}

export const workersStartAlone: Platform["workersStartAlone"] = false;

export const openBlas: Platform["openBlas"] = () =>
  Promise.reject(new InputError("A browser has no BLAS. Leave the backend at wasm."));

export const vectorSwitch: Platform["vectorSwitch"] = null;

export const sha256: Platform["sha256"] = async (bytes) => {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
};
