"""erf correctly rounded to float32, at float32 points of both signs over the whole range.

Every number is written as the int32 of its float32 bits.

    python erf.py > erf.json
"""

import json

import mpmath as mp
import numpy as np

mp.mp.dps = 60


def bits(value):
    return int(np.float32(value).view(np.int32))


def number(word):
    return np.uint32(word).view(np.float32)


def erf32(x):
    """By way of float64; 60 digits first, so that only the rounding to float64 comes between."""
    return np.float32(float(mp.erf(mp.mpf(float(x)))))


positive = set(range(0, bits(np.inf), 2_000_003))  # every size, subnormal ones included
positive |= set(range(bits(0.001), bits(4.5), 60_013))  # where erf is neither 2x/sqrt(pi) nor 1
positive |= set(range(bits(3.9), bits(3.95), 997))  # where it becomes 1
positive |= {0, 1, 2, 0x007FFFFF, 0x00800000, bits(4.0), bits(np.inf) - 1, bits(np.inf)}
points = [number(word) for word in sorted(positive)]
points = [p if place % 3 else -p for place, p in enumerate(points)] + [np.float32(-np.inf)]
print(json.dumps({"x": [bits(p) for p in points], "erf": [bits(erf32(p)) for p in points]}))
