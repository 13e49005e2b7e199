"""Newton's method on a log-likelihood, damped so that every step climbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MAX_STEPS, LONGEST, ENOUGH = 200, 1.5, 1e-12


@dataclass(frozen=True)
class Peak:
    """Where the climb ended: coordinates, value, gradient and Hessian of the mean log-likelihood."""

    theta: np.ndarray
    value: float
    gradient: np.ndarray
    hessian: np.ndarray
    iterations: int
    converged: bool


def climb(sums: Callable[[np.ndarray], np.ndarray], theta: np.ndarray, free: np.ndarray, n: float) -> Peak:
    """Maximise over the `free` coordinates; `sums(theta)` is one row: value, gradient, upper Hessian."""
    here, now = np.array(theta, dtype=np.float64), sums(theta) / n
    damping, quiet = 0.0, 0
    for iteration in range(1, MAX_STEPS + 1):
        gradient, hessian = unpack(now, len(here))
        step, damping = _ascent(gradient[free], hessian[np.ix_(free, free)], damping)
        if np.abs(gradient[free]).max(initial=0.0) < ENOUGH:
            return Peak(here, now[0], gradient, hessian, iteration, True)
        there, then, damping = _climb_once(sums, here, free, step, now, n, damping)
        quiet = quiet + 1 if then is now or then[0] - now[0] <= 1e-15 * abs(now[0]) else 0
        here, now = there, then
        if quiet == 2:
            break
    gradient, hessian = unpack(now, len(here))
    return Peak(here, now[0], gradient, hessian, iteration, bool(np.abs(gradient[free]).max() < 1e-8))


def unpack(row: np.ndarray, p: int) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and full Hessian of one row of sums."""
    hessian = np.empty((p, p))
    hessian[np.triu_indices(p)] = row[1 + p :]
    hessian.T[np.triu_indices(p)] = row[1 + p :]
    return row[1 : 1 + p], hessian


def _ascent(gradient: np.ndarray, hessian: np.ndarray, damping: float) -> tuple[np.ndarray, float]:
    """A step uphill: Newton's where the surface is concave, a damped one where it is not."""
    values, vectors = np.linalg.eigh(-hessian)
    floor = max(1e-3 * abs(values).max(), 1e-12) if values[0] <= 0 else 0.0
    step = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values) + damping, floor + 1e-300))
    longest = np.abs(step).max(initial=0.0)
    return (step * (LONGEST / longest) if longest > LONGEST else step), damping


def _climb_once(sums, here, free, step, now, n, damping):
    """The first of ever shorter steps that does not go down (rounding aside)."""
    slack = 1e-14 * abs(now[0])
    for shrink in range(30):
        there = here.copy()
        there[free] += step * 0.5**shrink
        then = sums(there) / n
        if np.isfinite(then).all() and then[0] >= now[0] - slack:
            return there, then, damping / 10 if shrink == 0 else damping
    return here, now, 10 * damping + 1e-8
