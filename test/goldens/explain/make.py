"""Writes explain.json: a small network by PyTorch, its attributions by captum (float64) and its
Shapley values by shap's KernelExplainer, which takes all subsets of so few features.
"""

import json
from pathlib import Path

import numpy as np
import shap
import torch
from captum.attr import InputXGradient, IntegratedGradients, Saliency

torch.manual_seed(5)
features, hidden, classes = 7, 6, 3
net = torch.nn.Sequential(torch.nn.Linear(features, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, classes))
with torch.no_grad():
    for p in net.parameters():
        p.copy_((1.5 * torch.randn_like(p)).float().double().float())
weights = {name: {"shape": list(p.shape), "data": [float(v) for v in p.flatten()]} for name, p in net.named_parameters()}
net = net.double()
rows = torch.randn(5, features).float().double()
background = torch.randn(9, features).float().double()
baseline = torch.full((1, features), 0.25).double()
probability = lambda x: torch.softmax(net(x), 1)
numbers = lambda t: [float(v) for v in t.detach().flatten()]


def attributions(f, target):
    ig, gap = IntegratedGradients(f).attribute(
        rows, baselines=baseline, target=target, n_steps=50, method="riemann_middle", return_convergence_delta=True)
    return {
        "outputs": numbers(f(rows)[:, target]),
        "saliency": numbers(Saliency(f).attribute(rows.clone().requires_grad_(), target=target)),
        "gradientInput": numbers(InputXGradient(f).attribute(rows.clone().requires_grad_(), target=target)),
        "integrated": numbers(ig),
        "gaps": numbers(gap),
    }


target = 1
scored = lambda x: probability(torch.tensor(x)).detach().numpy()[:, target]
explainer = shap.KernelExplainer(scored, background.numpy())
values = explainer.shap_values(rows.numpy(), nsamples=2**features, l1_reg=0, silent=True)
out = {
    "sizes": [features, hidden, classes], "weights": weights, "target": target,
    "rows": numbers(rows), "background": numbers(background), "baseline": 0.25,
    "output": attributions(net, target), "prediction": attributions(probability, target),
    "shapley": {"base": float(explainer.expected_value), "values": [float(v) for v in np.ravel(values)]},
}
Path(__file__).with_name("explain.json").write_text(json.dumps(out) + "\n")
