"""Recurrent layers: outputs, gradients and ten training steps, by PyTorch.

    python make.py > recurrent.json

Made with PyTorch 2.13, float32, one thread on the CPU.
"""
import json
import sys

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(11)

batch, time, features, hidden = 3, 5, 4, 6


def plain(tensor):
    return tensor.detach().tolist()


def named(tensors):
    return {name: plain(tensor) for name, tensor in tensors}


x = torch.randn(batch, time, features)
y = torch.tensor([[1.0], [0.0], [1.0]])
weights = torch.randn(batch, time, hidden)  # of the outputs in the scalar that is differentiated

layers = {}
for name, kind in {"recurrent": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}.items():
    layer = kind(features, hidden, batch_first=True)
    start = named(layer.named_parameters())
    given = x.clone().requires_grad_()
    outputs, _ = layer(given)
    (outputs * weights).sum().backward()
    head = nn.Linear(hidden, 1)
    case = {
        "parameters": start,
        "outputs": plain(outputs),
        "gradients": named((n, p.grad) for n, p in layer.named_parameters()),
        "inputGradient": plain(given.grad),
        "head": named(head.named_parameters()),
        "losses": [],
    }
    parameters = [*layer.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.01, foreach=False)
    for _ in range(10):
        optimizer.zero_grad()
        logits = head(layer(x)[0][:, -1])
        loss = nn.functional.binary_cross_entropy_with_logits(logits, y)
        loss.backward()
        optimizer.step()
        case["losses"].append(loss.item())
    case["trained"] = named(layer.named_parameters())
    layers[name] = case

json.dump({"x": plain(x), "y": plain(y), "weights": plain(weights), "layers": layers}, sys.stdout)
