"""Splice: a lognormal body up to a threshold, a generalised Pareto tail above, with a continuous density.

The body decides how much lies above the threshold (its own share) and how steep the density is there; the
tail's only free number is xi. It is the family to extrapolate with: the body has no say beyond the threshold.
"""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist import lognormal
from schedlab.dist.generalised_pareto import pieces
from schedlab.dist.moments import log_moments
from schedlab.dist.tails import log1mexp
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp
from schedlab.model.extend import Family

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@kernel(inline=True)
def mills(v):
    """phi(v) / (1 - Phi(v)), the normal law's hazard."""
    if v < 25.0:
        return math.exp(-0.5 * v * v - _HALF_LOG_2PI) / (0.5 * math.erfc(v / math.sqrt(2.0)))
    return v + 1.0 / v - 2.0 / v**3


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (mu, log sigma, xi, threshold). h is the body's hazard in x at the threshold."""
    mu, inverse, xi, edge = theta[0], math.exp(-theta[1]), theta[2], theta[3]
    offset, log_edge = theta[1] + _HALF_LOG_2PI, math.log(edge)
    v = (log_edge - mu) * inverse
    m = mills(v)
    steep = m - v
    h = m * inverse / edge
    hm, hs = -steep * inverse, -1.0 - steep * v
    d_steep = m * steep - 1.0
    hmm, hms = d_steep * inverse * inverse, inverse * (steep + d_steep * v)
    hss = v * (steep + d_steep * v)
    for i in range(len(z)):
        out[:, i] = 0.0
        if z[i] <= log_edge:
            u = (z[i] - mu) * inverse
            out[0, i] = -0.5 * u * u - offset
            out[1, i], out[2, i] = u * inverse, u * u - 1.0
            out[5, i], out[6, i], out[9, i] = -inverse * inverse, -2.0 * u * inverse, -2.0 * u * u
            continue
        t = (exp(z[i]) - edge) * h
        w = 1.0 + xi * t
        if w <= 0.0:
            out[0, i] = -math.inf
            continue
        lead, first, second = pieces(xi * t)
        g, b = -(1.0 + xi) * t / w, -(1.0 + xi) * t / (w * w)
        out[0, i] = -0.5 * v * v - offset + z[i] - log_edge - (xi + 1.0) * t * lead
        out[1, i] = v * inverse + g * hm
        out[2, i] = v * v - 1.0 + g * hs
        out[3, i] = t * t * first - t / w
        out[5, i] = -inverse * inverse + g * hmm + b * hm * hm
        out[6, i] = -2.0 * v * inverse + g * hms + b * hm * hs
        cross = -t / w + (1.0 + xi) * t * t / (w * w)
        out[7, i] = cross * hm
        out[9, i] = -2.0 * v * v + g * hss + b * hs * hs
        out[10, i] = cross * hs
        out[12, i] = t * t * (t * second + 1.0 / (w * w))


def log_sf(x, mu, sigma, xi, threshold):
    x = np.asarray(x, dtype=np.float64)
    v = (math.log(threshold) - mu) / sigma
    t = np.maximum(x - threshold, 0.0) * mills(v) / (sigma * threshold)
    with np.errstate(divide="ignore"):
        above = -t if abs(xi) < 1e-12 else -np.log1p(np.maximum(xi * t, -1.0)) / xi
        return lognormal.log_sf(np.minimum(x, threshold), mu, sigma) + above


def log_cdf(x, mu, sigma, xi, threshold):
    x = np.asarray(x, dtype=np.float64)
    with np.errstate(divide="ignore"):
        body = lognormal.log_cdf(np.minimum(x, threshold), mu, sigma)
    return np.where(x <= threshold, body, log1mexp(log_sf(x, mu, sigma, xi, threshold)))


def ppf(q, mu, sigma, xi, threshold):
    q = np.asarray(q, dtype=np.float64)
    body = float(np.exp(lognormal.log_sf(threshold, mu, sigma)))
    scale = sigma * threshold / mills((math.log(threshold) - mu) / sigma)
    h = np.maximum(math.log(body) - np.log1p(-q), 0.0)
    tail = threshold + scale * (h if abs(xi) < 1e-12 else np.expm1(xi * h) / xi)
    return np.where(1.0 - q >= body, lognormal.ppf(np.minimum(q, 1.0 - body), mu, sigma), tail)


def at(threshold: float) -> Family:
    """The family with this threshold, in the sample's unit."""

    def start(z, weights):
        mean, variance = log_moments(z, weights)
        return np.array([mean, 0.5 * math.log(variance), 0.1, threshold])

    return Family(
        "splice",
        ("mu", "sigma", "xi", "threshold"),
        ("identity", "log", "identity", "fixed"),
        terms,
        log_cdf,
        log_sf,
        ppf,
        start,
        "a lognormal body with a tail of its own above the threshold",
    )
