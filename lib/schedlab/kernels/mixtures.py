"""Mixtures of k parts: terms of the log-density with derivatives, and expectation-maximisation to start from.

Shares are broken off a stick: share j is s_j times what the earlier parts left, s_j = expit(t_j), so they
need k - 1 free numbers. theta = (t_1 .. t_{k-1}, then a_j, or mu_j and log sigma_j, part by part).
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.kernels.likelihood import dot

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
#: values at a time, so that all rows stay within the nearest caches
BLOCK = 512


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
def _responsibilities(densities, parts, out):
    """Each part's share of each value's density; log of the whole density into out[0]."""
    k, m = densities.shape
    for i in range(m):
        out[0, i] = densities[0, i]
    for j in range(1, k):
        for i in range(m):
            out[0, i] = max(out[0, i], densities[j, i])
    whole = np.zeros(m)
    for j in range(k):
        for i in range(m):
            parts[j, i] = exp(densities[j, i] - out[0, i])
            whole[i] += parts[j, i]
    for i in range(m):
        out[0, i] += log(whole[i])
    for j in range(k):
        for i in range(m):
            parts[j, i] /= whole[i]


@kernel(inline=True)
def _gradient(theta, parts, slopes, out):
    """Rows 1 to p: the parts' slopes, weighted by their responsibilities."""
    k, own, m = slopes.shape
    for a in range(k - 1):
        for i in range(m):
            out[1 + a, i] = 0.0
        for j in range(a, k):
            slope = share_slope(theta, j, a)
            for i in range(m):
                out[1 + a, i] += slope * parts[j, i]
    for j in range(k):
        for c in range(own):
            for i in range(m):
                out[k + j * own + c, i] = parts[j, i] * slopes[j, c, i]


@kernel(inline=True)
def _curvature(theta, parts, slopes, curves, out):
    """The remaining rows: mean of the parts' (slope x slope + curve), less gradient x gradient."""
    k, own, m = slopes.shape
    p, r = len(theta), 1 + len(theta)
    for a in range(p):
        for b in range(a, p):
            one, two = (a - k + 1) // own, (b - k + 1) // own
            for i in range(m):
                out[r, i] = -out[1 + a, i] * out[1 + b, i]
            if b < k - 1:
                for j in range(k):
                    bend = share_slope(theta, j, a) * share_slope(theta, j, b)
                    bend -= math.exp(-abs(theta[a])) / (1.0 + math.exp(-abs(theta[a]))) ** 2 * (a == b <= j)
                    for i in range(m):
                        out[r, i] += bend * parts[j, i]
            elif a < k - 1:
                slope = share_slope(theta, two, a)
                for i in range(m):
                    out[r, i] += slope * out[1 + b, i]
            elif one == two:
                c, d = (a - k + 1) % own, (b - k + 1) % own
                for i in range(m):
                    out[r, i] += out[1 + a, i] * slopes[two, d, i] + parts[two, i] * curves[two, c + d, i]
            r += 1


@kernel(inline=True)
def _rows(theta, densities, slopes, curves, out):
    """All rows of a block, from each part's log-density (share included), slopes and curvatures."""
    parts = np.empty(densities.shape)
    _responsibilities(densities, parts, out)
    _gradient(theta, parts, slopes, out)
    _curvature(theta, parts, slopes, curves, out)


@kernel((FLOATS, FLOATS, ROWS_OUT))
def exponential_terms(z, theta, out):
    """k exponentials, 2 k - 1 coordinates."""
    k = (len(theta) + 1) // 2
    lead = np.zeros(k)
    log_shares(theta, k, lead)
    for first in range(0, len(z), BLOCK):
        m = min(BLOCK, len(z) - first)
        densities, slopes, curves = np.empty((k, m)), np.empty((k, 1, m)), np.empty((k, 1, m))
        for j in range(k):
            a = theta[k - 1 + j]
            for i in range(m):
                w = z[first + i] - a
                t = exp(w)
                densities[j, i], slopes[j, 0, i], curves[j, 0, i] = lead[j] + w - t, t - 1.0, -t
        _rows(theta, densities, slopes, curves, out[:, first : first + m])


