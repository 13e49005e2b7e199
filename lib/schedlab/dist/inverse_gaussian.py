"""Inverse Gaussian (Wald): the first time that drifting, jittery progress reaches a goal."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.tails import search_ppf
from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS_OUT, kernel
from schedlab.kernels.closed import Closed, means, row_of_two
from schedlab.kernels.elementary import exp
from schedlab.model.extend import Family

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log mean, log shape)."""
    m, lam = theta[0], math.exp(theta[1] - theta[0])
    for i in range(len(z)):
        w = z[i] - m
        a = exp(w)
        c = exp(-w)
        q = 0.5 * lam * (a - 2.0 + c)
        out[0, i] = 0.5 * (theta[1] - m - w) - _HALF_LOG_2PI - q
        out[1, i] = lam * (a - 1.0)
        out[2, i] = 0.5 - q
        out[3, i] = lam * (1.0 - 2.0 * a)
        out[4, i] = lam * (a - 1.0)
        out[5, i] = -q


@kernel(FLOATS_OUT(FLOATS))
def top(sums):
    """From the means of x, of 1 / x and of the logarithms."""
    n, mean_z, mean, spread = sums[0], sums[1], sums[3], sums[3] * sums[4] - 1.0
    if not spread > 1e-12:
        return np.full(8, math.nan)
    log_mean, log_shape = math.log(mean), math.log(mean) - math.log(spread)
    height = 0.5 * (log_shape - mean_z) - _HALF_LOG_2PI - 0.5
    return row_of_two((log_mean, log_shape), height, (-1.0 / spread, 0.0, -0.5), n)


def log_cdf(x, mean, shape):
    from scipy.special import log_ndtr

    a, b, c = _edges(x, mean, shape)
    return np.logaddexp(log_ndtr(a), c + log_ndtr(-b))


def log_sf(x, mean, shape):
    from scipy.special import log_ndtr

    a, b, c = _edges(x, mean, shape)
    return log_ndtr(-a) + np.log1p(-np.exp(c + log_ndtr(-b) - log_ndtr(-a)))


def _edges(x, mean, shape):
    root = np.sqrt(shape / x)
    return root * (x / mean - 1.0), root * (x / mean + 1.0), 2.0 * shape / mean


def ppf(q, mean, shape):
    middle, reach = math.log(mean), 40.0 + 10.0 * math.sqrt(mean / shape) + math.log1p(mean / shape)
    return search_ppf(
        q, lambda x: log_cdf(x, mean, shape), lambda x: log_sf(x, mean, shape), middle - reach, middle + reach
    )


def start(z, weights):
    """The maximum itself: the mean, and the mean of 1 / x - 1 / mean."""
    n, top = float(weights.sum()), float(z.max())
    log_mean = top + math.log(float(weights @ np.exp(z - top)) / n)
    spread = float(weights @ (np.exp(log_mean - z) - 1.0)) / n
    return np.array([log_mean, log_mean - math.log(max(spread, 1e-12))])


FAMILY = Family(
    "inverse gaussian",
    ("mean", "shape"),
    ("log", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "the first time that steady but jittery progress reaches its goal",
    closed=Closed(means, top),
)
