"""Distances between a sample and a law, from the law's probabilities of the ordered sample.

Between neighbouring values the empirical distribution is constant, so every integral is exact, ties and
weights included. Order: KS, Kuiper, Cramer-von Mises, Anderson-Darling, Anderson-Darling of the right tail.
"""

from __future__ import annotations

import math

import numpy as np

from schedlab.kernels import FLOATS, FLOATS_OUT, kernel

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
