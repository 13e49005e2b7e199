"""Expectation-maximisation of mixtures of exponentials (own = 1) or normals (own = 2), to begin a climb from.

A mixture of k parts is three rows of k numbers: shares, means, variances; an exponential needs no variance.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, ROWS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp, log, plus
from schedlab.kernels.likelihood import added, dot

#: values come in so many at a time, that none is left over from the processor's vectors
_LANES = 32


@kernel(inline=True)
def _log_densities(x, parts, own, d):
    """Each part's log-density plus the log of its share."""
    for j in range(len(d)):
        share, mean, variance = parts[0, j], parts[1, j], parts[2, j]
        if own == 1:
            lead, slope = math.log(share / mean), -1.0 / mean
            for i in range(len(x)):
                d[j, i] = lead + slope * x[i]
        else:
            lead, half = math.log(share) - 0.5 * math.log(variance), -0.5 / variance
            for i in range(len(x)):
                d[j, i] = lead + half * (x[i] - mean) * (x[i] - mean)


@kernel(inline=True)
def _parted(weights, d, room):
    """From the parts' log-densities `d`, relative densities into `d`; `room` gets the highest logarithm, the
    sum of all relative to it, and the weight over that sum."""
    top, whole, scale = room[0], room[1], room[2]
    top[:], whole[:] = d[0], 0.0
    for j in range(1, len(d)):
        for i in range(len(weights)):
            top[i] = max(top[i], d[j, i])
    for j in range(len(d)):
        for i in range(len(weights)):
            d[j, i] = exp(d[j, i] - top[i])
            whole[i] += d[j, i]
    for i in range(len(weights)):
        scale[i] = weights[i] / whole[i]


@kernel(inline=True)
def _moved(x, density, scale, mean):
    """Weight of a part, and its mean and mean square from the old mean."""
    held, first, second = 0.0, 0.0, 0.0
    for i in range(len(x)):
        w, gap = density[i] * scale[i], x[i] - mean
        held, first, second = plus(held, w), plus(first, w * gap), plus(second, w * gap * gap)
    held = max(held, 1e-300)
    return held, first / held, second / held


@kernel(inline=True)
def _height(weights, room):
    """The weighted sum of log densities that `_parted` leaves in `room`."""
    height = 0.0
    for i in range(len(weights)):
        height = plus(height, weights[i] * (room[0, i] + log(room[1, i])))
    return height


@kernel(inline=True)
def _spread(x, weights):
    """Weighted mean and variance."""
    n = added(weights)
    mean, square = dot(x, weights) / n, 0.0
    for i in range(len(x)):
        square = plus(square, weights[i] * (x[i] - mean) * (x[i] - mean))
    return mean, square / n


@kernel(types.float64(FLOATS, FLOATS, ROWS_OUT, types.int64, types.int64))
def mixture_em(x, weights, parts, own, steps):
    """EM in place, until eight steps gain under 8e-8 a value; variances stay above 1e-5 of the sample's.
    Returns the mean log-likelihood before the last step, to compare beginnings by."""
    k, m, n, height, last = parts.shape[1], len(x), added(weights), 0.0, -math.inf
    d, room, floor = np.empty((k, m)), np.empty((3, m)), 1e-5 * _spread(x, weights)[1]
    for step in range(1, steps + 1):
        _log_densities(x, parts, own, d)
        _parted(weights, d, room)
        for j in range(k):
            held, move, square = _moved(x, d[j], room[2], parts[1, j])
            parts[0, j], parts[1, j] = held / n, parts[1, j] + move
            parts[2, j] = max(square - move * move, floor)
        if step % 8 == 0 or step == steps:
            height = _height(weights, room)
            if height - last < 8e-8 * n:
                break
            last = height
    return height / n


@kernel(inline=True)
def _sliced(x, weights, share, cut, parts):
    """Share, mean and variance of each slice between shares `cut` of the sample; of all for an empty one."""
    k, n, least, inside = parts.shape[1], added(weights), 1e-3 * _spread(x, weights)[1], np.empty(len(x))
    for j in range(k):
        low, high = cut[j - 1] if j > 0 else 0.0, cut[j] if j < k - 1 else math.inf
        for i in range(len(x)):
            inside[i] = weights[i] if low <= share[i] < high else 0.0
        held = added(inside)
        mean, variance = _spread(x, inside if held > 0.0 else weights)
        parts[0, j], parts[1, j], parts[2, j] = held / n, mean, max(variance, least)
        if held == 0.0:
            parts[0, j] = 1.0 / k


@kernel(inline=True)
def _whole_lanes(a, last):
    """The values, filled up with `last` to whole lanes."""
    out = np.full((len(a) + _LANES - 1) // _LANES * _LANES, last)
    out[: len(a)] = a
    return out


@kernel(FLOATS_OUT(FLOATS, FLOATS, ROWS, types.Array(types.float64, 3, "C"), types.int64, types.int64))
def mixture_begin(x, weights, cuts, ends, own, steps):
    """Where so many steps of EM lead from the slices of ascending x at each row of `cuts`: mixtures into
    `ends`; returns how likely each is."""
    heights, x, weights = np.empty(len(cuts)), _whole_lanes(x, x[-1]), _whole_lanes(weights, 0.0)
    share = np.cumsum(weights) / added(weights)
    for c in range(len(cuts)):
        _sliced(x, weights, share, cuts[c], ends[c])
        heights[c] = mixture_em(x, weights, ends[c], own, steps)
    return heights
