"""Inverse gamma: work over a speed that varies; its tail is a power law with exponent `shape`."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist import gamma
from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS_OUT, kernel
from schedlab.kernels.closed import Closed, gamma_row, means
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


@kernel(FLOATS_OUT(FLOATS))
def top(sums):
    """The gamma's for 1 / x."""
    out = gamma_row(math.log(sums[4]), -sums[1], sums[0])
    out[1], out[3], out[4] = -out[1], -out[3], -out[4]
    return out


def log_cdf(x, shape, scale):
    return gamma.log_sf(scale / x, shape, 1.0)


def log_sf(x, shape, scale):
    return gamma.log_cdf(scale / x, shape, 1.0)


def ppf(q, shape, scale):
    from scipy.special import gammainccinv, gammaincinv

    return scale / np.where(q < 0.5, gammainccinv(shape, q), gammaincinv(shape, 1.0 - q))


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
    closed=Closed(means, top),
)
