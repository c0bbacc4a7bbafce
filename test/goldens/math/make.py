"""Writes special.json: points and values of special functions, computed with mpmath at 60 digits.
(scipy gives betaQuantile its starting points.)

Each row is [arguments…, value]; the arguments are float64 exactly, the value is rounded once.
"""

import json
import random
from pathlib import Path

import mpmath as m
from scipy import special

m.mp.dps = 60
random.seed(2)


def span(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def powers(low, high, count):
    return [10 ** random.uniform(low, high) for _ in range(count)]


def signed(xs):
    return [x if random.random() < 0.5 else -x for x in xs]


def normal_quantile(p):
    p = m.mpf(p)
    with m.workdps(400 if p < 1e-30 else 80):
        # The tail is solved in logarithms, where the function is nearly linear.
        start = -m.sqrt(max(-2 * m.log(min(p, 1 - p)), 0))
        lower = m.findroot(lambda x: m.log(m.ncdf(x)) - m.log(min(p, 1 - p)), start * 0.9 - 0.01)
        return lower if p <= 0.5 else -lower


def beta_quantile(a, b, p):
    x = m.mpf(float(special.betaincinv(float(a), float(b), float(p))))
    for _ in range(4):
        density = x ** (a - 1) * (1 - x) ** (b - 1) / m.beta(a, b)
        x -= (m.betainc(a, b, 0, x, regularized=True) - p) / density
    return x


def rows(function, *columns):
    result = []
    for arguments in zip(*columns):
        exact = [m.mpf(x) for x in arguments]
        result.append([*arguments, float(function(*exact))])
    return result


wide = signed(powers(-300, 2.8, 60)) + span(-700, 700, 60) + span(-2, 2, 120)
positive = powers(-307, 308, 60) + span(0.3, 3, 120) + [1 - 1e-10, 1 + 1e-12, 5e-324, 1e-310]
above = powers(-300, 300, 40) + span(-0.9999999, 3, 160) + signed(powers(-20, -1, 40))
shapes = [*powers(-1, 3, 60)]
others = [*powers(-1, 3, 60)]
counts = [(float(k), float(n - k + 1)) for n in (1, 2, 5, 30, 109, 1000) for k in {1, n // 2 + 1, n}]
probabilities = powers(-300, -1, 60) + span(0.001, 0.999, 120) + [0.5 + 1e-9, 0.5 - 1e-12, 0.975]

tables = {
    "exp": rows(m.exp, wide + [-740.3, -709.0, 709.7]),
    "expm1": rows(m.expm1, wide),
    "log": rows(m.log, positive),
    "log2": rows(lambda x: m.log(x) / m.log(2), positive),
    "log1p": rows(m.log1p, above),
    "erf": rows(m.erf, signed(powers(-300, -1, 40)) + span(-6, 6, 160)),
    "erfc": rows(m.erfc, span(-6, 26, 160) + span(-1, 2, 80)),
    "normalCdf": rows(m.ncdf, span(-37, 8, 160) + span(-2, 2, 80)),
    "normalQuantile": rows(normal_quantile, probabilities),
    "logGamma": rows(m.loggamma, powers(-10, 15, 80) + span(0.01, 12, 160) + [1 + 1e-9, 2 - 1e-8]),
    "gammaUpper": rows(
        lambda a, x: m.gammainc(a, x, regularized=True),
        shapes,
        [a * random.uniform(0.3, 1.6) + random.uniform(0, 3) for a in shapes],
    ),
    "betaLower": rows(
        lambda a, b, x: m.betainc(a, b, 0, x, regularized=True),
        shapes,
        others,
        [min(0.999, a / (a + b) * random.uniform(0.6, 1.4)) for a, b in zip(shapes, others)],
    ),
    "betaQuantile": rows(
        beta_quantile, *zip(*[(a, b, p) for a, b in counts for p in (0.025, 0.975)])
    ),
}
lines = [f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in table) + "\n]" for name, table in tables.items()]
Path(__file__).with_name("special.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
