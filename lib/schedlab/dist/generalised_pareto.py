"""Generalised Pareto: what the excesses over a high threshold tend to, whatever the law (Pickands 1975)."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist.tails import log1mexp
from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.kernels.likelihood import dot
from schedlab.model.extend import Edge, Family
from schedlab.model.fit import Void

#: where the scan for the start looks, as xi / scale times the largest value; 0 itself is left out
_SCAN = np.concatenate(
    [-1.0 + np.geomspace(1e-4, 0.5, 8), [-0.2, -0.05, 0.05, 0.2], np.geomspace(0.5, 1e4, 14)]
)


@kernel(inline=True)
def pieces(y):
    """log(1+y)/y, (log(1+y) - y/(1+y))/y^2 and the next of these for y > -1, by series where they cancel.

    Both ways are always taken and one is kept: without a branch the compiler can vectorise."""
    small = abs(y) < 0.02
    s, b = (y, 1.0) if small else (0.0, y)
    lead, first, second = 0.0, 0.0, 0.0
    for m in range(10, -1, -1):
        lead = 1.0 / (m + 1) - s * lead
        first = (m + 1) / (m + 2) - s * first
        second = -(m + 1) * (m + 2) / (m + 3) - s * second
    v = 1.0 + b
    far = log(v) / b
    next_ = (far - 1.0 / v) / b
    last = (1.0 / (v * v) - 2.0 * next_) / b
    return (lead, first, second) if small else (far, next_, last)


@kernel(FLOATS_OUT(FLOATS, FLOATS, FLOATS))
def mean_logs(x, share, ratios):
    """Mean of log(1 + ratio x) for each ratio."""
    out, logs = np.empty(len(ratios)), np.empty(len(x))
    for r in range(len(ratios)):
        for i in range(len(x)):
            logs[i] = log(1.0 + ratios[r] * x[i])
        out[r] = dot(logs, share)
    return out


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (xi, log scale)."""
    xi, s = theta[0], theta[1]
    for i in range(len(z)):
        t = exp(z[i] - s)
        inside = 1.0 + xi * t > 0.0
        t = t if inside else 0.0
        v = 1.0 + xi * t
        lead, first, second = pieces(xi * t)
        out[0, i] = z[i] - s - (xi + 1.0) * t * lead if inside else -math.inf
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
    xi, ratio, height = _profile(z, weights)
    top = int(np.argmax(height))
    return np.array([xi[top], math.log(xi[top] / ratio[top])])


def _profile(z, weights):
    """xi, xi / scale and the best mean log-density at each place of the scan."""
    x = np.exp(z - z.max())
    share, ratio = weights / weights.sum(), _SCAN
    xi = mean_logs(x, share, ratio)
    height = np.where(xi > -0.99, -np.log(xi / ratio) - xi - 1.0, -math.inf)
    return xi, ratio * math.exp(-z.max()), height


def support(theta) -> tuple[float, float]:
    """Values below the end point, where xi < 0 gives one."""
    return 0.0, math.inf if theta[0] >= 0.0 else -math.exp(theta[1]) / theta[0]


def doubts(found, data) -> tuple[str, ...]:
    """Below xi = -1/2 usual standard errors fail (Smith 1985); the profile may have two peaks."""
    warnings = ()
    if found.theta[0] < -0.5:
        warnings += ("generalised pareto: xi < -1/2, an end point in the data; standard errors do not hold",)
    _, _, height = _profile(*data.centres())
    inner = (height[1:-1] > height[:-2]) & (height[1:-1] > height[2:])
    peaks = np.sort(height[1:-1][inner])
    if len(peaks) > 1 and data.n * (peaks[-1] - peaks[-2]) < 1.92:
        warnings += (Void("generalised pareto: two peaks nearly as likely as each other"),)
    return warnings


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
    support=support,
    doubts=doubts,
    edges={"xi": Edge(-1.0, above="no such tail", below="the likelihood has no bound there")},
)
