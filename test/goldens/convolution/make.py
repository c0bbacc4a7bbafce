"""Convolutions and pooling with their gradients, and ten training steps of two small networks, by PyTorch.

    python make.py > convolution.json

Made with PyTorch 2.13, float32, one thread on the CPU. Inputs are sines, so only results are kept.
"""
import json

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)


def wave(shape, phase):
    """sin(1.7 i + phase) in float64, rounded to float32."""
    values = np.sin(1.7 * np.arange(int(np.prod(shape))) + phase).astype(np.float32)
    return torch.from_numpy(values.reshape(shape))


def flat(tensor):
    return [float(f"{v:.9g}") for v in tensor.detach().reshape(-1).tolist()]


def results(f, *inputs):
    inputs = [x.clone().requires_grad_() for x in inputs]
    y = f(*inputs)
    y.backward(wave(tuple(y.shape), 0.7))
    return {"shape": list(y.shape), "y": flat(y), "gradients": [flat(x.grad) for x in inputs]}


convolve = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
pool = {
    "maxPool": {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d},
    "averagePool": {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d},
}
convolutions = []
for x, kernel, options in [
    ([2, 3, 11], [4, 3, 3], {}),
    ([2, 4, 13], [6, 2, 4], {"stride": 3, "padding": 2, "groups": 2}),
    ([1, 2, 17], [3, 2, 3], {"dilation": 4, "padding": 1}),
    ([2, 3, 7, 6], [5, 3, 3, 3], {"padding": 1}),
    ([2, 4, 8, 9], [8, 1, 3, 2], {"stride": [2, 1], "padding": [1, 0], "groups": 4}),
    ([1, 2, 9, 8], [3, 2, 3, 3], {"dilation": [2, 1], "stride": [1, 3], "padding": [2, 1]}),
    ([3, 2, 5, 5], [4, 2, 1, 1], {"stride": 2}),
    ([1, 2, 4, 5, 6], [3, 2, 2, 3, 2], {"padding": 1, "stride": [1, 2, 1]}),
]:
    f = convolve[len(x) - 2]
    found = results(lambda a, b: f(a, b, **options), wave(x, 0.3), wave(kernel, 1.1))
    convolutions.append({"x": x, "kernel": kernel, "options": options, **found})

pools = []
for kind, x, window, options in [
    ("maxPool", [2, 3, 11], 2, {}),
    ("maxPool", [2, 3, 7, 8], 3, {"stride": 2, "padding": 1}),
    ("maxPool", [1, 2, 6, 6], [2, 3], {}),
    ("maxPool", [1, 2, 5, 4, 6], 2, {"stride": 1, "padding": 1}),
    ("averagePool", [2, 3, 11], 3, {"padding": 1}),
    ("averagePool", [2, 3, 7, 8], 3, {"stride": 2, "padding": 1}),
    ("averagePool", [1, 2, 6, 6], [2, 3], {"stride": 1}),
    ("averagePool", [1, 2, 5, 4, 6], 2, {}),
]:
    f = pool[kind][len(x) - 2]
    # thirds, so that the largest of a window is often there twice
    found = results(lambda a: f(a, window, **options), torch.round(wave(x, 0.3) * 3))
    pools.append({"kind": kind, "x": x, "options": {"window": window, **options}, **found})


def plain(model):
    return {name: flat(p) for name, p in model.named_parameters()}


def train(model, x, labels):
    for i, p in enumerate(model.parameters()):
        p.data = wave(tuple(p.shape), i) / np.sqrt(np.prod(p.shape[1:]) or 1).astype(np.float32)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, foreach=False)
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"losses": losses, "tenth": plain(model)}


labels = torch.arange(6) % 3
image = nn.Sequential(
    nn.Conv2d(1, 4, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(4, 6, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(24, 3),
)
signal = nn.Sequential(
    nn.Conv1d(3, 6, 5, padding=2, groups=3),
    nn.Tanh(),
    nn.AvgPool1d(3, stride=2, padding=1),
    nn.Conv1d(6, 4, 3, dilation=2, bias=False),
    nn.AdaptiveAvgPool1d(1),
    nn.Flatten(),
    nn.Linear(4, 3),
)
print(
    json.dumps(
        {
            "convolutions": convolutions,
            "pools": pools,
            "image": train(image, wave([6, 1, 8, 8], 0.3), labels),
            "signal": train(signal, wave([6, 3, 20], 0.3), labels),
        }
    )
)
