"""Change points of a series of block values: of its level, and of its whole distribution.

Both are exact minimisers of a penalised cost. The noise is measured from neighbouring blocks and widened for
autocorrelation, so that a steady AR(1) series stays in one piece. Spikes are counted, never trimmed away.
"""

from __future__ import annotations

import math

import numpy as np

from schedlab.errors import TooFewValues

#: fewer blocks than this show no change with any confidence
LEAST_BLOCKS = 8
_LEAST_SEGMENT = 3


def levels(values, penalty: float = 4.0, least: int = _LEAST_SEGMENT) -> np.ndarray:
    """Block numbers where the mean level changes (int64, ascending; empty where it never does).

    PELT on squared error; a change must gain `penalty` x log n noise variances.
    """
    from schedlab.kernels import changepoint

    x = _checked(values)
    variance = noise_variance(x)
    if not variance > 0:
        return np.flatnonzero(np.diff(x) != 0) + 1
    return changepoint.mean_changes(x - np.median(x), penalty * math.log(len(x)) * variance, least)


def distributions(values, penalty: float = 5.0, least: int = _LEAST_SEGMENT) -> np.ndarray:
    """Block numbers where the distribution changes, level or spread, without assuming its shape."""
    from schedlab.kernels import changepoint

    x = _checked(values)
    inflation = _inflation(_lag_one(x))
    return changepoint.pelt_distribution(below_levels(x), penalty * math.log(len(x)) * inflation, least)


def below_levels(x: np.ndarray) -> np.ndarray:
    """How many of the first i values lie below each of 4 log n levels, spaced towards the tails."""
    n = len(x)
    count = min(n, math.ceil(4 * math.log(n)))
    spread = -math.log(2 * n - 1) * (2 * np.arange(1, count + 1) / count - 1)
    cuts = np.quantile(x, 1 / (1 + np.exp(spread)))
    under = (x[:, None] < cuts) + 0.5 * (x[:, None] == cuts)
    return np.vstack([np.zeros(count), np.cumsum(under, axis=0)])


def noise_variance(x: np.ndarray) -> float:
    """Variance of the level's noise: from differences of neighbours (MAD), widened for autocorrelation."""
    steps = np.diff(x)
    sd = 1.4826 * float(np.median(np.abs(steps - np.median(steps)))) / math.sqrt(2)
    rho = _lag_one(x)
    return sd * sd / max(1 - rho, 0.05) * _inflation(rho)


def _lag_one(x: np.ndarray) -> float:
    """Autocorrelation of neighbours from the ratio of second to first differences, blind to slow change."""
    one, two = np.diff(x), x[2:] - x[:-2]
    squares = float(np.median(np.abs(one))) ** 2
    if squares == 0:
        return 0.0
    return float(np.clip(float(np.median(np.abs(two))) ** 2 / squares - 1, 0.0, 0.9))


def _inflation(rho: float) -> float:
    """How much more the mean of an AR(1) series varies than that of independent values."""
    return (1 + rho) / (1 - rho)


def spikes(values, changes: np.ndarray, limit: float = 6.0) -> np.ndarray:
    """Numbers of the blocks that lie `limit` MADs from their segment's median; they stay in every result."""
    x = np.asarray(values, float)
    found = []
    for start, part in zip([0, *changes], np.split(x, changes), strict=True):
        away = np.abs(part - np.median(part))
        scale = 1.4826 * float(np.median(away))
        found += [start + i for i in np.flatnonzero((away > limit * scale) & (scale > 0))]
    return np.array(found, dtype=np.int64)


def _checked(values) -> np.ndarray:
    x = np.ascontiguousarray(values, dtype=float)
    if len(x) < LEAST_BLOCKS:
        raise TooFewValues(f"{len(x)} blocks show no change points; at least {LEAST_BLOCKS} are needed")
    if not np.isfinite(x).all():
        raise TooFewValues("a block without a value: widen the blocks until each holds some")
    return x
