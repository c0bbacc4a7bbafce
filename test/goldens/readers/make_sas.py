"""SAS files and the CSV that each reader must give back cell by cell, as pyreadstat reads it.

    python make_sas.py PANDAS IRIS    (pyreadstat 1.3, pandas 2.3)

No free program writes SAS7BDAT. PANDAS is `pandas/tests/io/sas/data` of pandas 0.22 (in its wheel on
PyPI; BSD-3-Clause, Copyright 2008-2012 AQR Capital Management, Lambda Foundry and the PyData
Development Team); IRIS is `iris.sas7bdat` of the R package haven (MIT). They are kept as they are,
but packed by gzip. Transport files are written here by pyreadstat.
"""
import datetime as dt
import gzip
import shutil
import sys
from pathlib import Path
import numpy as np
import pandas as pd
import pyreadstat
from tables import csv, number

pandas_data, iris = map(Path, sys.argv[1:])


def text(v):
    if v is None or v is pd.NaT or (isinstance(v, float) and np.isnan(v)):
        return ""
    if isinstance(v, dt.datetime):
        v = (v.to_pydatetime(warn=False) if isinstance(v, pd.Timestamp) else v) + dt.timedelta(microseconds=500)
        v = v.replace(microsecond=v.microsecond // 1000 * 1000)
        return v.isoformat(" ", "milliseconds" if v.microsecond else "seconds").removesuffix(" 00:00:00")
    if isinstance(v, (dt.date, str)):
        return str(v)
    return number(v)


def columns(frame):
    return {name: [text(v) for v in frame[name]] for name in frame}


# test1 to test15: one table in 32 and 64 bit, in both byte orders, plain, COMPRESS=CHAR and COMPRESS=BINARY
same = {"32": (1, 2, 3), "32.big": (10, 12, 11), "64": (7, 9, 8), "64.big": (13, 15, 14)}
tables = [(pandas_data / f"test{number}.sas7bdat", f"wide.{kind}.{packed}.sas7bdat")
          for kind, numbers in same.items() for number, packed in zip(numbers, ("plain", "char", "binary"))]
tables += [(pandas_data / f"{name}.sas7bdat", f"{name}.sas7bdat") for name in ("airline", "datetime", "productsales")]
tables += [(iris, "iris.sas7bdat")]
wanted = {}
for source, name in tables:
    # formats of dates that pyreadstat takes as numbers and pandas, as we, as dates
    frame, _ = pyreadstat.read_sas7bdat(source, extra_date_formats=["MONNAME", "MINGUO"])
    golden = "wide.csv" if name.startswith("wide") else name.replace("sas7bdat", "sas.csv")
    found = columns(frame)
    assert wanted.setdefault(golden, found) == found, name
    with open(source, "rb") as file:
        Path(f"{name}.gz").write_bytes(gzip.compress(file.read(), 9, mtime=0))
for golden, found in wanted.items():
    csv(golden, found)

# Transport files: one from SAS, two from pyreadstat
shutil.copy(pandas_data / "SSHSV1_A.xpt", "survey.xpt")
csv("survey.xpt.csv", columns(pyreadstat.read_xport("survey.xpt")[0]))
n = 40
rng = np.random.default_rng(5)
frame = pd.DataFrame({
    "id": [f"P{i:03d}" for i in range(n)],
    "value": np.concatenate([[0, -0.1, 1e-70, 9.87e70, np.nan, np.nan], rng.normal(0, 100, n - 6)]),
    "seen": [dt.date(1959, 12, 25) + dt.timedelta(days=i * 900) for i in range(n)],
    "taken": [dt.datetime(2020, 2, 28, 22, 30, 15) + dt.timedelta(hours=i * 5) for i in range(n)],
    "note": [f"Größe {i}" if i % 9 != 4 else "" for i in range(n)],
})
for version in (5, 8):
    path = Path(f"visits.v{version}.xpt")
    named = frame if version == 5 else frame.rename(columns={"value": "value_of_the_laboratory"})
    pyreadstat.write_xport(named, path, file_format_version=version)
    data = path.read_bytes()
    missing = b"." + bytes(7)
    assert data.count(missing) == 2
    path.write_bytes(data.replace(missing, b"A" + bytes(7), 1))  # .A
    back, meta = pyreadstat.read_xport(path)
    csv(f"visits.v{version}.csv", columns(back))
