"""Writes statistics.json: two synthetic models with tied scores, a 4-class one and a regression,
with their statistics from scikit-learn and SciPy. What those lack (DeLong's test, calibration
errors, bootstraps) is written out here the slow, plain way.
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(2)


def delong(scores, y):
    """Placement values by the definition, O(mn)."""
    x, z = scores[y == 1], scores[y == 0]
    psi = (x[:, None] > z[None, :]) + 0.5 * (x[:, None] == z[None, :])
    return psi.mean(), psi.mean(1), psi.mean(0)


def delong_covariance(a, b):
    return np.cov(a[1], b[1])[0, 1] / len(a[1]) + np.cov(a[2], b[2])[0, 1] / len(a[2])


def wilson(k, n):
    ci = stats.binomtest(k, n).proportion_ci(method="wilson")
    return [ci.low, ci.high]


def exact(k, n):
    ci = stats.binomtest(k, n).proportion_ci(method="exact")
    return [ci.low, ci.high]


def binary():
    n, patients = 160, 60
    group = rng.integers(0, patients, n)
    trait = rng.normal(size=patients)[group]
    signal = trait + rng.normal(size=n)
    y = (signal + rng.normal(size=n) > 0.8).astype(int)
    sigmoid = lambda t: np.round(np.clip(1 / (1 + np.exp(-t)), 0.01, 0.99), 2)
    p = sigmoid(1.6 * signal - 0.9)
    q = sigmoid(0.9 * signal - 1.0 + 0.9 * rng.normal(size=n))
    return y, p, q, group


y, p, q, group = binary()
first, second = delong(p, y), delong(q, y)
v1, v2, c = delong_covariance(first, first), delong_covariance(second, second), delong_covariance(first, second)
z = (first[0] - second[0]) / np.sqrt(v1 + v2 - 2 * c)
called = (p >= 0.4).astype(int)
tn, fp, fn, tp = metrics.confusion_matrix(y, called).ravel()
logit = np.log(p / (1 - p))


def standard_errors(x, fitted):
    w = fitted * (1 - fitted)
    return np.sqrt(np.diag(np.linalg.inv(x.T @ (x * w[:, None]))))


model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000, solver="newton-cholesky")
model.fit(logit[:, None], y)
slope_errors = standard_errors(np.column_stack([np.ones(len(y)), logit]), model.predict_proba(logit[:, None])[:, 1])


def large():
    """Newton's method for the intercept with offset logit p."""
    a = 0.0
    for _ in range(50):
        fitted = 1 / (1 + np.exp(-(a + logit)))
        a += np.sum(y - fitted) / np.sum(fitted * (1 - fitted))
    return a, 1 / np.sqrt(np.sum(fitted * (1 - fitted)))


def bootstrap(statistic, resamples=20_000, clusters=None):
    """Percentile interval; rows within outcome strata, or clusters within strata of outcomes."""
    units = [np.flatnonzero(clusters == g) for g in np.unique(clusters)] if clusters is not None else [np.array([i]) for i in range(len(y))]
    kinds = [tuple(np.unique(y[u])) for u in units]
    strata = [[u for u, kind in zip(units, kinds) if kind == k] for k in sorted(set(kinds))]
    values = []
    for _ in range(resamples):
        rows = np.concatenate([s[i] for s in strata for i in rng.integers(0, len(s), len(s))])
        values.append(statistic(rows))
    return np.quantile(values, [0.025, 0.975]).tolist()


def fast_auc(rows, scores=p):
    ranks = stats.rankdata(scores[rows])
    m = y[rows].sum()
    return (ranks[y[rows] == 1].sum() - m * (m + 1) / 2) / (m * (len(rows) - m))


def plain_bootstrap(values, resamples=20_000):
    draws = rng.integers(0, len(values), (resamples, len(values)))
    return np.quantile(values[draws].mean(1), [0.025, 0.975]).tolist()


right_p, right_q = called == y, (q >= 0.4).astype(int) == y
b, c01 = int(np.sum(right_p & ~right_q)), int(np.sum(~right_p & right_q))


def youden(scores):
    fpr, tpr, thresholds = metrics.roc_curve(y, scores)
    k = np.argmax(tpr - fpr)
    return {"score": thresholds[k], "sensitivity": tpr[k], "specificity": 1 - fpr[k]}


def at_sensitivity(wanted):
    fpr, tpr, thresholds = metrics.roc_curve(y, p, drop_intermediate=False)
    k = np.argmax(tpr >= wanted)
    return {"score": thresholds[k], "sensitivity": tpr[k], "specificity": 1 - fpr[k]}


