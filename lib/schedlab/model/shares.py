"""Intervals of shares from counts of samples, for whole columns at once.

They hold the noise of sampling within the runs at hand, nothing of what differs from run to run.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np


def wilson(hits, n, confidence: float = 0.95, z=None) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval (1927) of shares `hits / n`; [0, 1] where n is 0. Array or scalar counts.

    `z` replaces the normal quantile, say by Student's where the spread was estimated from few runs.
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2) if z is None else z
    hits, n = np.asarray(hits, float), np.asarray(n, float)
    safe = np.where(n > 0, n, 1.0)
    p = hits / safe
    middle = (p + z * z / (2 * safe)) / (1 + z * z / safe)
    half = z / (1 + z * z / safe) * np.sqrt(np.maximum(p * (1 - p), 0) / safe + z * z / (4 * safe * safe))
    lo = np.where(hits <= 0, 0.0, middle - half)
    hi = np.where(hits >= n, 1.0, middle + half)
    return np.where(n > 0, lo, 0.0), np.where(n > 0, hi, 1.0)


def newcombe(hits1, n1, hits2, n2, confidence: float = 0.95, z=None) -> tuple[np.ndarray, np.ndarray]:
    """Newcombe's hybrid score interval (1998, method 10) of the difference share2 - share1."""
    lo1, hi1 = wilson(hits1, n1, confidence, z)
    lo2, hi2 = wilson(hits2, n2, confidence, z)
    p1, p2 = np.asarray(hits1) / np.maximum(n1, 1e-300), np.asarray(hits2) / np.maximum(n2, 1e-300)
    lo = p2 - p1 - np.sqrt((p2 - lo2) ** 2 + (hi1 - p1) ** 2)
    hi = p2 - p1 + np.sqrt((hi2 - p2) ** 2 + (p1 - lo1) ** 2)
    return lo, hi
