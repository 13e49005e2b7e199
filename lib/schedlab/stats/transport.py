"""Wasserstein's distance between the arms: how far, on average, a request's time moves (in its unit).

W1 is the area between the two distribution functions. It cannot be negative and takes noise for distance,
so each pair of runs is measured with signs learned from the other runs, which makes the lower end of the
interval, clustered by run, honest near zero. Signs so learned err towards no distance, so the upper end uses
those of all runs, and is never nearer than that of the means. Runs weigh the same.
"""

from __future__ import annotations

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.model.results import Estimate
from schedlab.stats.clustered import of_pairs
from schedlab.stats.histograms import Histograms


def wasserstein(baseline: Histograms, treated: Histograms, confidence: float = 0.95) -> Estimate:
    """W1 between the arms in the unit of the values, over runs, cross-fitted; never below zero."""
    if min(baseline.runs, treated.runs) < 2:
        raise TooFewValues("the distance between arms needs at least 2 runs of each")
    careful = of_pairs(_areas(baseline, treated, _signs(baseline, treated, True)))
    open_eyed = of_pairs(_areas(baseline, treated, _signs(baseline, treated, False)))
    of_means = of_pairs(_areas(baseline, treated, np.ones((treated.runs, baseline.runs, 1))))
    widest = max(open_eyed, of_means, key=lambda shift: shift.se)
    above = widest.interval(confidence)[1] - widest.estimate
    lo, value = max(careful.interval(confidence)[0], 0.0), max(careful.estimate, 0.0)
    n = baseline.runs + treated.runs
    method = "W1, cross-fitted over pairs of runs"
    return Estimate(value, lo, open_eyed.estimate + above, baseline.unit, n, confidence, method)


def plain(baseline: Histograms, treated: Histograms) -> float:
    """W1 between the pooled arms, noise included: the area between the two distribution functions."""
    gap = baseline.cumulative.mean(axis=1) - treated.cumulative.mean(axis=1)
    return float(np.abs(gap[1:-1]) @ np.diff(_middles(baseline.edges)))


def _middles(edges: np.ndarray) -> np.ndarray:
    """Where the mass of each bin sits; the distribution function steps there."""
    return (edges[:-1] + edges[1:]) / 2


def _signs(baseline: Histograms, treated: Histograms, leave_out: bool) -> np.ndarray:
    """Which arm lies above at each edge, without the pair in question: int8, (treated, baseline, edge)."""
    one, two = baseline.cumulative[1:-1].T, treated.cumulative[1:-1].T
    rest_one = (one.sum(axis=0) - leave_out * one) / (len(one) - leave_out)
    rest_two = (two.sum(axis=0) - leave_out * two) / (len(two) - leave_out)
    return np.array([np.sign(rest_one - row).astype(np.int8) for row in rest_two])


def _areas(baseline: Histograms, treated: Histograms, signs: np.ndarray) -> np.ndarray:
    """Signed area between each pair of runs: float64, shape (treated runs, baseline runs)."""
    widths = np.diff(_middles(baseline.edges))
    one, two = baseline.cumulative[1:-1].T, treated.cumulative[1:-1].T
    return np.array([((one - row) * sign) @ widths for row, sign in zip(two, signs, strict=True)])
