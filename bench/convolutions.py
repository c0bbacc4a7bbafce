"""Milliseconds of convolutions in PyTorch, one thread, best of ten; cases as JSON in the first argument."""
import json
import sys
import time

import torch

torch.set_num_threads(1)


def best(run):
    times = []
    for _ in range(12):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times[2:])


def directions(_, x, kernel, stride, padding, groups):
    rank = len(x) - 2
    steps = [stride] * rank, [padding] * rank, [1] * rank, False, [0] * rank, groups
    a, w = torch.randn(x), torch.randn(kernel)
    forward = torch.ops.aten.convolution
    backward = torch.ops.aten.convolution_backward
    y = forward(a, w, None, *steps)
    return [
        best(lambda: forward(a, w, None, *steps)),
        best(lambda: backward(y, a, w, None, *steps, [True, False, False])),
        best(lambda: backward(y, a, w, None, *steps, [False, True, False])),
    ]


with torch.no_grad():
    results = [directions(*case) for case in json.loads(sys.argv[1])]
print(json.dumps({"version": torch.__version__, "milliseconds": results}))
