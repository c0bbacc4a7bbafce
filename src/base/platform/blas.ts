/** The system's BLAS through koffi, an optional dependency: native code on WebAssembly's memory. */
import { InputError } from "../errors.ts";
import type { Blas, BlasMatrix, Platform } from "./types.ts";

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

const signature =
  "void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, void* a, int lda, void* b, int ldb, float beta, void* c, int ldc)";
const setThreads = [
  "void openblas_set_num_threads(int count)",
  "void MKL_Set_Num_Threads(int count)",
  "void bli_thread_set_num_threads(int64_t count)",
];
const rowMajor = 101;
const transposition = { false: 111, true: 112 } as const;

async function load() {
  const koffi = await import("koffi").catch(() => null);
  if (!koffi)
    throw new InputError("The BLAS backend needs the package koffi. Install it: npm install koffi");
  for (const file of libraries[process.platform] ?? []) {
    try {
      return { library: koffi.default.load(file), file };
    } catch {} // not here: the next one
  }
  const remedy = remedies[process.platform] ?? "install OpenBLAS";
  throw new InputError(`No BLAS was found on this system. Install one: ${remedy}.`);
}

/** Finds OpenBLAS, MKL, BLIS or Accelerate by name. Its sums have an order of their own. */
export const openBlas: Platform["openBlas"] = async ({ threads }): Promise<Blas> => {
  const { library, file } = await load();
  for (const prototype of setThreads) {
    try {
      library.func(prototype)(threads);
      break;
    } catch {} // another library's name for it
  }
  const gemm = library.func(signature);
  return {
    library: file,
    prepare(memory, { m, n, k, a, b, c }) {
      let buffer: ArrayBufferLike | undefined;
      let at: Uint8Array[] = [];
      const view = ({ address }: BlasMatrix) => new Uint8Array(memory.buffer, address);
      const [transA, transB] = [transposition[`${a.transposed}`], transposition[`${b.transposed}`]];
      return () => {
        // a memory that grew has a new buffer, and views of the old one point nowhere
        if (memory.buffer !== buffer) {
          buffer = memory.buffer;
          at = [a, b, c].map(view);
        }
        const [x, y, z] = at as [Uint8Array, Uint8Array, Uint8Array];
        gemm(rowMajor, transA, transB, m, n, k, 1, x, a.leading, y, b.leading, 0, z, c.leading);
      };
    },
  };
};
