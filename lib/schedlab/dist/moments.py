"""Means that the families' starting points share."""

from __future__ import annotations

import numpy as np

EULER = 0.5772156649015329


def log_moments(z: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Weighted mean and variance of z = log x; the variance at least 1e-12, so that it can be divided by."""
    n = weights.sum()
    mean = float(z @ weights) / n
    return mean, max(float(weights @ (z - mean) ** 2) / n, 1e-12)
