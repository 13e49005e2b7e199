"""Log-logistic: the logarithm is logistic; a power-law tail of exponent `shape`, odds linear in log time."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.moments import log_moments
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.model.extend import Family


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log shape, log scale)."""
    b, a, k = theta[0], theta[1], math.exp(theta[0])
    for i in range(len(z)):
        w = k * (z[i] - a)
        e = exp(-abs(w))
        p = (1.0 if w > 0.0 else e) / (1.0 + e)
        g = 1.0 - 2.0 * p
        h = -2.0 * p * (1.0 - p)
        out[0, i] = b + w - 2.0 * (max(w, 0.0) + log(1.0 + e))
        out[1, i] = 1.0 + w * g
        out[2, i] = -k * g
        out[3, i] = w * g + w * w * h
        out[4, i] = -k * (g + w * h)
        out[5, i] = k * k * h


def log_cdf(x, shape, scale):
    with np.errstate(divide="ignore"):
        return -np.logaddexp(0.0, -shape * (np.log(x) - math.log(scale)))


def log_sf(x, shape, scale):
    with np.errstate(divide="ignore"):
        return -np.logaddexp(0.0, shape * (np.log(x) - math.log(scale)))


def ppf(q, shape, scale):
    with np.errstate(divide="ignore"):
        return scale * np.exp((np.log(q) - np.log1p(-q)) / shape)


def start(z, weights):
    """From the mean and variance of the logarithms."""
    mean, variance = log_moments(z, weights)
    return np.array([math.log(math.pi / math.sqrt(3.0 * variance)), mean])


FAMILY = Family(
    "log-logistic",
    ("shape", "scale"),
    ("log", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "growth that saturates: the odds of being done rise as a power of time; a power-law tail",
)
