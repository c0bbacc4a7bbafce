"""PyTorch as a contestant: reads requests, one JSON line each, and answers with one line each."""
import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

OPTIONS = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
DTYPE = torch.float64 if OPTIONS.get("float64") else torch.float32


def bits(seed, count):
    h = np.arange(count, dtype=np.uint32) + np.uint32((seed + 1) * 0x9E3779B9 & 0xFFFFFFFF)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def numbers(shape, seed, scale=1.0, shift=0.0):
    unit = (bits(seed, int(np.prod(shape))) >> np.uint32(8)).astype(np.float64) / 8388608 - 1
    values = (shift + scale * unit).astype(np.float32).reshape(shape)
    return torch.from_numpy(values).to(DTYPE)


def sample(values):
    flat = values.detach().reshape(-1)
    return [float(flat[i * flat.numel() // 64]) for i in range(64)]


class Mixed(torch.nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.heads = layer["heads"]
        self.joint = torch.nn.Linear(layer["width"], 3 * layer["width"], bias=False)
        self.result = torch.nn.Linear(layer["width"], layer["width"], bias=False)

    def forward(self, x):
        batch, times, width = x.shape
        joint = self.joint(x).view(batch, times, 3, self.heads, width // self.heads)
        q, k, v = joint.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v)
        return self.result(mixed.transpose(1, 2).reshape(batch, times, width))


class Residual(torch.nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.body = network(layer["body"])
        self.shortcut = network(layer["shortcut"])

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class Last(torch.nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.inner = torch.nn.LSTM(layer["inputs"], layer["hidden"], batch_first=True)

    def forward(self, x):
        return self.inner(x)[0][:, -1]


class Mean(torch.nn.Module):
    def __init__(self, first):
        super().__init__()
        self.first = first

    def forward(self, x):
        return x.mean(1) if self.first else x.flatten(2).mean(2)


def convolution(layer):
    kind = torch.nn.Conv1d if len(layer["window"]) == 1 else torch.nn.Conv2d
    return kind(
        layer["inputs"],
        layer["outputs"],
        layer["window"],
        stride=layer["stride"],
        padding=layer["padding"],
        bias="bias" in layer["parameters"],
    )


class BatchNorm(torch.nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(layer["channels"]))
        self.bias = torch.nn.Parameter(torch.zeros(layer["channels"]))
        self.epsilon = layer["epsilon"]

    def forward(self, x):
        return F.batch_norm(x, None, None, self.weight, self.bias, True, 0.0, self.epsilon)


LAYERS = {
    "linear": lambda layer: torch.nn.Linear(layer["inputs"], layer["outputs"]),
    "relu": lambda _: torch.nn.ReLU(),
    "gelu": lambda _: torch.nn.GELU(),
    "flatten": lambda _: torch.nn.Flatten(),
    "convolution": convolution,
    "maxPool": lambda layer: (torch.nn.MaxPool1d if len(layer["window"]) == 1 else torch.nn.MaxPool2d)(
        tuple(layer["window"])
    ),
    "globalAveragePool": lambda _: Mean(False),
    "meanOverTime": lambda _: Mean(True),
    "batchNorm": BatchNorm,
    "layerNorm": lambda layer: torch.nn.LayerNorm(layer["width"], eps=layer["epsilon"]),
    "residual": Residual,
    "lstm": Last,
    "attention": Mixed,
}


def network(layers):
    built = []
    for layer in layers:
        module = LAYERS[layer["layer"]](layer).to(DTYPE)
        own = dict(module.named_parameters())
        for name, drawn in layer.get("parameters", {}).items():
            found = [each for path, each in own.items() if path.removesuffix(".weight") == name or path.removeprefix("inner.") == name]
            found[0].data.copy_(numbers(**drawn))
        built.append(module)
    return torch.nn.Sequential(*built)


def train(case):
    net = network(case["layers"])
    x, binary = numbers(**case["inputs"]["x"]), case["outputs"] == 1
    drawn = torch.from_numpy((bits(case["targets"]["seed"], case["batch"]) % case["targets"]["classes"]).astype(np.int64))
    y = drawn.to(DTYPE).reshape(-1, 1) if binary else drawn
    loss = torch.nn.BCEWithLogitsLoss() if binary else torch.nn.CrossEntropyLoss()
    compiled = OPTIONS.get("compile")
    rate = torch.tensor(case["learningRate"]) if compiled else case["learningRate"]
    adam = torch.optim.Adam(net.parameters(), lr=rate)
    value = None

    def step():
        nonlocal value
        adam.zero_grad(set_to_none=True)
        value = loss(net(x), y)
        value.backward()
        adam.step()

    if compiled:
        forward = torch.compile(lambda: loss(net(x), y))
        update = torch.compile(adam.step)

        def step():
            nonlocal value
            adam.zero_grad(set_to_none=True)
            value = forward()
            value.backward()
            update()

    def values():
        losses = []
        for _ in range(case["comparedSteps"] - 1):
            losses.append(float(value.detach()))
            step()
        losses.append(float(value.detach()))
        for group in adam.param_groups:
            group["lr"] = torch.tensor(0.0) if compiled else 0.0
        return losses

    return step, values


def optimize(case):
    w = numbers(**case["inputs"]["w"]).requires_grad_()
    w.grad = numbers(**case["inputs"]["gradient"])
    adam = torch.optim.Adam([w], lr=case["learningRate"])
    step = torch.compile(adam.step) if OPTIONS.get("compile") else adam.step
    return step, lambda: sample(w)


def function(case):
    given = {name: numbers(**drawn) for name, drawn in case["inputs"].items()}
    views = case.get("views", "nn")
    a, b = (
        (given[name].transpose(-1, -2) if views[i] == "t" else given[name]) if name in given else None
        for i, name in enumerate("ab")
    )
    x = given.get("x")
    found = {
        "product": lambda: a @ b,
        "softmax": lambda: torch.softmax(x, -1),
        "layerNorm": lambda: F.layer_norm(x, (x.shape[-1],), given["weight"], given["bias"], case["epsilon"]),
        "gelu": lambda: F.gelu(x),
        "convolution": lambda: (F.conv1d if x.dim() == 3 else F.conv2d)(x, given["weight"], padding=case["padding"]),
    }
    if case["kind"] == "forward":
        net = network(case["layers"]).eval()
        found["forward"] = lambda: net(x)
    inner = torch.compile(found[case["kind"]]) if OPTIONS.get("compile") else found[case["kind"]]
    result = None

    @torch.no_grad()
    def run():
        nonlocal result
        result = inner()

    return run, lambda: sample(result)


def repeat(run, times):
    start = time.perf_counter()
    for _ in range(times):
        run()
    return time.perf_counter() - start


def prepare(case):
    start = time.perf_counter()
    run, values = {"step": train, "adam": optimize}.get(case["kind"], function)(case)
    run()
    seconds = time.perf_counter() - start
    return run, {"firstSeconds": seconds, "values": values()}


def main():
    torch.manual_seed(0)
    torch.set_num_threads(OPTIONS.get("threads", 1))
    current = None
    answer({"version": torch.__version__.split("+")[0]})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["method"] == "prepare":
                current, found = prepare(request["case"])
                answer(found)
            elif request["method"] == "run":
                repeat(current, request["lead"])
                answer({"seconds": repeat(current, request["times"])})
            elif request["method"] == "release":
                current = None
                torch.compiler.reset()
                answer({})
        except Exception as error:  # the line is the answer
            answer({"error": (str(error) or repr(error)).split("\n")[0][:200]})


def answer(value):
    print(json.dumps(value), flush=True)


main()
