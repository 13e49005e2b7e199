"""What a design could have seen, and how many runs would see a given effect.

Noncentral t with equal variances, as R's `power.t.test` and `pwr` compute it; the second tail is counted.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaincinv, ndtr, stdtr, stdtrit

#: beyond this many runs an arm the answer is "more than anyone will capture"
MOST_RUNS = 10_000

# Gauss-Legendre over +-9 sd: scipy's nctdtr gives NaN for one degree of freedom, this is good to 1e-8 there
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(256)
_NODES = 9 * _NODES
_WEIGHTS = 9 * _WEIGHTS * np.exp(-_NODES * _NODES / 2) / math.sqrt(2 * math.pi)


def power(effect_sd: float, df: float, size: float, alpha: float = 0.05) -> float:
    """Probability of a two-sided t test to see `effect_sd` (in between-run sd), `size` = se in sd units."""
    critical = float(stdtrit(df, 1 - alpha / 2))
    scaled = critical * _chi_quantiles(df)
    shift = effect_sd / size
    return 1.0 - float((_WEIGHTS * (ndtr(scaled - shift) - ndtr(-scaled - shift))).sum())


def _chi_quantiles(df: float) -> np.ndarray:
    """The estimated over the true sd at the quadrature's nodes, which are normal quantiles of its law."""
    return np.sqrt(2 * gammaincinv(df / 2, ndtr(_NODES)) / df)


@cache
def detectable(df: float, size: float, alpha: float = 0.05, wanted: float = 0.8) -> float:
    """Smallest effect, in between-run sd, seen with probability `wanted`; infinite without df."""
    if not df > 0:
        return math.inf
    top = size * float(stdtrit(df, 1 - alpha / 2))
    while power(top, df, size, alpha) < wanted:
        top *= 1.5
    return float(brentq(lambda d: power(d, df, size, alpha) - wanted, 0.0, top, xtol=1e-12 * top))


def detectable_between(n1: int, n2: int, alpha: float = 0.05, wanted: float = 0.8) -> float:
    """Smallest difference of two arms with n1 and n2 runs, in between-run sd."""
    if min(n1, n2) < 2:
        return math.inf
    return detectable(n1 + n2 - 2.0, math.sqrt(1 / n1 + 1 / n2), alpha, wanted)


def detectable_paired(blocks: int, alpha: float = 0.05, wanted: float = 0.8) -> float:
    """Smallest mean difference over blocks, in sd of the block differences."""
    return math.inf if blocks < 2 else detectable(blocks - 1.0, 1 / math.sqrt(blocks), alpha, wanted)


def runs_needed(effect_sd: float, paired: bool = False, alpha: float = 0.05, wanted: float = 0.8) -> float:
    """Runs an arm (or blocks) that see `effect_sd` with probability `wanted`; inf beyond MOST_RUNS."""
    see = detectable_paired if paired else lambda n, a, w: detectable_between(n, n, a, w)
    effect_sd = abs(effect_sd)
    if not effect_sd > 0 or see(MOST_RUNS, alpha, wanted) > effect_sd:
        return math.inf
    few, many = 1, 2
    while see(many, alpha, wanted) > effect_sd:
        few, many = many, many * 2
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if see(middle, alpha, wanted) <= effect_sd else (middle, many)
    return float(many)


def runs_for_equivalence(margin_sd: float, paired: bool = False, alpha: float = 0.05) -> float:
    """Runs an arm (or blocks) that show equivalence within `margin_sd` with 80 % power when there is none.

    Central-t approximation of the power of two one-sided tests (Schuirmann 1987): conservative by a run.
    """
    if not margin_sd > 0:
        return math.inf
    for n in (int(1.2**i) for i in range(4, 51)):
        df, size = (n - 1.0, n**-0.5) if paired else (2 * n - 2.0, (2 / n) ** 0.5)
        if 2 * stdtr(df, margin_sd / size - stdtrit(df, 1 - alpha)) - 1 >= 0.8:
            return float(n)
    return math.inf
