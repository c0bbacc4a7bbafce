/** V8's switch that makes 256-bit operations of two of 128 bits, where it is known to work. */
import { closeSync, openSync, readSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import type { Platform } from "./types.ts";

/** Versions of V8 that every test ran on with wide vectors: Node 24 and 26. */
const triedEngines = /^(?:13\.6|14\.6)\./;

/** Other processors and old x64 ones have no 256-bit integer and float operations to pair into. */
function hasWideVectors(): boolean {
  if (process.arch !== "x64") return false;
  if (process.platform !== "linux") return true;
  try {
    const file = openSync("/proc/cpuinfo", "r");
    try {
      const start = Buffer.alloc(8192);
      return /\bavx2\b/.test(start.toString("latin1", 0, readSync(file, start)));
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

const wideVectors =
  process.env.GOLGI_WIDE !== "0" && triedEngines.test(process.versions.v8) && hasWideVectors();

export const vectorSwitch: Platform["vectorSwitch"] = wideVectors
  ? {
      set: (on) => setFlagsFromString(`--${on ? "" : "no-"}experimental-wasm-revectorize`),
      optimized: (work) => {
        setFlagsFromString("--no-liftoff");
        try {
          return work();
        } finally {
          setFlagsFromString("--liftoff");
        }
      },
    }
  : null;
