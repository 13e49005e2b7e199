"""Lognormal: the logarithm is normal; a product of many small independent slowdowns."""

from __future__ import annotations

import math

import numpy as np

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS_OUT, kernel
from schedlab.kernels.closed import Closed, log_sums, row_of_two
from schedlab.model.extend import Family

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (mu, log sigma)."""
    mu, scale, offset = theta[0], math.exp(-theta[1]), theta[1] + _HALF_LOG_2PI
    for i in range(len(z)):
        u = (z[i] - mu) * scale
        out[0, i] = -0.5 * u * u - offset
        out[1, i] = u * scale
        out[2, i] = u * u - 1.0
        out[3, i] = -scale * scale
        out[4, i] = -2.0 * u * scale
        out[5, i] = -2.0 * u * u


@kernel(FLOATS_OUT(FLOATS))
def top(sums):
    """Mean and standard deviation of the logarithms."""
    n, mu, variance = sums[0], sums[1], sums[2] / sums[0]
    if not variance > 0.0:
        return np.full(8, math.nan)
    log_sigma = 0.5 * math.log(variance)
    return row_of_two((mu, log_sigma), -0.5 - log_sigma - _HALF_LOG_2PI, (-1.0 / variance, 0.0, -2.0), n)


def log_cdf(x, mu, sigma):
    from scipy.special import log_ndtr

    return log_ndtr((np.log(x) - mu) / sigma)


def log_sf(x, mu, sigma):
    from scipy.special import log_ndtr

    return log_ndtr((mu - np.log(x)) / sigma)


def ppf(q, mu, sigma):
    from scipy.special import ndtri

    return np.exp(mu + sigma * ndtri(q))


def start(z, weights):
    """The maximum itself: mean and standard deviation of the logarithms."""
    n = weights.sum()
    mu = float(z @ weights) / n
    return np.array([mu, 0.5 * math.log(float(weights @ (z - mu) ** 2) / n)])


FAMILY = Family(
    "lognormal",
    ("mu", "sigma"),
    ("identity", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "a product of many small independent slowdowns",
    closed=Closed(log_sums, top),
)
