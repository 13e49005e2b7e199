"""Newton's method on a log-likelihood, damped so that every step climbs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from schedlab.kernels.newton import newton_step

MAX_STEPS, LONGEST, ENOUGH = 60, 1.5, 1e-12
#: below this slope a step as short as that is the last: what it leaves is of the order of its square
CALM, SHORT = 1e-9, 1e-6


@dataclass(frozen=True)
class Peak:
    """Where the climb ended: coordinates, mean log-likelihood with its gradient and upper Hessian in one row.

    `edge` is the coordinate that ran over its edge and ended the climb, -1 where none did.
    """

    theta: np.ndarray
    row: np.ndarray
    slope: float
    iterations: int
    edge: int = -1

    @property
    def converged(self) -> bool:
        return self.edge < 0 and bool(self.slope < 1e-8)

    @property
    def hessian(self) -> np.ndarray:
        return unpack(self.row, len(self.theta))[1]


def climb(
    sums: Callable[[np.ndarray], np.ndarray],
    theta: np.ndarray,
    free: np.ndarray,
    n: float,
    edges: np.ndarray | None = None,
    enough: float = ENOUGH,
) -> Peak:
    """Maximise over the `free` coordinates; `sums(theta)` is one row: value, gradient, upper Hessian.

    Stops where the mean slope is below `enough`, after a last short step (see SHORT; the row is of the place
    before it), where two steps in a row gain nothing, or where a coordinate is beyond its edge (`edges`:
    lowest and highest of each): it is then on its way to infinity.
    """
    here, index, p = np.array(theta, dtype=np.float64), np.flatnonzero(free), len(theta)
    now, quiet, ends = sums(here) / n, 0, [] if edges is None else edges.T.tolist()
    for steps in range(1, MAX_STEPS + 1):
        found = newton_step(now, index, p)
        slope, edge, step = float(found[0]), _over(here, ends), found[2:]
        done = slope < enough or edge >= 0 or quiet == 2 or steps == MAX_STEPS
        if done or not math.isfinite(now[0]):
            break
        if found[1] and slope < CALM and np.abs(step).max() < SHORT:
            here = here + step
            break
        if not found[1]:
            step[index] = _uphill(now, index, p)
        there, then = _climb_once(sums, here, _short(step), now, n)
        quiet = quiet + 1 if then[0] - now[0] <= 1e-15 * abs(now[0]) else 0
        here, now = there, then
    return Peak(here, now, slope, steps, edge)


def unpack(row: np.ndarray, p: int) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and full Hessian of one row of sums."""
    return row[1 : 1 + p], row[1 + p :][_places(p)]


@cache
def _places(p: int) -> np.ndarray:
    """Where each entry of a symmetric matrix stands in its upper triangle."""
    places = np.empty((p, p), np.int64)
    places[np.triu_indices(p)] = places.T[np.triu_indices(p)] = np.arange(p * (p + 1) // 2)
    return places


def _over(theta: np.ndarray, ends: list) -> int:
    for i, (value, (lo, hi)) in enumerate(zip(theta.tolist(), ends, strict=False)):
        if not lo <= value <= hi:
            return i
    return -1


def _uphill(row: np.ndarray, index: np.ndarray, p: int) -> np.ndarray:
    """A step uphill where the surface is not concave: curvatures count by their size."""
    gradient, hessian = unpack(row, p)
    values, vectors = np.linalg.eigh(-hessian[np.ix_(index, index)])
    floor = max(1e-3 * abs(values).max(), 1e-12)
    return vectors @ ((vectors.T @ gradient[index]) / np.maximum(np.abs(values), floor))


def _short(step: np.ndarray) -> np.ndarray:
    longest = max(map(abs, step.tolist()))
    return step * (LONGEST / longest) if longest > LONGEST else step


def _climb_once(sums, here, step, now, n):
    """The first of ever shorter steps that does not go down (rounding aside)."""
    least = now[0] - 1e-14 * abs(now[0])
    for shrink in range(30):
        there = here + step * 0.5**shrink
        then = sums(there) / n
        if then[0] >= least and math.isfinite(then @ then):
            return there, then
    return here, now
