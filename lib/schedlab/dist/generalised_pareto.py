"""Generalised Pareto: what the excesses over a high threshold tend to, whatever the law (Pickands 1975)."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.tails import log1mexp
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.model.extend import Family

#: where the scan for the start looks, as xi / scale times the largest value
_SCAN = np.concatenate(
    [-1.0 + np.geomspace(1e-4, 0.5, 8), [-0.2, -0.05, 0.05, 0.2], np.geomspace(0.5, 1e4, 14)]
)


@kernel(inline=True)
def pieces(y):
    """log(1+y)/y, (log(1+y) - y/(1+y))/y^2 and the next of these, by series where they cancel."""
    if abs(y) > 0.02:
        v = 1.0 + y
        lead = log(v) / y
        first = (lead - 1.0 / v) / y
        return lead, first, (1.0 / (v * v) - 2.0 * first) / y
    lead, first, second, power = 0.0, 0.0, 0.0, 1.0
    for n in range(11):
        lead += power / (n + 1)
        first += power * (n + 1) / (n + 2)
        second -= power * (n + 1) * (n + 2) / (n + 3)
        power *= -y
    return lead, first, second


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (xi, log scale)."""
    xi, s = theta[0], theta[1]
    for i in range(len(z)):
        t = exp(z[i] - s)
        v = 1.0 + xi * t
        if v <= 0.0:
            out[:, i] = 0.0
            out[0, i] = -math.inf
            continue
        lead, first, second = pieces(xi * t)
        out[0, i] = z[i] - s - (xi + 1.0) * t * lead
        out[1, i] = t * t * first - t / v
        out[2, i] = (1.0 + xi) * t / v - 1.0
        out[3, i] = t * t * (t * second + 1.0 / (v * v))
        out[4, i] = t / v - (1.0 + xi) * t * t / (v * v)
        out[5, i] = -(1.0 + xi) * t / (v * v)


def log_cdf(x, xi, scale):
    return log1mexp(log_sf(x, xi, scale))


def log_sf(x, xi, scale):
    t = np.asarray(x, dtype=np.float64) / scale
    if abs(xi) < 1e-12:
        return -t
    with np.errstate(divide="ignore"):
        return -np.log1p(np.maximum(xi * t, -1.0)) / xi


def ppf(q, xi, scale):
    h = -np.log1p(-q)
    return scale * h if abs(xi) < 1e-12 else scale * np.expm1(xi * h) / xi


def start(z, weights):
    """Grimshaw's profile in xi / scale, scanned: it has several peaks where the tail is short."""
    x = np.exp(z)
    top, share = float(x.max()), weights / weights.sum()
    best, found = -math.inf, np.array([0.1, math.log(float(share @ x))])
    for ratio in _SCAN / top:
        xi = float(share @ np.log1p(ratio * x))
        height = -math.log(xi / ratio) - xi - 1.0
        if xi > -0.99 and height > best:
            best, found = height, np.array([xi, math.log(xi / ratio)])
    return found


def doubts(found, data) -> tuple[str, ...]:
    """Below xi = -1/2 the usual theory of standard errors fails (Smith 1985)."""
    if found.theta[0] < -0.5:
        return ("generalised pareto: xi < -1/2, an end point in the data; standard errors do not hold",)
    return ()


FAMILY = Family(
    "generalised pareto",
    ("xi", "scale"),
    ("identity", "log"),
    terms,
    log_cdf,
    log_sf,
    ppf,
    start,
    "excesses over a high threshold; xi > 0 is a power-law tail, 0 exponential, below 0 an end point",
    doubts=doubts,
)
