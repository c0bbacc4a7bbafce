"""What the scripts of this folder share: numbers as JavaScript writes them, and CSV files."""
import numpy as np


def number(v):
    """Shortest decimal text of a float64, written as JavaScript writes it; "" where it is missing."""
    f = np.nan if v is None else float(v)
    if np.isnan(f):
        return ""
    return str(int(f)) if f == int(f) and abs(f) < 1e21 else repr(f)


def csv(path, columns):
    """Columns of text cells under their names, quoted where they need it."""
    quote = lambda c: '"' + c.replace('"', '""') + '"' if any(x in c for x in ',"\n;') else c
    with open(path, "w", newline="\n") as f:
        f.write(",".join(map(quote, columns)) + "\n")
        for row in zip(*columns.values()):
            f.write(",".join(quote(c) for c in row) + "\n")
