"""Writes fromPython.json: the evidence of a binary model and of one of four classes, the first half of the
rows of ../statistics/statistics.json standing for validation and the second for test, by
scikit-learn, SciPy and the plain formulas. Run it in any folder.
"""

import json
from pathlib import Path

import numpy as np
from scipy import optimize, stats
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

here = Path(__file__).parent
known = json.loads((here.parent / "statistics" / "statistics.json").read_text())
logit = lambda p: np.log(p / (1 - p))
sigmoid = lambda z: 1 / (1 + np.exp(-z))


def conformal(p, y, q, t, alpha, aps=False, by_class=False):
    """Split conformal by its definition: coverage, mean size, coverage by class."""
    classes = p.shape[1]
    if aps:
        strange = lambda s: np.array([[row[row >= value].sum() for value in row] for row in s])
    else:
        strange = lambda s: 1 - s
    own = strange(p)[np.arange(len(y)), y]
    quantiles = []
    for k in range(classes):
        scores = np.sort(own[y == k] if by_class else own)
        rank = int(np.ceil((len(scores) + 1) * (1 - alpha) - 1e-9))
        quantiles.append(scores[rank - 1] if rank <= len(scores) else np.inf)
    found = strange(q)
    sets = found <= np.array(quantiles)
    if aps:
        sets[np.arange(len(t)), found.argmin(1)] = True
    held = sets[np.arange(len(t)), t]
    return {
        "quantiles": [float(x) if np.isfinite(x) else None for x in quantiles],
        "coverage": float(held.mean()),
        "meanSize": float(sets.sum(1).mean()),
        "byClass": [float(held[t == k].mean()) for k in range(classes)],
        "sizes": np.bincount(sets.sum(1), minlength=classes + 1).tolist(),
    }


def scaled(p, temperature):
    z = np.log(p) / temperature
    powers = np.exp(z - z.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def temperature(p, y):
    loss = lambda log_t: metrics.log_loss(y, scaled(p, np.exp(log_t)), labels=range(p.shape[1]))
    return float(np.exp(optimize.minimize_scalar(loss, bounds=(-4.6, 4.6), method="bounded", options={"xatol": 1e-12}).x))


def kinds(p, y, q, t, alpha=0.1):
    return [
        conformal(p, y, q, t, alpha),
        conformal(p, y, q, t, alpha, aps=True),
        conformal(p, y, q, t, alpha, by_class=True),
    ]


def net_benefit(p, y, threshold):
    """TP / n - FP / n * odds of the threshold (Vickers & Elkin 2006)."""
    treated = p >= threshold
    return float((treated & (y == 1)).mean() - (treated & (y == 0)).mean() * threshold / (1 - threshold))


y, p = (np.array(known["binary"][key]) for key in ("labels", "first"))
half = len(y) // 2
(v, vp), (t, tp) = (y[:half], p[:half]), (y[half:], p[half:])
both = lambda s: np.stack([1 - s, s], 1)

line = LogisticRegression(C=np.inf, tol=1e-12).fit(logit(vp)[:, None], v)
steps = IsotonicRegression(out_of_bounds="clip").fit(vp, v)
t_best = temperature(both(vp), v)
after = {
    "none": tp,
    "platt": line.predict_proba(logit(tp)[:, None])[:, 1],
    "isotonic": steps.predict(tp),
    "temperature": scaled(both(tp), t_best)[:, 1],
}

cut = 0.4
level = np.arange(len(y)) % 2
subgroups = []
for k in (0, 1):
    own, score = y[level == k], p[level == k]  # of all rows
    called = score >= cut
    slope = LogisticRegression(C=np.inf, tol=1e-12).fit(logit(score)[:, None], own)
    subgroups.append(
        {
            "rows": len(own),
            "events": int(own.sum()),
            "auroc": metrics.roc_auc_score(own, score),
            "observedOverExpected": float(own.sum() / score.sum()),
            "calibrationSlope": float(slope.coef_[0, 0]),
            "sensitivity": float(called[own == 1].mean()),
            "specificity": float((~called)[own == 0].mean()),
            "ppv": float(own[called].mean()),
        }
    )

called = tp >= cut
tn, fp, fn, hits = metrics.confusion_matrix(t, called).ravel()
se, sp = hits / (hits + fn), tn / (tn + fp)
pi = 0.05
exact = lambda k, n: list(stats.binomtest(int(k), int(n)).proportion_ci(method="exact"))

c = known["classes"]
shares = np.array(c["probabilities"]).reshape(-1, c["classes"])
label = np.array(c["labels"])
mid = len(label) // 2
t_classes = temperature(shares[:mid], label[:mid])



def influence(scores, labels, fold):
    """cvAUC::ci.cvAUC (LeDell et al. 2015), ties counting one half."""
    n, pos = len(labels), labels.mean()
    areas, squares = [], []
    for k in np.unique(fold):
        s, own = scores[fold == k], labels[fold == k]
        x, z = s[own == 1], s[own == 0]
        psi = (x[:, None] > z[None, :]) + 0.5 * (x[:, None] == z[None, :])
        area = psi.mean()
        ic = np.concatenate([(psi.mean(1) - area) / pos, (psi.mean(0) - area) / (1 - pos)])
        areas.append(area)
        squares.append((ic**2).mean())
    value, error = np.mean(areas), np.sqrt(np.mean(squares) / n)
    reach = stats.norm.ppf(0.975) * error
    return [float(value), float(value - reach), float(value + reach)]


answer = {
    "cut": cut,
    "influence": influence(p, y, np.arange(len(y)) % 5),
    "recalibration": {
        kind: {
            "brier": float(((s - t) ** 2).mean()),
            "logLoss": float(metrics.log_loss(t, np.clip(s, 2.0**-52, 1 - 2.0**-52))),
        }
        for kind, s in after.items()
    },
    "conformal": kinds(both(vp), v, both(tp), t),
    "subgroups": subgroups,
    "operating": {
        "sensitivity": exact(hits, hits + fn),
        "specificity": exact(tn, tn + fp),
        "positive": float(se / (1 - sp)),
        "negative": float((1 - se) / sp),
        "ppv": float(se * pi / (se * pi + (1 - sp) * (1 - pi))),
        "npv": float(sp * (1 - pi) / ((1 - se) * pi + sp * (1 - pi))),
    },
    "classes": {
        "temperature": t_classes,
        "logLoss": float(metrics.log_loss(label[mid:], scaled(shares[mid:], t_classes), labels=range(c["classes"]))),
        "conformal": kinds(shares[:mid], label[:mid], shares[mid:], label[mid:]),
        "conformal80": kinds(shares[:mid], label[:mid], shares[mid:], label[mid:], alpha=0.2),
        "decision": [
            [net_benefit(shares[mid:, k], (label[mid:] == k).astype(int), cut) for cut in (0.1, 0.2, 0.5)]
            for k in range(c["classes"])
        ],
    },
}
(here / "fromPython.json").write_text(json.dumps(answer) + "\n")
