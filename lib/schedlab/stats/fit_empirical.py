"""What the sample itself says: its distribution function with a simultaneous band."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

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
