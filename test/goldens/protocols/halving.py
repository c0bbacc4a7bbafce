"""Rounds of scikit-learn's successive halving: python3 halving.py > halving.json"""
import json
import numpy as np
import sklearn
from sklearn.base import BaseEstimator
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingRandomSearchCV


class Stub(BaseEstimator):
    def __init__(self, a=0, epochs=1):
        self.a, self.epochs = a, epochs

    def fit(self, x, y):
        return self

    def score(self, x, y):
        return self.a


x, y = np.zeros((400, 1)), np.arange(400) % 2
cases = []
for count, epochs in [(1, 200), (2, 200), (3, 200), (8, 200), (9, 200), (20, 200), (27, 200), (50, 81), (100, 500)]:
    found = HalvingRandomSearchCV(
        Stub(), {"a": list(range(1000))}, n_candidates=count, factor=3, resource="epochs",
        max_resources=epochs, min_resources="exhaust", cv=2, random_state=0,
    ).fit(x, y)
    cases.append({"count": count, "epochs": epochs, "rounds": [
        {"candidates": int(c), "epochs": int(r)} for c, r in zip(found.n_candidates_, found.n_resources_)]})
print(json.dumps({"sklearn": sklearn.__version__, "cases": cases}))
