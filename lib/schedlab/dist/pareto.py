"""Pareto: a pure power law above a minimum; only for tails, never for a whole latency distribution."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.tails import log1mexp
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.model.extend import Family
from schedlab.model.fit import Void


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log tail, minimum); the minimum is the smallest value, not climbed."""
    d, edge = math.exp(theta[0]), math.log(theta[1])
    for i in range(len(z)):
        w = z[i] - edge
        out[0, i] = theta[0] - d * w if w > -1e-12 else -math.inf
        out[1, i] = 1.0 - d * w
        out[2, i] = 0.0
        out[3, i] = -d * w
        out[4, i] = 0.0
        out[5, i] = 0.0


def log_cdf(x, tail, minimum):
    return log1mexp(log_sf(x, tail, minimum))


def log_sf(x, tail, minimum):
    return -tail * np.log(np.maximum(x / minimum, 1.0))


def ppf(q, tail, minimum):
    return minimum * (1.0 - q) ** (-1.0 / tail)


def start(z, weights):
    """The maximum itself: the smallest value, and the mean log distance from it (Hill's estimator)."""
    edge = float(z.min())
    excess = float(weights @ (z - edge)) / float(weights.sum())
    return np.array([-math.log(max(excess, 1e-12)), math.exp(edge)])


def doubts(found, data) -> tuple[str, ...]:
    """Where bins hide the smallest value, they hide the estimate."""
    if len(data.counts):
        return (Void("pareto: the minimum lies somewhere in the first bin; fit excesses over a threshold"),)
    return ()


FAMILY = Family(
    "pareto",
    ("tail", "minimum"),
    ("log", "chosen"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "a pure power law above a minimum; the reference for tails",
    doubts=doubts,
)
