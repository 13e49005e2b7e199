"""Does a count grow from snapshot to snapshot? Theil and Sen's slope, with an interval free of distributions.

Theil 1950, Sen 1968 (doi 10.1080/01621459.1968.10480934): the slope is the median of the slopes between all
pairs of snapshots; the interval ends at two of them, chosen by the exact distribution of Kendall's count of
inversions. It assumes errors that do not depend on each other; ties make it wider than need be.
"""

from __future__ import annotations

import numpy as np

from schedlab.model.results import Estimate

#: too few snapshots for any interval at 95 %: with four even the widest one covers 92 %
TOO_FEW = "at least 5 snapshots are needed for an interval at 0.95: there are {n}"


def slope(times_s, values, confidence: float = 0.95, unit: str = "1/s") -> Estimate:
    """The change of `values` per second; NaN where all snapshots are of one instant."""
    slopes = _pairs(np.asarray(times_s, float), np.asarray(values, float))
    n = len(np.asarray(times_s))
    if not len(slopes):
        return Estimate(np.nan, np.nan, np.nan, unit, n, confidence, "Theil-Sen", (TOO_FEW.format(n=n),))
    cut = _cut(n, len(slopes), confidence)
    if cut < 0:
        doubt = (TOO_FEW.format(n=n),)
        return Estimate(float(np.median(slopes)), np.nan, np.nan, unit, n, confidence, "Theil-Sen", doubt)
    lo, hi = float(slopes[cut]), float(slopes[-1 - cut])
    return Estimate(float(np.median(slopes)), lo, hi, unit, n, confidence, "Theil-Sen")


def _pairs(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The slopes between all pairs of different instants, sorted."""
    i, j = np.triu_indices(len(times), 1)
    apart = times[j] != times[i]
    return np.sort((values[j] - values[i])[apart] / (times[j] - times[i])[apart])


def _cut(n: int, pairs: int, confidence: float) -> int:
    """How many slopes lie outside at either end; -1 where not even the outermost two are far enough apart."""
    outside = (1 - confidence) / 2
    cut = int(np.searchsorted(np.cumsum(inversions(n)), outside, side="right")) - 1
    return min(cut, (pairs - 1) // 2)


def inversions(n: int) -> np.ndarray:
    """The chance of 0, 1, 2, ... inversions in a random order of n: float64 (n (n - 1) / 2 + 1,)."""
    chance = np.ones(1)
    for size in range(2, n + 1):
        chance = np.convolve(chance, np.full(size, 1 / size))
    return chance
