"""Writes expected.json: scikit-learn's models on the splits of split-*.json.

    npx vitest run test/studies -u        # rewrites the splits if they changed on purpose
    python test/goldens/studies/expected.py
"""

import csv
import json
import pathlib

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import brier_score_loss, log_loss, r2_score, roc_auc_score
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

here = pathlib.Path(__file__).parent
data = here.parents[2] / "data"


def columns(name):
    with open(data / name, newline="") as file:
        return {column[0]: np.array(column[1:]) for column in zip(*csv.reader(file))}


def sides(name):
    split = json.loads((here / f"split-{name}.json").read_text())
    return np.array(split["training"] + split["validation"]), np.array(split["test"])


def regression():
    table = columns("diabetes_progression.csv")
    y = table.pop("target").astype(float)
    x = np.stack(list(table.values()), axis=1).astype(float)
    learn, test = sides("diabetes")
    ridge = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 3, 21)))
    scores = [r2_score(y[test], ridge.fit(x[learn], y[learn]).predict(x[test]))]
    target = StandardScaler().fit(y[learn, None])
    predictions = []
    for seed in range(5):
        mlp = make_pipeline(
            StandardScaler(),
            MLPRegressor(hidden_layer_sizes=(16,), alpha=1.0, learning_rate_init=5e-3, max_iter=400, random_state=seed),
        ).fit(x[learn], target.transform(y[learn, None])[:, 0])
        predictions.append(target.inverse_transform(mlp.predict(x[test])[:, None])[:, 0])
    scores.append(float(np.mean([r2_score(y[test], p) for p in predictions])))
    return {"ridge": {"r2": scores[0]}, "mlp": {"r2": scores[1]}}


def binary():
    table = columns("wdbc.csv")
    y = (table.pop("Diagnosis") == "M").astype(int)
    del table["ID"]
    x = np.stack(list(table.values()), axis=1).astype(float)
    learn, test = sides("wdbc")
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    p = model.fit(x[learn], y[learn]).predict_proba(x[test])[:, 1]
    return {
        "logistic": {
            "auroc": roc_auc_score(y[test], p),
            "brier": brier_score_loss(y[test], p),
            "logLoss": log_loss(y[test], p),
        }
    }


expected = {"sklearn": sklearn.__version__, "diabetes": regression(), "wdbc": binary()}
(here / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
print(json.dumps(expected, indent=2))
