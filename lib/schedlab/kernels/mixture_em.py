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
def _law(parts, j, own):
    """A part's log-density plus the log of its share: lead + gap (slope + half gap), gap from a place."""
    share, mean, variance = parts[0, j], parts[1, j], parts[2, j]
    if own == 1:
        return math.log(share / mean), 0.0, -1.0 / mean, 0.0
    return math.log(share / math.sqrt(variance)), mean, 0.0, -0.5 / variance


@kernel(inline=True)
def _highest(x, parts, own, top):
    """The highest of the parts' log-densities at each value."""
    top[:] = -math.inf
    for j in range(parts.shape[1]):
        lead, place, slope, half = _law(parts, j, own)
        for i in range(len(x)):
            gap = x[i] - place
            top[i] = max(top[i], lead + gap * (slope + half * gap))


@kernel(inline=True)
def _densities(x, parts, own, top, d, whole):
    """Each part's density over exp(top), which keeps it from underflow, and their sum."""
    whole[:] = 0.0
    for j in range(len(d)):
        lead, place, slope, half = _law(parts, j, own)
        for i in range(len(x)):
            gap = x[i] - place
            d[j, i] = exp(lead + gap * (slope + half * gap) - top[i])
            whole[i] += d[j, i]


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
def _raised(top, whole, weights):
    """Make `top` the logarithm of the whole density; its weighted sum."""
    for i in range(len(top)):
        top[i] += log(whole[i])
    return dot(top, weights)


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
    d, top, whole, scale = np.empty((k, m)), np.empty(m), np.empty(m), np.empty(m)
    floor = 1e-5 * _spread(x, weights)[1]
    _highest(x, parts, own, top)
    for step in range(1, steps + 1):
        _densities(x, parts, own, top, d, whole)
        for i in range(m):
            scale[i] = weights[i] / whole[i]
        for j in range(k):
            held, move, square = _moved(x, d[j], scale, parts[1, j])
            parts[0, j], parts[1, j] = held / n, parts[1, j] + move
            parts[2, j] = max(square - move * move, floor)
        if step % 8 == 0 or step == steps:
            height = _raised(top, whole, weights)
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
