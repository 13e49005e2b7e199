"""Mixtures of k parts: terms of the log-density with derivatives (see `mixture_em` for beginnings).

Shares are broken off a stick: share j is s_j times what the earlier parts left, s_j = expit(t_j), so they
need k - 1 free numbers. theta = (t_1 .. t_{k-1}, then a_j, or mu_j and log sigma_j, part by part).
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp
from schedlab.kernels.likelihood import SHAPES, added, dot, shared

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@kernel(inline=True)
def log_shares(theta, k, out):
    """Logarithms of the k shares."""
    left = 0.0
    for j in range(k - 1):
        soft = max(theta[j], 0.0) + math.log1p(math.exp(-abs(theta[j])))
        out[j] = left + theta[j] - soft
        left -= soft
    out[k - 1] = left


@kernel(inline=True)
def share_slope(theta, j, a):
    """Slope of log share j in the stick's number a: it does not depend on z."""
    s = 1.0 / (1.0 + math.exp(-theta[a]))
    return 0.0 if j < a else 1.0 - s if j == a else -s


@kernel(inline=True)
def _densities(own, theta, z, log_weights, d, u):
    """Each part's log-density plus `log_weights` into `d`, and what its derivatives are polynomials of into
    `u`: x / scale of an exponential (own = 1), (z - mu) / sigma of a lognormal (own = 2)."""
    k, n = d.shape
    lead = np.zeros(k)
    log_shares(theta, k, lead)
    for j in range(k):
        at = theta[k - 1 + j * own]
        if own == 1:
            for i in range(n):
                u[j, i] = exp(z[i] - at)
                d[j, i] = lead[j] + z[i] - at - u[j, i] + log_weights[i]
        else:
            log_sigma = theta[k + 2 * j]
            inverse, height = math.exp(-log_sigma), lead[j] - log_sigma - _HALF_LOG_2PI
            for i in range(n):
                u[j, i] = (z[i] - at) * inverse
                d[j, i] = height - 0.5 * u[j, i] * u[j, i] + log_weights[i]


@kernel(inline=True)
def _moments(v, u, many, features, total):
    """Of each part j and interval: sums of v, v u, .. v u^own over its nodes into row j (own + 1) + f of
    `features`; all the way to u^(2 own), over all intervals, into `total`."""
    k, own = total.shape[0], total.shape[1] // 2
    power = np.empty(v.shape[1])
    for j in range(k):
        power[:] = v[j]
        for f in range(2 * own + 1):
            if f > own:
                total[j, f] += added(power)
            else:
                row = features[j * (own + 1) + f]
                row[:] = 0.0
                for first in range(0, len(power), many):
                    for i in range(many):
                        row[i] += power[first + i]
                total[j, f] += added(row)
            for i in range(len(power)):
                power[i] *= u[j, i]


@kernel(inline=True)
def _gram(features, counts, out):
    """Add sums of products of features over intervals, divided by counts (they hold a count each)."""
    scaled = np.empty(features.shape[1])
    for a in range(len(features)):
        for i in range(len(scaled)):
            scaled[i] = features[a, i] / counts[i]
        for b in range(a + 1):
            out[a, b] += dot(scaled, features[b])
            out[b, a] = out[a, b]


@kernel(inline=True)
def _part_slopes(own, theta, j, slopes):
    """Each own coordinate's slope of log-density j as a polynomial in u: one row of coefficients each."""
    k = (len(theta) + 1) // (own + 1)
    if own == 1:
        slopes[0, 0], slopes[0, 1] = -1.0, 1.0
    else:
        slopes[0, 0], slopes[0, 1], slopes[0, 2] = 0.0, math.exp(-theta[k + 2 * j]), 0.0
        slopes[1, 0], slopes[1, 1], slopes[1, 2] = -1.0, 0.0, 1.0


@kernel(inline=True)
def _bend(own, inverse, m, c, e):
    """Second derivative of density j in its coordinates c <= e, summed, from its moments m."""
    if own == 1:
        return m[2] - 3.0 * m[1] + m[0]
    if e == 0:
        return (m[2] - m[0]) * inverse * inverse
    return (m[3] - 3.0 * m[1]) * inverse if c == 0 else m[4] - 4.0 * m[2] + m[0]


