"""When a tool printed only quantiles: match them, weighted as they scatter, and promise little."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from schedlab.errors import TooFewValues
from schedlab.model.extend import Family
from schedlab.model.sample import Quantiles


@dataclass(frozen=True)
class QuantileFit:
    """The parameters whose quantiles come nearest to the printed ones. There is no likelihood behind it: no
    standard errors without `n`, no p-value, no information criterion. `misfit` is the largest relative error
    over the printed quantiles."""

    family: Family
    theta: np.ndarray
    cov: np.ndarray
    misfit: float
    unit: str
    warnings: tuple[str, ...]

    @property
    def params(self) -> tuple[float, ...]:
        return self.family.natural(self.theta)

    def ppf(self, q) -> np.ndarray:
        """The fitted quantile at q."""
        return self.family.ppf(np.asarray(q, dtype=np.float64), *self.params)


def fit_quantiles(seen: Quantiles, family: Family, steps: int = 60) -> QuantileFit:
    """Generalised least squares on log quantiles with the covariance that order statistics have.

    TooFewValues where k quantiles meet more than k - 1 parameters. Quantiles at 0 and 1 are extremes, not
    quantiles, and are left out.
    """
    inner = (seen.q > 0) & (seen.q < 1) & (seen.values > 0)
    q, target = seen.q[inner], np.log(seen.values[inner])
    k = len(family.params)
    if len(q) < k + 1:
        raise TooFewValues(f"{family.name} needs {k + 1} quantiles between 0 and 1, there are {len(q)}")
    theta = family.start(target, _weights(q))
    for _ in range(steps):
        shown, slope = _log_quantiles(family, theta, q)
        factor = np.linalg.cholesky(np.linalg.inv(_scatter(family, theta, q)))
        step, *_ = np.linalg.lstsq(factor.T @ slope, factor.T @ (target - shown), rcond=None)
        theta = theta + np.clip(step, -0.5, 0.5)
        if np.abs(step).max() < 1e-10:
            break
    return _conclude(seen, family, theta, q, target)


def _conclude(seen: Quantiles, family: Family, theta, q, target) -> QuantileFit:
    shown, slope = _log_quantiles(family, theta, q)
    warnings = (
        *seen.warnings,
        f"fitted to {len(q)} printed quantiles only: no test and no comparison of families",
    )
    cov = np.full((len(theta), len(theta)), math.nan)
    if seen.n:
        cov = np.linalg.inv(slope.T @ np.linalg.inv(_scatter(family, theta, q)) @ slope) / seen.n
    else:
        warnings += ("the number of requests is unknown: no standard errors",)
    return QuantileFit(family, theta, cov, float(np.abs(np.expm1(shown - target)).max()), seen.unit, warnings)


def _weights(q: np.ndarray) -> np.ndarray:
    """How much of the distribution each quantile stands for."""
    edges = np.concatenate([[0.0], 0.5 * (q[1:] + q[:-1]), [1.0]])
    return np.diff(edges)


def _log_quantiles(family: Family, theta: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log quantiles and their slopes in the coordinates."""
    here = np.log(family.ppf(q, *family.natural(theta)))
    slope = np.empty((len(q), len(theta)))
    for a in range(len(theta)):
        shift = np.zeros(len(theta))
        shift[a] = 1e-5
        up, down = (np.log(family.ppf(q, *family.natural(theta + s * shift))) for s in (1, -1))
        slope[:, a] = (up - down) / 2e-5
    return here, slope


def _scatter(family: Family, theta: np.ndarray, q: np.ndarray) -> np.ndarray:
    """n times the covariance of log quantiles: p_i (1 - p_j) / (f_i f_j) with f the density of log x."""
    params = family.natural(theta)
    x = family.ppf(q, *params)
    density = np.exp(family.log_pdf(x, *params)) * x
    low, high = np.minimum.outer(q, q), np.maximum.outer(q, q)
    return low * (1.0 - high) / np.outer(density, density)
