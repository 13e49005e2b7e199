"""Second views: runs resampled with replacement.

Runs are resampled, never requests: the spread between runs already holds the spread within them. The
bootstrap-t (Efron 1982; Hall 1988) covers from five runs on; the percentile and BCa intervals (Efron 1987)
need some twenty, as `tests/simulation` measures, and carry a warning below. Same seed, same bits.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from schedlab.errors import TooFewValues, UnknownName
from schedlab.model.results import Estimate

REPLICATES = 9_999
SEED = 20240131
#: fewer runs an arm than this: the method covers less than it says
LEAST_RUNS = {"bootstrap-t": 5, "bca": 20, "percentile": 20}


def between(
    baseline, treated, method: str = "bootstrap-t", confidence: float = 0.95, seed: int = SEED
) -> Estimate:
    """Difference of means of per-run (log) values, treated - baseline, runs resampled within each arm."""
    one, two = np.asarray(baseline, float), np.asarray(treated, float)
    least = LEAST_RUNS.get(method)
    if least is None:
        raise UnknownName("bootstrap", method, LEAST_RUNS)
    if min(len(one), len(two)) < 2:
        raise TooFewValues("resampling needs at least 2 runs an arm, better 5")
    rng = np.random.default_rng(seed)
    draws = [group[rng.integers(0, len(group), (REPLICATES, len(group)))] for group in (one, two)]
    effect = float(two.mean() - one.mean())
    lo, hi = _INTERVALS[method](one, two, draws, confidence)
    few = min(len(one), len(two))
    doubts = (f"{few} runs an arm: {method} covers less than it says below {least}",) if few < least else ()
    return Estimate(effect, lo, hi, "1", len(one) + len(two), confidence, method, doubts)


def _studentised(one, two, draws, confidence: float) -> tuple[float, float]:
    effect, se = two.mean() - one.mean(), _se(one[None, :], two[None, :])[0]
    shifts = draws[1].mean(axis=1) - draws[0].mean(axis=1) - effect
    errors = _se(*draws)
    steady = errors > 1e-9 * se  # replicates of one run many times over have no error of their own
    t = shifts[steady] / errors[steady]
    low, high = np.quantile(t, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(effect - high * se), float(effect - low * se)


def _se(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    return np.sqrt(sum(x.var(axis=1, ddof=1) / x.shape[1] for x in (one, two)))


def _percentile(one, two, draws, confidence: float) -> tuple[float, float]:
    shifts = draws[1].mean(axis=1) - draws[0].mean(axis=1)
    lo, hi = np.quantile(shifts, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(lo), float(hi)


def _bca(one, two, draws, confidence: float) -> tuple[float, float]:
    shifts = np.sort(draws[1].mean(axis=1) - draws[0].mean(axis=1))
    below = (np.searchsorted(shifts, two.mean() - one.mean(), "left") + 0.5) / (len(shifts) + 1)
    return bca_interval(shifts, float(ndtri(below)), acceleration(one, two), confidence)


def bca_interval(ordered: np.ndarray, bias: float, a: float, confidence: float) -> tuple[float, float]:
    """The bias-corrected and accelerated interval of sorted replicates (Efron 1987)."""
    z = ndtri(np.array([(1 - confidence) / 2, (1 + confidence) / 2]))
    lo, hi = np.quantile(ordered, ndtr(bias + (bias + z) / (1 - a * (bias + z))))
    return float(lo), float(hi)


def acceleration(*groups: np.ndarray) -> float:
    """Skewness of the influence of single runs on a difference of means; the first group counts negative."""
    signs = (-1.0, 1.0) if len(groups) == 2 else (1.0,)
    pairs = zip(signs, groups, strict=True)
    influence = np.concatenate([s * (g - g.mean()) / len(g) for s, g in pairs])
    spread = float((influence**2).sum())
    return float((influence**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0


_INTERVALS = {"bootstrap-t": _studentised, "percentile": _percentile, "bca": _bca}
