"""Square products as NumPy hands them to BLAS: cblas_sgemm of the library file that Golgi found, on
NumPy's arrays. A request a line, JSON."""
import ctypes
import json
import sys
import time

import numpy as np

file, threads = sys.argv[1], int(sys.argv[2])
library = ctypes.CDLL(file)
set_threads = getattr(library, "openblas_set_num_threads", None) or library.MKL_Set_Num_Threads
set_threads(threads)
whole, real, array = ctypes.c_int, ctypes.c_float, ctypes.c_void_p
library.cblas_sgemm.argtypes = [
    *[whole] * 6, real, array, whole, array, whole, real, array, whole,
]


def prepared(n):
    a, b = (np.random.default_rng(seed).random((n, n), np.float32) for seed in (1, 2))
    c = np.empty((n, n), np.float32)
    x, y, z = a.ctypes.data, b.ctypes.data, c.ctypes.data
    keep = (a, b, c)
    return lambda: keep and library.cblas_sgemm(101, 111, 111, n, n, n, 1, x, n, y, n, 0, z, n)


print(json.dumps({"version": np.__version__}), flush=True)
current = None
for line in sys.stdin:
    request = json.loads(line)
    if request["method"] == "prepare":
        current = prepared(request["n"])
        print("{}", flush=True)
        continue
    for _ in range(request["lead"]):
        current()
    start = time.perf_counter()
    for _ in range(request["times"]):
        current()
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
