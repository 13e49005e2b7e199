"""Does a family describe the sample? As a test while n is small, as distances with intervals when it is not.

Parameters come from the same sample, so tabulated critical values are wrong (a nominal 5 % KS test of a
fitted lognormal rejects 0.0 %): the null law is found by refitting samples drawn from the fit. From about
1e5 values on every test rejects every family, and what counts is how far off the quantiles are.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.kernels.goodness import distances
from schedlab.model.fit import Fit
from schedlab.model.sample import Sample
from schedlab.stats.compress import cores
from schedlab.stats.fit import fit
from schedlab.stats.fit_empirical import Empirical, empirical

STATISTICS = ("ks", "kuiper", "cramer_von_mises", "anderson_darling", "anderson_darling_right")
#: quantiles at which a fit is compared with what was observed
LEVELS = (0.5, 0.9, 0.95, 0.99, 0.999, 0.9999)
#: how many steps of the empirical distribution a distance looks at
LOOK = 16_384
#: beyond this many values a test is not made
TESTABLE = 100_000


@dataclass(frozen=True)
class Goodness:
    """`table` has one row per statistic: value, and p_value where a test was made (NaN otherwise)."""

    fit: Fit
    table: pd.DataFrame
    replicates: int
    warnings: tuple[str, ...] = ()


def goodness(sample: Sample, found: Fit, replicates: int = 499, seed: int = 20240131) -> Goodness:
    """Five distances with p-values by parametric bootstrap, the family refitted to every replicate.

    `found` must be a fit to this very sample. Bins and ticks are compared at their edges only, and drawn as
    counts. With more than TESTABLE values, or dependent ones (n_eff well under n), only distances are given.
    """
    seen = statistics(sample, found)
    doubts = _no_test(sample, found)
    if doubts or replicates <= 0:
        return Goodness(found, _table(seen, np.full(len(seen), math.nan)), 0, doubts)
    null = np.array([_replicate(sample, found, seed, r) for r in range(replicates)])
    p = (1 + (null >= seen).sum(axis=0)) / (1 + replicates)
    return Goodness(found, _table(seen, p), replicates)


def statistics(sample: Sample, found: Fit) -> np.ndarray:
    """The five distances between the sample and the fitted law."""
    if sample.upper is None:
        steps = empirical(sample)
        counts = (steps.upto - steps.below) * steps.n
        return distances(found.cdf(steps.x), found.sf(steps.x), counts)
    return _at_edges(found.cdf(sample.upper), found.cdf(sample.values), sample.counts)


def anderson_darling_null(n: int, replicates: int = 9999, seed: int = 20240131, threads: int | None = None):
    """Anderson-Darling statistics of fitted Weibull samples of size n, float64 (replicates,).

    For Weibull the law does not depend on the parameters, so one table serves every sample of that size.
    The same bits on any number of threads.
    """
    from schedlab.kernels.null_law import weibull_null

    out = np.empty(replicates)
    threads = threads or cores()
    edges = np.linspace(0, replicates, 4 * threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda a, b: weibull_null(n, seed, a, out[a:b]), edges[:-1], edges[1:]))
    return out


def quantile_errors(
    sample: Sample, found: Fit, n_eff: float | None = None, levels=LEVELS, seen: Empirical | None = None
) -> pd.DataFrame:
    """Observed and fitted quantiles with the observed ones' distribution-free 95 % interval (by order
    statistics of `n_eff` values): columns q, observed, lo, hi, fitted, error (relative), supported.

    Where n_eff is too small to bound a quantile, `supported` is False and lo, hi are NaN. `seen` saves
    sorting the sample anew for each family.
    """
    seen = seen or empirical(sample)
    n = round(min(n_eff or seen.n, 1e15))
    rows = []
    for q in levels:
        supported = n * -math.log(q) >= -math.log(0.025) and n * -math.log1p(-q) >= -math.log(0.025)
        ranks = _ranks(n, q) if supported else (math.nan, math.nan)
        lo, hi = (_order(seen, r) for r in ranks)
        observed, fitted = _order(seen, q), float(found.ppf(q))
        rows.append((q, observed, lo, hi, fitted, fitted / observed - 1.0, supported))
    return pd.DataFrame(rows, columns=["q", "observed", "lo", "hi", "fitted", "error", "supported"])


def distance(
    sample: Sample, found: Fit, n_eff: float | None = None, seen: Empirical | None = None
) -> tuple[float, float, float]:
    """KS distance between the truth and the fitted law with a 95 % interval: (observed, lo, hi).

    The interval is Massart's bound and covers at least so often. Beyond LOOK steps every so many are looked
    at, which moves the distance by less than 1 / LOOK.
    """
    seen = seen or empirical(sample)
    step = max(1, len(seen.x) // LOOK)
    law = found.cdf(seen.x[::step])
    d = float(np.abs(seen.upto[::step] - law).max())
    if sample.upper is None:
        d = max(d, float(np.abs(seen.below[::step] - law).max()))
    half = seen.half * math.sqrt(seen.n / (n_eff or seen.n))
    return d, max(d - half, 0.0), min(d + half, 1.0)


def transport(
    sample: Sample, found: Fit, n_eff: float | None = None, seen: Empirical | None = None, points: int = 1024
) -> tuple[float, float, float]:
    """Mean distance between true and fitted quantiles (Wasserstein 1), in the sample's unit: (observed, lo,
    hi), covered at least at 95 %.

    Half the width is the 95 % quantile of the mean distance between the observed and the true quantiles, from
    Brownian bridges over the observed ones; by the triangle inequality the truth is no farther. lo may be 0.
    """
    seen = seen or empirical(sample)
    q = (np.arange(points) + 0.5) / points
    observed = seen.x[np.searchsorted(seen.upto, q).clip(0, len(seen.x) - 1)]
    w1 = float(np.abs(observed - found.ppf(q)).mean())
    half = float(np.quantile(_bridges(points) @ np.diff(observed), 0.95)) / math.sqrt(n_eff or seen.n)
    return w1, max(w1 - half, 0.0), w1 + half


@cache
def _bridges(points: int, replicates: int = 500, seed: int = 20240131) -> np.ndarray:
    """|Brownian bridge| between the points, one row a replicate."""
    steps = np.random.default_rng(seed).normal(size=(replicates, points)) / math.sqrt(points)
    walk = np.cumsum(steps, axis=1)
    return np.abs(walk - walk[:, -1:] * np.arange(1, points + 1) / points)[:, :-1]


def _ranks(n: int, q: float) -> tuple[float, float]:
    """Shares of n between which the binomial count below the quantile lies with 95 %."""
    from scipy.special import bdtr, bdtrik

    ends = []
    for share in (0.025, 0.975):
        k = math.ceil(float(bdtrik(share, n, q)) - 1e-9)
        ends.append((k - 1 if k > 0 and bdtr(k - 1, n, q) >= share else k) / n)
    return ends[0], ends[1]


def _order(seen, share: float) -> float:
    if not math.isfinite(share):
        return math.nan
    return float(seen.x[min(int(np.searchsorted(seen.upto, share - 1e-12)), len(seen.x) - 1)])


def _no_test(sample: Sample, found: Fit) -> tuple[str, ...]:
    if sample.corrected:
        return ("corrected counts are no observations: no test",)
    if sample.n > TESTABLE:
        return (f"no test at n = {sample.n:,.0f}: it would reject every family; read the distances",)
    if found.n_eff < 0.5 * found.n:
        return (f"no test: {found.n:,.0f} values are worth {found.n_eff:,.0f} independent ones",)
    if not found.converged or sample.censored_above or sample.truncated_below:
        return ("no test for censored or truncated samples, nor for a fit that did not converge",)
    return ()


def _replicate(sample: Sample, found: Fit, seed: int, number: int) -> np.ndarray:
    """The distances of one sample drawn from the fit and fitted again."""
    drawn = _drawn(sample, found, seed, number)
    try:
        return statistics(drawn, fit(drawn, found.family))
    except TooFewValues:
        return np.zeros(len(STATISTICS))


def _drawn(sample: Sample, found: Fit, seed: int, number: int) -> Sample:
    if sample.upper is None:
        from schedlab.kernels.null_law import ordered_uniforms

        u = np.empty(int(sample.n))
        ordered_uniforms(len(u), seed, number, u)
        return Sample.of(found.ppf(u), sample.unit)
    shares = found.cdf(sample.upper) - found.cdf(sample.values)
    counts = np.random.default_rng((seed, number)).multinomial(int(sample.n), shares / shares.sum())
    return replace(sample, counts=counts.astype(np.float64))


def _at_edges(upper: np.ndarray, lower: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The distances at bin edges, each weighted by the law's probability of its bin."""
    n, mass = counts.sum(), upper - lower
    off = np.cumsum(counts) / n - upper
    inner = (upper > 0) & (upper < 1)
    weighted = off[inner] ** 2 * mass[inner]
    anderson = (weighted / (upper * (1 - upper))[inner]).sum()
    right = (weighted / (1 - upper[inner])).sum()
    plus, minus = max(off.max(), 0.0), max(-off.min(), 0.0)
    return np.array([max(plus, minus), plus + minus, n * weighted.sum(), n * anderson, n * right])


def _table(seen: np.ndarray, p: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"statistic": STATISTICS, "value": seen, "p_value": p})
