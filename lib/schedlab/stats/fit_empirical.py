"""What the sample itself says: its distribution function with a simultaneous band."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.sample import Sample


@dataclass(frozen=True)
class Empirical:
    """`below[i]` and `upto[i]`: the shares of observations < and <= x[i]; `half` the simultaneous half-width.

    For bins x are upper bounds, where the share is known exactly. The band is Massart's (1990): at the stated
    confidence the whole true distribution function lies within +-half, if the observations are independent.
    """

    x: np.ndarray
    below: np.ndarray
    upto: np.ndarray
    half: float
    confidence: float
    n: float

    @property
    def sf(self) -> np.ndarray:
        """The share of observations above x."""
        return 1.0 - self.upto

    @property
    def middle(self) -> np.ndarray:
        """The mid-distribution function: between `below` and `upto`, for plots against a model."""
        return 0.5 * (self.below + self.upto)


def empirical(sample: Sample, n_eff: float | None = None, confidence: float = 0.95) -> Empirical:
    """The empirical distribution function; `n_eff` (of at most n) widens the band of dependent values."""
    x, counts = _steps(sample)
    if not len(x):
        raise TooFewValues("an empirical distribution needs at least one value")
    total = sample.n
    upto = np.cumsum(counts) / total
    below = upto - counts / total
    half = math.sqrt(math.log(2.0 / (1.0 - confidence)) / (2.0 * (n_eff or total)))
    return Empirical(x, below, np.minimum(upto, 1.0), half, confidence, total)


def hazard_steps(sample: Sample, n_eff: float | None = None, most: int = 30) -> pd.DataFrame:
    """The rate of ending, of those still under way, over up to `most` spans: lo, hi, rate, rate_lo, rate_hi.

    Spans hold equal shares in the body and ever smaller ones in the tail, down to 10 independent values.
    Intervals are Clopper and Pearson's for each span's share of those at risk, at a confidence that holds for
    all spans at once (Sidak); rates are 1 over the sample's unit.
    """
    from scipy.special import betaincinv

    seen = empirical(sample)
    worth = min((n_eff or seen.n) / seen.n, 1.0)
    least = min(10.0 / (seen.n * worth), 0.2)
    above = np.unique(
        np.concatenate([np.linspace(0.98, 0.3, most // 2), np.geomspace(0.3, least, most // 2)])
    )
    edges = np.unique(seen.x[np.searchsorted(seen.upto, 1.0 - above).clip(0, len(seen.x) - 1)])
    at_risk = 1.0 - seen.upto[np.searchsorted(seen.x, edges)]
    lo, hi, before, after = edges[:-1], edges[1:], at_risk[:-1], at_risk[1:]
    risk, ended = before * seen.n * worth, (before - after) * seen.n * worth
    tail = 0.5 * (1.0 - 0.95 ** (1.0 / len(lo)))
    left = np.maximum(risk - ended, 1e-9)
    ends = betaincinv(ended, left + 1, tail), betaincinv(ended + 1, left, 1 - tail)
    rates = (-np.log1p(-np.minimum(p, 1 - 1e-12)) / (hi - lo) for p in (ended / risk, *ends))
    return pd.DataFrame(dict(zip(("lo", "hi", "rate", "rate_lo", "rate_hi"), (lo, hi, *rates), strict=True)))


def _steps(sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Distinct places and how many observations each has."""
    if sample.upper is not None:
        seen = (sample.counts > 0) & np.isfinite(sample.upper)
        order = np.argsort(sample.upper[seen], kind="stable")
        return sample.upper[seen][order], sample.counts[seen][order]
    if sample.counts is None:
        x, counts = np.unique(sample.values, return_counts=True)
        return x, counts.astype(np.float64)
    x, where = np.unique(sample.values, return_inverse=True)
    return x, np.bincount(where, weights=sample.counts)
