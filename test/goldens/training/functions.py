"""Values and gradients of tensor functions, by PyTorch.

    python functions.py > functions.json

Made with PyTorch 2.13. Inputs are float32 numbers, the arithmetic is float64; the gradient is that
of sum(result * cotangent), the cotangent being cos(0), cos(1), … in row-major order.
"""
import json
import sys

import torch

torch.manual_seed(4)


def normal(*shape):
    return torch.randn(*shape).double()


ties = torch.tensor([[1.0, 3.0, 3.0, -2.0], [0.0, 0.0, -1.0, 0.0], [5.0, 5.0, 5.0, 5.0]]).double()
a, b, c, d = normal(3, 1), normal(4), normal(3, 4), normal(2, 3, 4)
rows = torch.tensor([2, 0, 2, 1])

cases = {
    "add": ([a, b], lambda x, y: x + y),
    "sub": ([b, d], lambda x, y: x - y),
    "mul": ([d, a], lambda x, y: x * y),
    "div": ([b, c], lambda x, y: x / y),
    "number minus": ([c], lambda x: 2 - x),
    "maximum": ([c, ties], torch.maximum),
    "maximum at ties": ([ties, ties[:, [1, 1, 0, 3]]], torch.maximum),
    "minimum at ties": ([ties, ties[:, [1, 1, 0, 3]]], torch.minimum),
    "abs": ([ties], torch.abs),
    "relu": ([ties], torch.relu),
    "square": ([c], torch.square),
    "neg": ([c], torch.neg),
    "exp": ([c], torch.exp),
    "log": ([c.abs()], torch.log),
    "sqrt": ([c.abs()], torch.sqrt),
    "tanh": ([c], torch.tanh),
    "erf": ([c], torch.erf),
    "sigmoid": ([c * 9], torch.sigmoid),
    "softplus": ([c * 9], torch.nn.functional.softplus),
    "where": ([c, b], lambda x, y: torch.where(x < 0.5, x, y)),
    "sum": ([d], torch.sum),
    "sum last": ([d], lambda x: x.sum(-1)),
    "sum first, kept": ([d], lambda x: x.sum(0, keepdim=True)),
    "mean of two": ([d], lambda x: x.mean((0, 2))),
    "mean": ([d], torch.mean),
    "max": ([ties], lambda x: x.amax(-1)),
    "max of all": ([d], lambda x: x.amax((0, 1, 2))),
    "variance": ([d], lambda x: x.var((0, 2), correction=0)),
    "unbiased variance, kept": ([d], lambda x: x.var(-1, correction=1, keepdim=True)),
    "softmax": ([c * 60], lambda x: x.softmax(-1)),
    "softmax of first": ([ties], lambda x: x.softmax(0)),
    "logSoftmax": ([c * 60], lambda x: x.log_softmax(-1)),
    "logSumExp": ([d * 60], lambda x: x.logsumexp((0, 2))),
    "logSumExp, kept": ([ties], lambda x: x.logsumexp(-1, keepdim=True)),
    "matmul": ([c, normal(4, 2)], torch.matmul),
    "matmul, batch by matrix": ([d, normal(4, 2)], torch.matmul),
    "matmul, matrix by batch": ([normal(5, 3), d], torch.matmul),
    "matmul, batches": ([normal(2, 1, 3, 4), normal(5, 4, 2)], torch.matmul),
    "transpose": ([d], lambda x: x.transpose(-1, -2)),
    "permute": ([d], lambda x: x.permute(2, 0, 1)),
    "reshape": ([d], lambda x: x.reshape(4, 6)),
    "expand": ([a], lambda x: x.expand(2, 3, 4)),
    "slice": ([d], lambda x: x[1:2, :, -3:-1]),
    "concatenate": ([c, a, normal(3, 2)], lambda *x: torch.cat(x, -1)),
    "gather": ([c], lambda x: x[rows]),
}


def run(inputs, f):
    # The inputs as float32 holds them, so that both sides start from the same numbers.
    leaves = [x.float().double().clone().requires_grad_() for x in inputs]
    out = f(*leaves)
    cotangent = torch.cos(torch.arange(out.numel()).double()).reshape(out.shape)
    (out * cotangent).sum().backward()
    return {
        "inputs": [x.tolist() for x in leaves],
        "value": out.tolist(),
        "gradients": [x.grad.tolist() for x in leaves],
    }


json.dump(
    {name: run(*case) for name, case in cases.items()}, sys.stdout, separators=(",", ":")
)
