"""Optimal partitioning with pruning: change points of a mean, and of a whole distribution.

Both give the exact optimum. For the mean, candidates are pruned by function (Maidstone, Hocking, Rigaill and
Fearnhead 2017): about ten are left at any time, whether the series changes or not, where PELT's rule keeps
all of them in a series without change.
"""

from __future__ import annotations

import math

import numpy as np
from numba import float64, int64

from schedlab.kernels import FLOATS, FLOATS_OUT, INTS, ROWS, kernel

INTS_OUT = int64[::1]


@kernel(float64(ROWS, int64, int64))
def _log_likelihood(below, start, end):
    """Sum over levels of (end - start) (F log F + (1 - F) log(1 - F)) of one segment."""
    size = float(end - start)
    total = 0.0
    for k in range(below.shape[1]):
        share = (below[end, k] - below[start, k]) / size
        if 0.0 < share < 1.0:
            total += size * (share * math.log(share) + (1.0 - share) * math.log(1.0 - share))
    return total


@kernel(int64[::1](int64[::1], int64))
def _walk_back(last, n):
    """The starts of all segments but the first, in order."""
    count, end = 0, n
    while end > 0 and last[end] > 0:
        count += 1
        end = last[end]
    starts, end = np.empty(count, np.int64), n
    for i in range(count - 1, -1, -1):
        starts[i] = last[end]
        end = last[end]
    return starts


@kernel(inline=True)
def _push(tops, who, count, top, owner):
    """Add a piece that ends at `top`, or lengthen the last one where it has the same owner."""
    if count > 0 and who[count - 1] == owner:
        count -= 1
    tops[count], who[count] = top, owner
    return count + 1


@kernel(inline=True)
def _reach(best, sums, old, new):
    """(mean, r^2): levels within r of the mean are cheaper from `old` on than from `new` on, for ever."""
    size, gap = new - old, sums[new] - sums[old]
    return gap / size, (best[new] - best[old] + gap * gap / size) / size


@kernel(int64(int64, FLOATS, FLOATS, float64, FLOATS, INTS, int64, FLOATS_OUT, INTS_OUT))
def _admit(new, best, sums, bottom, tops, who, pieces, new_tops, new_who):
    """Hand to the candidate `new` every level where it beats the owner; returns how many pieces there are."""
    count, low = 0, bottom
    for p in range(pieces):
        high, old = tops[p], who[p]
        mean, square = _reach(best, sums, old, new)
        reach = math.sqrt(max(square, 0.0))
        a, b = max(low, mean - reach), min(high, mean + reach)
        if square < 0.0 or a > b:
            count = _push(new_tops, new_who, count, high, new)
        else:
            if a > low:
                count = _push(new_tops, new_who, count, a, new)
            count = _push(new_tops, new_who, count, b, old)
            if b < high:
                count = _push(new_tops, new_who, count, high, new)
        low = high
    return count


@kernel(int64[::1](FLOATS, float64, int64))
def mean_changes(values, penalty, least):
    """Where the mean changes: the cut that minimises squared error + penalty per change, as int64 starts.

    Segments hold at least `least` values; values should be centred. The axis of levels is cut into
    pieces, each owned by the start that is cheapest there; squared values cancel and are left out.
    """
    n = len(values)
    best, last, sums = np.full(n + 1, np.inf), np.zeros(n + 1, np.int64), np.zeros(n + 1)
    for i in range(n):
        sums[i + 1] = sums[i] + values[i]
    tops, who = np.empty(2 * n + 3), np.empty(2 * n + 3, np.int64)
    spare_tops, spare_who = np.empty(2 * n + 3), np.empty(2 * n + 3, np.int64)
    bottom, best[0], tops[0], who[0], pieces = values.min(), -penalty, values.max(), 0, 1
    for end in range(least, n + 1):
        new = end - least
        if new > 0 and best[new] < np.inf:
            pieces = _admit(new, best, sums, bottom, tops, who, pieces, spare_tops, spare_who)
            tops, spare_tops, who, spare_who = spare_tops, tops, spare_who, who
        for p in range(pieces):
            start = who[p]
            gap = sums[end] - sums[start]
            cost = best[start] - gap * gap / (end - start) + penalty
            if cost < best[end]:
                best[end], last[end] = cost, start
    return _walk_back(last, n)


@kernel(int64[::1](ROWS, float64, int64))
def pelt_distribution(below, penalty, least):
    """Where the distribution changes: nonparametric likelihood over K levels, penalised, as int64 starts.

    ED-PELT (Haynes, Fearnhead and Eckley 2017): `below[i, k]` counts the first i values under level k (half
    for equal ones), the levels being spaced towards the tails. Segments hold at least `least` values.
    """
    n, levels = len(below) - 1, below.shape[1]
    weight = -2.0 * math.log(2.0 * n - 1.0) / levels
    best, last = np.full(n + 1, np.inf), np.zeros(n + 1, np.int64)
    starts, cost = np.zeros(n + 1, np.int64), np.zeros(n + 1)
    best[0] = -penalty
    live = 0
    for end in range(least, n + 1):
        if best[end - least] < np.inf:
            starts[live] = end - least
            live += 1
        least_cost, who = np.inf, -1
        for c in range(live):
            cost[c] = best[starts[c]] + weight * _log_likelihood(below, starts[c], end)
            if cost[c] < least_cost:
                least_cost, who = cost[c], c
        best[end], last[end] = least_cost + penalty, starts[who]
        kept = 0
        for c in range(live):
            if cost[c] <= best[end] or end - starts[c] < 2 * least:
                starts[kept] = starts[c]
                kept += 1
        live = kept
    return _walk_back(last, n)
