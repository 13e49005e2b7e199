"""Hodges-Lehmann shifts with exact intervals: the answer that one wild run cannot move.

Hodges and Lehmann (1963); intervals from the exact null laws of Mann-Whitney's U and Wilcoxon's T, as in R's
`wilcox.test(conf.int=TRUE)`. Ties make them conservative. An interval is infinite where the design cannot
reach the confidence (3 against 3 runs reaches 0.90, not 0.95).
"""

from __future__ import annotations

import math

import numpy as np

from schedlab.model.results import Estimate


def shift_between(baseline: np.ndarray, treated: np.ndarray, confidence: float = 0.95) -> Estimate:
    """Median of all differences treated - baseline, on the scale of the values."""
    pairs = np.sort(np.subtract.outer(np.asarray(treated), np.asarray(baseline)).ravel())
    counts = mann_whitney_counts(len(baseline), len(treated))
    return _from_ordered(pairs, counts, confidence, len(baseline) + len(treated), "Hodges-Lehmann")


def shift_paired(differences: np.ndarray, confidence: float = 0.95) -> Estimate:
    """Median of the averages of every two differences (each with itself too), one difference per block."""
    d = np.asarray(differences)
    rows, columns = np.triu_indices(len(d))
    walsh = np.sort((d[rows] + d[columns]) / 2)
    return _from_ordered(walsh, signed_rank_counts(len(d)), confidence, len(d), "Hodges-Lehmann, paired")


def mann_whitney_counts(n1: int, n2: int) -> np.ndarray:
    """How many of the comb(n1 + n2, n1) orders give U = 0, 1, ..., n1 n2 (float64; the Gaussian binomial)."""
    counts = np.zeros(n1 * n2 + 1)
    counts[0] = 1
    for i in range(1, n1 + 1):
        step = n2 + i
        counts[step:] = counts[step:] - counts[:-step] if step < len(counts) else counts[step:]
        for u in range(i, len(counts)):
            counts[u] += counts[u - i]
    return counts


def signed_rank_counts(n: int) -> np.ndarray:
    """How many of the 2^n sign vectors give T = 0, 1, ..., n (n + 1) / 2 (float64)."""
    counts = np.zeros(n * (n + 1) // 2 + 1)
    counts[0] = 1
    for rank in range(1, n + 1):
        counts[rank:] = counts[rank:] + counts[: len(counts) - rank]
    return counts


def _from_ordered(ordered: np.ndarray, counts: np.ndarray, confidence: float, n: int, name: str) -> Estimate:
    """The median of `ordered` and the order statistics that hold the true shift often enough."""
    tail = (1 - confidence) / 2 * counts.sum()
    skip = int(np.searchsorted(np.cumsum(counts), tail * (1 + 1e-12), side="right"))
    middle = float(np.median(ordered))
    if skip == 0:
        reach = 1 - 2 * counts[0] / counts.sum()
        doubt = f"{n} runs reach a confidence of {max(reach, 0):.3g} at most: no finite rank interval"
        return Estimate(middle, -math.inf, math.inf, "", n, confidence, name, (doubt,))
    lo, hi = float(ordered[skip - 1]), float(ordered[len(ordered) - skip])
    return Estimate(middle, lo, hi, "", n, confidence, name)
