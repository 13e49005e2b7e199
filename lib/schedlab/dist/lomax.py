"""Lomax (Pareto II): exponential with a rate that varies from request to request; tail exponent `tail`."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.tails import log1mexp
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.model.extend import Edge, Family


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log tail, log scale)."""
    d, a = math.exp(theta[0]), theta[1]
    for i in range(len(z)):
        w = z[i] - a
        e = exp(-abs(w))
        s = max(w, 0.0) + log(1.0 + e)
        p = (1.0 if w > 0.0 else e) / (1.0 + e)
        out[0, i] = theta[0] + w - (d + 1.0) * s
        out[1, i] = 1.0 - d * s
        out[2, i] = (d + 1.0) * p - 1.0
        out[3, i] = -d * s
        out[4, i] = d * p
        out[5, i] = -(d + 1.0) * p * (1.0 - p)


def log_cdf(x, tail, scale):
    return log1mexp(log_sf(x, tail, scale))


def log_sf(x, tail, scale):
    return -tail * np.log1p(x / scale)


def ppf(q, tail, scale):
    return scale * np.expm1(-np.log1p(-q) / tail)


def start(z, weights):
    """Tail 2 at the median, with the scale that makes its mean log right."""
    mean = float(weights @ z) / float(weights.sum())
    return np.array([math.log(2.0), mean + 1.0])


FAMILY = Family(
    "lomax",
    ("tail", "scale"),
    ("log", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "exponential with a rate that varies from request to request: a power-law tail from the start",
    edges={"tail": Edge(above="its limit is the exponential family")},
)
