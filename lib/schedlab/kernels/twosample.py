"""Two ordered samples at once: one merge gives all statistics, and any pairwise difference by its rank."""

from __future__ import annotations

import numpy as np
from numba import float64, int64, types

from schedlab.kernels import FLOATS, FLOATS_OUT, kernel

#: what `sweep` gives, in order
STATISTICS = ("u", "ties", "ks", "kuiper", "cvm", "anderson_darling", "wasserstein", "placed_x", "placed_y")


@kernel(inline=True)
def _alike(values, start, value):
    """How many values equal `value` from place `start` on."""
    end = start
    while end < len(values) and values[end] == value:
        end += 1
    return end - start


@kernel(inline=True)
def _rank_squares(own, others):
    """Sum over `own` tied values of (midrank - place in their sample)^2; `others` lie below, ties half."""
    away = others + (own + 1) / 2.0
    return own * away * away - away * own * (own + 1) + own * (own + 1) * (2.0 * own + 1) / 6.0


@kernel(inline=True)
def _tail_weighted(n, m, below_x, below_y, t):
    """One value's part of Anderson and Darling's distance (Scholz and Stephens 1987, equation 7)."""
    total, middle = float(n + m), below_x + below_y
    weight = middle * (total - middle) - 0.25 * total * t
    one, two = total * below_x - n * middle, total * below_y - m * middle
    return t * (one * one / n + two * two / m) / weight if weight > 0.0 else 0.0


@kernel(FLOATS_OUT(FLOATS, FLOATS))
def sweep(x, y):
    """The statistics of ascending x and y named in STATISTICS, ties as midranks, in one merge.

    `u` counts pairs with x above y (ties half), `ties` sums t^3 - t over tied values, cvm and
    anderson_darling are scipy's T and A2akN, placed_* the variance of how many of the others lie below.
    """
    n, m = len(x), len(y)
    i, j, above, under, before = 0, 0, 0, 0, 0.0
    u, ties, ranks, tails, area, var_x, var_y = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    while i < n or j < m:
        value = x[i] if j == m or (i < n and x[i] <= y[j]) else y[j]
        gap = i * m - j * n
        above, under = max(above, gap), min(under, gap)
        area += abs(gap) * (value - before) if i + j else 0.0
        a, b = _alike(x, i, value), _alike(y, j, value)
        below_x, below_y, t = i + 0.5 * a, j + 0.5 * b, float(a + b)
        u += a * below_y
        ties += t * (t * t - 1.0)
        var_x += a * (below_y - 0.5 * m) ** 2
        var_y += b * (below_x - 0.5 * n) ** 2
        ranks += n * _rank_squares(a, below_y) + m * _rank_squares(b, below_x)
        tails += _tail_weighted(n, m, below_x, below_y, t)
        i, j, before = i + a, j + b, value
    pairs, total = float(n) * m, float(n + m)
    out = np.empty(9)
    out[0], out[1], out[2], out[3] = u, ties, max(above, -under) / pairs, (above - under) / pairs
    out[4] = ranks / (pairs * total) - (4.0 * pairs - 1.0) / (6.0 * total)
    out[5], out[6] = tails * (total - 1.0) / total / total, area / pairs
    out[7], out[8] = var_x / n - (u / n - 0.5 * m) ** 2, var_y / m - (0.5 * n - u / m) ** 2
    return out


@kernel(int64(FLOATS, FLOATS, float64))
def pairs_up_to(x, y, shift):
    """How many pairs have y[j] - x[i] <= shift, for ascending x and y: one walk along both."""
    j, count = 0, 0
    for i in range(len(x)):
        while j < len(y) and y[j] - x[i] <= shift:
            j += 1
        count += j
    return count


@kernel(FLOATS_OUT(FLOATS, FLOATS, float64, float64, int64))
def differences_between(x, y, low, high, count):
    """The `count` differences y[j] - x[i] in (low, high], in no particular order."""
    out = np.empty(count)
    first, last, found = 0, 0, 0
    for i in range(len(x)):
        while first < len(y) and y[first] - x[i] <= low:
            first += 1
        while last < len(y) and y[last] - x[i] <= high:
            last += 1
        for j in range(first, last):
            out[found] = y[j] - x[i]
            found += 1
    return out


@kernel(types.Tuple((float64, float64, int64, int64))(FLOATS, FLOATS, int64, types.UniTuple(float64, 2)))
def bracket(x, y, rank, guess):
    """(low, high, pairs up to low, pairs up to high): low < the difference of that rank (from 0) <= high.

    Halved until at most 2 (n + m) differences lie in (low, high], or no double between the two. The guess is
    where to begin, and may be wrong.
    """
    low, high = guess
    under, upto = pairs_up_to(x, y, low), pairs_up_to(x, y, high)
    if under > rank:
        low, under = y[0] - x[-1], 0
        low -= abs(low) + 1e-300
    if upto <= rank:
        high, upto = y[-1] - x[0], len(x) * len(y)
    while upto - under > 2 * (len(x) + len(y)):
        middle = low + 0.5 * (high - low)
        if not low < middle < high:
            break
        count = pairs_up_to(x, y, middle)
        if count > rank:
            high, upto = middle, count
        else:
            low, under = middle, count
    return low, high, under, upto
