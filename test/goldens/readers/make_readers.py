"""One table in every format, and the CSV that each reader must give back cell by cell.

    python make_readers.py    (pandas 2.3, pyarrow 26, openpyxl 3.1)
"""
import datetime as dt
import json
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from tables import csv, number

n = 40
rng = np.random.default_rng(7)
age = [None if i % 11 == 5 else int(v) for i, v in enumerate(rng.integers(20, 90, n))]
dose = [None if i % 7 == 3 else float(v) for i, v in enumerate(rng.normal(5, 2, n))]
ratio = np.float32(rng.random(n))
sex = ["female" if v else "male" for v in rng.integers(0, 2, n)]
note = [None if i % 9 == 4 else f"Größe {i}; “ok”" for i in range(n)]
smoker = [bool(v) for v in rng.integers(0, 2, n)]
seen = [dt.date(2019, 12, 25) + dt.timedelta(days=int(i * 9)) for i in range(n)]
taken = [dt.datetime(2020, 2, 28, 22, 30, 15) + dt.timedelta(hours=int(i * 5)) for i in range(n)]
big = [9007199254740993 + i for i in range(n)]


texts = {
    "id": [f"P{i:03d}" for i in range(n)],
    "age": [number(v) for v in age],
    "dose": [number(v) for v in dose],
    "sex": sex,
    "note": [v or "" for v in note],
    "seen": [v.isoformat() for v in seen],
    "taken": [v.isoformat(sep=" ") for v in taken],
}
yes = ["true" if v else "false" for v in smoker]
short = [str(v) for v in ratio]

# JSON lines: no dates, they are text
with open("visits.jsonl", "w") as f:
    for i in range(n):
        row = {"id": texts["id"][i], "age": age[i], "dose": dose[i], "sex": sex[i],
               "smoker": smoker[i], "note": note[i], "seen": texts["seen"][i]}
        if row["note"] is None:
            del row["note"]
        f.write(json.dumps(row, ensure_ascii=i % 2 == 0) + "\n")
csv("visits.jsonl.csv", {k: texts[k] for k in ("id", "age", "dose", "sex")}
    | {"smoker": yes, "note": texts["note"], "seen": texts["seen"]})

# Excel
book = Workbook()
sheet = book.active
sheet.title = "visits"
sheet.append(["id", "age", "dose", "sex", "note", "seen", "taken", "smoker"])
for row in zip(texts["id"], age, dose, sex, note, seen, taken, smoker):
    sheet.append(list(row))
other = book.create_sheet("other")
for row in (["a", "b"], [1, "x"], [2.5, "y"]):
    other.append(row)
book.save("visits.xlsx")
sixteen = [number(v if v is None else float(f"{v:.16g}")) for v in dose]  # openpyxl's digits
csv("visits.xlsx.csv", texts | {"dose": sixteen, "smoker": yes})

# Parquet: several codecs, row groups and types
table = pa.table({
    "id": pa.array(texts["id"]),
    "age": pa.array(age, pa.int16()),
    "dose": pa.array(dose, pa.float64()),
    "sex": pa.array(sex).dictionary_encode(),
    "note": pa.array(note),
    "seen": pa.array(seen, pa.date32()),
    "taken": pa.array(taken, pa.timestamp("us")),
    "smoker": pa.array(smoker),
    "ratio": pa.array(ratio, pa.float32()),
    "big": pa.array(big, pa.int64()),
})
for codec in ("snappy", "gzip", "zstd", "brotli", "lz4", "none"):
    pq.write_table(table, f"visits.{codec}.parquet", compression=codec, row_group_size=16)
csv("visits.parquet.csv", texts | {"smoker": yes, "ratio": short, "big": [str(v) for v in big]})
nested = pa.table({"a": pa.array([1, 2]), "b": pa.array([[1], [2, 3]])})
pq.write_table(nested, "nested.parquet")

# Stata 117, 118, 119 (pandas writes 119 where it is told to)
frame = pd.DataFrame({
    "id": texts["id"],
    "age": pd.array(age, dtype="Int16"),
    "dose": np.array([np.nan if v is None else v for v in dose]),
    "sex": pd.Categorical(sex),
    "note": [v or "" for v in note],
    "seen": pd.to_datetime(seen),
    "taken": pd.to_datetime(taken),
    "ratio": ratio,
    "stage": np.array([i % 4 for i in range(n)], np.int8),
    "story": [("long text " * 4 + str(i)) for i in range(n)],
})
plain = frame.assign(note=[v.encode("ascii", "ignore").decode() for v in frame["note"]])
labels = {"stage": {0: "none", 1: "early", 2: "late"}}
for version in (117, 118, 119):
    (plain if version == 117 else frame).to_stata(
        f"visits.{version}.dta", version=version, write_index=False, convert_dates={"seen": "td", "taken": "tc"},
        value_labels=labels, convert_strl=["story"], byteorder="little")
# pandas writes long texts in little-endian order whatever it is told: here they are plain ones
frame.to_stata("visits.big.dta", version=118, write_index=False, convert_dates={"seen": "td", "taken": "tc"},
               value_labels=labels, byteorder="big")
stage = [labels["stage"].get(i % 4, str(i % 4)) for i in range(n)]
stata = texts | {"ratio": short, "stage": stage, "story": list(frame["story"])}
csv("visits.dta.csv", stata)
csv("visits.117.dta.csv", stata | {"note": list(plain["note"])})
frame[["id", "dose"]].to_stata("old.dta", version=114, write_index=False)
