"""Splits by scikit-learn for src/evaluate/protocols: python3 splitters.py > splitters.json"""
import json
import numpy as np
import sklearn
from sklearn.model_selection import LeaveOneGroupOut, TimeSeriesSplit

rng = np.random.default_rng(4)
out = {"sklearn": sklearn.__version__, "forward": [], "sites": []}
for rows, folds in [(12, 3), (60, 5), (61, 4), (100, 9)]:
    time = rng.permutation(rows)
    order = np.argsort(time)
    out["forward"].append({
        "time": time.tolist(),
        "folds": [
            {"learning": sorted(order[a].tolist()), "later": sorted(order[b].tolist())}
            for a, b in TimeSeriesSplit(n_splits=folds).split(order)
        ],
    })
site = rng.integers(0, 4, 40)
out["sites"] = {
    "site": site.tolist(),
    "splits": [
        {"others": a.tolist(), "held": b.tolist()}
        for a, b in LeaveOneGroupOut().split(site, groups=site)
    ],
}
print(json.dumps(out))
