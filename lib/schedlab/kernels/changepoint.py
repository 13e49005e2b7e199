"""Optimal partitioning with pruning: change points of a mean, and of a whole distribution."""

from __future__ import annotations

import math

import numpy as np
from numba import float64, int64

from schedlab.kernels import FLOATS, ROWS, kernel

PRUNE_EVERY = 8


@kernel(int64(float64[::1], int64))
def _smallest(cost, n):
    """The first place of the smallest of the first n costs, -1 for none; four chains hide the latency."""
    a, b, c, d = np.inf, np.inf, np.inf, np.inf
    for i in range(0, n - 3, 4):
        a = cost[i] if cost[i] < a else a
        b = cost[i + 1] if cost[i + 1] < b else b
        c = cost[i + 2] if cost[i + 2] < c else c
        d = cost[i + 3] if cost[i + 3] < d else d
    for i in range(n - n % 4, n):
        a = cost[i] if cost[i] < a else a
    least = min(min(a, b), min(c, d))
    for i in range(n):
        if cost[i] == least and least < np.inf:
            return i
    return -1


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


@kernel(int64[::1](FLOATS, float64, int64))
def pelt_mean(values, penalty, least):
    """Where the mean changes: the cut that minimises squared error + penalty per change, as int64 starts.

    PELT (Killick, Fearnhead and Eckley 2012), exact. Segments hold at least `least` values; values should be
    centred. Candidates lie side by side and are pruned every PRUNE_EVERY values, so that the loop over them
    runs in vector registers; squared values cancel between candidates and are left out of the costs.
    """
    n = len(values)
    best, last = np.full(n + 1, np.inf), np.zeros(n + 1, np.int64)
    sums = np.zeros(n + 1)
    for i in range(n):
        sums[i + 1] = sums[i] + values[i]
    starts, cost = np.zeros(n + 1, np.int64), np.zeros(n + 1)
    floor, at, below = np.zeros(n + 1), np.zeros(n + 1), np.zeros(n + 1)
    best[0] = -penalty
    live = 0
    for end in range(least, n + 1):
        if best[end - least] < np.inf:
            starts[live], at[live] = end - least, float(end - least)
            floor[live], below[live] = best[end - least], sums[end - least]
            live += 1
        total, place = sums[end], float(end)
        for c in range(live):
            gap = total - below[c]
            cost[c] = floor[c] - gap * gap / (place - at[c])
        who = _smallest(cost, live)
        if who < 0:
            continue
        best[end], last[end] = cost[who] + penalty, starts[who]
        if end % PRUNE_EVERY == 0:
            kept = 0
            for c in range(live):
                if cost[c] <= best[end] or end - starts[c] < 2 * least:
                    starts[kept], at[kept], floor[kept] = starts[c], at[c], floor[c]
                    below[kept] = below[c]
                    kept += 1
            live = kept
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
