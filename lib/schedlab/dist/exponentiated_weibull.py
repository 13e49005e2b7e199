"""Exponentiated Weibull: the slowest of `power` Weibull times, as when one request waits for several."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist import weibull
from schedlab.dist.tails import log1mexp
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.model.extend import Edge, Family


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log power, log shape, log scale). q = log(1 - exp(-E)), r its slope in log E."""
    m, k, a = math.exp(theta[0]), math.exp(theta[1]), theta[2]
    for i in range(len(z)):
        w = k * (z[i] - a)
        e = exp(w)
        f = exp(-e)
        small = e < 0.02
        q = w - e * (0.5 - e * (1 / 24 - e * e / 2880)) if small else log(max(1.0 - f, 1e-300))
        r = 1.0 - e * (0.5 - e * (1 / 12 - e * e / 720)) if small else e * f / max(1.0 - f, 1e-300)
        g = 1.0 - e + (m - 1.0) * r
        h = -e + (m - 1.0) * r * (1.0 - r - e)
        out[0, i] = theta[0] + theta[1] + w - e + (m - 1.0) * q
        out[1, i] = 1.0 + m * q
        out[2, i] = 1.0 + w * g
        out[3, i] = -k * g
        out[4, i] = m * q
        out[5, i] = m * r * w
        out[6, i] = -k * m * r
        out[7, i] = w * g + w * w * h
        out[8, i] = -k * (g + w * h)
        out[9, i] = k * k * h


def log_cdf(x, power, shape, scale):
    return power * weibull.log_cdf(x, shape, scale)


def log_sf(x, power, shape, scale):
    return log1mexp(log_cdf(x, power, shape, scale))


def ppf(q, power, shape, scale):
    with np.errstate(divide="ignore"):
        return scale * (-log1mexp(np.log(q) / power)) ** (1.0 / shape)


def start(z, weights):
    """The Weibull's start with power 1."""
    return np.concatenate([[0.0], weibull.start(z, weights)])


FAMILY = Family(
    "exponentiated weibull",
    ("power", "shape", "scale"),
    ("log", "log", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "the slowest of `power` Weibull times: a request that waits for all of its parts",
    edges={"power": Edge(below="a ridge", above="a ridge towards the Frechet family")},
)
