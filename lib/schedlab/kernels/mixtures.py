"""Mixtures of k parts: terms of the log-density with derivatives, and expectation-maximisation to start from.

Shares are broken off a stick: share j is s_j times what the earlier parts left, s_j = expit(t_j), so they
need k - 1 free numbers. theta = (t_1 .. t_{k-1}, then a_j, or mu_j and log sigma_j, part by part).
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS_OUT, kernel

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
def accumulate(p, k, one, grads, curves, densities):
    """log sum of exp(densities) with derivatives into `one`; grads and curves are those of each part."""
    top = -math.inf
    for j in range(k):
        top = max(top, densities[j])
    one[:] = 0.0
    for j in range(k):
        share = math.exp(densities[j] - top)
        one[0] += share
        for a in range(p):
            one[1 + a] += share * grads[j, a]
        r = 1 + p
        for a in range(p):
            for b in range(a, p):
                one[r] += share * (grads[j, a] * grads[j, b] + curves[j, a, b])
                r += 1
    for r in range(1, len(one)):
        one[r] /= one[0]
    r = 1 + p
    for a in range(p):
        for b in range(a, p):
            one[r] -= one[1 + a] * one[1 + b]
            r += 1
    one[0] = math.log(one[0]) + top


@kernel(inline=True)
def share_slopes(theta, k, grads, curves):
    """Derivatives of log share j in the stick's numbers: they do not depend on z."""
    grads[:] = 0.0
    curves[:] = 0.0
    for i in range(k - 1):
        s = 1.0 / (1.0 + math.exp(-theta[i]))
        for j in range(i, k):
            grads[j, i] = 1.0 - s if j == i else -s
            curves[j, i, i] = -s * (1.0 - s)


@kernel((FLOATS, FLOATS, ROWS_OUT))
def exponential_terms(z, theta, out):
    """k exponentials, 2 k - 1 coordinates."""
    p = len(theta)
    k = (p + 1) // 2
    lead, densities, one = np.zeros(k), np.zeros(k), np.zeros(out.shape[0])
    grads, curves = np.zeros((k, p)), np.zeros((k, p, p))
    log_shares(theta, k, lead)
    share_slopes(theta, k, grads, curves)
    for i in range(len(z)):
        for j in range(k):
            c = k - 1 + j
            w = min(z[i] - theta[c], 700.0)
            t = math.exp(w)
            densities[j] = lead[j] + w - t
            grads[j, c] = t - 1.0
            curves[j, c, c] = -t
        accumulate(p, k, one, grads, curves, densities)
        out[:, i] = one


@kernel((FLOATS, FLOATS, ROWS_OUT))
def lognormal_terms(z, theta, out):
    """k lognormals, 3 k - 1 coordinates."""
    p = len(theta)
    k = (p + 1) // 3
    lead, densities, one = np.zeros(k), np.zeros(k), np.zeros(out.shape[0])
    grads, curves = np.zeros((k, p)), np.zeros((k, p, p))
    log_shares(theta, k, lead)
    share_slopes(theta, k, grads, curves)
    for i in range(len(z)):
        for j in range(k):
            c = k - 1 + 2 * j
            inverse = math.exp(-theta[c + 1])
            u = (z[i] - theta[c]) * inverse
            densities[j] = lead[j] - 0.5 * u * u - theta[c + 1] - _HALF_LOG_2PI
            grads[j, c] = u * inverse
            grads[j, c + 1] = u * u - 1.0
            curves[j, c, c] = -inverse * inverse
            curves[j, c, c + 1] = -2.0 * u * inverse
            curves[j, c + 1, c + 1] = -2.0 * u * u
        accumulate(p, k, one, grads, curves, densities)
        out[:, i] = one


@kernel(types.float64(FLOATS, FLOATS, FLOATS_OUT, FLOATS_OUT, FLOATS_OUT, types.int64))
def lognormal_em(z, weights, shares, mus, variances, steps):
    """EM for a normal mixture of z, in place, until a step gains under 1e-9 a value; variances stay above
    1e-5 of the sample's. Returns the mean log-likelihood, to compare beginnings by."""
    k, n, last = len(shares), weights.sum(), -math.inf
    part, s0, s1, s2 = np.zeros(k), np.zeros(k), np.zeros(k), np.zeros(k)
    centre = (z * weights).sum() / n
    floor = 1e-5 * (weights * (z - centre) ** 2).sum() / n
    height = last
    for _ in range(steps):
        height = 0.0
        s0[:], s1[:], s2[:] = 0.0, 0.0, 0.0
        for i in range(len(z)):
            total = 0.0
            for j in range(k):
                d = z[i] - mus[j]
                part[j] = shares[j] * math.exp(-0.5 * d * d / variances[j]) / math.sqrt(variances[j]) + 1e-300
                total += part[j]
            height += weights[i] * math.log(total)
            for j in range(k):
                r, d = weights[i] * part[j] / total, z[i] - mus[j]
                s0[j] += r
                s1[j] += r * d
                s2[j] += r * d * d
        for j in range(k):
            shift = s1[j] / s0[j]
            shares[j] = s0[j] / n
            mus[j] += shift
            variances[j] = max(s2[j] / s0[j] - shift * shift, floor)
        if height - last < 1e-9 * n:
            break
        last = height
    return height / n


@kernel(types.int64(FLOATS, FLOATS, FLOATS_OUT, FLOATS_OUT))
def exponential_em(x, weights, shares, scales):
    """EM for a mixture of exponentials of x, in place; returns the steps made."""
    k, n, last = len(shares), weights.sum(), -math.inf
    part, s0, s1 = np.zeros(k), np.zeros(k), np.zeros(k)
    for step in range(300):
        height = 0.0
        s0[:], s1[:] = 0.0, 0.0
        for i in range(len(x)):
            total = 0.0
            for j in range(k):
                part[j] = shares[j] / scales[j] * math.exp(-x[i] / scales[j]) + 1e-300
                total += part[j]
            height += weights[i] * math.log(total)
            for j in range(k):
                r = weights[i] * part[j] / total
                s0[j] += r
                s1[j] += r * x[i]
        for j in range(k):
            shares[j], scales[j] = s0[j] / n, s1[j] / s0[j]
        if height - last < 1e-9 * n:
            return step + 1
        last = height
    return 300
