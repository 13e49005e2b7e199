"""Means that the families' starting points share."""

from __future__ import annotations

import numpy as np

EULER = 0.5772156649015329


def log_moments(z: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Weighted mean and variance of z = log x; the variance at least 1e-12, so that it can be divided by."""
    n = weights.sum()
    mean = float(z @ weights) / n
    return mean, max(float(weights @ (z - mean) ** 2) / n, 1e-12)


def coarse(z: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """About a hundred atoms for beginnings: slices of equal share in the middle, ever smaller ones to both
    ends. Ascending places, weights, and the share up to each."""
    order = np.argsort(z, kind="stable")
    z, weights = z[order], weights[order]
    tail = 0.25 * 0.8 ** np.arange(1, 40)
    edges = np.concatenate([tail[::-1], np.linspace(0.25, 0.75, 40), 1.0 - tail])
    share = np.cumsum(weights) / weights.sum()
    first = np.unique(np.concatenate([[0], np.searchsorted(share, edges).clip(0, len(z) - 1)]))
    held = np.add.reduceat(weights, first)
    return np.add.reduceat(z * weights, first) / held, held, np.cumsum(held) / held.sum()