@kernel(inline=True)
def _second(own, theta, total, each, a, b):
    """Second derivative of the mixture's density in coordinates a <= b, over the density, summed."""
    k, found = total.shape[0], 0.0
    one, two = (a - k + 1) // own, (b - k + 1) // own
    if b < k - 1:
        s = math.exp(-abs(theta[a])) / (1.0 + math.exp(-abs(theta[a]))) ** 2
        for j in range(k):
            slopes = share_slope(theta, j, a) * share_slope(theta, j, b)
            found += total[j, 0] * (slopes - s * (a == b and b <= j))
    elif a < k - 1:
        for f in range(own + 1):
            found += share_slope(theta, two, a) * each[b, two * (own + 1) + f] * total[two, f]
    elif one == two:
        found = _bend(own, math.exp(-theta[k + 2 * one]) if own == 2 else 1.0, total[one],
                      (a - k + 1) % own, (b - k + 1) % own)  # fmt: skip
    return found


@kernel(inline=True)
def _chain(own, theta, total, gram, out):
    """Add gradient and upper Hessian to `out`, from the features' sums and products."""
    p, k = len(theta), total.shape[0]
    each, slopes = np.zeros((p, k * (own + 1))), np.zeros((own, own + 1))
    for j in range(k):
        at = j * (own + 1)
        _part_slopes(own, theta, j, slopes)
        for a in range(k - 1):
            each[a, at] = share_slope(theta, j, a)
        for c in range(own):
            for f in range(own + 1):
                each[k - 1 + j * own + c, at + f] = slopes[c, f]
    sums = np.ascontiguousarray(total[:, : own + 1]).reshape(k * (own + 1))
    r = 1 + p
    for a in range(p):
        out[1 + a] += (each[a] * sums).sum()
        for b in range(a, p):
            for f in range(len(sums)):
                out[r] -= each[a, f] * (gram[f] * each[b]).sum()
            out[r] += _second(own, theta, total, each, a, b)
            r += 1


@kernel(FLOATS_OUT(FLOATS, FLOATS, SHAPES, FLOATS, FLOATS, types.int64))
def mixture_sums(z, log_weights, shapes, counts, theta, own):
    """Log-likelihood of intervals (see `likelihood.interval_sums`) with gradient and upper Hessian, for a
    mixture of exponentials (own = 1) or lognormals (own = 2).

    Derivatives are linear in each part's first moments, its features, and in the features' products, so that
    only these are summed over all intervals.
    """
    p, k = len(theta), (len(theta) + 1) // (own + 1)
    out, total = np.zeros(1 + p + p * (p + 1) // 2), np.zeros((k, 2 * own + 1))
    gram, node, interval = np.zeros((k * (own + 1), k * (own + 1))), 0, 0
    for g in range(len(shapes)):
        m, many = shapes[g, 0], shapes[g, 1]
        v, u, held = np.empty((k, m * many)), np.empty((k, m * many)), counts[interval : interval + many]
        nodes = slice(node, node + m * many)
        _densities(own, theta, z[nodes], log_weights[nodes], v, u)
        features, heights = np.empty((k * (own + 1), many)), np.empty(many)
        if not shared(v.reshape(k * m, many), held, heights, features[0]):
            out[0] = -math.inf
            return out
        out[0] += added(heights)
        _moments(v, u, many, features, total)
        _gram(features, held, gram)
        node, interval = node + m * many, interval + many
    _chain(own, theta, total, gram, out)
    return out


@kernel((FLOATS, FLOATS, ROWS_OUT, types.int64))
def mixture_terms(z, theta, out, own):
    """A family's `terms`: the sums of each z alone."""
    alone, nothing, one = np.ones((1, 2), np.int64), np.zeros(1), np.ones(1)
    for i in range(len(z)):
        out[:, i] = mixture_sums(z[i : i + 1], nothing, alone, one, theta, own)
