"""Logarithms of small probabilities and quantiles by search, shared by families without a closed form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def log1mexp(x):
    """log(1 - exp(x)) for x <= 0 without cancellation (Maechler 2012)."""
    x = np.asarray(x, dtype=np.float64)
    with np.errstate(divide="ignore"):
        return np.where(x > -0.6931471805599453, np.log(-np.expm1(x)), np.log1p(-np.exp(x)))


def search_ppf(q, log_cdf: Callable, log_sf: Callable, lo: float, hi: float) -> np.ndarray:
    """Quantiles by bisection in log x between exp(lo) and exp(hi), on the smaller of the two tails."""
    q = np.asarray(q, dtype=np.float64)
    a, b = np.full(q.shape, float(lo)), np.full(q.shape, float(hi))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        low, target = q < 0.5, np.where(q < 0.5, np.log(q), np.log1p(-q))
        for _ in range(80):
            middle = 0.5 * (a + b)
            x = np.exp(middle)
            short = np.where(low, log_cdf(x) < target, log_sf(x) > target)
            a, b = np.where(short, middle, a), np.where(short, b, middle)
    found = np.exp(0.5 * (a + b))
    return np.where(q <= 0, 0.0, np.where(q >= 1, np.inf, found))
