"""Second views: runs resampled with replacement, and blocks of requests within one run.

Runs are resampled, never requests: the spread between runs already holds the spread within them. The
bootstrap-t (Efron 1982; Hall 1988) covers from five runs on; the percentile and BCa intervals (Efron 1987)
need some twenty, as `tests/simulation` measures, and carry a warning below. Same seed, same bits.
"""

from __future__ import annotations

import math

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


def picks(runs: int, seed: int, replicates: int = REPLICATES) -> np.ndarray:
    """Which runs each replicate holds: int64, shape (replicates, runs), from the seed alone."""
    return np.random.default_rng(seed).integers(0, runs, (replicates, runs))


def pooled_log_quantiles(histograms, qs: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(log quantiles, their standard errors) of the pooled runs of each row of `chosen`, shape (rows, qs).

    The error comes from the spread of the runs' shares below the quantile, divided by the density there,
    which is measured once on all runs (Woodruff 1952).
    """
    from schedlab.kernels import resample

    cumulative = histograms.cumulative
    out = np.empty((len(chosen), len(qs), 2))
    resample.pooled_quantiles(cumulative, histograms.edges, np.asarray(qs, float), chosen, out)
    slopes = _log_slopes(histograms, np.asarray(qs, float))
    return np.log(out[:, :, 0]), out[:, :, 1] * slopes


def _log_slopes(histograms, qs: np.ndarray) -> np.ndarray:
    """d log x / d q of all runs pooled, over a window of q that holds enough of the tail to be steady."""
    pooled = histograms.cumulative.mean(axis=1)
    reach = 0.25 * np.minimum(qs, 1 - qs)
    around = np.array([qs - reach, qs + reach])
    x = np.log(np.interp(around, pooled, histograms.edges))
    return (x[1] - x[0]) / (2 * reach)


def quantile_ratios(
    baseline, treated, qs, confidence: float = 0.95, seed: int = SEED, replicates: int = REPLICATES
) -> list[Estimate]:
    """Ratio treated / baseline of quantiles of the pooled runs, one Estimate per q: hierarchical bootstrap-t.

    `baseline` and `treated` are Histograms on common bins (`histograms.compress_arms`); runs weigh the same.
    """
    qs = np.asarray(qs, float)
    logs, errors = [], []
    for arm, own_seed in ((baseline, seed), (treated, seed + 1)):
        if arm.runs < 2:
            raise TooFewValues("resampling needs at least 2 runs an arm, better 5")
        rows = np.vstack([np.arange(arm.runs), picks(arm.runs, own_seed, replicates)])
        log_q, se = pooled_log_quantiles(arm, qs, rows)
        logs.append(log_q)
        errors.append(se)
    shift, se = logs[1] - logs[0], np.hypot(errors[0], errors[1])
    few = min(baseline.runs, treated.runs)
    doubts = (f"{few} runs an arm: the bootstrap covers less than it says below 5",) if few < 5 else ()
    n = baseline.runs + treated.runs
    return [_ratio(shift[:, j], se[:, j], confidence, n, doubts) for j in range(len(qs))]


def _ratio(shift: np.ndarray, se: np.ndarray, confidence: float, n: int, doubts: tuple) -> Estimate:
    """Row 0 is what was seen, the others are replicates."""
    usable = se[1:] > 1e-9 * se[0]
    t = (shift[1:] - shift[0])[usable] / se[1:][usable]
    if not len(t):
        return Estimate(
            math.exp(shift[0]), 0.0, math.inf, "1", n, confidence, "hierarchical bootstrap-t", doubts
        )
    low, high = np.quantile(t, [(1 - confidence) / 2, (1 + confidence) / 2])
    ends = shift[0], shift[0] - high * se[0], shift[0] - low * se[0]
    return Estimate(*map(math.exp, ends), "1", n, confidence, "hierarchical bootstrap-t", doubts)
