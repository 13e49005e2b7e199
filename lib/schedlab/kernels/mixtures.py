"""Mixtures of k parts: terms of the log-density with derivatives (see `mixture_em` for beginnings).

Shares are broken off a stick: share j is s_j times what the earlier parts left, s_j = expit(t_j), so they
need k - 1 free numbers. theta = (t_1 .. t_{k-1}, then a_j, or mu_j and log sigma_j, part by part).
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, plus
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
    lead = np.empty(k)
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
def _moments(v, u, moments, total):
    """Of one part: sums of v, v u and v u^2 over each interval's nodes into the rows of `moments`; of v to
    v u^4 over all nodes, added to `total`."""
    many = moments.shape[1]
    moments[:] = 0.0
    m0, m1, m2, m3, m4 = total[0], total[1], total[2], total[3], total[4]
    for first in range(0, len(v), many):
        for i in range(many):
            p, x = v[first + i], u[first + i]
            q = p * x
            r = q * x
            moments[0, i] += p
            moments[1, i] += q
            moments[2, i] += r
            m0, m1, m2, m3, m4 = plus(m0, p), plus(m1, q), plus(m2, r), plus(m3, r * x), plus(m4, r * x * x)
    total[0], total[1], total[2], total[3], total[4] = m0, m1, m2, m3, m4


@kernel(inline=True)
def _slopes(own, theta, moments, rows):
    """Each coordinate's slope of each interval's log-likelihood, a row each, from the parts' moments."""
    k, _, n = moments.shape
    rows[: k - 1] = 0.0
    for j in range(k):
        for a in range(min(j + 1, k - 1)):
            slope = share_slope(theta, j, a)
            for i in range(n):
                rows[a, i] += slope * moments[j, 0, i]
        last = rows[k - 1 + j * own + own - 1]
        for i in range(n):
            last[i] = moments[j, own, i] - moments[j, 0, i]
        if own == 2:
            inverse = math.exp(-theta[k + 2 * j])
            for i in range(n):
                rows[k - 1 + 2 * j, i] = moments[j, 1, i] * inverse


@kernel(inline=True)
def _add_products(rows, counts, out):
    """Add the sums of slopes, and minus those of products of two over the count, to gradient and Hessian."""
    r, scaled = 1 + len(rows), np.empty(len(counts))
    for a in range(len(rows)):
        out[1 + a] += added(rows[a])
        for i in range(len(counts)):
            scaled[i] = rows[a, i] / counts[i]
        for b in range(a, len(rows)):
            out[r] -= dot(scaled, rows[b])
            r += 1


@kernel(inline=True)
def _bend(own, inverse, m, c, e):
    """Second derivative of a part's density in its coordinates c <= e, summed, from its moments m."""
    if own == 1:
        return m[2] - 3.0 * m[1] + m[0]
    if e == 0:
        return (m[2] - m[0]) * inverse * inverse
    return (m[3] - 3.0 * m[1]) * inverse if c == 0 else m[4] - 4.0 * m[2] + m[0]


@kernel(inline=True)
def _second(own, theta, total, gradient, a, b):
    """Second derivative of the mixture's density in coordinates a <= b, over the density, summed."""
    k, found = total.shape[0], 0.0
    one, two = (a - k + 1) // own, (b - k + 1) // own
    if b < k - 1:
        s = math.exp(-abs(theta[a])) / (1.0 + math.exp(-abs(theta[a]))) ** 2
        for j in range(k):
            slopes = share_slope(theta, j, a) * share_slope(theta, j, b)
            found += total[j, 0] * (slopes - s * (a == b and b <= j))
    elif a < k - 1:
        found = share_slope(theta, two, a) * gradient[b]
    elif one == two:
        found = _bend(own, math.exp(-theta[k + 2 * one]) if own == 2 else 1.0, total[one],
                      (a - k + 1) % own, (b - k + 1) % own)  # fmt: skip
    return found


@kernel(FLOATS_OUT(FLOATS, FLOATS, SHAPES, FLOATS, FLOATS, types.int64))
def mixture_sums(z, log_weights, shapes, counts, theta, own):
    """Log-likelihood of intervals (see `likelihood.interval_sums`) with gradient and upper Hessian, for a
    mixture of exponentials (own = 1) or lognormals (own = 2): from the parts' moments in each interval."""
    p, k, node, interval = len(theta), (len(theta) + 1) // (own + 1), 0, 0
    out, total = np.zeros(1 + p + p * (p + 1) // 2), np.zeros((k, 5))
    for g in range(len(shapes)):
        m, many = shapes[g, 0], shapes[g, 1]
        nodes, held = slice(node, node + m * many), counts[interval : interval + many]
        v, u, heights = np.empty((k, m * many)), np.empty((k, m * many)), np.empty(many)
        moments, rows = np.empty((k, 3, many)), np.empty((p, many))
        _densities(own, theta, z[nodes], log_weights[nodes], v, u)
        if not shared(v.reshape(k * m, many), held, heights, rows[0]):
            out[0] = -math.inf
            return out
        out[0] += added(heights)
        for j in range(k):
            _moments(v[j], u[j], moments[j], total[j])
        _slopes(own, theta, moments, rows)
        _add_products(rows, held, out)
        node, interval = node + m * many, interval + many
    r = 1 + p
    for a in range(p):
        for b in range(a, p):
            out[r] += _second(own, theta, total, out[1 : 1 + p], a, b)
            r += 1
    return out


@kernel((FLOATS, FLOATS, ROWS_OUT, types.int64))
def mixture_terms(z, theta, out, own):
    """A family's `terms`: the sums of each z alone."""
    alone, nothing, one = np.ones((1, 2), np.int64), np.zeros(1), np.ones(1)
    for i in range(len(z)):
        out[:, i] = mixture_sums(z[i : i + 1], nothing, alone, one, theta, own)
