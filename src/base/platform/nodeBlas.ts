/** The system's BLAS through koffi, an optional dependency: native code on WebAssembly's memory. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";
import type { Blas, Multiply, Platform } from "./types.ts";

/** Where each system keeps its BLAS; the first that loads is taken. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  linux: ["libopenblas.so.0", "libopenblas.so", "libmkl_rt.so.2", "libmkl_rt.so", "libblis.so.4"],
  darwin: [
    "/System/Library/Frameworks/Accelerate.framework/Accelerate",
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
    "/usr/local/opt/openblas/lib/libopenblas.dylib",
  ],
  win32: ["libopenblas.dll", "openblas.dll", "mkl_rt.2.dll"],
};
const remedies: Readonly<Record<string, string>> = {
  linux: "apt install libopenblas0 (Debian, Ubuntu) or dnf install openblas (Fedora)",
  darwin: "brew install openblas",
  win32: "put libopenblas.dll on the PATH (github.com/OpenMathLib/OpenBLAS/releases)",
};

interface Native {
  multiplier(file: string, memory: WebAssembly.Memory): Multiply;
}

/** The module that threads require, too. */
const module = fileURLToPath(new URL("./multiplier.cjs", import.meta.url));

function native(): Native {
  try {
    return createRequire(import.meta.url)(module);
  } catch {
    throw new InputError("The BLAS backend needs the package koffi. Install it: npm install koffi");
  }
}

/** Finds OpenBLAS, MKL, BLIS or Accelerate by name. Its sums have an order of their own. */
export const openBlas: Platform["openBlas"] = async (): Promise<Blas> => {
  const { multiplier } = native();
  const probe = new WebAssembly.Memory({ initial: 0 });
  for (const library of libraries[process.platform] ?? []) {
    try {
      multiplier(library, probe);
      return { library, module, multiplier: (memory) => multiplier(library, memory) };
    } catch {} // not here: the next one
  }
  const remedy = remedies[process.platform] ?? "install OpenBLAS";
  throw new InputError(`No BLAS was found on this system. Install one: ${remedy}.`);
};
