"""Hypoexponential: two exponential steps in a row, one slower than the other (queue, then service)."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.tails import search_ppf
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.model.extend import Edge, Family


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log mean of the slower step, log excess); the faster step's rate is 1 + excess times that."""
    a, r = theta[0], math.exp(theta[1])
    p, offset = r / (1.0 + r), math.log1p(r) - theta[1]
    for i in range(len(z)):
        w = z[i] - a
        t = exp(w)
        e = r * t
        f = exp(-e)
        small = e < 0.02
        q = w + theta[1] - e * (0.5 - e * (1 / 24 - e * e / 2880)) if small else log(max(1.0 - f, 1e-300))
        s = 1.0 - e * (0.5 - e * (1 / 12 - e * e / 720)) if small else e * f / max(1.0 - f, 1e-300)
        h = s * (1.0 - s - e)
        out[0, i] = w + offset - t + q
        out[1, i] = t - 1.0 - s
        out[2, i] = p - 1.0 + s
        out[3, i] = h - t
        out[4, i] = -h
        out[5, i] = p * (1.0 - p) + h


def log_cdf(x, scale, excess):
    """A sum of two positive parts, so that nothing cancels however small x is."""
    from scipy.special import gammainc

    t = np.asarray(x, dtype=np.float64) / scale
    with np.errstate(divide="ignore"):
        return np.log(gammainc(2.0, t) + t * np.exp(-t) * _lag(excess * t))


def _lag(y):
    """1 - (1 - exp(-y)) / y."""
    series = y * (1 / 2 - y * (1 / 6 - y * (1 / 24 - y * (1 / 120 - y * (1 / 720 - y / 5040)))))
    return np.where(y < 0.02, series, (y + np.expm1(-y)) / np.maximum(y, 0.02))


def log_sf(x, scale, excess):
    t = np.asarray(x, dtype=np.float64) / scale
    return -t + np.log1p(-np.expm1(-excess * t) / excess)


def ppf(q, scale, excess):
    middle = math.log(scale)
    return search_ppf(
        q,
        lambda x: log_cdf(x, scale, excess),
        lambda x: log_sf(x, scale, excess),
        middle - 60.0,
        middle + 7.0,
    )


def start(z, weights):
    """Both means from the mean and variance: their sum is the mean, their squares' sum the variance."""
    n, x = float(weights.sum()), np.exp(z - z.max())
    mean = float(weights @ x) / n
    variation = min(max(float(weights @ (x - mean) ** 2) / n / mean**2, 0.55), 0.95)
    slow = mean * (1.0 + math.sqrt(2.0 * variation - 1.0)) / 2.0
    return np.array([math.log(slow) + float(z.max()), math.log(slow / (mean - slow) - 1.0)])


FAMILY = Family(
    "hypoexponential",
    ("scale", "excess"),
    ("log", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "two exponential steps in a row, such as waiting and service",
    edges={
        "excess": Edge(
            -3.0, 6.0, "two equal steps, as in an Erlang family", "its limit is the exponential family"
        )
    },
)
