"""Quantiles of one run, one definition on both sides of every comparison.

`type-7` is Hyndman and Fan's (1996) type 7, numpy's `linear`: the default, and what `metrics.latency` uses.
`harrell-davis` (1982) averages order statistics with Beta weights: smoother, for shift functions. Bins are
interpolated linearly within the bin. Intervals are distribution-free (order statistics, binomial), finite
only from `needed(q)` values on, and treat the values as independent: within a run a diagnosis, not evidence.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import bdtr, bdtrik, betainc

from schedlab.errors import TooFewValues, UnknownName
from schedlab.model.results import Estimate
from schedlab.model.sample import Sample

METHODS = ("type-7", "harrell-davis")

#: what every interval within a run must say
DOUBT = "values of one run taken as independent: too narrow where requests depend on each other"
#: fewer values than this beyond a quantile: its bootstrap covers less than it says
BOOTSTRAP_LEAST = 10

#: from this n q (1 - q) on the Beta weights of Harrell and Davis are smooth over the cells between values
_SMOOTH = 200.0
_GAUSS_AT = 0.5 + np.array([-0.5, 0.0, 0.5]) * math.sqrt(3 / 5)
_GAUSS_WEIGHTS = np.array([5.0, 8.0, 5.0]) / 18

#: deciles, then the tail: the grid of shift functions and of the report's tables
GRID = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999)


def quantile(sample: Sample, q: float, method: str = "type-7") -> float:
    """The quantile q in [0, 1] of a sample in its unit; TooFewValues where the sample cannot bound it."""
    return float(quantiles(sample, [q], method)[0])


def quantiles(sample: Sample, qs, method: str = "type-7") -> np.ndarray:
    """Several quantiles at once, float64; NaN is never returned: a q out of reach is an error."""
    if method not in METHODS:
        raise UnknownName("quantile method", method, METHODS)
    for q in qs:
        _refuse(sample, q)
    if sample.upper is not None:
        return _of_bins(sample, np.asarray(qs))
    ordered = _ordered(sample)
    if method == "harrell-davis":
        return np.array([harrell_davis(ordered, q) for q in qs])
    return np.quantile(ordered, qs)


def interval(sample: Sample, q: float, confidence: float = 0.95) -> Estimate:
    """The type 7 quantile with its distribution-free interval; n counts the values, not runs."""
    _refuse(sample, q, confidence)
    if sample.upper is not None:
        raise TooFewValues("bins have no order statistics; ask for the interval of the raw values")
    ordered, tail = _ordered(sample), (1 - confidence) / 2
    n = len(ordered)
    lo, hi = _binomial_ppf(tail, n, q), _binomial_ppf(1 - tail, n, q) + 1
    bounds = float(ordered[lo - 1]), float(ordered[hi - 1])
    value = float(np.quantile(ordered, q))
    return Estimate(value, *bounds, sample.unit, n, confidence, "order statistics", (DOUBT,))


def bootstrap(
    sample: Sample, q: float, confidence: float = 0.95, replicates: int = 9_999, seed: int = 20240131
) -> Estimate:
    """The type 7 quantile with its percentile bootstrap interval, without drawing a single resample.

    The k-th of n resampled values stands at floor(n U) of the sorted ones, U being the k-th of n uniform
    numbers: Beta(k, n + 1 - k), and the next one given it. Two random numbers a replicate, the same law.
    """
    _refuse(sample, q, confidence)
    if sample.upper is not None:
        raise TooFewValues("bins have no order statistics; ask for the bootstrap of the raw values")
    ordered = _ordered(sample)
    rng, tail = np.random.default_rng(seed), (1 - confidence) / 2
    found = _resampled(ordered, q, rng, replicates)
    lo, hi = np.quantile(found, [tail, 1 - tail])
    value, n = float(np.quantile(ordered, q)), len(ordered)
    beyond = n * min(q, 1 - q)
    few = f"{beyond:.0f} values beyond the quantile: the bootstrap covers too little, use order statistics"
    doubts = (DOUBT, few) if beyond < BOOTSTRAP_LEAST else (DOUBT,)
    return Estimate(value, float(lo), float(hi), sample.unit, n, confidence, "bootstrap", doubts)


def _resampled(ordered: np.ndarray, q: float, rng: np.random.Generator, replicates: int) -> np.ndarray:
    """Type 7 quantiles of `replicates` resamples of sorted values."""
    n = len(ordered)
    place = (n - 1) * q
    k = math.floor(place) + 1
    here = rng.beta(k, n + 1 - k, replicates)
    later = here + (1 - here) * -np.expm1(np.log(rng.random(replicates)) / max(n - k, 1)) if k < n else here
    low, high = (ordered[np.minimum((n * u).astype(np.int64), n - 1)] for u in (here, later))
    return low + (place - (k - 1)) * (high - low)


def needed(q: float, confidence: float = 0.95) -> int:
    """How many values a finite distribution-free interval of the quantile q needs: p99 needs 368."""
    if not 0 < q < 1:
        raise TooFewValues(f"quantile {q:g} has no interval at any size; ask for one inside (0, 1)")
    return math.ceil(math.log((1 - confidence) / 2) / math.log(max(q, 1 - q)))


def harrell_davis(ordered: np.ndarray, q: float) -> float:
    """The Harrell-Davis quantile of sorted values: order statistics under Beta((n + 1) q, (n + 1)(1 - q))."""
    n = len(ordered)
    reach = 9 * math.sqrt(q * (1 - q) / (n + 2)) + 60 / n
    first, last = max(0, math.floor((q - reach) * n)), min(n, math.ceil((q + reach) * n))
    weights = (_beta_masses if n * q * (1 - q) > _SMOOTH else _beta_steps)(n, q, first, last)
    return float(weights @ ordered[first:last] / weights.sum())


def _beta_steps(n: int, q: float, first: int, last: int) -> np.ndarray:
    """Beta probabilities of the cells [i / n, (i + 1) / n), by the incomplete Beta function."""
    return np.diff(betainc((n + 1) * q, (n + 1) * (1 - q), np.arange(first, last + 1) / n))


def _beta_masses(n: int, q: float, first: int, last: int) -> np.ndarray:
    """The same up to a factor, by the density at three Gauss points a cell: smooth where n is large."""
    a, b = (n + 1) * q - 1, (n + 1) * (1 - q) - 1
    mode = a / (a + b)
    at = (np.arange(first, last)[:, None] + _GAUSS_AT) / n - mode
    density = np.exp(a * np.log1p(at / mode) + b * np.log1p(-at / (1 - mode)))
    return density @ _GAUSS_WEIGHTS


def _refuse(sample: Sample, q: float, confidence: float = 0.95) -> None:
    least = needed(q, confidence)
    if sample.n < least:
        raise TooFewValues(f"quantile {q:g} needs {least} values, the sample has {sample.n:g}")
    if sample.censored_above and q > 1 - sample.censored_above / sample.n:
        raise TooFewValues(f"quantile {q:g} lies among the values only known to exceed {sample.censor_at:g}")


def _ordered(sample: Sample) -> np.ndarray:
    """All values in order; atoms are repeated, censored ones stand at the end."""
    values = sample.values
    if sample.counts is not None:
        values = np.repeat(values, sample.counts.astype(np.int64))
    return np.concatenate([np.sort(values), np.full(int(sample.censored_above), sample.censor_at)])


def _of_bins(sample: Sample, qs: np.ndarray) -> np.ndarray:
    """The point of the bin where the cumulative count crosses q n, on a straight line within the bin."""
    filled = sample.counts > 0
    order = np.argsort(sample.values[filled])
    lower, upper, counts = (x[filled][order] for x in (sample.values, sample.upper, sample.counts))
    above = np.cumsum(counts)
    bins = np.minimum(np.searchsorted(above, qs * sample.n), len(above) - 1)
    share = (qs * sample.n - (above[bins] - counts[bins])) / counts[bins]
    return lower[bins] + np.clip(share, 0, 1) * (upper[bins] - lower[bins])


def _binomial_ppf(p: float, n: int, q: float) -> int:
    """The smallest k with P(Binomial(n, q) <= k) >= p."""
    k = max(math.ceil(float(bdtrik(p, n, q))), 0)
    return k - 1 if k and bdtr(k - 1, n, q) >= p else k
