"""Writes fromPython.json from the rows of ../statistics/statistics.json: net benefit by dcurves,
conformal sets by MAPIE, recalibration by scikit-learn and SciPy, calibration errors by definition.
"""

import json
import warnings
from pathlib import Path

import dcurves
import numpy as np
import pandas as pd
from mapie.classification import SplitConformalClassifier
from mapie.conformity_scores import APSConformityScore
from scipy import optimize, stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")
here = Path(__file__).parent
statistics = json.loads((here / "../statistics/statistics.json").read_text())
binary, classes = statistics["binary"], statistics["classes"]
y = np.array(binary["labels"])
first, second = np.array(binary["first"]), np.array(binary["second"])
logit = lambda p: np.log(p / (1 - p))


def errors(p, outcome, bin_of):
    used = np.unique(bin_of)
    gaps = np.array([abs(outcome[bin_of == b].mean() - p[bin_of == b].mean()) for b in used])
    share = np.array([np.mean(bin_of == b) for b in used])
    return {"ece": float(share @ gaps), "mce": float(gaps.max()), "bins": len(used)}


def by_width(p, bins):
    return np.clip(np.digitize(p, np.linspace(0, 1, bins + 1), right=True) - 1, 0, bins - 1)


def by_mass(p, bins):
    return np.searchsorted(np.quantile(p, np.arange(1, bins) / bins), p)


def murphy(p):
    bin_of = np.unique(p, return_inverse=True)[1]
    n, base = len(p), y.mean()
    rel = sum((bin_of == b).sum() * (p[bin_of == b].mean() - y[bin_of == b].mean()) ** 2 for b in set(bin_of)) / n
    res = sum((bin_of == b).sum() * (y[bin_of == b].mean() - base) ** 2 for b in set(bin_of)) / n
    return [rel, res, base * (1 - base), float(np.mean((p - y) ** 2))]


sure = np.maximum(second, 1 - second)
right = ((second >= 0.5) == (y == 1)).astype(float)
thresholds = [0.05, 0.1, 0.25, 0.5, 0.8]
table = dcurves.dca(pd.DataFrame({"y": y, "p": second}), outcome="y", modelnames=["p"], thresholds=thresholds)
benefit = lambda model: [float(v) for v in table[table.model == model].sort_values("threshold").net_benefit]


class Fixed(ClassifierMixin, BaseEstimator):
    """A classifier whose probabilities are its inputs."""

    def fit(self, x, labels):
        self.classes_ = np.arange(x.shape[1])
        self.is_fitted_ = True
        return self

    def predict_proba(self, x):
        return np.asarray(x)

    def predict(self, x):
        return np.asarray(x).argmax(1)


probabilities = np.array(classes["probabilities"]).reshape(-1, classes["classes"])
probabilities = probabilities / probabilities.sum(1, keepdims=True)
truth = np.array(classes["labels"])
half = len(truth) // 2


def lac(alpha):
    model = Fixed().fit(probabilities, truth)
    conformal = SplitConformalClassifier(model, confidence_level=1 - alpha, conformity_score="lac", prefit=True)
    conformal.conformalize(probabilities[:half], truth[:half])
    sets = conformal.predict_set(probabilities[half:])[1][:, :, 0]
    return sets.astype(int).tolist()


def aps(alpha):
    """Romano, Sesia & Candes without randomization, by definition."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    cumulated = np.take_along_axis(np.cumsum(np.take_along_axis(probabilities, order, 1), 1), np.argsort(order, 1), 1)
    own = np.sort(cumulated[np.arange(half), truth[:half]])
    q = own[int(np.ceil((half + 1) * (1 - alpha))) - 1]
    sets = cumulated[half:] <= q + 1e-12
    sets[np.arange(len(sets)), probabilities[half:].argmax(1)] = True
    return sets.astype(int).tolist()


fit = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10000).fit(logit(second)[:, None], y)
iso = IsotonicRegression(out_of_bounds="clip").fit(second, y)
z = np.log(probabilities)
nll = lambda t: -np.mean([row[k] - np.log(np.exp(row).sum()) for row, k in zip(z / t, truth)])
temperature = optimize.minimize_scalar(nll, bounds=(0.01, 100), method="bounded", options={"xatol": 1e-12}).x
grid = [0.01, 0.05, 0.123, 0.3, 0.5, 0.77, 0.99]
folds_a = np.array([0.81, 0.79, 0.85, 0.9, 0.77, 0.83, 0.8, 0.86, 0.84, 0.79])
folds_b = np.array([0.78, 0.8, 0.83, 0.86, 0.75, 0.84, 0.77, 0.82, 0.8, 0.78])
d = folds_a - folds_b
corrected = np.sqrt((1 / len(d) + 1 / 9) * d.var(ddof=1))
t = d.mean() / corrected
members = np.array([[[0.7, 0.3], [0.5, 0.5]], [[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.99, 0.01]]])
mean = members.mean(0)
entropy = lambda p: -(p * np.log(p)).sum(-1)
out = {
    "errors": {
        "width10": errors(second, y, by_width(second, 10)),
        "mass10": errors(second, y, by_mass(second, 10)),
        "mass7": errors(second, y, by_mass(second, 7)),
        "confidence15": errors(sure, right, by_width(sure, 15)),
    },
    "murphy": murphy(second),
    "thresholds": thresholds,
    "netBenefit": benefit("p"),
    "treatAll": benefit("all"),
    "lac": {"0.1": lac(0.1), "0.3": lac(0.3)},
    "aps": {"0.1": aps(0.1), "0.3": aps(0.3)},
    "platt": [float(fit.coef_[0, 0]), float(fit.intercept_[0])],
    "isotonic": iso.predict(grid).tolist(),
    "grid": grid,
    "temperature": float(temperature),
    "corrected": {
        "first": folds_a.tolist(), "second": folds_b.tolist(), "t": float(t),
        "p": float(2 * stats.t.sf(abs(t), len(d) - 1)),
        "interval": [float(d.mean() + s * stats.t.ppf(0.975, len(d) - 1) * corrected) for s in (-1, 1)],
    },
    "t": [[x, f, float(stats.t.cdf(x, f))] for x in (-3.2, -0.4, 0.0, 1.1, 6.5) for f in (1, 4, 9, 40)],
    "uncertainty": {
        "members": members.tolist(), "total": entropy(mean).tolist(), "aleatoric": entropy(members).mean(0).tolist(),
    },
}
bca = stats.bootstrap((second, y), lambda p, o: np.mean((p - o) ** 2), paired=True, vectorized=False,
                      n_resamples=20000, method="BCa", random_state=3).confidence_interval
out["bca"] = [float(bca.low), float(bca.high)]
(here / "fromPython.json").write_text(json.dumps(out) + "\n")
