/** Files that are larger than memory: read in places, written piece by piece. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { about } from "./nodeFaults.ts";
import type { Platform } from "./types.ts";

/** Reads until the bytes are full or the file ends; returns how many it read. */
function readFully(file: number, bytes: Uint8Array, at: number): number {
  let done = 0;
  while (done < bytes.length) {
    const count = fs.readSync(file, bytes, done, bytes.length - done, at + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

function writeFully(file: number, bytes: Uint8Array, at: number): void {
  let done = 0;
  while (done < bytes.length)
    done += fs.writeSync(file, bytes, done, bytes.length - done, at + done);
}

/** Closes files that nobody holds any more. */
const forgotten = new FinalizationRegistry<number>((file) => fs.closeSync(file));

export const openFile: Platform["openFile"] = (path) =>
  about(path, () => {
    const file = fs.openSync(path, "r");
    const facts = fs.fstatSync(file);
    if (facts.isDirectory()) {
      fs.closeSync(file);
      throw Object.assign(new Error("a folder"), { code: "EISDIR" });
    }
    const { size, mtimeMs: modified } = facts;
    const opened = { size, modified, read: readFully.bind(null, file) };
    forgotten.register(opened, file);
    return opened;
  });

let scratches = 0;

/** Without a name from the start (on Windows until the process ends): nothing is left behind. */
export const scratchFile: Platform["scratchFile"] = (folder) =>
  about(folder, () => {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `scratch-${process.pid}-${scratches++}`);
    const file = fs.openSync(path, "wx+", 0o600);
    if (process.platform === "win32") process.once("exit", () => fs.rmSync(path, { force: true }));
    else fs.unlinkSync(path);
    let end = 0;
    const opened = {
      write: (bytes: Uint8Array) =>
        about(folder, () => {
          writeFully(file, bytes, end);
          end += bytes.length;
        }),
      read: readFully.bind(null, file),
    };
    forgotten.register(opened, file);
    return opened;
  });

export const createFile: Platform["createFile"] = (path) =>
  about(path, () => {
    const folder = dirname(resolve(path));
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const partial = join(folder, `${basename(path)}.partial-${process.pid}-${scratches++}`);
    const file = fs.openSync(partial, "wx", 0o600);
    let end = 0;
    return {
      write: (bytes) =>
        about(path, () => {
          writeFully(file, bytes, end);
          end += bytes.length;
        }),
      commit: () =>
        about(path, () => {
          fs.fsyncSync(file);
          fs.closeSync(file);
          fs.renameSync(partial, path);
        }),
      abandon: () => {
        fs.closeSync(file);
        fs.rmSync(partial, { force: true });
      },
    };
  });

const pieceLength = 4_194_304;

export const sha256OfFile: Platform["sha256OfFile"] = async (path) =>
  about(path, () => {
    const hash = createHash("sha256");
    const file = fs.openSync(path, "r");
    try {
      const piece = new Uint8Array(pieceLength);
      for (let at = 0, count = 0; ; at += count) {
        count = readFully(file, piece, at);
        hash.update(piece.subarray(0, count));
        if (count < piece.length) return hash.digest("hex");
      }
    } finally {
      fs.closeSync(file);
    }
  });
