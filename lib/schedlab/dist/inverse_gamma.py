"""Inverse gamma: work over a speed that varies; its tail is a power law with exponent `shape`."""

from __future__ import annotations

import math

from schedlab.dist import gamma
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp
from schedlab.kernels.special import digamma, trigamma
from schedlab.model.extend import Family


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log shape, log scale)."""
    k, a = math.exp(theta[0]), theta[1]
    offset, slope, bend = math.lgamma(k), digamma(k), k * k * trigamma(k)
    for i in range(len(z)):
        w = a - z[i]
        t = exp(w)
        g = k * (w - slope)
        out[0, i] = k * w - t - offset
        out[1, i] = g
        out[2, i] = k - t
        out[3, i] = g - bend
        out[4, i] = k
        out[5, i] = -t


def log_cdf(x, shape, scale):
    return gamma.log_sf(scale / x, shape, 1.0)


def log_sf(x, shape, scale):
    return gamma.log_cdf(scale / x, shape, 1.0)


def ppf(q, shape, scale):
    from numpy import where
    from scipy.special import gammainccinv, gammaincinv

    return scale / where(q < 0.5, gammainccinv(shape, q), gammaincinv(shape, 1.0 - q))


def start(z, weights):
    """The gamma's start for 1 / x."""
    return gamma.start(-z, weights) * (1.0, -1.0)


FAMILY = Family(
    "inverse gamma",
    ("shape", "scale"),
    ("log", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "fixed work at a speed that varies; the tail is a power law whose exponent is the shape",
)
