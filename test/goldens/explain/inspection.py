"""Writes inspection.json: partial dependence with its rows' own curves and permutation importance by
scikit-learn, of the network of explain.json on rows of its own.
"""

import json
from pathlib import Path

import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.inspection import partial_dependence, permutation_importance

here = Path(__file__).parent
known = json.loads((here / "explain.json").read_text())
w = {name: np.array(each["data"]).reshape(each["shape"]) for name, each in known["weights"].items()}
features, _, classes = known["sizes"]


class Network(ClassifierMixin, BaseEstimator):
    def fit(self, x, y):
        self.classes_ = np.arange(classes)
        self.is_fitted_ = True
        return self

    def predict_proba(self, x):
        hidden = np.tanh(x @ w["0.weight"].T + w["0.bias"])
        return softmax(hidden @ w["2.weight"].T + w["2.bias"], axis=1)


rng = np.random.default_rng(8)
x = rng.standard_normal((120, features)).astype(np.float32).astype(float)
network = Network().fit(None, None)
chances = network.predict_proba(x)
y = np.array([rng.choice(classes, p=p) for p in chances])
grid = np.linspace(-2, 2, 5)
dependence = []
for column in range(features):
    found = partial_dependence(network, x, [column], kind="both", method="brute",
                               response_method="predict_proba", custom_values={column: grid})
    target = known["target"]
    dependence.append({"mean": found["average"][target].tolist(), "rows": found["individual"][target][:3].tolist()})
importance = permutation_importance(network, x, y, scoring="roc_auc_ovr", n_repeats=1500, random_state=1)
(here / "inspection.json").write_text(json.dumps({
    "rows": x.ravel().tolist(), "labels": y.tolist(), "grid": grid.tolist(), "dependence": dependence,
    "importance": importance.importances_mean.tolist(),
}) + "\n")
