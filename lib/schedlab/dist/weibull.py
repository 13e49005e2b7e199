"""Weibull: the first of many possible ends; shape below 1 means that what has waited long waits longer."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.moments import EULER, log_moments
from schedlab.dist.tails import log1mexp
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp
from schedlab.model.extend import Family


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log shape, log scale)."""
    b, a, k = theta[0], theta[1], math.exp(theta[0])
    for i in range(len(z)):
        w = k * (z[i] - a)
        e = exp(w)
        d = 1.0 - e
        out[0, i] = b + w - e
        out[1, i] = 1.0 + w * d
        out[2, i] = -k * d
        out[3, i] = w * d - w * w * e
        out[4, i] = k * (w * e - d)
        out[5, i] = -k * k * e


def log_cdf(x, shape, scale):
    return log1mexp(log_sf(x, shape, scale))


def log_sf(x, shape, scale):
    return -((x / scale) ** shape)


def ppf(q, shape, scale):
    return scale * (-np.log1p(-q)) ** (1.0 / shape)


def start(z, weights):
    """From the mean and variance of the logarithms, those of a Gumbel law."""
    mean, variance = log_moments(z, weights)
    k = math.pi / math.sqrt(6.0 * variance)
    return np.array([math.log(k), mean + EULER / k])


FAMILY = Family(
    "weibull",
    ("shape", "scale"),
    ("log", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "the first of many possible ends; shape below 1: the longer it has taken, the longer it will",
)
