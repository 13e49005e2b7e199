"""Expectation-maximisation of mixtures, to begin a climb from."""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS, kernel
from schedlab.kernels.elementary import exp, log
from schedlab.kernels.likelihood import added, dot


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