rates = {"sensitivity": (tp, tp + fn), "specificity": (tn, tn + fp), "ppv": (tp, tp + fp), "npv": (tn, tn + fn), "accuracy": (tp + tn, len(y))}
brier = metrics.brier_score_loss(y, p)
in_large, in_large_error = large()
binary_golden = {
    "labels": y, "first": p, "second": q, "groups": group,
    "auroc": metrics.roc_auc_score(y, p), "aurocSecond": metrics.roc_auc_score(y, q),
    "variance": v1, "covariance": c, "z": z, "p": 2 * stats.norm.sf(abs(z)),
    "interval": [first[0] - stats.norm.ppf(0.975) * np.sqrt(v1), first[0] + stats.norm.ppf(0.975) * np.sqrt(v1)],
    "aurocBootstrap": bootstrap(fast_auc), "aurocClusterBootstrap": bootstrap(fast_auc, clusters=group),
    "differenceClusterBootstrap": bootstrap(lambda r: fast_auc(r) - fast_auc(r, q), clusters=group),
    "averagePrecision": metrics.average_precision_score(y, p),
    "averagePrecisionBootstrap": bootstrap(lambda r: metrics.average_precision_score(y[r], p[r]), 2000),
    "brier": brier, "scaledBrier": 1 - brier / (y.mean() * (1 - y.mean())),
    "brierBootstrap": plain_bootstrap((p - y) ** 2),
    "logLoss": metrics.log_loss(y, p), "logLossCertain": metrics.log_loss([1, 0, 1], [1.0, 1.0, 0.5]),
    "inTheLarge": {"value": in_large, "error": in_large_error},
    "slope": {"value": model.coef_[0, 0], "error": slope_errors[1]},
    "intercept": {"value": model.intercept_[0], "error": slope_errors[0]},
    "confusion": {"truePositive": tp, "falsePositive": fp, "falseNegative": fn, "trueNegative": tn},
    "rates": {name: {"value": k / n, "wilson": wilson(k, n), "exact": exact(k, n)} for name, (k, n) in rates.items()},
    "balancedAccuracy": metrics.balanced_accuracy_score(y, called), "f1": metrics.f1_score(y, called),
    "mcc": metrics.matthews_corrcoef(y, called), "kappa": metrics.cohen_kappa_score(y, called),
    "youden": youden(p), "atSensitivity90": at_sensitivity(0.9),
    "discordant": [b, c01], "mcnemar": stats.binomtest(min(b, c01), b + c01).pvalue if b + c01 < 25 else stats.chi2.sf((abs(b - c01) - 1) ** 2 / (b + c01), 1),
    "mcnemarExact": [[k, n - k, stats.binomtest(k, n).pvalue] for n in (1, 2, 5, 11, 24) for k in range(n + 1)],
}

classes = 4
labels = rng.integers(0, classes, 120)
raw = np.round(rng.dirichlet(np.ones(classes), 120) + 0.6 * np.eye(classes)[labels], 2) + 0.01
probabilities = raw / raw.sum(1, keepdims=True)
guess = probabilities.argmax(1)
class_golden = {
    "labels": labels, "classes": classes, "probabilities": probabilities.ravel(),
    "macroAuroc": metrics.roc_auc_score(labels, probabilities, multi_class="ovr", average="macro"),
    "logLoss": metrics.log_loss(labels, probabilities),
    "accuracy": {"value": metrics.accuracy_score(labels, guess), "wilson": wilson(int((guess == labels).sum()), 120)},
    "recalls": [{"value": r, "wilson": wilson(int(((guess == k) & (labels == k)).sum()), int((labels == k).sum()))} for k, r in enumerate(metrics.recall_score(labels, guess, average=None))],
}

target = np.round(rng.normal(100, 15, 90), 1)
close = np.round(target + rng.normal(0, 6, 90), 1)
far = np.round(target + rng.normal(0, 9, 90), 1)
draws = rng.integers(0, 90, (20_000, 90))
root = lambda e: np.sqrt((e[draws] ** 2).mean(1))
regression_golden = {
    "targets": target, "first": close, "second": far,
    "rmse": metrics.root_mean_squared_error(target, close), "mae": metrics.mean_absolute_error(target, close),
    "r2": metrics.r2_score(target, close),
    "rmseBootstrap": np.quantile(root(close - target), [0.025, 0.975]),
    "differenceBootstrap": np.quantile(root(close - target) - root(far - target), [0.025, 0.975]),
}

px, py = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(5))
joint = rng.dirichlet(np.ones(12)).reshape(3, 4)
first_labels, second_labels = rng.integers(0, 3, 80), rng.integers(0, 4, 80)
entropy_golden = {
    "p": px, "q": py, "joint": joint, "firstLabels": first_labels, "secondLabels": second_labels,
    "entropy": stats.entropy(px), "entropyBits": stats.entropy(px, base=2),
    "klDivergence": stats.entropy(px, py), "crossEntropy": stats.entropy(px) + stats.entropy(px, py),
    "jointEntropy": stats.entropy(joint.ravel()),
    "conditionalEntropy": sum(row.sum() * stats.entropy(row) for row in joint),
    "mutualInformation": stats.entropy(joint.ravel(), np.outer(joint.sum(1), joint.sum(0)).ravel()),
    "labelInformation": metrics.mutual_info_score(first_labels, second_labels),
}

golden = {"binary": binary_golden, "classes": class_golden, "regression": regression_golden, "entropy": entropy_golden}
text = json.dumps(golden, default=lambda v: v.tolist())
Path(__file__).with_name("statistics.json").write_text(text + "\n")
