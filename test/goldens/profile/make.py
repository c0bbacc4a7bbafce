"""Writes profile.json: standardized mean differences by tableone, summaries and correlations by pandas,
of data/biopsy_repeated_ids.csv and data/cells_segmentation.csv.
"""

import json
import warnings
from pathlib import Path

import pandas as pd
from tableone import TableOne

warnings.filterwarnings("ignore")
root = Path(__file__).parents[3]
cells = pd.read_csv(root / "data/cells_segmentation.csv")
biopsy = pd.read_csv(root / "data/biopsy_repeated_ids.csv")
numbers = ["angle_ch_1", "area_ch_1", "avg_inten_ch_1", "eq_circ_diam_ch_1"]


def differences(frame, columns, categorical, by):
    table = TableOne(frame, columns=columns, categorical=categorical, groupby=by, smd=True, pval=False)
    smd = table.smd_table
    return {c: abs(float(str(v))) for c, v in zip([i[0].split(",")[0] if isinstance(i, tuple) else i.split(",")[0] for i in smd.index], smd.iloc[:, 0])}


made = pd.DataFrame({
    "stage": [("I", "II", "III")[(i * 7) % 3 if i % 5 else (i // 3) % 2] for i in range(200)],
    "y": ["yes" if (i * 13) % 7 < 3 else "no" for i in range(200)],
})
out = {
    "smd": differences(cells, numbers, [], "class"),
    "levels": {"rows": made.values.tolist(), "smd": differences(made, ["stage"], ["stage"], "y")["stage"]},
    "describe": {c: cells[c].describe().tolist() for c in numbers},
    "correlations": {f"{a}|{b}": float(cells[a].corr(cells[b])) for a, b in zip(numbers, numbers[1:])},
    "missing": {str(k): int(v) for k, v in biopsy.isna().sum().items()},
}
Path(__file__).with_name("profile.json").write_text(json.dumps(out) + "\n")
