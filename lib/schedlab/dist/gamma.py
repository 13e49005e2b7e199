"""Gamma: the time that several exponential steps in a row take; shape is their number."""

from __future__ import annotations

import math

import numpy as np

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS_OUT, kernel
from schedlab.kernels.closed import Closed, gamma_row, gamma_top, means
from schedlab.kernels.elementary import exp
from schedlab.kernels.special import digamma, trigamma
from schedlab.model.extend import Family


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (log shape, log scale)."""
    k, a = math.exp(theta[0]), theta[1]
    offset, slope, bend = math.lgamma(k), digamma(k), k * k * trigamma(k)
    for i in range(len(z)):
        w = z[i] - a
        t = exp(w)
        g = k * (w - slope)
        out[0, i] = k * w - t - offset
        out[1, i] = g
        out[2, i] = t - k
        out[3, i] = g - bend
        out[4, i] = -k
        out[5, i] = -t


@kernel(FLOATS_OUT(FLOATS))
def top(sums):
    """From the mean and the mean of logarithms."""
    return gamma_row(math.log(sums[3]), sums[1], sums[0])


def log_cdf(x, shape, scale):
    from scipy.special import gammainc, gammaln

    t = np.asarray(x / scale)
    with np.errstate(divide="ignore"):
        leading = shape * np.log(t) - t - gammaln(shape + 1.0) + np.log1p(t / (shape + 1.0))
        share = gammainc(shape, t)
        return np.where(share > 1e-290, np.log(share), leading)


def log_sf(x, shape, scale):
    from scipy.special import gammaincc, gammaln

    t = np.asarray(x / scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        leading = (shape - 1.0) * np.log(t) - t - gammaln(shape) - np.log1p((1.0 - shape) / t)
        share = gammaincc(shape, t)
        return np.where(share > 1e-290, np.log(share), leading)


def ppf(q, shape, scale):
    from scipy.special import gammainccinv, gammaincinv

    return scale * np.where(q < 0.5, gammaincinv(shape, q), gammainccinv(shape, 1.0 - q))


def start(z, weights):
    """The maximum itself, from the mean and the mean of logarithms."""
    n, top = float(weights.sum()), float(z.max())
    log_mean = top + math.log(float(weights @ np.exp(z - top)) / n)
    return np.array(gamma_top(log_mean, log_mean - float(weights @ z) / n))


FAMILY = Family(
    "gamma",
    ("shape", "scale"),
    ("log", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "several exponential steps in a row; the shape is their number",
    closed=Closed(means, top),
)
