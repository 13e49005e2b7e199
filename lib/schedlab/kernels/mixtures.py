"""Mixtures of k parts: terms of the log-density with derivatives, and expectation-maximisation to start from.

Shares are broken off a stick: share j is s_j times what the earlier parts left, s_j = expit(t_j), so they
need k - 1 free numbers. theta = (t_1 .. t_{k-1}, then a_j, or mu_j and log sigma_j, part by part).
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log
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


@kernel(inline=True)
def _parted(densities, weights, parts, room):
    """Each part's share of each weight into `parts`, from logarithms of densities; `room` then holds the
    highest of them and the sum of all over it."""
    k, m = densities.shape
    room[0], room[1] = densities[0], 0.0
    for j in range(1, k):
        for i in range(m):
            room[0, i] = max(room[0, i], densities[j, i])
    for j in range(k):
        for i in range(m):
            parts[j, i] = exp(densities[j, i] - room[0, i])
            room[1, i] += parts[j, i]
    for j in range(k):
        for i in range(m):
            parts[j, i] *= weights[i] / room[1, i]


@kernel(inline=True)
def _height(weights, room):
    """The weighted sum of log densities that `_parted` leaves in `room`."""
    for i in range(len(weights)):
        room[0, i] += log(room[1, i])
    return dot(room[0], weights)


@kernel(inline=True)
def _spread(z, weights):
    """Weighted mean and variance."""
    n = added(weights)
    mean, square = dot(z, weights) / n, 0.0
    for i in range(len(z)):
        square += weights[i] * (z[i] - mean) * (z[i] - mean)
    return mean, square / n


@kernel(inline=True)
def _power_sums(weights, x):
    """Sums of w, w x and w x^2 in one pass, in four lanes (see `likelihood.dot`)."""
    a0, a1, a2, a3, b0, b1, b2, b3 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    c0, c1, c2, c3, whole = 0.0, 0.0, 0.0, 0.0, len(x) - len(x) % 4
    for i in range(0, whole, 4):
        w0, w1, w2, w3 = weights[i], weights[i + 1], weights[i + 2], weights[i + 3]
        v0, v1, v2, v3 = w0 * x[i], w1 * x[i + 1], w2 * x[i + 2], w3 * x[i + 3]
        a0, a1, a2, a3 = a0 + w0, a1 + w1, a2 + w2, a3 + w3
        b0, b1, b2, b3 = b0 + v0, b1 + v1, b2 + v2, b3 + v3
        c0, c1, c2, c3 = c0 + v0 * x[i], c1 + v1 * x[i + 1], c2 + v2 * x[i + 2], c3 + v3 * x[i + 3]
    for i in range(whole, len(x)):
        v0 = weights[i] * x[i]
        a0, b0, c0 = a0 + weights[i], b0 + v0, c0 + v0 * x[i]
    return (a0 + a1) + (a2 + a3), (b0 + b1) + (b2 + b3), (c0 + c1) + (c2 + c3)


@kernel(types.float64(FLOATS, FLOATS, FLOATS_OUT, FLOATS_OUT, FLOATS_OUT, types.int64))
def lognormal_em(z, weights, shares, mus, variances, steps):
    """EM for a normal mixture of z, in place, until eight steps gain under 8e-8 a value; variances stay above
    1e-5 of the sample's. Returns the mean log-likelihood before the last step, to compare beginnings by."""
    k, m, n, height, last = len(shares), len(z), added(weights), 0.0, -math.inf
    densities, parts, room = np.empty((k, m)), np.empty((k, m)), np.empty((2, m))
    gaps, floor = np.empty((k, m)), 1e-5 * _spread(z, weights)[1]
    for step in range(1, steps + 1):
        for j in range(k):
            lead, half = math.log(shares[j]) - 0.5 * math.log(variances[j]), 0.5 / variances[j]
            for i in range(m):
                gaps[j, i] = z[i] - mus[j]
                densities[j, i] = lead - half * gaps[j, i] * gaps[j, i]
        _parted(densities, weights, parts, room)
        for j in range(k):
            held, first, second = _power_sums(parts[j], gaps[j])
            held = max(held, 1e-300)
            move = first / held
            shares[j], mus[j] = held / n, mus[j] + move
            variances[j] = max(second / held - move * move, floor)
        if step % 8 == 0 or step == steps:
            height = _height(weights, room)
            if height - last < 8e-8 * n:
                break
            last = height
    return height / n


@kernel(inline=True)
def _sliced(z, weights, share, cut, shares, mus, variances):
    """Weight, mean and variance of each slice between shares `cut` of the sample; of all for an empty one."""
    n, least = weights.sum(), 1e-3 * _spread(z, weights)[1]
    for j in range(len(shares)):
        inside = np.zeros(len(z))
        for i in range(len(z)):
            above = j == 0 or share[i] >= cut[j - 1]
            inside[i] = weights[i] if above and (j == len(cut) or share[i] < cut[j]) else 0.0
        held = inside.sum()
        mus[j], variances[j] = _spread(z, inside if held > 0.0 else weights)
        shares[j], variances[j] = held / n, max(variances[j], least)
        if held == 0.0:
            shares[j] = 1.0 / len(shares)


@kernel(FLOATS_OUT(FLOATS, FLOATS, FLOATS, ROWS, types.Array(types.float64, 3, "C"), types.int64))
def lognormal_begin(z, weights, share, cuts, ends, steps):
    """Where so many steps of EM lead from the slices at each row of `cuts`: shares, means and variances into
    `ends`; returns how likely each end is."""
    heights = np.empty(len(cuts))
    for c in range(len(cuts)):
        _sliced(z, weights, share, cuts[c], ends[c, 0], ends[c, 1], ends[c, 2])
        heights[c] = lognormal_em(z, weights, ends[c, 0], ends[c, 1], ends[c, 2], steps)
    return heights


@kernel(types.float64(FLOATS, FLOATS, FLOATS_OUT, FLOATS_OUT, types.int64))
def exponential_em(x, weights, shares, scales, steps):
    """EM for a mixture of exponentials of x, in place, until a step gains under 1e-8 a value.
    Returns the mean log-likelihood."""
    k, m, n, height, last = len(shares), len(x), weights.sum(), 0.0, -math.inf
    densities, parts, room = np.empty((k, m)), np.empty((k, m)), np.empty((2, m))
    for _ in range(steps):
        for j in range(k):
            lead, rate = math.log(shares[j] / scales[j]), 1.0 / scales[j]
            for i in range(m):
                densities[j, i] = lead - rate * x[i]
        _parted(densities, weights, parts, room)
        height = _height(weights, room)
        for j in range(k):
            held = max(added(parts[j]), 1e-300)
            shares[j], scales[j] = held / n, dot(parts[j], x) / held
        if height - last < 1e-8 * n:
            break
        last = height
    return height / n
