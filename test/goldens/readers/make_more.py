"""NumPy, SPSS files and the CSV that each reader must give back cell by cell.

    python make_more.py    (numpy 2.4, pandas 2.3, pyreadstat 1.3)

`spss.csv` is what pyreadstat itself reads from the files that it wrote.
"""
import datetime as dt
import zipfile
import numpy as np
import pandas as pd
import pyreadstat
from tables import csv, number

n = 40
rng = np.random.default_rng(11)


# NumPy
X = rng.normal(size=(n, 3))
X[4, 1] = np.nan
y = np.array(["case" if i % 3 == 0 else "control" for i in range(n)])
half = rng.random(n).astype(np.float16)
days = np.array(["2019-12-25"], "M8[D]") + np.arange(n) * 9
seen = days.astype("M8[us]") + np.timedelta64(81015, "s")
seen[2] = np.datetime64("NaT")
single = X.astype(np.float32)
np.savez("table.npz", X=X, y=y, feature_names=np.array(["age", "dose", "größe"]))
np.savez_compressed("packed.npz", single=np.asfortranarray(single), half=half, code=np.arange(n, dtype=">i2") - 3,
                    big=np.arange(n, dtype=np.int64) + 9007199254740993, yes=np.arange(n) % 2 == 0,
                    site=np.array([b"north", b"south"] * (n // 2)), day=days, seen=seen, y=y)
records = np.array([(i, x, s) for i, x, s in zip(range(n), X[:, 0], y)],
                   dtype=[("id", "<u4"), ("value", ">f8"), ("label", "<U8")])
np.save("records.npy", records)
np.save("wide.npy", X)
np.save("images.npy", np.zeros((4, 2, 2)))
np.save("objects.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
columns = lambda a: [[number(v) for v in a[:, k]] for k in range(a.shape[1])]
csv("table.npz.csv", dict(zip(["age", "dose", "größe"], columns(X))) | {"y": list(y)})
short = lambda a: ["" if np.isnan(v) else number(float(str(v))) for v in a]
csv("packed.npz.csv", {f"single{k + 1}": short(single[:, k]) for k in range(3)} | {
    "half": short(half), "code": [str(i - 3) for i in range(n)],
    "big": [str(i + 9007199254740993) for i in range(n)], "yes": ["true", "false"] * (n // 2),
    "site": ["north", "south"] * (n // 2), "day": [str(d) for d in days],
    "seen": ["" if np.isnat(s) else str(s)[:19].replace("T", " ") for s in seen], "y": list(y)})
csv("records.npy.csv", {"id": [str(i) for i in range(n)], "value": [number(v) for v in X[:, 0]], "label": list(y)})
csv("wide.npy.csv", {f"x{k + 1}": c for k, c in enumerate(columns(X))})

# SPSS: numbers, small whole numbers, dates, labels, user-missing values, texts of all lengths
frame = pd.DataFrame({
    "patient": [f"P{i:03d}" for i in range(n)],
    "age": [float(v) for v in rng.integers(20, 90, n)],
    "dose": [np.nan if i % 7 == 3 else float(v) for i, v in enumerate(rng.normal(5, 2, n))],
    "stage": [float([1, 2, 3, -9, -8][i % 5]) for i in range(n)],
    "sex_of_the_patient": ["m" if v else "f" for v in rng.integers(0, 2, n)],
    "hospital": [["northern hospital", "southern hospital", "elsewhere"][i % 3] for i in range(n)],
    "seen": [dt.date(2019, 12, 25) + dt.timedelta(days=i * 9) for i in range(n)],
    "taken": [dt.datetime(2020, 2, 28, 22, 30, 15) + dt.timedelta(hours=i * 5) for i in range(n)],
    "note": [f"Größe {i}; “ok”" if i % 9 != 4 else "" for i in range(n)],
    "story": [(f"long text {i} " * 60)[:600].strip() for i in range(n)],
    "other_story": [f"{i} " + "ä" * 130 for i in range(n)],
})
for name, options in {"plain": {}, "packed": {"row_compress": True}, "zipped": {"compress": True}}.items():
    path = f"visits.{name}.{'zsav' if name == 'zipped' else 'sav'}"
    pyreadstat.write_sav(frame, path,
                         variable_value_labels={"stage": {1: "early", 2: "late, treated", -9: "refused"},
                                                "sex_of_the_patient": {"m": "male", "f": "female"},
                                                "hospital": {"northern hospital": "North"}},
                         missing_ranges={"stage": [-9, {"lo": -8.5, "hi": -7}], "age": [{"lo": 85, "hi": 200}],
                                         "patient": ["P003", "P017"]},
                         variable_format={"age": "F8.0"}, **options)
    back, meta = pyreadstat.read_sav(path, apply_value_formats=True, formats_as_category=False, user_missing=False)

    def text(v):
        if v is None or v is pd.NaT or (isinstance(v, float) and np.isnan(v)):
            return ""
        if isinstance(v, dt.datetime):
            return v.isoformat(sep=" ")
        if isinstance(v, (dt.date, str)):
            return str(v)
        return number(v)

    csv("spss.csv", {c: [text(v) for v in back[c]] for c in back})

# An archive with neither a workbook nor arrays in it
with zipfile.ZipFile("other.zip", "w") as archive:
    archive.writestr("notes.txt", "nothing to read")
