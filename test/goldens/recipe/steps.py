"""Steps of a recipe by NumPy, SciPy and scikit-learn, fitted on the first rows and applied to all.

Run: python steps.py (scikit-learn, scipy, numpy). Writes steps.json beside itself.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import VarianceThreshold, f_classif, f_regression
from sklearn.impute import IterativeImputer, KNNImputer
from sklearn.linear_model import Ridge
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

rng = np.random.default_rng(11)
rows, train = 90, 60
latent = rng.normal(size=(rows, 3))
mix = rng.normal(size=(3, 8))
numbers = latent @ mix + 0.4 * rng.normal(size=(rows, 8))
numbers[:, 0] = np.exp(numbers[:, 0])  # skewed, above 0
numbers[:, 1] = numbers[:, 1] * 5 - 3  # some below 0
numbers[:, 2] *= 0.05
numbers = np.round(numbers, 4)
names = [f"x{k}" for k in range(8)]
two = (latent[:, 0] + 0.5 * rng.normal(size=rows) > 0).astype(int)
three = rng.integers(0, 3, rows)
numbers[:, 4] += 0.7 * three
number = latent[:, 1] + 0.3 * rng.normal(size=rows)
sequences = ["".join(rng.choice(list("ACGT"), 14, p=[0.4, 0.1, 0.2, 0.3])) for _ in range(rows)]
grades = rng.choice(["1", "2", "3", "5"], rows)
gaps = numbers.copy()
gaps[rng.random(gaps.shape) < 0.15] = np.nan
gaps[:, 5] = numbers[:, 5]  # no gap in training
gaps[train + 2, 5] = np.nan


def csv(columns):
    head = ",".join(columns)
    show = lambda x: "" if isinstance(x, float) and np.isnan(x) else str(x)
    lines = [",".join(show(columns[name][i]) for name in columns) for i in range(rows)]
    return "\n".join([head, *lines]) + "\n"


plain = {name: [float(x) for x in numbers[:, k]] for k, name in enumerate(names)}
holes = {name: [float(x) for x in gaps[:, k]] for k, name in enumerate(names)}
targets = {
    "two": [f"c{y}" for y in two],
    "three": [f"c{y}" for y in three],
    "number": [float(x) for x in number],
}
scaler = StandardScaler().fit(numbers[:train])
scaled = scaler.transform(numbers)


def columns(x):
    return {name: x[:, k].tolist() for k, name in enumerate(names)}


def logged(x):
    low = np.nanmin(x[:train], axis=0)
    shift = np.where(low < 0, 1 - low, 1)
    y = np.log(np.maximum(x, low) + shift)
    return StandardScaler().fit(y[:train]).transform(y)


def winsorized(x, share):
    low, high = np.quantile(x[:train], [share, 1 - share], axis=0)
    y = np.clip(x, low, high)
    return StandardScaler().fit(y[:train]).transform(y)


def tests(found):
    statistic, p = found
    return {"statistics": statistic.tolist(), "p": p.tolist()}


welch = stats.ttest_ind(numbers[:train][two[:train] == 1], numbers[:train][two[:train] == 0], equal_var=False)
pca = PCA(n_components=3, svd_solver="full").fit(scaled[:train])
wide = PCA(n_components=4, svd_solver="full").fit(scaled[:6])  # fewer rows than features

holed = StandardScaler().fit(gaps[:train])
holed_x = holed.transform(gaps)
knn = KNNImputer(n_neighbors=5).fit(holed_x[:train])
iterative = IterativeImputer(
    estimator=Ridge(alpha=1.0, solver="cholesky"),
    max_iter=10,
    tol=0,
    initial_strategy="median",
    skip_complete=True,
    imputation_order="ascending",
    min_value=np.nanmin(holed_x[:train], axis=0),
    max_value=np.nanmax(holed_x[:train], axis=0),
).fit(holed_x[:train])

counts = CountVectorizer(analyzer="char", ngram_range=(3, 3), lowercase=False).fit(sequences[:train])
kmers = counts.transform(sequences).toarray().astype(float)
kmers = StandardScaler().fit(kmers[:train]).transform(kmers)
ordinal = OrdinalEncoder(categories=[["1", "2", "3", "5"]]).fit_transform(np.array(grades).reshape(-1, 1))
ordinal = StandardScaler().fit(ordinal[:train]).transform(ordinal)

golden = {
    "made by": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}",
    "train": train,
    "plain": csv(plain | targets),
    "gaps": csv(holes),
    "sequences": csv({"dna": sequences, "grade": grades.tolist()}),
    "log": columns(logged(numbers)),
    "winsorize": columns(winsorized(numbers, 0.05)),
    "variance": {
        "variances": numbers[:train].var(axis=0).tolist(),
        "above 1": VarianceThreshold(1.0).fit(numbers[:train]).get_support(indices=True).tolist(),
    },
    "two": tests(f_classif(numbers[:train], two[:train])),
    "three": tests(f_classif(numbers[:train], three[:train])),
    "number": tests(f_regression(numbers[:train], number[:train])),
    "welch": tests((np.abs(welch.statistic), welch.pvalue)),
    "pca": {
        "variances": pca.explained_variance_ratio_.tolist(),
        "deviation": float(np.sqrt(pca.explained_variance_[0] * (train - 1) / train)),
        "scores": pca.transform(scaled).tolist(),
        "components": pca.components_.tolist(),
    },
    "wide": {"scores": wide.transform(scaled[:6]).tolist(), "components": wide.components_.tolist()},
    "knn": columns(knn.transform(holed_x)),
    "iterative": columns(iterative.transform(holed_x)),
    "kmers": {name: kmers[:, k].tolist() for k, name in enumerate(counts.get_feature_names_out())},
    "ordinal": ordinal[:, 0].tolist(),
}
Path(__file__).with_name("steps.json").write_text(json.dumps(golden) + "\n")
