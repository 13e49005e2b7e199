"""How often is a request of one arm slower than one of the other: A12, Cliff's delta, clustered by run.

Vargha and Delaney's A12 (2000) is P(treated > baseline) + P(equal) / 2, Cliff's delta (1993) 2 A12 - 1.
Values in the same histogram bin (0.2 % wide) count as equal.
"""

from __future__ import annotations

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.model.results import Estimate
from schedlab.stats.clustered import of_pairs
from schedlab.stats.histograms import Histograms


def probability_slower(baseline: Histograms, treated: Histograms, confidence: float = 0.95) -> Estimate:
    """P(a random request of a treated run takes longer than one of a baseline run), over runs; A12."""
    return _estimate(pairwise(baseline, treated), 0.0, 1.0, confidence, "A12, clustered by run")


def cliffs_delta(baseline: Histograms, treated: Histograms, confidence: float = 0.95) -> Estimate:
    """P(treated slower) - P(treated faster), in [-1, 1], over runs."""
    pairs = 2 * pairwise(baseline, treated) - 1
    return _estimate(pairs, -1.0, 1.0, confidence, "Cliff's delta, clustered by run")


def pairwise(baseline: Histograms, treated: Histograms) -> np.ndarray:
    """A12 of every pair of runs: float64, shape (treated runs, baseline runs)."""
    below = baseline.cumulative
    return treated.shares @ ((below[:-1] + below[1:]) / 2)


def _estimate(pairs: np.ndarray, least: float, most: float, confidence: float, method: str) -> Estimate:
    if min(pairs.shape) < 1:
        raise TooFewValues("each arm needs a run, and two for an interval")
    shift, doubts = of_pairs(pairs), ()
    if min(pairs.shape) < 2:
        doubts = ("an arm has one run: no interval",)
    elif shift.se == 0:
        doubts = ("the arms overlap the same way in every pair of runs: the interval has no width",)
    lo, hi = (float(np.clip(end, least, most)) for end in shift.interval(confidence))
    return Estimate(shift.estimate, lo, hi, "share", sum(pairs.shape), confidence, method, doubts)
