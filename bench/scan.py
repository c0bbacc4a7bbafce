"""Milliseconds of recurrent layers in PyTorch, one thread; called by scan.js."""
import json
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
given = json.loads(sys.argv[1])
kinds = {"recurrent": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
x = torch.randn(given["batch"], given["steps"], given["features"])
milliseconds = []
for case in given["cases"]:
    layer = kinds[case["name"]](given["features"], given["hidden"], batch_first=True)

    def run():
        if not case["training"]:
            with torch.no_grad():
                layer(x)
            return
        layer.zero_grad()
        layer(x)[0][:, -1].square().sum().backward()

    for _ in range(5):
        run()
    times = []
    for _ in range(15):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    milliseconds.append(1000 * sorted(times)[len(times) // 2])
json.dump({"version": torch.__version__, "milliseconds": milliseconds}, sys.stdout)