@kernel((FLOATS, FLOATS, ROWS_OUT))
def lognormal_terms(z, theta, out):
    """k lognormals, 3 k - 1 coordinates."""
    k = (len(theta) + 1) // 3
    lead = np.zeros(k)
    log_shares(theta, k, lead)
    for first in range(0, len(z), BLOCK):
        m = min(BLOCK, len(z) - first)
        densities, slopes, curves = np.empty((k, m)), np.empty((k, 2, m)), np.empty((k, 3, m))
        for j in range(k):
            mu, log_sigma = theta[k - 1 + 2 * j], theta[k + 2 * j]
            inverse, height = math.exp(-log_sigma), lead[j] - log_sigma - _HALF_LOG_2PI
            for i in range(m):
                u = (z[first + i] - mu) * inverse
                densities[j, i] = height - 0.5 * u * u
                slopes[j, 0, i], slopes[j, 1, i] = u * inverse, u * u - 1.0
                curves[j, 0, i], curves[j, 1, i], curves[j, 2, i] = (
                    -(inverse**2),
                    -2.0 * u * inverse,
                    -2.0 * u * u,
                )
        _rows(theta, densities, slopes, curves, out[:, first : first + m])


@kernel(inline=True)
def _weighed(densities, weights, parts, room):
    """Each part's share of each weight in `parts`; returns the weighted sum of log densities. `room` has two
    rows as long as the weights."""
    k, m = densities.shape
    for i in range(m):
        room[0, i] = densities[0, i]
    for j in range(1, k):
        for i in range(m):
            room[0, i] = max(room[0, i], densities[j, i])
    room[1] = 0.0
    for j in range(k):
        for i in range(m):
            parts[j, i] = exp(densities[j, i] - room[0, i])
            room[1, i] += parts[j, i]
    for j in range(k):
        for i in range(m):
            parts[j, i] *= weights[i] / room[1, i]
    for i in range(m):
        room[0, i] += log(room[1, i])
    return dot(room[0], weights)


@kernel(types.float64(FLOATS, FLOATS, FLOATS_OUT, FLOATS_OUT, FLOATS_OUT, types.int64))
def lognormal_em(z, weights, shares, mus, variances, steps):
    """EM for a normal mixture of z, in place, until a step gains under 1e-8 a value; variances stay above
    1e-5 of the sample's. Returns the mean log-likelihood, to compare beginnings by."""
    k, m, n, height, last = len(shares), len(z), weights.sum(), 0.0, -math.inf
    densities, parts, room = np.empty((k, m)), np.empty((k, m)), np.empty((2, m))
    centre = dot(z, weights) / n
    floor = 1e-5 * (weights * (z - centre) ** 2).sum() / n
    for _ in range(steps):
        for j in range(k):
            lead, half = math.log(shares[j]) - 0.5 * math.log(variances[j]), 0.5 / variances[j]
            for i in range(m):
                densities[j, i] = lead - half * (z[i] - mus[j]) ** 2
        height = _weighed(densities, weights, parts, room)
        for j in range(k):
            held = max(parts[j].sum(), 1e-300)
            shares[j], mus[j] = held / n, dot(parts[j], z) / held
            for i in range(m):
                room[0, i] = (z[i] - mus[j]) ** 2
            variances[j] = max(dot(parts[j], room[0]) / held, floor)
        if height - last < 1e-8 * n:
            break
        last = height
    return height / n


@kernel(types.float64(FLOATS, FLOATS, FLOATS_OUT, FLOATS_OUT, types.int64))
def exponential_em(x, weights, shares, scales, steps):
    """EM for a mixture of exponentials of x, in place, as above; returns the mean log-likelihood."""
    k, m, n, height, last = len(shares), len(x), weights.sum(), 0.0, -math.inf
    densities, parts, room = np.empty((k, m)), np.empty((k, m)), np.empty((2, m))
    for _ in range(steps):
        for j in range(k):
            lead, rate = math.log(shares[j] / scales[j]), 1.0 / scales[j]
            for i in range(m):
                densities[j, i] = lead - rate * x[i]
        height = _weighed(densities, weights, parts, room)
        for j in range(k):
            held = max(parts[j].sum(), 1e-300)
            shares[j], scales[j] = held / n, dot(parts[j], x) / held
        if height - last < 1e-8 * n:
            break
        last = height
    return height / n
