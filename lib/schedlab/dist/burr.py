"""Burr XII: a Weibull body with a power-law tail of exponent shape * tail.

Where the data look like a Pareto law above some value, no finite maximum exists: shape runs to infinity.
"""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.moments import log_moments
from schedlab.dist.tails import log1mexp
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.model.extend import Edge, Family


@kernel(inline=True)
def rows(z, theta, sign, out):
    """theta = (log shape, log tail, log scale); sign -1 is the law of 1 / x (Dagum)."""
    k, d, a = sign * math.exp(theta[0]), math.exp(theta[1]), theta[2]
    offset = theta[0] + theta[1]
    for i in range(len(z)):
        w = k * (z[i] - a)
        e = exp(-abs(w))
        s = max(w, 0.0) + log(1.0 + e)
        p = (1.0 if w > 0.0 else e) / (1.0 + e)
        g = 1.0 - (d + 1.0) * p
        h = -(d + 1.0) * p * (1.0 - p)
        out[0, i] = offset + w - (d + 1.0) * s
        out[1, i] = 1.0 + w * g
        out[2, i] = 1.0 - d * s
        out[3, i] = -k * g
        out[4, i] = w * g + w * w * h
        out[5, i] = -d * p * w
        out[6, i] = -k * (g + w * h)
        out[7, i] = -d * s
        out[8, i] = k * d * p
        out[9, i] = k * k * h


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log shape, log tail, log scale)."""
    rows(z, theta, 1.0, out)


def log_cdf(x, shape, tail, scale):
    return log1mexp(log_sf(x, shape, tail, scale))


def log_sf(x, shape, tail, scale):
    with np.errstate(divide="ignore"):
        return -tail * np.logaddexp(0.0, shape * (np.log(x) - math.log(scale)))


def ppf(q, shape, tail, scale):
    return scale * np.expm1(-np.log1p(-q) / tail) ** (1.0 / shape)


def start(z, weights):
    """A log-logistic from the moments of the logarithms, with tail 1."""
    mean, variance = log_moments(z, weights)
    return np.array([math.log(math.pi / math.sqrt(3.0 * variance)), 0.0, mean])


FAMILY = Family(
    "burr xii",
    ("shape", "tail", "scale"),
    ("log", "log", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "Weibull with a scale that varies from request to request: a body with a power-law tail",
    edges={
        "shape": Edge(-8.0, 4.0, above="the data look like a Pareto law above some value", spread=1),
        "tail": Edge(above="its limit is the Weibull family"),
    },
)
