"""The baselines of `golgi bench papers` in scikit-learn: python papers.py DATA_FOLDER [NAME …] > papers.json

Logistic, softmax or linear regression, and a network of one hidden layer of 16 ReLU (Adam 5e-3, L2 1.0,
400 epochs); medians and scales of each training part. Mean over the repeats, all folds of a repeat pooled.
"""
import json
import os
import sys
import warnings

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
folder = sys.argv[1]
only = sys.argv[2:]
network = dict(hidden_layer_sizes=(16,), learning_rate_init=5e-3, alpha=1.0, max_iter=400)


def models(task):
    if task == "regression":
        scaled = lambda seed: TransformedTargetRegressor(
            MLPRegressor(**network, random_state=seed), transformer=StandardScaler()
        )
        return {"linear": lambda seed: LinearRegression(), "mlp": scaled}
    return {
        "linear": lambda seed: LogisticRegression(max_iter=5000),
        "mlp": lambda seed: MLPClassifier(**network, random_state=seed),
    }


def scores(task, y, p, classes):
    if task == "regression":
        return {"r2": r2_score(y, p), "rmse": float(np.sqrt(np.mean((y - p) ** 2)))}
    accuracy = accuracy_score(y, classes[np.argmax(p, 1)])
    if task == "binary":
        event = (y == classes[1]).astype(float)
        return {
            "auroc": roc_auc_score(event, p[:, 1]),
            "accuracy": accuracy,
            "brier": float(np.mean((p[:, 1] - event) ** 2)),
        }
    areas = [roc_auc_score(y == each, p[:, k]) for k, each in enumerate(classes)]
    return {"auroc": float(np.mean(areas)), "accuracy": accuracy}


def run(X, y, task, folds=10, repeats=3, split=None):
    classes = None if task == "regression" else np.unique(y)
    found = {}
    for name, make in models(task).items():
        rounds = []
        for repeat in range(repeats):
            p = np.zeros(len(y) if classes is None else (len(y), len(classes)))
            kind = KFold if classes is None else StratifiedKFold
            parts = [split] if split else kind(folds, shuffle=True, random_state=repeat).split(X, y)
            held = []
            for training, test in parts:
                model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), make(repeat))
                model.fit(X[training], y[training])
                p[test] = model.predict(X[test]) if classes is None else model.predict_proba(X[test])
                held.append(test)
            rows = np.concatenate(held)
            rounds.append(scores(task, y[rows], p[rows], classes))
        found[name] = {
            key: {
                "mean": round(float(np.mean([each[key] for each in rounds])), 5),
                "deviation": round(float(np.std([each[key] for each in rounds])), 5),
            }
            for key in rounds[0]
        }
    return {"rows": len(y), "columns": X.shape[1], **found}


def read(name):
    return pd.read_csv(os.path.join(folder, name))


def table(name, target, ignore=(), task="binary", rows=None, **how):
    frame = read(name)
    if rows is not None:
        frame = frame[rows(frame)].reset_index(drop=True)
    X = pd.get_dummies(frame.drop(columns=[target, *ignore]), drop_first=True).astype(float).values
    y = frame[target].values
    return run(X, y.astype(float) if task == "regression" else y.astype(str), task, **how)


def splice():
    frame = read("splice_sequences.csv")
    letters = np.array([list(each) for each in frame.sequence])
    X = np.concatenate([(letters == each) for each in "ACG"], 1).astype(float)
    parts = [np.flatnonzero(frame.statlog_split == side) for side in ("train", "test")]
    return run(X, frame["class"].values.astype(str), "classes", repeats=1, split=parts)


def cells():
    frame = read("cells_segmentation.csv")
    X = frame.drop(columns=["case", "class"]).values
    parts = [np.flatnonzero(frame["case"] == side) for side in ("Train", "Test")]
    # WS is the second class by the alphabet, and the event
    return run(X, frame["class"].values.astype(str), "binary", repeats=1, split=parts)


def khan():
    training, test = read("khan_srbct_train.csv"), read("khan_srbct_test.csv")
    test = test[test["class"] != "Normal"]
    test = test[test["class"].isin(set(training["class"]))]
    frame = pd.concat([training, test])
    parts = [np.arange(len(training)), np.arange(len(training), len(frame))]
    X = frame.drop(columns="class").values
    return run(X, frame["class"].values.astype(str), "classes", repeats=1, split=parts)


heart = dict(target="disease", ignore=("num", "site"))
cases = {
    "wdbc": lambda: table("wdbc.csv", "Diagnosis", ["ID"]),
    "biopsy": lambda: table("biopsy_repeated_ids.csv", "class", ["ID"]),
    "alzheimer": lambda: table("alzheimer_ad_data.csv", "Class"),
    "cells": cells,
    "splice": splice,
    "tissues": lambda: table("tissue_gene_expression.csv", "tissue", task="classes", folds=5, repeats=1),
    "diabetes": lambda: table("diabetes_progression.csv", "target", task="regression"),
    "cleveland": lambda: table(
        "heart_uci_4sites.csv", **heart, rows=lambda frame: frame.site == "cleveland"
    ),
    "heart": lambda: table("heart_uci_4sites.csv", **heart, repeats=1),
    "golub": lambda: table("golub_leukemia.csv", "class", folds=5, repeats=2),
    "khan": khan,
}
result = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "cases": {}}
for name, case in cases.items():
    if only and name not in only:
        continue
    try:
        result["cases"][name] = case()
        print(name, result["cases"][name], file=sys.stderr)
    except FileNotFoundError:
        print(name, "has no file there", file=sys.stderr)
print(json.dumps(result, indent=1))
