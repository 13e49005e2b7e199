"""Samples drawn from a law in ascending order, and the null law of Anderson-Darling for fitted Weibulls."""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.kernels.likelihood import dot
from schedlab.kernels.uniform import stream, uniform


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
