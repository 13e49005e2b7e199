"""Is a difference of shares more than noise? For many functions at once, from counts per run.

One run an arm: binomial sampling noise only, and the result says so. Four or more runs an arm: a
quasi-binomial test whose dispersion is estimated over the runs, shrunk towards its common value (Smyth 2004,
doi 10.2202/1544-6115.1027) unless it stands out, and never below the binomial. Values that are not counts of
independent samples (nanoseconds waited, goroutines) are compared by Welch's t over runs alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from schedlab.model.shares import newcombe

#: runs an arm from which the spread between runs is estimated
ENOUGH_RUNS = 4
#: chance, under the common dispersion, below which an entry's own one stands
OWN_DISPERSION = 0.05
SAMPLING_ONLY = "sampling noise only: the runs of an arm were too few to see what differs from run to run"
NO_NOISE_MODEL = "values are not counts of samples and the runs are too few: no interval"


@dataclass(frozen=True)
class Noise:
    """Per entry: `difference` treated - baseline share, its `lo`, `hi`, `p`; `dispersion` 1 is binomial."""

    difference: np.ndarray
    lo: np.ndarray
    hi: np.ndarray
    p: np.ndarray
    dispersion: np.ndarray
    method: str
    warnings: tuple[str, ...] = ()


def compare(
    base, base_total, treated, treated_total, counted: bool = True, confidence: float = 0.95
) -> Noise:
    """Compare shares of entries between two arms.

    `base` and `treated` float64 (entries, runs): values of each entry in each run; the totals (runs,).
    `counted` says that values are counts of independent samples.
    """
    enough = min(base.shape[1], treated.shape[1]) >= ENOUGH_RUNS
    if not counted:
        if not enough:
            return _unknown(base, base_total, treated, treated_total)
        return between_runs(base / base_total, treated / treated_total, confidence)
    phi, freedom = _dispersion(base, base_total, treated, treated_total) if enough else (1.0, np.inf)
    x, n, y, m = base.sum(1), base_total.sum(), treated.sum(1), treated_total.sum()
    pooled = (x + y) / (n + m)
    spread = np.sqrt(phi * pooled * (1 - pooled) * (1 / n + 1 / m))
    difference = y / m - x / n
    t = np.divide(np.abs(difference), spread, out=np.zeros_like(difference), where=spread > 0)
    z = stats.t.ppf(0.5 + confidence / 2, freedom) if enough else None
    lo, hi = newcombe(x / phi, n / phi, y / phi, m / phi, confidence, z)
    p = 2 * stats.t.sf(t, freedom) if enough else 2 * stats.norm.sf(t)
    method = f"quasi-binomial over {base.shape[1]} and {treated.shape[1]} runs" if enough else "Newcombe"
    return Noise(
        difference, lo, hi, p, np.broadcast_to(phi, x.shape), method, () if enough else (SAMPLING_ONLY,)
    )


def false_discovery(p: np.ndarray) -> np.ndarray:
    """Benjamini and Hochberg's adjusted p-values (q); NaN stays NaN and is not counted."""
    q = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known])]
    raised = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1)
    return q


def cluster_bootstrap(value: np.ndarray, weight: np.ndarray, seed: int, draws: int = 4000) -> np.ndarray:
    """Draws of the pooled ratio sum(value) / sum(weight) over runs drawn with replacement; float64 (draws,).

    `value` and `weight` float64 (runs,). Deviations are widened by sqrt(R / (R - 1)), because drawing R runs
    out of R understates the spread of few runs.
    """
    runs = len(value)
    drawn = drawn_runs(runs, seed, draws)
    ratio = value[drawn].sum(1) / weight[drawn].sum(1)
    middle = value.sum() / weight.sum()
    return middle + (ratio - middle) * np.sqrt(runs / max(runs - 1, 1))


