"""Features of a small table by scikit-learn: median imputation with indicator, standardization, one-hot.

Run: python make.py (scikit-learn, numpy). Writes recipe.json beside itself.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

rng = np.random.default_rng(7)
rows, train = 120, 80
age = np.round(rng.normal(60, 12, rows), 1)
crp = np.round(np.exp(rng.normal(1, 1.5, rows)), 3)
small = rng.normal(3e-9, 1e-10, rows)
stage = rng.integers(1, 5, rows)
sex = rng.choice(["f", "m"], rows, p=[0.3, 0.7])
site = rng.choice(["Bern", "Genève", "Zürich, USZ"], rows)
site[100] = "Chur"  # never in training
crp[rng.choice(rows, 30, replace=False)] = np.nan
age[90] = np.nan  # missing outside training only
site_missing = np.zeros(rows, bool)
site_missing[[3, 17, 95]] = True

header = ["age", "crp", "small", "stage", "sex", "site"]
show = lambda x: "" if np.isnan(x) else repr(float(x))
quote = lambda s: '"' + s.replace('"', '""') + '"'
lines = [",".join(header)]
for i in range(rows):
    place = "NA" if site_missing[i] else quote(site[i])
    lines.append(",".join([show(age[i]), show(crp[i]), show(small[i]), str(stage[i]), sex[i], place]))

features, low_high = {}, {}
for name, values in (("age", age), ("crp", crp), ("small", small)):
    x = values.reshape(-1, 1)
    imputer = SimpleImputer(strategy="median", add_indicator=True).fit(x[:train])
    filled = imputer.transform(x)
    scaler = StandardScaler().fit(filled[:train, :1])
    features[name] = scaler.transform(filled[:, :1])[:, 0].tolist()
    low_high[name] = [float(imputer.statistics_[0]), float(scaler.mean_[0]), float(scaler.scale_[0])]
    if filled.shape[1] > 1:
        features[f"{name} missing"] = filled[:, 1].tolist()


def one_hot(name, values, drop=None):
    x = np.asarray(values, dtype=object).reshape(-1, 1)
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False, drop=drop).fit(x[:train])
    for label, column in zip(encoder.get_feature_names_out([name]), encoder.transform(x).T):
        level = label[len(name) + 1 :]
        features[f"{name} missing" if level == "?" else f"{name}={level}"] = column.tolist()


one_hot("stage", stage.astype(str))
one_hot("sex", sex, drop="if_binary")
one_hot("site", np.where(site_missing, "?", site))

golden = {
    "madeWith": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "train": train,
    "csv": "\n".join(lines) + "\n",
    "fitted": low_high,
    "features": features,
}
Path(__file__).with_name("recipe.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")
