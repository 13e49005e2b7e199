"""When a tool printed only quantiles: match them, weighted as they scatter, and promise little."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.extend import Family
from schedlab.model.sample import Quantiles
from schedlab.stats.fit import edges_of


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


@dataclass(frozen=True)
class QuantileFits:
    """Families matched to printed quantiles, nearest first. What the printout cannot support is not there:
    no likelihood, no criterion, no test, and standard errors only where the number of requests is known."""

    fits: tuple[QuantileFit, ...]
    seen: Quantiles
    warnings: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """One row per family: parameters, the largest relative error, and each printed quantile's error."""
        return pd.DataFrame([_row(self.seen, fit) for fit in self.fits])

    def __iter__(self):
        return iter(self.fits)

    def __len__(self) -> int:
        return len(self.fits)

    def __str__(self) -> str:
        return "\n".join([self.table().to_string(index=False), *self.warnings])

    def _repr_html_(self) -> str:
        return self.table().to_html(index=False, float_format="{:.4g}".format)


def fits_of_quantiles(seen: Quantiles, families: Iterable[Family]) -> QuantileFits:
    """Every family that k quantiles can bind (at most k - 1 parameters, all of them continuous)."""
    found, skipped = [], []
    for family in families:
        try:
            found.append(fit_quantiles(seen, family))
        except TooFewValues as why:
            skipped.append(str(why))
    if not found:
        raise TooFewValues(f"{len(seen.q)} quantiles cannot bind any of these families: give at least 3")
    notes = dict.fromkeys([*(w for fit in found for w in fit.warnings), *skipped])
    return QuantileFits(tuple(sorted(found, key=lambda f: f.misfit)), seen, tuple(notes))


def fit_quantiles(seen: Quantiles, family: Family, steps: int = 60) -> QuantileFit:
    """Generalised least squares on log quantiles with the covariance that order statistics have.

    TooFewValues where k quantiles meet more than k - 1 parameters. Quantiles at 0 and 1 are extremes, not
    quantiles, and are left out.
    """
    inner = (seen.q > 0) & (seen.q < 1) & (seen.values > 0)
    q, target = seen.q[inner], np.log(seen.values[inner])
    k = len(family.params)
    if {"fixed", "chosen"} & set(family.links):
        raise TooFewValues(f"{family.name} has a parameter that only single values can choose")
    if len(q) < k + 1:
        raise TooFewValues(f"{family.name} needs {k + 1} quantiles between 0 and 1, there are {len(q)}")
    theta = family.start(target, _weights(q))
    edges = edges_of(family, target, _weights(q))
    with np.errstate(all="ignore"):
        for _ in range(steps):
            before, theta = theta, _nearer(family, theta, q, target)
            if theta is None or (edges is not None and not ((theta >= edges[0]) & (theta <= edges[1])).all()):
                raise TooFewValues(f"{family.name}: these quantiles lead to no finite parameters")
            if np.abs(theta - before).max() < 1e-10:
                break
    return _conclude(seen, family, theta, q, target)


def _nearer(family: Family, theta: np.ndarray, q: np.ndarray, target: np.ndarray) -> np.ndarray | None:
    """One Gauss-Newton step, halved until it comes nearer; None where numbers run out."""
    shown, slope = _log_quantiles(family, theta, q)
    scatter = _scatter(family, theta, q)
    if not (np.isfinite(slope).all() and np.isfinite(scatter).all()) or np.linalg.cond(scatter) > 1e14:
        return None
    factor = np.linalg.cholesky(np.linalg.inv(scatter)).T
    step, *_ = np.linalg.lstsq(factor @ slope, factor @ (target - shown), rcond=None)
    step *= min(1.0, 0.5 / max(np.abs(step).max(), 1e-300))
    for shrink in range(12):
        there = theta + step * 0.5**shrink
        off = target - np.log(family.ppf(q, *family.natural(there)))
        if np.isfinite(off).all() and _length(factor @ off) <= _length(factor @ (target - shown)):
            return there
    return theta


def _length(v: np.ndarray) -> float:
    return float(v @ v)


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


def _row(seen: Quantiles, fit: QuantileFit) -> dict:
    pairs = zip(fit.family.params, fit.params, strict=True)
    row = {
        "family": fit.family.name,
        "parameters": ", ".join(f"{name} {value:.4g}" for name, value in pairs),
        "misfit": fit.misfit,
    }
    inner = (seen.q > 0) & (seen.q < 1)
    errors = fit.ppf(seen.q[inner]) / seen.values[inner] - 1.0
    return row | {f"p{100 * q:g}_error": e for q, e in zip(seen.q[inner], errors, strict=True)}


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
