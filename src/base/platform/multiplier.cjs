// cblas_sgemm and cblas_sgemv on WebAssembly's memory, for the thread that requires this. Plain CommonJS, as threads
// (backends/wasm/threads/worker.js) start from files that Node reads as they stand, and may not wait.
const koffi = require("koffi");

/** Each thread calls its own product: the library's threads would take the cores of ours. */
const oneThread = [
  "void openblas_set_num_threads(int count)",
  "void MKL_Set_Num_Threads(int count)",
  "void bli_thread_set_num_threads(int64_t count)",
];
const signatures = {
  gemm: "void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, uintptr_t a, int lda, uintptr_t b, int ldb, float beta, uintptr_t c, int ldc)",
  gemv: "void cblas_sgemv(int order, int trans, int rows, int columns, float alpha, uintptr_t a, int lda, uintptr_t x, int incX, float beta, uintptr_t y, int incY)",
};
const rowMajor = 101;
const plain = 111; // 112 is transposed

/** `Multiply` of types.ts by the library in `file`; throws where that does not load. */
exports.multiplier = (file, memory) => {
  const library = koffi.load(file);
  for (const prototype of oneThread) {
    try {
      library.func(prototype)(1);
      break;
    } catch {} // another library's name for it
  }
  const [gemm, gemv] = [library.func(signatures.gemm), library.func(signatures.gemv)];
  let buffer;
  let start = 0;
  const at = (address) => start + (address >>> 0);
  /** y = A x, with A [m, k], or its transpose stored. */
  const column = (transA, m, k, a, lda, x, incX, adds, y, incY) => {
    const [rows, columns] = transA ? [k, m] : [m, k];
    gemv(rowMajor, plain + transA, rows, columns, 1, at(a), lda, at(x), incX, adds, at(y), incY);
  };
  return (transA, transB, m, n, k, a, lda, b, ldb, adds, c, ldc) => {
    // a memory that grew has a new buffer, and may lie elsewhere
    if (memory.buffer !== buffer) {
      buffer = memory.buffer;
      start = Number(koffi.address(new Uint8Array(buffer)));
    }
    if (n === 1) column(transA, m, k, a, lda, b, transB ? 1 : ldb, adds, c, ldc);
    else if (m === 1) column(1 - transB, n, k, b, ldb, a, transA ? lda : 1, adds, c, 1);
    else {
      const [orderA, orderB] = [plain + transA, plain + transB];
      gemm(rowMajor, orderA, orderB, m, n, k, 1, at(a), lda, at(b), ldb, adds, at(c), ldc);
    }
  };
};
