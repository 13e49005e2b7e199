"""Counting relabellings of runs, and resampling them: compiled, seeded by counters, ordered."""

from __future__ import annotations

import math

import numpy as np
from numba import float64, int64, prange, types, void

from schedlab.kernels import FLOATS, ROWS, kernel

PICKS = types.Array(types.int64, 2, "C", readonly=True)
CUBE_OUT = types.Array(types.float64, 3, "C")


@kernel(int64(FLOATS, int64, float64, float64))
def count_relabellings(values, k, centre, at_least):
    """How many subsets of k `values` have |sum - centre| >= at_least; every subset is visited once."""
    n = len(values)
    chosen = np.arange(k)
    count = 0
    while True:
        total = 0.0
        for i in chosen:
            total += values[i]
        if abs(total - centre) >= at_least:
            count += 1
        slot = k - 1
        while slot >= 0 and chosen[slot] == n - k + slot:
            slot -= 1
        if slot < 0:
            return count
        chosen[slot] += 1
        for i in range(slot + 1, k):
            chosen[i] = chosen[i - 1] + 1


@kernel(int64(FLOATS, float64))
def count_sign_flips(values, at_least):
    """How many of the 2^n sign vectors give |sum| >= at_least, by Gray code with a fresh sum each."""
    n = len(values)
    count = 0
    for code in range(2**n):
        total = 0.0
        for i in range(n):
            total += values[i] if (code >> i) & 1 else -values[i]
        if abs(total) >= at_least:
            count += 1
    return count


@kernel(inline=True)
def _below(row, chosen):
    """The sum over the chosen runs of one row of shares."""
    total = 0.0
    for i in chosen:
        total += row[i]
    return total


@kernel(inline=True)
def _spread(own, chosen):
    """The standard error of the mean of the chosen runs' own values."""
    mean = _below(own, chosen) / len(chosen)
    squares = 0.0
    for i in chosen:
        squares += (own[i] - mean) ** 2
    return math.sqrt(squares / (len(chosen) * (len(chosen) - 1.0)))


@kernel(inline=True)
def _bin_of(edges, value, least, most):
    """The last of the bins least ... most that begins at or below the value."""
    while most - least > 1:
        middle = (least + most) // 2
        if edges[middle] <= value:
            least = middle
        else:
            most = middle
    return least


@kernel(void(ROWS, FLOATS, FLOATS, ROWS, PICKS, CUBE_OUT), parallel=True)
def pooled_quantiles(cumulative, edges, qs, own, picks, out):
    """Quantiles of the pooled runs that each row of `picks` names, and the spread of those runs.

    `cumulative[k, r]` is the share of run r below `edges[k]`, `own[j, r]` the log of its own quantile qs[j].
    Row b of `out` gets, for each q, the log of the pooled quantile (interpolated within its bin), which lies
    between the runs' own, and the standard error of the mean of their logs.
    """
    bins = len(edges) - 1
    first, last = np.empty(len(qs), np.int64), np.empty(len(qs), np.int64)
    for j in range(len(qs)):
        first[j] = max(_bin_of(edges, math.exp(own[j].min()), 0, bins) - 1, 0)
        last[j] = min(_bin_of(edges, math.exp(own[j].max()), 0, bins) + 2, bins)
    for b in prange(len(picks)):
        chosen = picks[b]
        for j in range(len(qs)):
            lo, hi, wanted = first[j], last[j], qs[j] * len(chosen)
            while hi - lo > 1:
                middle = (lo + hi) // 2
                if _below(cumulative[middle], chosen) <= wanted:
                    lo = middle
                else:
                    hi = middle
            below, above = _below(cumulative[lo], chosen), _below(cumulative[hi], chosen)
            part = min(max((wanted - below) / (above - below), 0.0), 1.0) if above > below else 0.5
            out[b, j, 0] = math.log(edges[lo] + part * (edges[hi] - edges[lo]))
            out[b, j, 1] = _spread(own[j], chosen)
