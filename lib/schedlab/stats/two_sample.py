"""How far apart are two samples of requests? Seven statistics from two sorts and one sweep.

Their p-values hold for independent values, and the requests of a run are not: between arms, runs decide
(`compare`). Within one run (this half against that half) and as distances they are what they seem. Ties count
as midranks; the p-values are the limits for large samples that scipy uses where it has them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln, kolmogorov, kv, ndtr, stdtr

from schedlab.errors import TooFewValues
from schedlab.kernels import twosample

_LARGE = 10_000


@dataclass(frozen=True)
class Battery:
    """`table` has one row per test: test, statistic, p_value (NaN for the distance, which has none)."""

    n1: int
    n2: int
    table: pd.DataFrame
    warnings: tuple[str, ...]


def battery(baseline, treated) -> Battery:
    """Mann-Whitney's U of treated, KS, Kuiper, Cramer-von Mises, Anderson-Darling, W1, Brunner-Munzel."""
    one, two = (np.sort(np.asarray(values, dtype=np.float64)) for values in (baseline, treated))
    n, m = len(one), len(two)
    if min(n, m) < 2 or not (np.isfinite(one[-1]) and np.isfinite(two[-1])):
        raise TooFewValues("two samples need at least 2 values each, none of them missing")
    seen = dict(zip(twosample.STATISTICS, twosample.sweep(two, one).tolist(), strict=True))
    effective = n * m / (n + m)
    shift, df = brunner_munzel(seen, m, n)
    rows = [
        ("Mann-Whitney U", seen["u"], mann_whitney_p(seen["u"], seen["ties"], m, n)),
        ("Kolmogorov-Smirnov D", seen["ks"], kolmogorov_p(seen["ks"], effective)),
        ("Kuiper V", seen["kuiper"], kuiper_p(seen["kuiper"], effective)),
        ("Cramer-von Mises T", seen["cvm"], cramer_p(seen["cvm"], m, n)),
        ("Anderson-Darling A2", seen["anderson_darling"], anderson_p(seen["anderson_darling"])),
        ("Wasserstein W1", seen["wasserstein"], math.nan),
        ("Brunner-Munzel W", shift, 2 * float(stdtr(df, -abs(shift))) if df > 0 else math.nan),
    ]
    doubt = "p-values count values as independent: between arms compare runs instead"
    return Battery(n, m, pd.DataFrame(rows, columns=["test", "statistic", "p_value"]), (doubt,))


def mann_whitney_p(u: float, ties: float, n: int, m: int) -> float:
    """Two-sided, normal limit with ties and continuity."""
    total = n + m
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    z = (max(u, n * m - u) - n * m / 2 - 0.5) / math.sqrt(variance)
    return min(2 * float(ndtr(-z)), 1.0)


def kolmogorov_p(d: float, effective: float) -> float:
    """Of the largest gap between the distribution functions; `effective` is n m / (n + m).

    Large samples have the limit with its first correction (Pelz and Good 1976), within 2e-4 of the exact p.
    """
    if effective > _LARGE:
        root = math.sqrt(effective)
        return float(kolmogorov(root * d + 1 / (6 * root)))
    from scipy.stats import kstwo

    return float(kstwo.sf(d, round(effective)))


def kuiper_p(v: float, effective: float) -> float:
    """Of the sum of the largest gaps on either side (Kuiper 1960, with Stephens' correction of 1970)."""
    root = math.sqrt(effective)
    x = (root + 0.155 + 0.24 / root) * v
    if x < 0.4:
        return 1.0
    j = np.arange(1, 100) ** 2 * x * x
    return min(float((2 * (4 * j - 1) * np.exp(-2 * j)).sum()), 1.0)


def cramer_p(t: float, n: int, m: int) -> float:
    """Of the squared gap, by the limit law with exact mean and variance (Anderson 1962)."""
    total, pairs = n + m, n * m
    mean = (1 + 1 / total) / 6
    variance = (total + 1) * (4 * pairs * total - 3 * (n * n + m * m) - 2 * pairs) / (180 * total**2 * pairs)
    x = 1 / 6 + (t - mean) / math.sqrt(45 * variance)
    return 1.0 if x < 0.003 else min(max(1 - _cramer_limit(x), 0.0), 1.0)


def _cramer_limit(x: float) -> float:
    """P(limit <= x), Csorgo and Faraway (1996), equation 1.2."""
    k = np.arange(20)
    q = (4 * k + 1) ** 2 / (16 * x)
    weights = np.exp(gammaln(k + 0.5) - gammaln(k + 1) - q) * np.sqrt(4 * k + 1)
    return float((weights * kv(0.25, q)).sum() / (math.pi**1.5 * math.sqrt(x)))


def anderson_p(z: float) -> float:
    """Of the gap weighted towards the tails, by its limit law (Marsaglia and Marsaglia 2004)."""
    if z <= 0:
        return 1.0
    if z < 2:
        series = np.polyval((0.00168691, -0.011672, 0.0347962, -0.0649821, 0.247105, 2.00012), z)
        return 1 - math.exp(-1.2337141 / z) / math.sqrt(z) * float(series)
    return -math.expm1(
        -math.exp(float(np.polyval((-0.0003146, 0.008056, -0.082433, 0.43424, -2.30695, 1.0776), z)))
    )


def brunner_munzel(seen: dict[str, float], n: int, m: int) -> tuple[float, float]:
    """(W, degrees of freedom) of x (n values) against y (m): is one tending to larger values? (2000)

    Without overlap the variance is zero, and W infinite with its sign.
    """
    parts = np.array([n * n / (n - 1) * seen["placed_x"], m * m / (m - 1) * seen["placed_y"]])
    lead = 0.5 * (n * m - 2 * seen["u"]) * (n + m) / (n * m)
    spread = float(parts.sum())
    if not spread > 0:
        return math.copysign(math.inf, lead) if lead else 0.0, math.nan
    df = spread**2 / float((parts**2 / [n - 1, m - 1]).sum())
    return n * m * lead / ((n + m) * math.sqrt(spread)), df
