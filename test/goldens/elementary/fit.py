"""Coefficients of src/base/elementary.ts: minimax fits by linear programming on a dense grid.

Each fit minimizes max |weight(x) (sum_k c_k x^k - target(x))|. Coefficients are rounded to float32
one by one, lowest first; those left are fitted again after each rounding. Prints a table for the
source file, with the largest weighted error in units of 2^-24.

    python fit.py > fit.txt
"""

import mpmath as mp
import numpy as np
from scipy.optimize import linprog

mp.mp.dps = 40
UNIT = 2.0**-24


def nodes(low, high, count=600):
    """Chebyshev nodes of the interval: dense at its ends, never on them."""
    angle = (np.arange(count) + 0.5) * np.pi / count
    return (low + high) / 2 + (high - low) / 2 * np.cos(angle)


def minimax(columns, target):
    """The c that minimizes max |columns c - target|, by linear programming."""
    rows, free = columns.shape
    one = np.ones((rows, 1))
    scale = np.abs(columns).max(axis=0)
    above = np.hstack([columns / scale, -one])
    below = np.hstack([-columns / scale, -one])
    answer = linprog(
        np.r_[np.zeros(free), 1],
        A_ub=np.vstack([above, below]),
        b_ub=np.r_[target, -target],
        bounds=[(None, None)] * (free + 1),
        method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    return answer.x[:free] / scale


def fit(name, target, weight, low, high, powers):
    grid = nodes(low, high)
    exact = np.array([float(target(mp.mpf(x))) for x in grid])
    weights = np.array([float(weight(mp.mpf(x))) for x in grid]) / UNIT
    columns = np.stack([grid**power for power in powers], axis=1) * weights[:, None]
    fixed = []
    rest = exact * weights
    for place in range(len(powers)):
        free = minimax(columns[:, place:], rest)
        rounded = np.float32(free[0])
        fixed.append(rounded)
        rest = rest - columns[:, place] * np.float64(rounded)
    print(f"{name}: x^{powers[0]} .. x^{powers[-1]} on [{low}, {high}], error {np.abs(rest).max():.3f}")
    for power, value in zip(powers, fixed):
        print(f"  {power}: {float(value)!r}  # {value.view(np.uint32):08x}")


# e^r = 1 + r + r^2 q(r); the weight makes the error relative to e^r - 1, for tanh and erf.
half_step = 0.34668  # ln 2 / 2 and what rounding adds
fit(
    "exponential q",
    lambda r: (mp.expm1(r) - r) / r**2,
    lambda r: r**2 / mp.expm1(r),
    -half_step, half_step, range(5),
)  # fmt: skip

# log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)), s = f / (2 + f), R(z) = 2 atanh(s)/s - 2.
def log_target(z):
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) / s - 2) / z


widest = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)
fit("log R(z) / z", log_target, lambda z: z / 2, 1e-9, float(widest**2) * 1.00001, range(3))

# log(1 + e) = w + w z Q(z), w = e / (1 + e/2), z = w^2, e in [0, 1].
fit(
    "log1p Q",
    lambda z: (2 * mp.atanh(mp.sqrt(z) / 2) / mp.sqrt(z) - 1) / z,
    lambda z: z,
    1e-9, 4 / 9, range(4),
)  # fmt: skip


# erf(x) = g(y), y = x + x P(x^2), with an odd g that is flat where it is 1: errors of a large y vanish.
# g(y) = y - y^3 (a - b y^2) has slope (1 - (y / top)^2)^2; a and b are rounded down, lest g stay below 1.
top = 15 / 8
a, b = (np.nextafter(np.float32(c), np.float32(0)) for c in (2 / 3 / top**2, 1 / 5 / top**4))
print(f"erf g: a {float(a)!r}, b {float(b)!r}")


def slope(y):
    return 1 - 3 * float(a) * y**2 + 5 * float(b) * y**4


def before_g(value):
    """The y below the top with g(y) = value, by bisection."""
    low, high = mp.mpf(0), mp.mpf(top)
    for _ in range(140):
        middle = (low + high) / 2
        if middle - middle**3 * (float(a) - float(b) * middle**2) < value:
            low = middle
        else:
            high = middle
    return low


fit(
    "erf P",
    lambda z: before_g(mp.erf(mp.sqrt(z))) / mp.sqrt(z) - 1,
    lambda z: mp.sqrt(z) * slope(before_g(mp.erf(mp.sqrt(z)))) / mp.erf(mp.sqrt(z)),
    1e-9, 3.9**2, range(8),
)  # fmt: skip
