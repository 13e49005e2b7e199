"""Maxima with a closed form, from a few means of the values, at the speed of reading them.

Sums run in 128 lanes, which the compiler turns into vectors. A sum of logarithms needs none: mantissas are
multiplied and exponents added. `log_sums` gives [n, mean z, sum of squares of z about it, 0, 0] with
z = log x, `means` gives [n, mean z, 0, mean x, mean 1 / x]; all NaN unless every value is positive, finite
and normal. A family's `top` makes one row of them: theta (p), covariance (p x p), mean log-density of z,
condition number (NaN where there is no maximum).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import types

from schedlab.kernels import FLOATS, FLOATS_OUT, kernel
from schedlab.kernels.elementary import bits, double, log
from schedlab.kernels.special import digamma, trigamma

_LEAST, _MOST = 0x0010000000000000, 0x7FEFFFFFFFFFFFFF
_MANTISSA, _ONE = 0x000FFFFFFFFFFFFF, 0x3FF0000000000000
#: lanes, and values at a time: they stay in a near cache, and products of 128 mantissas cannot overflow
_LANES, _BLOCK = 128, 128 * 128


class Closed(NamedTuple):
    """How a family finds its maximum: which sums it needs, and what it makes of them."""

    sums: Callable[[np.ndarray], np.ndarray]
    top: Callable[[np.ndarray], np.ndarray]


@kernel(inline=True)
def _normal(values):
    """Whether all values are positive, finite and normal."""
    least, most = _MOST, _LEAST
    for i in range(len(values)):
        x = bits(values[i])
        least, most = min(least, x), max(most, x)
    return least >= _LEAST and most <= _MOST


@kernel(inline=True)
def _log_sum(values, lanes):
    """Sum of logarithms of at most _BLOCK values."""
    whole, exponents, rest = len(values) - len(values) % _LANES, 0, 0.0
    lanes[:] = 1.0
    for first in range(0, whole, _LANES):
        for j in range(_LANES):
            x = bits(values[first + j])
            lanes[j] *= double((x & _MANTISSA) | _ONE)
            exponents += x >> 52
    for j in range(_LANES):
        rest += math.log(lanes[j])
    for i in range(whole, len(values)):
        rest += math.log(values[i])
    return rest + (exponents - 1023 * whole) * math.log(2.0)


@kernel(FLOATS_OUT(FLOATS))
def means(values):
    """Means of log x, x and 1 / x."""
    n, out, x, inverse, lanes = len(values), np.zeros(5), np.zeros(_LANES), np.zeros(_LANES), np.ones(_LANES)
    for begin in range(0, n, _BLOCK):
        block = values[begin : begin + _BLOCK]
        if not _normal(block):
            return np.full(5, math.nan)
        out[1] += _log_sum(block, lanes)
        whole = len(block) - len(block) % _LANES
        for first in range(0, whole, _LANES):
            for j in range(_LANES):
                x[j] += block[first + j]
                inverse[j] += 1.0 / block[first + j]
        for i in range(whole, len(block)):
            x[0] += block[i]
            inverse[0] += 1.0 / block[i]
    out[0], out[1], out[3], out[4] = n, out[1] / n, x.sum() / n, inverse.sum() / n
    return out


@kernel(FLOATS_OUT(FLOATS))
def log_sums(values):
    """Mean and sum of squares of log x; squares are taken about the mean of the first thousand values."""
    n, out, one, two = len(values), np.zeros(5), np.zeros(_LANES), np.zeros(_LANES)
    few = values[: min(n, 1024)]
    if not _normal(few):
        return np.full(5, math.nan)
    centre = _log_sum(few, one) / len(few)
    one[:] = 0.0
    for begin in range(0, n, _BLOCK):
        block = values[begin : begin + _BLOCK]
        if not _normal(block):
            return np.full(5, math.nan)
        whole = len(block) - len(block) % _LANES
        for first in range(0, whole, _LANES):
            for j in range(_LANES):
                d = log(block[first + j]) - centre
                one[j] += d
                two[j] += d * d
        for i in range(whole, len(block)):
            d = math.log(block[i]) - centre
            one[0] += d
            two[0] += d * d
    shift = one.sum() / n
    out[0], out[1], out[2] = n, centre + shift, two.sum() - n * shift * shift
    return out


@kernel(inline=True)
def row_of_two(theta, height, curve, n):
    """The row for two coordinates at their maximum, `curve` the mean Hessian (aa, ab, bb)."""
    out = np.empty(8)
    aa, ab, bb = -curve[0] * n, -curve[1] * n, -curve[2] * n
    det, tilt = aa * bb - ab * ab, abs(ab) / math.sqrt(aa * bb)
    out[0], out[1] = theta
    out[2], out[3], out[4], out[5] = bb / det, -ab / det, -ab / det, aa / det
    out[6], out[7] = height, (1.0 + tilt) / (1.0 - tilt)
    return out


@kernel(types.UniTuple(types.float64, 2)(types.float64, types.float64))
def gamma_top(log_mean, gap):
    """(log shape, log scale) of the gamma maximum, from log mean and its distance to the mean of logs:
    Minka's generalised Newton (2002) on log k - digamma k = gap."""
    gap = max(gap, 1e-12)
    k = (3.0 - gap + math.sqrt((gap - 3.0) ** 2 + 24.0 * gap)) / (12.0 * gap)
    for _ in range(5):
        k = 1.0 / (1.0 / k + (math.log(k) - digamma(k) - gap) / (k - k * k * trigamma(k)))
    return math.log(k), log_mean - math.log(k)


@kernel(inline=True)
def gamma_row(log_mean, mean_z, n):
    """The row of the gamma maximum."""
    if not log_mean - mean_z > 1e-12:
        return np.full(8, math.nan)
    theta = gamma_top(log_mean, log_mean - mean_z)
    k = math.exp(theta[0])
    height = k * (mean_z - theta[1]) - k - math.lgamma(k)
    return row_of_two(theta, height, (-k * k * trigamma(k), -k, -k), n)
