"""Exponential: an end that comes at any moment with the same chance; no memory of the wait so far."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.tails import log1mexp
from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS_OUT, kernel
from schedlab.kernels.closed import Closed, means
from schedlab.kernels.elementary import exp
from schedlab.model.extend import Family


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log scale)."""
    for i in range(len(z)):
        w = z[i] - theta[0]
        t = exp(w)
        out[0, i] = w - t
        out[1, i] = t - 1.0
        out[2, i] = -t


@kernel(FLOATS_OUT(FLOATS))
def top(sums):
    """The mean."""
    out, log_scale = np.ones(4), math.log(sums[3])
    out[0], out[1], out[2] = log_scale, 1.0 / sums[0], sums[1] - log_scale - 1.0
    return out


def log_cdf(x, scale):
    return log1mexp(-x / scale)


def log_sf(x, scale):
    return -x / scale


def ppf(q, scale):
    return -scale * np.log1p(-q)


def start(z, weights):
    """The maximum itself: the mean."""
    top = float(z.max())
    return np.array([top + math.log(float(weights @ np.exp(z - top)) / float(weights.sum()))])


FAMILY = Family(
    "exponential",
    ("scale",),
    ("log",),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "an end equally likely at any moment: the sojourn in an M/M/1 queue, mean 1 / (service - arrival rate)",
    closed=Closed(means, top),
)