def drawn_runs(runs: int, seed: int, draws: int = 4000) -> np.ndarray:
    """Runs drawn with replacement, as many as there are: int64, shape (draws, runs)."""
    return np.random.default_rng(np.random.Philox(seed)).integers(0, runs, (draws, runs))


def _dispersion(base, base_total, treated, treated_total) -> tuple[np.ndarray, np.ndarray]:
    """Quasi-binomial dispersion of each entry, at least 1, and its degrees of freedom.

    It is shrunk towards the common value, unless it lies far above: an entry that varies much more between
    runs than the others keeps its own (Phipson et al. 2016, doi 10.1214/16-AOAS920).
    """
    chi2 = _pearson(base, base_total) + _pearson(treated, treated_total)
    freedom = base.shape[1] + treated.shape[1] - 2
    phi = chi2 / freedom
    enough = base.sum(1) + treated.sum(1) >= 5 * (base.shape[1] + treated.shape[1])
    prior_freedom, prior = _prior(phi[enough & (phi > 0)], freedom)
    prior_freedom = min(prior_freedom, 1e6)
    shrunk = (prior_freedom * prior + freedom * phi) / (prior_freedom + freedom)
    apart = stats.f.sf(phi / prior, freedom, max(prior_freedom, 1e-9)) < OWN_DISPERSION
    found = np.maximum(np.where(apart, phi, shrunk), 1.0)
    return found, np.where(apart, freedom, freedom + prior_freedom)


def _pearson(counts, totals) -> np.ndarray:
    share = counts.sum(1, keepdims=True) / totals.sum()
    expected = share * totals
    spread = expected * (1 - share)
    return np.divide((counts - expected) ** 2, spread, out=np.zeros_like(expected), where=spread > 0).sum(1)


def _prior(phi: np.ndarray, freedom: int) -> tuple[float, float]:
    """Degrees of freedom and value of the prior of the dispersion, by moments of its logarithm."""
    if len(phi) < 5:
        return 0.0, 1.0
    e = np.log(phi) - special.digamma(freedom / 2) + np.log(freedom / 2)
    excess = e.var(ddof=1) - special.polygamma(1, freedom / 2)
    if excess <= 0:
        return np.inf, float(np.exp(e.mean()))
    half = _trigamma_inverse(excess)
    return 2 * half, float(np.exp(e.mean() + special.digamma(half) - np.log(half)))


def _trigamma_inverse(value: float) -> float:
    x = 0.5 + 1 / value
    for _ in range(50):
        now = special.polygamma(1, x)
        step = now * (1 - now / value) / special.polygamma(2, x)
        x += step
        if abs(step) < 1e-9 * x:
            break
    return float(x)


def between_runs(base: np.ndarray, treated: np.ndarray, confidence: float = 0.95) -> Noise:
    """Welch's t over one value per run and entry: float64 (entries, runs), NaN nowhere."""
    n, m = base.shape[1], treated.shape[1]
    a, b = base.var(1, ddof=1) / n, treated.var(1, ddof=1) / m
    spread = np.sqrt(a + b)
    down = a**2 / (n - 1) + b**2 / (m - 1)
    freedom = np.divide((a + b) ** 2, down, out=np.full_like(a, np.nan), where=down > 0)
    difference = treated.mean(1) - base.mean(1)
    t = np.divide(np.abs(difference), spread, out=np.full_like(a, np.nan), where=spread > 0)
    half = stats.t.ppf(0.5 + confidence / 2, freedom) * spread
    none = np.full_like(a, np.nan)
    p = 2 * stats.t.sf(t, freedom)
    return Noise(difference, difference - half, difference + half, p, none, f"Welch over {n} and {m} runs")


def _unknown(base, base_total, treated, treated_total) -> Noise:
    difference = treated.sum(1) / treated_total.sum() - base.sum(1) / base_total.sum()
    none = np.full(len(difference), np.nan)
    return Noise(difference, none, none, none, none, "difference", (NO_NOISE_MODEL,))
