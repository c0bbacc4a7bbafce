"""Writes plain.json: what is resampled or has no package, written out the plain way.

    python plain.py    (numpy 2.4, scipy 1.17, scikit-learn 1.8)

The rows are those of statistics.json. Patients are drawn whole, within the kinds of outcomes they
have where a statistic is stratified; the tails are those of few patients (Hesterberg 2015). Each
end comes with the standard deviation of the replicates: how near a bootstrap of fewer draws can be.
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score, roc_curve

here = Path(__file__).parent
binary = json.loads((here / "statistics.json").read_text())["binary"]
y, p, q, groups = (np.array(binary[k]) for k in ("labels", "first", "second", "groups"))
rng = np.random.default_rng(11)
logit = lambda x: np.log(x / (1 - x))
expit = lambda x: 1 / (1 + np.exp(-x))


def unit_draws(clusters, strata, count):
    """Rows of each resample: whole clusters, drawn within clusters of the same kinds of rows."""
    units = [np.flatnonzero(clusters == g) for g in dict.fromkeys(clusters)]
    kinds = [tuple(sorted(set(strata[u]))) for u in units]
    members = [[u for u, kind in zip(units, kinds) if kind == k] for k in sorted(set(kinds))]
    for _ in range(count):
        yield np.concatenate([m[i] for m in members for i in rng.integers(0, len(m), len(m))])


def tail(clusters, strata, level=0.95):
    units = [np.flatnonzero(clusters == g) for g in dict.fromkeys(clusters)]
    kinds = {tuple(sorted(set(strata[u]))) for u in units}
    n, k = len(units), len(kinds)
    return stats.norm.cdf(-np.sqrt(n / (n - k)) * stats.t.ppf(0.5 + level / 2, n - k))


def ends(replicates, at):
    found = np.quantile(replicates, [at, 1 - at])
    return {"low": found[0], "high": found[1], "deviation": np.std(replicates)}


def newton(design, outcome, offset, start=None):
    beta = np.zeros(design.shape[1]) if start is None else start.copy()
    for _ in range(30):
        mu = expit(offset + design @ beta)
        step = np.linalg.solve(design.T @ (design * (mu * (1 - mu))[:, None]), design.T @ (outcome - mu))
        beta += step
        if np.abs(step).max() < 1e-12:
            break
    return beta


def loess(x, z, at):
    """R's loess with surface = "direct": a parabola by the nearest three quarters, tricube."""
    near = int(len(x) * 0.75 + 1e-5)
    values = []
    for place in at:
        distance = np.abs(x - place)
        reach = np.sort(distance)[near - 1]
        u = distance / reach
        w = np.where(u > 0.999, 0, np.where(u < 0.001, 1, (1 - u**3) ** 3))
        a = np.column_stack([np.ones_like(x), x - place, (x - place) ** 2]) * np.sqrt(w)[:, None]
        values.append(np.linalg.lstsq(a, z * np.sqrt(w), rcond=None)[0][0])
    return np.array(values)


def ici(rows):
    x, z = q[rows], y[rows]
    each = np.unique(x)
    curve = dict(zip(each, loess(x, z, each)))
    return np.mean([abs(curve[v] - v) for v in x])


ones = np.zeros(len(y), int)
large = lambda rows: newton(np.ones((len(rows), 1)), y[rows], logit(p[rows]))[0]
slope = lambda rows: newton(np.column_stack([np.ones(len(rows)), logit(p[rows])]), y[rows], 0)[1]
ratio = lambda rows: y[rows].sum() / p[rows].sum()


def benefit(cut):
    def of(rows):
        called = q[rows] >= cut
        return np.mean(called & (y[rows] == 1)) - np.mean(called & (y[rows] == 0)) * cut / (1 - cut)

    return of


def grouped(statistic, strata, count):
    return ends([statistic(rows) for rows in unit_draws(groups, strata, count)], tail(groups, strata))


# few patients, whose tails are wider: the mean of 12 patients of 5 rows in two kinds
few = np.round(rng.normal(size=12).repeat(5) + 0.5 * rng.normal(size=60), 3)
patients = np.arange(12).repeat(5)
ill = (np.arange(12) % 2).repeat(5)
means = np.array([few[patients == i].mean() for i in range(12)])
drawn = np.concatenate([means[k::2][rng.integers(0, 6, (400_000, 6))] for k in (0, 1)], axis=1).mean(1)

# the variance of a skewed sample: biased, skewed
skewed = np.round(np.exp(rng.normal(size=30)), 4)
bca = stats.bootstrap((skewed,), lambda x, axis: np.var(x, axis=axis), n_resamples=200_000, batch=2000,
                      method="BCa", rng=np.random.default_rng(5))
spread = np.std(bca.bootstrap_distribution)


