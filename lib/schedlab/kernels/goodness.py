"""Distances between a sample and a law, from the law's probabilities of the ordered sample.

Between neighbouring values the empirical distribution is constant, so every integral is exact, ties and
weights included. Order: KS, Kuiper, Cramer-von Mises, Anderson-Darling, Anderson-Darling of the right tail.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.kernels.likelihood import dot
from schedlab.kernels.uniform import stream, uniform

_TINY = 1e-300


@kernel(FLOATS_OUT(FLOATS, FLOATS, FLOATS))
def distances(cdf, sf, counts):
    """`cdf` and `sf` of the ascending values under the law, `counts` of each; five statistics."""
    n, below = counts.sum(), 0.0
    plus, minus, square, anderson, right = 0.0, 0.0, 0.0, 0.0, 0.0
    u, v, log_u, log_v = 0.0, 1.0, 0.0, 0.0
    for i in range(len(cdf) + 1):
        nu = cdf[i] if i < len(cdf) else 1.0
        nv = sf[i] if i < len(cdf) else 0.0
        log_nu, log_nv = math.log(max(nu, _TINY)), math.log(max(nv, _TINY))
        c, d = below / n, (n - below) / n
        plus, minus = max(plus, c - u), max(minus, nu - c)
        square += ((nu - c) ** 3 - (u - c) ** 3) / 3.0
        step = nu - u
        if c > 0.0:
            anderson += c * c * (log_nu - log_u)
        if d > 0.0:
            tail = d * d * (log_v - log_nv)
            anderson += tail
            right += tail
        anderson -= step
        right += 0.5 * (v * v - nv * nv) - 2.0 * d * (v - nv)
        if i < len(cdf):
            below += counts[i]
        u, v, log_u, log_v = nu, nv, log_nu, log_nv
    out = np.zeros(5)
    out[0], out[1], out[2], out[3], out[4] = (
        max(plus, minus),
        plus + minus,
        n * square,
        n * anderson,
        n * right,
    )
    return out


@kernel(FLOATS_OUT(FLOATS))
def weibull_shape(z):
    """Maximum-likelihood Gumbel fit (log Weibull) of ascending z: (1 / scale, location) by Newton."""
    n, d, e, ones = len(z), z - z[-1], np.empty(len(z)), np.ones(len(z))
    squares = d * d
    mean = dot(d, ones) / n
    k = math.pi / math.sqrt(6.0 * max(dot(squares, ones) / n - mean * mean, 1e-300))
    s0 = 1.0
    for _ in range(50):
        for i in range(n):
            e[i] = exp(k * d[i])
        s0 = dot(e, ones)
        m = dot(e, d) / s0
        step = (m - 1.0 / k - mean) / (dot(e, squares) / s0 - m * m + 1.0 / (k * k))
        k = max(k - step, 0.3 * k)
        if abs(step) < 1e-6 * k:
            break
    out = np.zeros(2)
    out[0], out[1] = k, z[-1] + math.log(s0 / n) / k
    return out


@kernel(types.void(types.int64, types.int64, types.int64, FLOATS_OUT))
def weibull_null(n, seed, first, out):
    """Anderson-Darling statistics of Weibull samples refitted: one a replicate, the law free of parameters.

    Ascending exponentials come from Renyi's spacings, so nothing is sorted.
    """
    z, h, lower = np.empty(n), np.empty(n), np.empty(n)
    up, down = np.empty(n), np.empty(n)
    for i in range(n):
        up[i], down[i] = 2.0 * i + 1.0, 2.0 * (n - i) - 1.0
    for r in range(len(out)):
        key = stream(seed, first + r)
        for i in range(n):
            h[i] = uniform(key, i)
        for i in range(n):
            h[i] = -2.0 * log(h[i]) / (down[i] + 1.0)
        total = 0.0
        for i in range(n):
            total += h[i]
            z[i] = total
        for i in range(n):
            z[i] = log(z[i])
        fitted = weibull_shape(z)
        k, a = fitted[0], fitted[1]
        for i in range(n):
            h[i] = exp(k * (z[i] - a))
        for i in range(n):
            lower[i] = log(max(1.0 - exp(-h[i]), 1e-300))
        out[r] = -n - (dot(up, lower) - dot(down, h)) / n


@kernel(types.void(types.int64, types.int64, types.int64, FLOATS_OUT))
def ordered_uniforms(n, seed, number, out):
    """An ascending sample of n uniforms, from spacings."""
    key, total = stream(seed, number), 0.0
    for i in range(n):
        total -= math.log(uniform(key, i))
        out[i] = total
    total -= math.log(uniform(key, n))
    for i in range(n):
        out[i] /= total
