"""Microseconds a training step in PyTorch, eager, one thread; cases as JSON in the first argument."""
import json
import sys
import time

import torch

torch.set_num_threads(1)


def step_of(widths, batch):
    layers = []
    for i in range(len(widths) - 1):
        layers.append(torch.nn.Linear(widths[i], widths[i + 1]))
        if i < len(widths) - 2:
            layers.append(torch.nn.ReLU())
    net = torch.nn.Sequential(*layers)
    outputs = widths[-1]
    x = torch.randn(batch, widths[0])
    if outputs == 1:
        y, loss = torch.randint(0, 2, (batch, 1)).float(), torch.nn.BCEWithLogitsLoss()
    else:
        y, loss = torch.randint(0, outputs, (batch,)), torch.nn.CrossEntropyLoss()
    adam = torch.optim.Adam(net.parameters())

    def step():
        adam.zero_grad(set_to_none=True)
        loss(net(x), y).backward()
        adam.step()

    return step


def microseconds(step, seconds=0.5):
    for _ in range(20):
        step()
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        for _ in range(10):
            step()
        count += 10
    return (time.perf_counter() - started) / count * 1e6


cases = json.loads(sys.argv[1])
times = [microseconds(step_of(case["widths"], case["batchSize"])) for case in cases]
print(json.dumps({"version": torch.__version__, "microseconds": times}))