def grouped_bca(count):
    """AUROC over patients, stratified, BCa with the jackknife of patients (Efron & Tibshirani, § 14.3)."""
    def area(rows):
        ranks, events = stats.rankdata(p[rows]), y[rows].sum()
        return (ranks[y[rows] == 1].sum() / events - (events + 1) / 2) / (len(rows) - events)

    whole = area(np.arange(len(y)))
    values = np.array([area(rows) for rows in unit_draws(groups, y, count)])
    z0 = stats.norm.ppf((np.mean(values < whole) + np.mean(values <= whole)) / 2)
    left = np.array([area(np.flatnonzero(groups != g)) for g in dict.fromkeys(groups)])
    gaps = left.mean() - left
    a = (gaps**3).sum() / (6 * (gaps**2).sum() ** 1.5)
    z = stats.norm.ppf([tail(groups, y), 1 - tail(groups, y)])
    at = stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z)))
    found = np.quantile(values, at)
    return {"low": found[0], "high": found[1], "deviation": np.std(values)}


# an area near 1, whose interval is made on the logit scale
sharp = np.round(2.6 * y + rng.normal(size=len(y)), 2)
psi = (sharp[y == 1][:, None] > sharp[y == 0]) + 0.5 * (sharp[y == 1][:, None] == sharp[y == 0])
error = np.sqrt(np.var(psi.mean(1), ddof=1) / psi.shape[0] + np.var(psi.mean(0), ddof=1) / psi.shape[1])


def on_logit(level):
    reach = stats.norm.ppf(0.5 + level / 2) * error / (psi.mean() * (1 - psi.mean()))
    return expit(logit(psi.mean()) + np.array([-reach, reach]))


# cross-validated AUROC in five folds of patients: the infinitesimal jackknife (Efron 1982), each
# patient's weight moved a little
fold = groups % 5


def fold_mean(weight):
    return np.mean([roc_auc_score(y[fold == k], p[fold == k], sample_weight=weight[fold == k]) for k in range(5)])


def influence(patient, little=1e-4):
    more, less = (fold_mean(1 + sign * little * (groups == patient)) for sign in (1, -1))
    return (more - less) / (2 * little)


jackknife = np.sqrt(sum(influence(g) ** 2 for g in np.unique(groups)))



def ledell():
    """Standard error by LeDell's influence curve (2015), patients adding up their rows."""
    squares = 0
    for k in range(5):
        rows = fold == k
        x, z = p[rows & (y == 1)], p[rows & (y == 0)]
        above = (x[:, None] > z[None, :]) + 0.5 * (x[:, None] == z[None, :])
        sums = {g: 0.0 for g in np.unique(groups[rows])}
        for g, value in zip(groups[rows & (y == 1)], (above.mean(1) - above.mean()) / y.mean()):
            sums[g] += value
        for g, value in zip(groups[rows & (y == 0)], (above.mean(0) - above.mean()) / (1 - y.mean())):
            sums[g] += value
        squares += np.mean((np.array(list(sums.values())) * len(sums) / rows.sum()) ** 2)
    return np.sqrt(squares / 5 / len(np.unique(groups)))


fpr, tpr, cuts = roc_curve(y, p, drop_intermediate=False)
best = np.flatnonzero(1 - fpr >= 0.9)[-1]

# groups between deciles, closed above, as ResourceSelection::hoslem.test cuts them
decile = np.searchsorted(np.quantile(p, np.arange(1, 10) / 10), p, side="left")
used = [decile == k for k in np.unique(decile)]
chi = sum((y[g].sum() - p[g].sum()) ** 2 / (p[g].sum() * (1 - p[g].mean())) for g in used)

golden = {
    "grouped": {
        "inTheLarge": grouped(large, ones, 20_000),
        "slope": grouped(slope, ones, 20_000),
        "observedOverExpected": grouped(ratio, ones, 20_000),
        "benefit": {cut: grouped(benefit(cut), ones, 20_000) for cut in (0.2, 0.5)},
        "ici": grouped(ici, ones, 1500),
    },
    "few": {"values": few, "groups": patients, "strata": ill, "mean": ends(drawn, tail(patients, ill))},
    "bca": {"values": skewed, "variance": {"low": bca.confidence_interval.low,
                                           "high": bca.confidence_interval.high, "deviation": spread},
            "aurocOfPatients": grouped_bca(60_000)},
    "nearOne": {"scores": sharp, "auroc": psi.mean(), "interval": on_logit(0.95), "interval90": on_logit(0.9),
                "bounds90": [stats.binomtest(k, k).proportion_ci(0.9, "exact").low for k in (1, 3, 10)]},
    "crossValidated": {"auroc": fold_mean(np.ones(len(y))), "jackknife": jackknife, "error": ledell()},
    "hosmerLemeshow": {"statistic": chi, "p": stats.chi2.sf(chi, len(used) - 2)},
    "specificity90": {"score": cuts[best], "sensitivity": tpr[best], "specificity": 1 - fpr[best]},
}
text = json.dumps(golden, default=lambda v: v.tolist())
(here / "plain.json").write_text(text + "\n")
