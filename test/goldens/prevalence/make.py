"""Writes prevalence.json: PPV and NPV at other prevalences with intervals on the logit scale (Mercaldo,
Lau & Zhou 2007), their standard errors by numerical derivatives of the binomial shares, not by formula.
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats

tp, fp, fn, tn = 66, 23, 43, 200
logit = lambda p: np.log(p / (1 - p))


def values(se, sp, pi):
    ppv = se * pi / (se * pi + (1 - sp) * (1 - pi))
    npv = sp * (1 - pi) / ((1 - se) * pi + sp * (1 - pi))
    return np.array([ppv, npv])


def interval(which, pi):
    m, n = tp + fn, tn + fp
    at = np.array([tp / m, tn / n])
    variances = at * (1 - at) / np.array([m, n])
    f = lambda shares: logit(values(*shares, pi)[which])
    h = 1e-5
    # five-point derivatives
    slope = [
        (f(at - 2 * h * e) - 8 * f(at - h * e) + 8 * f(at + h * e) - f(at + 2 * h * e)) / (12 * h) for e in np.eye(2)
    ]
    reach = stats.norm.ppf(0.975) * np.sqrt(np.dot(np.square(slope), variances))
    ends = [1 / (1 + np.exp(-(f(at) + side * reach))) for side in (-1, 1)]
    return [float(values(*at, pi)[which]), *map(float, ends)]


answer = {
    "table": {"truePositive": tp, "falsePositive": fp, "falseNegative": fn, "trueNegative": tn},
    "at": [{"prevalence": pi, "ppv": interval(0, pi), "npv": interval(1, pi)} for pi in (0.01, 0.05, 0.3)],
}
Path(__file__).with_name("prevalence.json").write_text(json.dumps(answer) + "\n")
