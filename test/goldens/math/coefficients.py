"""Prints the coefficient tables of src/base/math/erf.ts and src/base/math/gamma.ts (mpmath 1.3)."""

from mpmath import bernoulli, cos, erfc, euler, exp, factorial, log, mp, mpf, pi, sqrt, zeta

mp.dps = 40


def table(name, values):
    print(f"const {name} = [{', '.join(repr(float(v)) for v in values)}];")


def scaled_erfc(terms=24, points=80):
    """Chebyshev series in t = (x - 3.5) / (x + 3.5) of (1 + 2x) exp(x^2) erfc(x), x >= 0."""
    nodes = [cos(pi * (j + mpf(1) / 2) / points) for j in range(points)]

    def value(t):
        x = mpf(7) / 2 * (1 + t) / (1 - t)
        return (1 + 2 * x) * exp(x * x) * erfc(x)

    values = [value(t) for t in nodes]
    return [
        (2 if k else 1) / mpf(points)
        * sum(v * cos(pi * k * (j + mpf(1) / 2) / points) for j, v in enumerate(values))
        for k in range(terms)
    ]


table("CHEBYSHEV", scaled_erfc())
table("ERF_SERIES", [(-1) ** n * 2 / sqrt(pi) / (factorial(n) * (2 * n + 1)) for n in range(14)])
table("NEAR_TWO", [1 - euler] + [(-1) ** k * (zeta(k) - 1) / k for k in range(2, 28)])
table("STIRLING", [bernoulli(2 * k) / (2 * k * (2 * k - 1)) for k in range(1, 9)])
table("HALF_LOG_TWO_PI", [log(2 * pi) / 2])
