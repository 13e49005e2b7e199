"""Shifted lognormal: a fixed minimum (the network, the handler) plus lognormal waiting.

With exact values the likelihood grows without bound as the minimum nears the smallest value; this family is
therefore only fitted to values grouped by the clock's tick (`stats.fit_grouped`).
"""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist import lognormal
from schedlab.dist.moments import coarse
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.model.extend import Family
from schedlab.model.fit import Void

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (mu, log sigma, minimum)."""
    mu, inverse, offset = theta[0], math.exp(-theta[1]), theta[1] + _HALF_LOG_2PI
    for i in range(len(z)):
        gap = exp(z[i]) - theta[2]
        inside = gap > 0.0
        gap = gap if inside else 1.0
        y = log(gap)
        u = (y - mu) * inverse
        d = 1.0 / gap
        out[0, i] = -0.5 * u * u - offset + z[i] - y if inside else -1e300
        out[1, i] = u * inverse
        out[2, i] = u * u - 1.0
        out[3, i] = d * (u * inverse + 1.0)
        out[4, i] = -inverse * inverse
        out[5, i] = -2.0 * u * inverse
        out[6, i] = -d * inverse * inverse
        out[7, i] = -2.0 * u * u
        out[8, i] = -2.0 * d * u * inverse
        out[9, i] = d * d * (u * inverse + 1.0 - inverse * inverse)


def log_cdf(x, mu, sigma, minimum):
    with np.errstate(divide="ignore"):
        return lognormal.log_cdf(np.maximum(np.asarray(x) - minimum, 0.0), mu, sigma)


def log_sf(x, mu, sigma, minimum):
    with np.errstate(divide="ignore"):
        return lognormal.log_sf(np.maximum(np.asarray(x) - minimum, 0.0), mu, sigma)


def ppf(q, mu, sigma, minimum):
    return minimum + lognormal.ppf(q, mu, sigma)


def start(z, weights):
    """Profile over the minimum: at each candidate below the smallest value the best lognormal of the rest."""
    smallest = float(np.exp(z.min()))
    z, weights = coarse(z, weights)
    x, n = np.exp(z), weights.sum()
    median = float(np.median(x))
    gaps = np.geomspace(max(1e-3 * (median - smallest), 1e-3 * smallest), 30.0 * median, 40)
    y = np.log(x - (smallest - gaps)[:, None])
    mu = y @ weights / n
    variance = np.maximum((y - mu[:, None]) ** 2 @ weights / n, 1e-12)
    best = np.argmax(-0.5 * np.log(variance) - mu)
    return np.array([mu[best], 0.5 * math.log(variance[best]), smallest - gaps[best]])


def support(theta) -> tuple[float, float]:
    """Values above the minimum."""
    return theta[2], math.inf


def doubts(found, data) -> tuple[str, ...]:
    """A minimum at the smallest value, or far below 0, is an edge and no estimate."""
    z, _ = data.centres()
    smallest = math.exp(float(z.min()))
    scale = math.exp(found.theta[0])
    if found.theta[2] < -20.0 * smallest - 5.0 * scale:
        return (Void("shifted lognormal: the minimum runs to minus infinity, its limit is the normal law"),)
    if data.fine and smallest - found.theta[2] < 1e-3 * scale:
        return (Void("shifted lognormal: the minimum sits at the smallest value, an edge"),)
    return ()


FAMILY = Family(
    "shifted lognormal",
    ("mu", "sigma", "minimum"),
    ("identity", "log", "identity"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "a fixed minimum, such as the network and the handler, plus lognormal waiting",
    doubts=doubts,
    grouped=True,
    support=support,
    sized={"minimum": "mu"},
)
