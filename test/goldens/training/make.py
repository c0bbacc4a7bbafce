"""Ten training steps of a 7-5-4-1 net with every optimizer, and losses with their gradients, by PyTorch.

    python make.py > training.json

Made with PyTorch 2.13, float32, one thread on the CPU.
"""
import json
import sys

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(20)


def plain(tensor):
    return tensor.detach().tolist()


def network():
    return nn.Sequential(nn.Linear(7, 5), nn.Tanh(), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 1))


def params(model):
    return {name: plain(p) for name, p in model.named_parameters()}


x = torch.randn(6, 7)
y = torch.tensor([[1.0], [0.0], [0.0], [1.0], [1.0], [0.0]])
weights = torch.tensor([1.0, 2.0, 1.0, 0.5, 1.0, 0.0])
start = network().state_dict()

one = {"foreach": False}
cases = {
    "sgd": ("sgd", {"learningRate": 0.1}, lambda p: torch.optim.SGD(p, lr=0.1, **one)),
    "sgd, weight decay": (
        "sgd",
        {"learningRate": 0.1, "weightDecay": 0.05},
        lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.05, **one),
    ),
    "momentum": (
        "momentum",
        {"learningRate": 0.1},
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, **one),
    ),
    "momentum, weight decay": (
        "momentum",
        {"learningRate": 0.1, "momentum": 0.7, "weightDecay": 0.02},
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.7, weight_decay=0.02, **one),
    ),
    "nesterov": (
        "nesterov",
        {"learningRate": 0.1},
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, **one),
    ),
    "adagrad": ("adagrad", {}, lambda p: torch.optim.Adagrad(p, **one)),
    "adagrad, weight decay": (
        "adagrad",
        {"learningRate": 0.1, "weightDecay": 0.05},
        lambda p: torch.optim.Adagrad(p, lr=0.1, weight_decay=0.05, **one),
    ),
    "rmsProp": ("rmsProp", {}, lambda p: torch.optim.RMSprop(p, **one)),
    "rmsProp, weight decay": (
        "rmsProp",
        {"learningRate": 0.02, "decay": 0.9, "weightDecay": 0.05},
        lambda p: torch.optim.RMSprop(p, lr=0.02, alpha=0.9, weight_decay=0.05, **one),
    ),
    "adam": ("adam", {}, lambda p: torch.optim.Adam(p, **one)),
    "adam, weight decay": (
        "adam",
        {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.99, "weightDecay": 0.05},
        lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.99), weight_decay=0.05, **one),
    ),
    "adamW": ("adamW", {}, lambda p: torch.optim.AdamW(p, **one)),
    "adamW, weight decay": (
        "adamW",
        {"learningRate": 0.05, "weightDecay": 0.2},
        lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.2, **one),
    ),
    "sgd, clipped": (
        "sgd",
        {"learningRate": 0.1, "clipNorm": 0.05},
        lambda p: torch.optim.SGD(p, lr=0.1, **one),
    ),
}


def train(settings, make):
    model = network()
    model.load_state_dict(start)
    optimizer = make(model.parameters())
    losses, first, gradients = [], None, None
    for step in range(10):
        optimizer.zero_grad()
        rows = nn.functional.binary_cross_entropy_with_logits(model(x), y, reduction="none")
        loss = (rows[:, 0] * weights).sum() / weights.sum()
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            gradients = {name: plain(p.grad) for name, p in model.named_parameters()}
        if "clipNorm" in settings:
            nn.utils.clip_grad_norm_(model.parameters(), settings["clipNorm"], foreach=False)
        optimizer.step()
        if step == 0:
            first = params(model)
    return {"losses": losses, "gradients": gradients, "first": first, "tenth": params(model)}


def loss_case(name, outputs, targets, f, **extra):
    z = outputs.clone().requires_grad_()
    rows = f(z, targets)
    rows.sum().backward()
    return {
        "loss": name,
        "outputs": plain(outputs),
        "targets": plain(targets),
        "rows": plain(rows),
        "gradient": plain(z.grad),
        **extra,
    }


F = nn.functional
logits = torch.randn(5, 4) * 3
labels = torch.tensor([2, 0, 3, 3, 1])
soft = torch.softmax(torch.randn(5, 4), 1)
extreme = torch.tensor([[-120.0], [-1e-3], [0.0], [30.0], [150.0]])
bits = torch.tensor([[1.0], [0.0], [1.0], [1.0], [0.0]])
losses = [
    loss_case(
        "binaryCrossEntropy",
        extreme,
        bits,
        lambda z, t: F.binary_cross_entropy_with_logits(z, t, reduction="none")[:, 0],
    ),
    loss_case(
        "binaryCrossEntropy",
        logits,
        (soft > 0.25).float(),
        lambda z, t: F.binary_cross_entropy_with_logits(z, t, reduction="none").mean(1),
    ),
    loss_case(
        "categoricalCrossEntropy",
        logits,
        labels,
        lambda z, t: F.cross_entropy(z, t, reduction="none"),
        labels=True,
    ),
    loss_case(
        "categoricalCrossEntropy",
        logits * 40,
        soft,
        lambda z, t: F.cross_entropy(z, t, reduction="none"),
    ),
    loss_case(
        "meanSquaredError",
        logits,
        soft,
        lambda z, t: F.mse_loss(z, t, reduction="none").mean(1),
    ),
]

v = torch.tensor([-3.0, -0.7, -1e-3, 0.0, 0.4, 2.5]).requires_grad_()
activations = {}
for name, f in {
    "relu": F.relu,
    "leakyRelu": F.leaky_relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "gelu": F.gelu,
    "softplus": F.softplus,
    "softmax": lambda t: torch.softmax(t, 0) ** 2,
}.items():
    v.grad = None
    out = f(v)
    out.sum().backward()
    activations[name] = {"value": plain(out), "gradient": plain(v.grad)}

json.dump(
    {
        "x": plain(x),
        "y": plain(y),
        "weights": plain(weights),
        "start": {name: plain(p) for name, p in start.items()},
        "training": {
            label: {"optimizer": name, "settings": settings, **train(settings, make)}
            for label, (name, settings, make) in cases.items()
        },
        "losses": losses,
        "activations": {"x": plain(v), "results": activations},
    },
    sys.stdout,
    separators=(",", ":"),
)
