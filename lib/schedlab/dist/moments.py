"""Means that the families' starting points share."""

from __future__ import annotations

import numpy as np

#: the share below each slice of `coarse`
_TAIL = 0.25 * 0.8 ** np.arange(1, 40)
_SLICES = np.concatenate([[0.0], _TAIL[::-1], np.linspace(0.25, 0.75, 40), 1.0 - _TAIL])

EULER = 0.5772156649015329


def log_moments(z: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Weighted mean and variance of z = log x; the variance at least 1e-12, so that it can be divided by."""
    n = weights.sum()
    mean = float(z @ weights) / n
    return mean, max(float(weights @ (z - mean) ** 2) / n, 1e-12)


def coarse(z: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """About a hundred atoms for beginnings, ascending, and their weights: slices of equal share in the
    middle, ever smaller ones to both ends. So few atoms stay as they are."""
    order = np.argsort(z, kind="stable")
    z, weights = z[order], weights[order]
    if len(z) <= len(_SLICES):
        return z, weights
    share = np.cumsum(weights) / weights.sum()
    first = np.searchsorted(share, _SLICES).clip(0, len(z) - 1)
    first = first[np.diff(first, prepend=-1) > 0]
    held = np.add.reduceat(weights, first)
    return np.add.reduceat(z * weights, first) / held, held
