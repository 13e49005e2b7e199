"""Hodges-Lehmann shifts with exact intervals: the answer that one wild run cannot move.

Hodges and Lehmann (1963); intervals from the exact null laws of Mann-Whitney's U and Wilcoxon's T, as in R's
`wilcox.test(conf.int=TRUE)`; beyond EXACT values an arm from the laws' normal limits. Ties make them
conservative. An interval is infinite where the design cannot reach the confidence (3 against 3 runs reaches
0.90, not 0.95). Millions of values are no trouble: differences are found by rank, never written down.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy.special import ndtri

from schedlab.model.results import Estimate

#: more values than this in the smaller arm: the interval's ranks come from the normal limit
EXACT = 50
#: more pairs than this are not written down
_PAIRS = 1_000_000


def shift_between(baseline: np.ndarray, treated: np.ndarray, confidence: float = 0.95) -> Estimate:
    """Median of all differences treated - baseline, on the scale of the values."""
    one, two = (np.sort(np.asarray(arm, dtype=np.float64)) for arm in (baseline, treated))
    n1, n2 = len(one), len(two)
    skip, reach = _ranks(n1, n2, confidence)
    at = _from_all if n1 * n2 <= _PAIRS else differences_of_ranks
    found = at(one, two, _places(n1 * n2, skip))
    return _estimate(found, skip, reach, confidence, n1 + n2, "Hodges-Lehmann")


def _ranks(n1: int, n2: int, confidence: float) -> tuple[int, float]:
    """How many ordered differences lie outside the interval on each side, and the confidence within reach."""
    if min(n1, n2) <= EXACT:
        return _skipped(mann_whitney_counts(n1, n2), confidence)
    spread = math.sqrt(n1 * n2 * (n1 + n2 + 1) / 12)
    return round(n1 * n2 / 2 + ndtri((1 - confidence) / 2) * spread), 1.0


def _places(pairs: int, skip: int) -> tuple[int, ...]:
    """Ranks of the two middle differences, and of the interval's ends where it has any."""
    return ((pairs - 1) // 2, pairs // 2, *((skip - 1, pairs - skip) if skip else ()))


def _from_all(one: np.ndarray, two: np.ndarray, ranks) -> list[float]:
    ordered = np.sort(np.subtract.outer(two, one), axis=None)
    return ordered[list(ranks)].tolist()


def differences_of_ranks(one: np.ndarray, two: np.ndarray, ranks) -> list[float]:
    """The differences two[j] - one[i] of these ranks (from 0) among all, exactly; both arrays ascending."""
    from schedlab.kernels import twosample

    found, under, upto = [], 0, 0
    for rank in ranks:
        if not under <= rank < upto:
            low, high, under, upto = twosample.bracket(one, two, rank, _guess(one, two, rank))
            tied = upto - under > 2 * (len(one) + len(two))
            inside = None if tied else twosample.differences_between(one, two, low, high, upto - under)
        found.append(high if tied else float(np.partition(inside, rank - under)[rank - under]))
    return found


def _guess(one: np.ndarray, two: np.ndarray, rank: int) -> tuple[float, float]:
    """Where the difference of that rank lies among those of a few hundred evenly placed values."""
    thin = [x[np.linspace(0, len(x) - 1, 400).astype(np.int64)] for x in (one, two)]
    ordered = np.sort(np.subtract.outer(thin[1], thin[0]), axis=None)
    place = rank / (len(one) * len(two)) * (len(ordered) - 1)
    near = np.clip([place - 800, place + 800], 0, len(ordered) - 1).astype(np.int64)
    return float(ordered[near[0]]), float(ordered[near[1]])


def shift_paired(differences: np.ndarray, confidence: float = 0.95) -> Estimate:
    """Median of the averages of every two differences (each with itself too), one difference per block."""
    d = np.asarray(differences)
    rows, columns = np.triu_indices(len(d))
    walsh = np.sort((d[rows] + d[columns]) / 2)
    skip, reach = _skipped(signed_rank_counts(len(d)), confidence)
    found = walsh[list(_places(len(walsh), skip))].tolist()
    return _estimate(found, skip, reach, confidence, len(d), "Hodges-Lehmann, paired")


@cache
def mann_whitney_counts(n1: int, n2: int) -> np.ndarray:
    """How many of the comb(n1 + n2, n1) orders give U = 0, 1, ..., n1 n2 (float64; the Gaussian binomial)."""
    counts = np.zeros(n1 * n2 + 1)
    counts[0] = 1
    for i in range(1, n1 + 1):
        step = n2 + i
        counts[step:] = counts[step:] - counts[:-step] if step < len(counts) else counts[step:]
        for u in range(i, len(counts)):
            counts[u] += counts[u - i]
    return counts


def signed_rank_counts(n: int) -> np.ndarray:
    """How many of the 2^n sign vectors give T = 0, 1, ..., n (n + 1) / 2 (float64)."""
    counts = np.zeros(n * (n + 1) // 2 + 1)
    counts[0] = 1
    for rank in range(1, n + 1):
        counts[rank:] = counts[rank:] + counts[: len(counts) - rank]
    return counts


def _skipped(counts: np.ndarray, confidence: float) -> tuple[int, float]:
    """From the null law of a rank statistic: ranks outside the interval, and the confidence within reach."""
    tail = (1 - confidence) / 2 * counts.sum()
    skip = int(np.searchsorted(np.cumsum(counts), tail * (1 + 1e-12), side="right"))
    return skip, max(1 - 2 * float(counts[0] / counts.sum()), 0.0)


def _estimate(found: list[float], skip: int, reach: float, confidence: float, n: int, name: str) -> Estimate:
    """The mean of the two middle differences, between the ends; without ends the reason is said."""
    middle = (found[0] + found[1]) / 2
    if skip == 0:
        doubt = f"{n} runs reach a confidence of {reach:.3g} at most: no finite rank interval"
        return Estimate(middle, -math.inf, math.inf, "", n, confidence, name, (doubt,))
    return Estimate(middle, found[2], found[3], "", n, confidence, name)
