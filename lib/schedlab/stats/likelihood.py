"""One likelihood for all that a tool may leave of a latency: exact, binned, censored, truncated, weighted.

Everything is kept in z = log x. Exact values are points with weights. An interval becomes a handful of
Gauss-Legendre nodes in z, enough for 1e-10 relative wherever the density is smooth over it. What reaches to 0
or to infinity (zeros, timeouts) and truncation from below are tails: they use the family's own log_cdf and
log_sf, with derivatives by differences.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np

from schedlab.kernels.likelihood import interval_sums, weighted_sums
from schedlab.model.extend import Family

#: log-width of an interval -> how many nodes it gets; wider ones are cut into panels of the last width
NODES = ((0.02, 2), (0.1, 3), (0.35, 5), (0.7, 8), (1.4, 12))
_LIMITS = np.array([limit for limit, _ in NODES])

#: where the values of a tail may lie, in log x from its edge
_BEYOND = np.array([0.05, 0.2, 0.4, 0.7, 1.2])
#: relative step of differences
STEP = 2e-3
#: how many values are summed over at a time
CHUNK = 1 << 15


def _none() -> np.ndarray:
    return np.empty(0)


@dataclass(frozen=True)
class Tail:
    """`weight` observations of which only the side of `at` is known: above, below, or (truncation) only
    those above could be seen, in which case `weight` is minus the number seen."""

    side: str
    at: float
    weight: float


@dataclass(frozen=True)
class Likelihood:
    """What is known of the observations, ready to be summed over. Built by `fit_sample`.

    `z`, `weights` are exact values. Intervals with equally many nodes form a group, a row (nodes of each, how
    many intervals) of `shapes`; its nodes go node by node: all first ones, all second ones.
    """

    z: np.ndarray
    weights: np.ndarray
    nodes: np.ndarray = field(default_factory=_none)
    log_weights: np.ndarray = field(default_factory=_none)
    shapes: np.ndarray = field(default_factory=lambda: np.empty((0, 2), np.int64))
    counts: np.ndarray = field(default_factory=_none)
    tails: tuple[Tail, ...] = ()
    warnings: tuple[str, ...] = ()
    offset: float = 0.0

    @cached_property
    def n(self) -> float:
        """The number of observations, censored ones included."""
        return float(self.weights.sum() + self.counts.sum() + sum(max(t.weight, 0.0) for t in self.tails))

    @property
    def fine(self) -> bool:
        """Whether all intervals are so narrow that their middles say nearly the same."""
        return len(self.nodes) <= NODES[1][1] * len(self.counts)

    def bins_in(self, lo: float, hi: float) -> float:
        """How many intervals and tails meet [lo, hi] in z; infinitely many where exact values lie there."""
        if ((self.z >= lo) & (self.z <= hi)).any():
            return math.inf
        met = sum(np.count_nonzero((nodes[0] <= hi) & (nodes[-1] >= lo)) for nodes, _, _ in self._groups)
        ends = ((t.side == "above", math.log(t.at)) for t in self.tails if t.weight > 0)
        return met + sum(hi >= at if up else lo <= at for up, at in ends)

    def sums(self, family: Family, theta: np.ndarray) -> np.ndarray:
        """Log-likelihood of the z, its gradient and the upper triangle of its Hessian, in one row."""
        p = len(theta)
        total = np.zeros(1 + p + p * (p + 1) // 2)
        if family.support and not self._within(*family.support(theta)):
            return total - math.inf
        for first in range(0, len(self.z), CHUNK):
            part = slice(first, first + CHUNK)
            total += _point_sums(family, theta, self.z[part], self.weights[part])
        if len(self.counts) and family.sums:
            total += family.sums(self.nodes, self.log_weights, self.shapes, self.counts, theta)
        elif len(self.counts):
            rows = family.rows(self.nodes, theta)
            total += interval_sums(rows, self.log_weights, self.shapes, self.counts, p)
        if self.tails:
            total += differences(lambda t: self._tails(family, t), theta, STEP * family.steps(theta))
        return total

    def _within(self, lo: float, hi: float) -> bool:
        """Whether a law of values between `lo` and `hi` gives each exact value and each interval a chance."""
        return lo < self._span[0] and self._span[1] < hi

    @cached_property
    def _span(self) -> tuple[float, float]:
        """What the support must reach below and above: exact values, of intervals the nearer end's node."""
        least, most = [self.z], [self.z]
        for nodes, _, _ in self._groups:
            least.append(nodes[-1])
            most.append(nodes[0])
        return tuple(
            math.exp(f(np.concatenate(z), initial=end))
            for f, z, end in ((np.min, least, math.inf), (np.max, most, -math.inf))
        )

    def loglik(self, family: Family, theta: np.ndarray) -> float:
        """Log-likelihood of the x themselves: densities for exact values, probabilities for the rest."""
        return float(self.sums(family, theta)[0] - self.z @ self.weights - self.offset)

    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """Points and weights that roughly stand for everything: where the optimiser may begin.

        Wide intervals are spread over their nodes and tails over an octave or so, so that a mixture does not
        take them for a value of its own."""
        points, weights = [self.z], [self.weights]
        for nodes, log_weights, counts in self._groups:
            if self.fine:
                points, weights = [*points, nodes.mean(axis=0)], [*weights, counts]
                continue
            part = np.exp(log_weights - log_weights.max())
            points, weights = [*points, *nodes], [*weights, *(part * (counts / part.sum(axis=0)))]
        for tail in (t for t in self.tails if t.weight > 0):
            points.append(math.log(tail.at) + (_BEYOND if tail.side == "above" else -_BEYOND))
            weights.append(np.full(len(_BEYOND), tail.weight / len(_BEYOND)))
        return np.concatenate(points), np.concatenate(weights)

    @cached_property
    def _groups(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Nodes and their log weights (m, J), and counts (J,), of each group of intervals."""
        groups, node, interval = [], 0, 0
        for m, many in self.shapes.tolist():
            part, shape, own = slice(node, node + m * many), (m, many), slice(interval, interval + many)
            groups.append(
                (self.nodes[part].reshape(shape), self.log_weights[part].reshape(shape), self.counts[own])
            )
            node, interval = part.stop, own.stop
        return groups

    def _tails(self, family: Family, theta: np.ndarray) -> float:
        params = family.natural(theta)
        with np.errstate(all="ignore"):
            parts = (t.weight * float(_SIDES[t.side](family)(t.at, *params)) for t in self.tails)
            return math.fsum(parts)


def _point_sums(family: Family, theta: np.ndarray, z: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The sums for exact values; a family with sums of its own takes them for intervals of one node."""
    if family.sums and len(z):
        return family.sums(z, np.zeros(len(z)), np.array([[1, len(z)]]), weights, theta)
    return weighted_sums(family.rows(z, theta), weights)


_SIDES: dict[str, Callable] = {
    "above": lambda family: family.log_sf,
    "below": lambda family: family.log_cdf,
}


def intervals(lo: np.ndarray, hi: np.ndarray, counts: np.ndarray) -> dict[str, np.ndarray]:
    """Quadrature nodes in z for intervals [lo, hi), 0 < lo < hi < infinity, as `Likelihood` wants them."""
    low, width = np.log(lo), np.log(hi / lo)
    kinds, groups = _kinds(width), []
    for kind in np.flatnonzero(np.bincount(kinds)):
        chosen = kinds == kind
        x, log_w = _rule(int(kind))
        nodes = low[chosen] + np.outer(x, width[chosen])
        groups.append((nodes, np.add.outer(log_w, np.log(width[chosen])), counts[chosen]))
    return {
        "nodes": np.concatenate([nodes.ravel() for nodes, _, _ in groups]),
        "log_weights": np.concatenate([log_weights.ravel() for _, log_weights, _ in groups]),
        "shapes": np.array([nodes.shape for nodes, _, _ in groups]),
        "counts": np.concatenate([held for _, _, held in groups]).astype(np.float64),
    }


def _kinds(width: np.ndarray) -> np.ndarray:
    """Which rule an interval needs: an index into NODES, or beyond it the number of panels."""
    kinds, wide = np.searchsorted(_LIMITS, width), width > _LIMITS[-1]
    if wide.any():
        kinds[wide] = len(NODES) - 2 + np.ceil(width[wide] / _LIMITS[-1]).astype(np.int64)
    return kinds


@cache
def _rule(kind: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes in [0, 1] and the logarithms of their weights."""
    panels = max(kind - len(NODES) + 2, 1)
    x, w = np.polynomial.legendre.leggauss(NODES[min(kind, len(NODES) - 1)][1])
    nodes = np.concatenate([(panel + (x + 1.0) / 2.0) / panels for panel in range(panels)])
    return nodes, np.log(np.tile(w / 2.0 / panels, panels))


def differences(function: Callable[[np.ndarray], float], theta: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Value, gradient (fourth order) and upper Hessian of a function by differences, in one row; coordinates
    whose step is 0 stay where they are."""
    p, here = len(theta), function(theta)
    moves, free = np.eye(p) * steps, steps > 0
    lines = [
        [function(theta + m * moves[a]) for m in (-2, -1, 1, 2)] if free[a] else [here] * 4 for a in range(p)
    ]
    size = np.where(free, steps, 1.0)
    gradient = [(y[0] - 8 * y[1] + 8 * y[2] - y[3]) / (12 * h) for y, h in zip(lines, size, strict=True)]
    hessian = []
    for a in range(p):
        y = lines[a]
        hessian.append((-y[0] + 16 * y[1] - 30 * here + 16 * y[2] - y[3]) / (12 * size[a] ** 2))
        for b in range(a + 1, p):
            corners = (
                [
                    sa * sb * function(theta + sa * moves[a] + sb * moves[b])
                    for sa in (-1, 1)
                    for sb in (-1, 1)
                ]
                if free[a] and free[b]
                else [0.0]
            )
            hessian.append(sum(corners) / (4 * size[a] * size[b]))
    return np.array([here, *gradient, *hessian])
