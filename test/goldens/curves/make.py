"""Writes fromPython.json: curves, histograms, agreement over classes and of numbers, of the models in
../statistics/statistics.json, by scikit-learn, NumPy and SciPy. Run it in any folder.
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn import metrics

here = Path(__file__).parent
known = json.loads((here.parent / "statistics" / "statistics.json").read_text())
y, p = (np.array(known["binary"][key]) for key in ("labels", "first"))

rates = metrics.roc_curve(y, p)
precision, recall, thresholds = metrics.precision_recall_curve(y, p, drop_intermediate=True)
# told edges: those of linspace are off by a rounding, as 0.15000000000000002
counts, edges = np.histogram(p, bins=np.arange(21) / 20)
free, own = np.histogram(np.array(known["regression"]["targets"]), bins=7)

classes = known["classes"]
shares = np.array(classes["probabilities"]).reshape(-1, classes["classes"])
label = np.array(classes["labels"])
called = shares.argmax(1)

t, x = (np.array(known["regression"][key]) for key in ("targets", "first"))
line = stats.linregress(x, t)
gap = x - t
deviation = gap.std(ddof=1)
reach = stats.norm.ppf(0.975)

answer = {
    "roc": [list(map(float, each)) for each in (rates[0], rates[1], rates[2][1:])],
    "precisionRecall": [list(map(float, each)) for each in (thresholds[::-1], recall[-2::-1], precision[-2::-1])],
    "histogram": {"counts": counts.tolist(), "edges": edges.tolist()},
    "targets": {"counts": free.tolist(), "edges": own.tolist()},
    "agreement": {
        "balancedAccuracy": metrics.balanced_accuracy_score(label, called),
        "macroF1": metrics.f1_score(label, called, average="macro"),
        "mcc": metrics.matthews_corrcoef(label, called),
        "kappa": metrics.cohen_kappa_score(label, called),
    },
    "brier": float(((shares - np.eye(classes["classes"])[label]) ** 2).sum(1).mean()),
    "concordance": {
        "slope": line.slope,
        "intercept": line.intercept,
        "pearson": stats.pearsonr(x, t).statistic,
        "spearman": stats.spearmanr(x, t).statistic,
        "concordance": float(2 * np.cov(x, t, ddof=0)[0, 1] / (x.var() + t.var() + (x.mean() - t.mean()) ** 2)),
        "bias": float(gap.mean()),
        "lower": float(gap.mean() - reach * deviation),
        "upper": float(gap.mean() + reach * deviation),
    },
}
(here / "fromPython.json").write_text(json.dumps(answer) + "\n")
